"""Reminders in the app over a real engine: shown once, acknowledged, held by a pause, owned up to when they were missed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.widgets import Static

from sage import wire
from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_schedules import SchedulePages
from sage.client import Client, stop_engine
from sage.locations import Home
from tests.homes import make_home
from tests.reminders import keep_reminder
from tests.tui.screens.test_talk import talking, until


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home whose first questions are answered, with a reminder that was due long ago; no engine runs."""
    made = make_home(tmp_path, linger=20)
    with Client(made) as client:
        for step in ("model", "notes"):
            client.call(wire.CloseSetup(step))
    stop_engine(made)
    with closing(open_journal(made.journal)) as database:
        keep_reminder(database, "r1", "Water the plants", "2026-01-05T08:00")
    yield made
    stop_engine(made)


def state_of(home: Home, name: str) -> tuple[str, str]:
    stop_engine(home)
    with closing(open_journal(home.journal)) as database:
        one = SchedulePages(database).occurrences(name)[0]
        return one.state, one.told_by


async def test_what_is_due_is_shown_when_the_app_opens_and_then_it_is_done(home: Home) -> None:
    async with talking(home) as (pilot, entries):
        await until(pilot, lambda: "Water the plants" in entries()[-1].text)
        assert "It was due" in entries()[-1].text
        with Client(home) as client:
            client.call(wire.PauseSage("2h"))  # an answer comes only after what was asked before it
    assert state_of(home, "r1") == ("done", "app")
    async with talking(home) as (pilot, entries):
        await until(pilot, lambda: "paused" in str(pilot.app.screen.query_one("#status", Static).content))
        assert not [entry for entry in entries() if "Water" in entry.text]


async def test_a_pause_holds_a_reminder_until_it_ends(home: Home) -> None:
    with Client(home) as client:
        client.call(wire.PauseSage(""))
    async with talking(home) as (pilot, entries):
        status = pilot.app.screen.query_one("#status", Static)
        await until(pilot, lambda: "paused until you resume" in str(status.content))
        assert not [entry for entry in entries() if "Water" in entry.text]
        with Client(home) as client:
            assert client.call(wire.ResumeSage()).ended
        await until(pilot, lambda: "Water the plants" in entries()[-1].text)
        await until(pilot, lambda: "paused" not in str(status.content))


async def test_what_may_not_have_come_is_owned_up_to_once(home: Home) -> None:
    with closing(open_journal(home.journal)) as database:
        pages = SchedulePages(database)
        one = pages.waiting()[0]
        pages.move(one, "due", "claimed", datetime.now(UTC))
        pages.send(one, (), datetime.now(UTC), "desktop")
    async with talking(home) as (pilot, entries):
        await until(pilot, lambda: "may not have reached you" in entries()[-1].text)
        with Client(home) as client:  # the engine hears of it a moment after it is shown
            await until(pilot, lambda: client.call(wire.ShowMissed()) == wire.Missed())
    assert state_of(home, "r1") == ("uncertain", "desktop")
