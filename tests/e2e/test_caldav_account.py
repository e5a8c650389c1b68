"""As a person uses it: an account of a calendar server, set up over the command line, run by a real engine in a process of its
own, beside another program of the same account."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sage import wire
from sage.client import Client, stop_engine
from sage.locations import Home
from sage.testing.plugins.calendar import wrapped
from tests import homes
from tests.plugins.caldav.accounts import OtherProgram, fresh_list, other_program
from tests.servers.dav import NAME, PASSWORD, SERVERS, DavServer
from tests.tasks_elsewhere import wait_for

pytestmark = pytest.mark.server


@pytest.fixture(params=sorted(SERVERS))
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DavServer]:
    with SERVERS[request.param](tmp_path) as running:
        yield running


@pytest.fixture
def program(server: DavServer, tmp_path: Path) -> Iterator[OtherProgram]:
    with other_program(server, tmp_path) as running:
        yield running


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.setenv("SAGE_CALDAV_HOME", PASSWORD)
    made = homes.make_home(tmp_path, linger=20)
    with Client(made) as client:
        for step in ("model", "notes"):
            client.call(wire.CloseSetup(step))
    yield made
    stop_engine(made)


def sage(home: Home, *words: str) -> str:
    done = homes.sage(home, *words)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_tasks_and_events_of_a_calendar_server_are_those_of_both_programs(
    server: DavServer, program: OtherProgram, home: Home
) -> None:
    tasks = fresh_list(server, program, "VTODO")
    tasks.add("Rake the leaves", due="2026-11-27")
    tasks.add("Take out the bins", due="2026-11-27", weekly=True)
    events = fresh_list(server, program, "VEVENT")
    tomorrow = time.strftime("%Y%m%d", time.localtime(time.time() + 86400))
    walk = (
        f"BEGIN:VEVENT\nUID:walk\nDTSTAMP:20261101T000000Z\nSUMMARY:Long walk\nDTSTART:{tomorrow}T100000\nEND:VEVENT\n"
    )
    program.do("put", events.path, wrapped(walk).decode())

    values = [f"url={server.url}", f"username={NAME}", f"into={tasks.name}", "password_key=SAGE_CALDAV_HOME"]
    shown = sage(home, "plugin", "enable", "caldav", "home", *values, "--yes")
    assert PASSWORD not in shown
    with Client(home) as client:
        wait_for(client, lambda found: {task.text for task in found} == {"Rake the leaves", "Take out the bins"})
    assert "Long walk" in sage(home, "agenda", "--days", "3")
    sage(home, "task", "done", "rake", "leaves")
    sage(home, "task", "done", "take", "out", "the", "bins")
    sage(home, "task", "add", "Sow grass", "--to", "home")
    seen = {text: (is_open, due) for text, is_open, due in program.do("seen", tasks.path)}
    assert not seen["Rake the leaves"][0] and seen["Take out the bins"][0] and seen["Sow grass"][0]
    assert seen["Take out the bins"][1] > "20261127"
    assert PASSWORD not in home.settings.read_text()
