"""GitLab's plugin holds what the kit asks of a task source, against a stand-in, in the test's process and in one of its own."""

from __future__ import annotations

import pytest

from sage.testing.plugins import GivenAccount, TaskSourceConformance
from tests.servers.gitlab import TOKEN, GitLabServer


def given(server: GitLabServer, **config: object) -> GivenAccount:
    return GivenAccount({"url": server.url, "projects": ["demo/club/garden"], **config}, {"token": TOKEN}, other=server)


class TestGitLab(TaskSourceConformance):
    plugin = "gitlab"

    @pytest.fixture
    def account(self, server: GitLabServer) -> GivenAccount:
        return given(server)


@pytest.mark.slow
class TestGitLabInItsOwnProcess(TestGitLab):
    in_its_own_process = True
