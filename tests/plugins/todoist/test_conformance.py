"""Todoist's plugin holds what the kit asks of a task source, against a stand-in, in the test's process and in one of its own."""

from __future__ import annotations

import pytest

from sage.testing.plugins import GivenAccount, TaskSourceConformance
from tests.servers.todoist import TOKEN, TodoistServer


def given(server: TodoistServer, **config: object) -> GivenAccount:
    return GivenAccount({"url": f"{server.url}/api/v1", **config}, {"token": TOKEN}, other=server)


class TestTodoist(TaskSourceConformance):
    plugin = "todoist"

    @pytest.fixture
    def account(self, server: TodoistServer) -> GivenAccount:
        return given(server)


@pytest.mark.slow
class TestTodoistInItsOwnProcess(TestTodoist):
    in_its_own_process = True
