from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sage.adapters.database import Database
from sage.adapters.journal.journal import Journal, open_journal
from sage.adapters.journal.journal_rituals import FocusPages, RitualPages
from sage.adapters.touches import Touches
from sage.core.rituals import PastRitual, Ritual, RitualAnswer
from sage.core.touches import last_touch
from sage.core.turns import Action
from sage.locations import Home

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    return home


@pytest.fixture
def database(home: Home) -> Iterator[Database]:
    database = open_journal(home.journal)
    yield database
    database.close()


def test_said_done_focused_on_and_decided_are_touches(home: Home, database: Database) -> None:
    journal = Journal(database)
    journal.begin_turn("t1", "c1", "I have called the bank", NOW)
    action = Action("a1", "complete_task", {"which": {"tasks": ["Send the form"]}}, "running", "")
    journal.claim_action("t1", action, NOW + timedelta(minutes=1))
    FocusPages(database).begin("u1", "write the letter", 25, NOW)
    FocusPages(database).end(NOW + timedelta(minutes=20))
    ritual = Ritual("shutdown", "2026-11-23", ())
    RitualPages(database).keep(PastRitual(ritual, (RitualAnswer("g7", "keep"),)), NOW + timedelta(minutes=3))
    touches = Touches(home, database).since(NOW)
    things = {"k1": "Call the bank", "k2": "Send the form", "k3": "Write the letter", "g7": "Rest", "k4": "Swim"}
    found = {title: last_touch(about, title, touches) for about, title in things.items()}
    minutes = {title: at and (at - NOW) // timedelta(minutes=1) for title, at in found.items()}
    assert minutes == {"Call the bank": 0, "Send the form": 1, "Write the letter": 20, "Rest": 3, "Swim": None}
    assert Touches(home, database).since(NOW + timedelta(hours=1)) == []


def test_when_files_were_written(home: Home, database: Database) -> None:
    touches = Touches(home, database)
    assert touches.written() == ""
    home.tasks.write_text("- [ ] Swim\n")
    os.utime(home.tasks, (NOW.timestamp(), NOW.timestamp()))
    assert touches.written() == "2026-11-23T09:00:00+00:00"
    assert touches.written("goals/none.md") == ""
