from __future__ import annotations

import pytest

from sage.testing.plugins import CalendarSourceConformance, GivenAccount, TaskSourceConformance
from tests.plugins.caldav.accounts import OtherProgram, fresh_list
from tests.servers.dav import DavServer

pytestmark = pytest.mark.server


class TestTasks(TaskSourceConformance):
    plugin = "caldav"

    @pytest.fixture
    def account(self, server: DavServer, program: OtherProgram) -> GivenAccount:
        return fresh_list(server, program, "VTODO").given()


class TestEvents(CalendarSourceConformance):
    plugin = "caldav"

    @pytest.fixture
    def account(self, server: DavServer, program: OtherProgram) -> GivenAccount:
        return fresh_list(server, program, "VEVENT").given()
