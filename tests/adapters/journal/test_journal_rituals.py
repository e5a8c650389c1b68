from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sage.adapters.database import Database
from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_rituals import FocusPages
from sage.core.focus import focus_words

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_journal(tmp_path / "journal.db")
    yield opened
    opened.close()


def test_a_focus_session_runs_until_its_end_or_until_it_is_stopped(database: Database) -> None:
    pages = FocusPages(database)
    begun = pages.begin("u1", "taxes", 25, NOW)
    assert pages.begin("u1", "taxes", 25, NOW + timedelta(minutes=1)) == begun
    assert pages.running(NOW + timedelta(minutes=24)) == begun and pages.running(NOW + timedelta(minutes=25)) is None
    ended = pages.end(NOW + timedelta(minutes=10))
    assert ended and ended.minutes(NOW + timedelta(hours=3)) == 10
    assert pages.running(NOW + timedelta(minutes=11)) is None and pages.end(NOW + timedelta(minutes=11)) is None
    assert focus_words(ended, 10) == "10 minutes on taxes. That counts.  [u1]"


def test_a_new_session_ends_the_one_that_runs(database: Database) -> None:
    pages = FocusPages(database)
    pages.begin("u1", "taxes", 25, NOW)
    later = NOW + timedelta(minutes=5)
    pages.begin("u2", "", 50, later)
    assert [(one.id, one.minutes(later)) for one in pages.since(NOW)] == [("u1", 5), ("u2", 0)]
    running = pages.running(later)
    assert running and running.id == "u2" and focus_words(running, 0) == "Focus: 50 minutes to go.  [u2]"
