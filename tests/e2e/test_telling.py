"""Pauses and what was not told, on the command line over a real engine."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_schedules import SchedulePages
from tests.homes import engine_of, kill, make_home, sage
from tests.reminders import keep_reminder


def test_a_pause_outlives_the_engine_and_is_told(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    with engine_of(home) as engine:
        assert "Paused until" in sage(home, "pause", "2", "hours").stdout
        assert "passed" in sage(home, "pause", "until", "2020-01-01").stderr
        assert "names no date" in sage(home, "pause", "whenever").stderr
        assert "until 17:00" in sage(home, "pause", "until", "5").stderr, "a number was taken for a month"
        kill(engine)
    with engine_of(home):
        assert "Sage is paused until" in sage(home, "engine", "status").stdout
        assert json.loads(sage(home, "pause", "--json").stdout)["words"] == "until you resume"
        assert sage(home, "resume").stdout == "The pause is over.\n"
        assert sage(home, "resume").stdout == "Sage was not paused.\n"
        assert not json.loads(sage(home, "engine", "status", "--json").stdout)["paused"]


def test_what_may_not_have_come_is_told_once_by_the_list(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    with closing(open_journal(home.journal)) as database:
        pages = SchedulePages(database)
        one = keep_reminder(database, "r1", "Water the plants", "2026-01-05T08:00")
        pages.move(one, "due", "claimed", datetime.now(UTC))
        pages.send(one, (), datetime.now(UTC), "desktop")
    with engine_of(home):
        assert "Water the plants: it was due" in sage(home, "schedule", "list").stdout
        assert "Water the plants: it was due" not in sage(home, "schedule", "list").stdout
