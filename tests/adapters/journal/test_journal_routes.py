"""Who was asked in a turn, as the journal keeps it, and what that means for what was said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sage.adapters.database import Database
from sage.adapters.journal.journal import Journal, open_journal
from sage.adapters.journal.journal_routes import RoutePages
from sage.adapters.journal.journal_texts import TextPages
from sage.core.model_choice import ModelRole
from sage.core.passages import Hit
from sage.core.routing import Step
from sage.core.turns import Answer

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
USUAL = Step("talk", "usual", "large")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_journal(tmp_path / "journal.db")
    yield opened
    opened.close()


def answered(database: Database, turn: str, *sources: Hit, role: ModelRole = "talk") -> None:
    journal = Journal(database)
    journal.begin_turn(turn, "c1", f"What is {turn}?", AT)
    RoutePages(database).keep_route(turn, "question", [Step(role, "usual", "large")], AT)
    journal.finish_turn(Answer(turn, "c1", f"It is {turn}.", sources), AT)


def test_a_route_grows_and_is_told_with_its_turn(database: Database) -> None:
    pages, journal = RoutePages(database), Journal(database)
    answered(database, "t1")
    pages.keep_route("t1", "question", [USUAL, Step("deep", "tool", "larger")], AT)
    assert pages.route("t1") == ("question", (USUAL, Step("deep", "tool", "larger"))) and pages.route("t2") is None
    past = journal.turn("t1")
    assert (past.role, past.answer.aside) == ("deep", "then deep: a tool failed")


def test_the_newest_of_a_kind_come_with_what_became_of_them(database: Database) -> None:
    for turn in ("t1", "t2"):
        answered(database, turn)
    assert RoutePages(database).past_routes("question") == [((USUAL,), ()), ((USUAL,), ("kept",))]
    assert RoutePages(database).past_routes("talk") == []


def test_what_was_said_of_words_that_stay_here_stays_here(database: Database) -> None:
    hit = Hit("p1", "gate.md", "", 1, 0, 4, 'It says "local-only".')
    answered(database, "plain", hit)
    answered(database, "cited", Hit("p2", "gate.md", "", 1, 0, 4, "4711", audience=("work", "local-only")))
    answered(database, "asked", role="local-only")
    kept = {text.text: text.audience for _, text in TextPages(database).texts_after(0, 99) if text.speaker == "Sage"}
    assert kept == {
        "It is plain.": ("private",),
        "It is cited.": ("private", "local-only"),
        "It is asked.": ("private", "local-only"),
    }
