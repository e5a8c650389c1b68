"""GitHub's plugin holds what the kit asks of a task source, against a stand-in, in the test's process and in one of its own."""

from __future__ import annotations

import pytest

from sage.testing.plugins import GivenAccount, TaskSourceConformance
from tests.servers.github import TOKEN, GitHubServer


def given(server: GitHubServer, **config: object) -> GivenAccount:
    return GivenAccount({"url": server.url, "repositories": ["demo/garden"], **config}, {"token": TOKEN}, other=server)


class TestGitHub(TaskSourceConformance):
    plugin = "github"

    @pytest.fixture
    def account(self, server: GitHubServer) -> GivenAccount:
        return given(server)


@pytest.mark.slow
class TestGitHubInItsOwnProcess(TestGitHub):
    in_its_own_process = True
