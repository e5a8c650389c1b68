from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import apsw
import pytest

from sage.adapters.calendar_files import CalendarFiles
from sage.adapters.database import Database
from sage.adapters.date_reader import PlainDateReader
from sage.adapters.day_planner import DayPlanner
from sage.adapters.forgetting.forgetting_journal import apply, changes, pieces
from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_rituals import FocusPages, RitualPages
from sage.adapters.notes.notebook import FileNotebook
from sage.adapters.ritual_book import RitualBook
from sage.core.agenda import Quiet
from sage.core.forgetting.forgetting import Choice
from sage.core.rituals import RitualAnswer
from sage.locations import find_home
from sage.testing.fakes import FakeClock, FakeReminders


class Place:
    """A home with its rituals."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.clock = FakeClock()
        self.home = find_home(str(folder))
        self.home.prepare()
        self.notebook, self.focus, self.pages = FileNotebook(self.home), FocusPages(database), RitualPages(database)
        planner = DayPlanner(CalendarFiles(lambda: [], self.clock.now), self.notebook, FakeReminders(), PlainDateReader(),
                             self.focus, lambda: Quiet("22:00", "08:00"))  # fmt: skip
        self.book = RitualBook(planner, self.notebook, self.pages, self.focus)

    def task(self, name: str, text: str, due: str = "2026-11-23") -> None:
        self.notebook.add_task(name, text, due=due, now=self.clock.now())


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_journal(tmp_path / "journal.db")
    yield opened
    opened.close()


@pytest.fixture
def place(database: Database, tmp_path: Path) -> Place:
    return Place(database, tmp_path / "home")


def test_each_answer_is_carried_out_and_is_not_asked_again(place: Place) -> None:
    for name in ("k1", "k2", "k3", "k4"):
        place.task(name, f"Thing {name}")
    now = place.clock.now()
    given = [
        RitualAnswer("k1", "carry"),
        RitualAnswer("k2", "park"),
        RitualAnswer("k3", "drop"),
        RitualAnswer("k4", "done"),
    ]
    told = place.book.answer("shutdown", given, now)
    assert told == ["Tomorrow: Thing k1", "Parked: Thing k2", "Dropped: Thing k3", "Done: Thing k4"]
    tasks = {task.id: (task.due, task.done) for task in place.notebook.tasks()}
    assert tasks == {"k1": ("2026-11-24", False), "k2": ("", False), "k4": ("2026-11-23", True)}
    assert "- [-] Thing k3 📅 2026-11-23 ❌ 2026-11-23 ^k3" in place.home.tasks.read_text()
    assert place.book.compose("shutdown", now).questions == ()


def test_a_goal_is_written_anew(place: Place) -> None:
    now = place.clock.now()
    place.notebook.add_goal("g1", "Run a marathon", why="fame", now=now)
    place.book.answer("review", [RitualAnswer("g1", "rewrite", "Run twice a week because my head clears")], now)
    [goal] = place.notebook.goals()
    assert (goal.title, goal.why, goal.state) == ("Run twice a week", "my head clears", "open")


def test_days_away_are_counted_from_the_last_sign_of_the_person(place: Place) -> None:
    place.task("k1", "Old thing")
    assert not place.book.show("brief", place.clock.now()).fresh
    place.clock.go_on(days=6)
    assert not place.book.compose("brief", place.clock.now()).fresh
    place.clock.go_on(days=1)
    assert place.book.show("brief", place.clock.now()).fresh
    assert place.book.show("brief", place.clock.now()).fresh  # as long as the day lasts
    place.clock.go_on(days=1)
    assert not place.book.compose("brief", place.clock.now()).fresh


def test_words_in_rituals_and_focus_sessions_can_be_forgotten(place: Place, database: Database, tmp_path: Path) -> None:
    now = place.clock.now()
    place.task("k1", "Call the zanzibar clinic")
    place.focus.begin("u1", "zanzibar papers", 25, now - timedelta(hours=1))
    place.book.show("brief", now)
    place.book.show("shutdown", now)
    journal = apsw.Connection(str(tmp_path / "journal.db"))
    found = [piece for piece in pieces(journal) if "zanzibar" in piece.text]
    assert {piece.key.partition("/")[0] for piece in found} == {"focus", "ritual"} and len(found) == 3
    assert all("k1" in piece.rests_on for piece in found if piece.kind in ("brief", "shutdown"))
    apply(journal, changes(journal, [Choice(piece, "named", ()) for piece in found], "2026-11-23"))
    assert not [piece for piece in pieces(journal) if "zanzibar" in piece.text]
    for table in ("rituals", "focus_sessions"):
        assert "zanzibar" not in str(journal.execute(f"SELECT * FROM {table}").fetchall())
    journal.close()
    assert place.pages.all() == []
