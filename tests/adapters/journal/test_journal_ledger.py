from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sage.adapters.database import Database
from sage.adapters.journal.journal import Journal, open_journal
from sage.adapters.journal.journal_budget import BudgetPages
from sage.adapters.journal.journal_ledger import LedgerPages, note_outcome
from sage.core.errors import NotFound
from sage.core.ledger import Caps, Ending, Job
from sage.core.messages import Usage
from sage.core.turns import Action, Answer, TurnState

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TODAY = "2026-11-22"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_journal(tmp_path / "journal.db")
    yield opened
    opened.close()


def turn(database: Database, name: str, said: str, at: datetime = NOW, state: TurnState = "done") -> None:
    journal = Journal(database)
    journal.begin_turn(name, "c1", said, at)
    journal.finish_turn(Answer(name, "c1", "An answer.", state=state), at)


def became(database: Database, name: str) -> list[tuple[str, str]]:
    return [(one.what, one.told_by) for one in LedgerPages(database).outcomes(name)]


def test_a_call_is_told_with_all_that_is_known_of_it(database: Database) -> None:
    budget, pages = BudgetPages(database, lambda: Caps(9.0, 50.0, 9.0)), LedgerPages(database)
    whole = budget.reserve("demo/large", 0.05, Job("t1", "turn", "deep"), NOW)
    budget.settle(whole, Usage(100, 20, 40, 0.0132, reasoning_tokens=5), NOW, Ending("whole", 0.3, 1.2))
    unknown = budget.reserve("demo/new", None, Job("t2", "turn"), NOW)
    budget.settle(unknown, Usage(9, 2, 0, None), NOW, Ending("whole", 0.1, 0.2))
    cut = budget.reserve("demo/large", 0.05, Job("t3", "facts"), NOW)
    budget.settle(cut, Usage(cost=None), NOW, Ending("cut"))
    budget.reserve("demo/large", 0.05, Job("t4", "turn"), NOW)
    here = budget.reserve("embedded:x", 0.0, Job("t5", "turn"), NOW)
    budget.settle(here, Usage(cost=None), NOW, Ending("cut"))
    calls = pages.calls(TODAY, TODAY)
    assert [(call.cost, call.counted, call.ended) for call in calls] == [
        (0.0132, 0.0132, "whole"), (None, 0.5, "whole"), (None, 0.05, "cut"), (None, 0.05, ""), (0.0, 0.0, "cut"),
    ]  # fmt: skip
    first = calls[0]
    assert (first.purpose, first.role, first.reasoning_tokens, first.first_seconds) == ("turn", "deep", 5, 0.3)
    assert [call.id for call in pages.page(TODAY, TODAY, after=calls[1].id, limit=2)] == [cut, calls[3].id]
    assert pages.of("t2") == pages.of(unknown) == [calls[1]] and pages.of("t9") == []
    assert pages.calls("2026-11-23", "2026-11-23") == []
    Journal(database).close_interrupted(NOW)
    assert [(call.cost, call.ended) for call in pages.calls(TODAY, TODAY)][3] == (None, "cut")


def test_what_is_asked_again_was_not_enough_and_what_is_left_at_that_was_kept(database: Database) -> None:
    turn(database, "t1", "What did I decide about the boat?")
    assert became(database, "t1") == []
    turn(database, "t2", "Thanks, and when does the ferry leave?", NOW + timedelta(minutes=1))
    assert became(database, "t1") == [("kept", "signal")]
    turn(database, "t3", "What did I decide about the boat?", NOW + timedelta(minutes=2))
    assert became(database, "t1") == [("again", "signal")] and became(database, "t2") == [("kept", "signal")]
    turn(database, "t4", "That's wrong.", NOW + timedelta(minutes=3))
    assert became(database, "t3") == [("again", "signal")]


def test_the_same_question_on_another_day_or_after_a_failure_says_nothing_against_the_answer(
    database: Database,
) -> None:
    turn(database, "t1", "What did I decide about the boat?", state="failed")
    turn(database, "t2", "What did I decide about the boat?", NOW + timedelta(minutes=1))
    turn(database, "t3", "What did I decide about the boat?", NOW + timedelta(days=1))
    assert became(database, "t1") == [] and became(database, "t2") == [("kept", "signal")]


def test_what_an_action_made_counts_as_undone_for_a_day(database: Database) -> None:
    turn(database, "t1", "Remind me of the ferry")
    Journal(database).claim_action("t1", Action("t1-1", "remind", {}, "claimed"), NOW)
    pages = LedgerPages(database)
    pages.noticed("t1-1", "undone", NOW + timedelta(days=2))
    pages.noticed("t9-1", "undone", NOW)
    assert became(database, "t1") == []
    turn(database, "t2", "And the tasks for today?", NOW + timedelta(minutes=1))
    pages.noticed("t1-1", "undone", NOW + timedelta(hours=2))
    assert became(database, "t1") == [("undone", "signal")]


def test_the_persons_last_word_counts(database: Database) -> None:
    turn(database, "t1", "Hello")
    pages = LedgerPages(database)
    with database.transaction() as connection:
        note_outcome(connection, "t1", "again", "signal", NOW)
    pages.tell("t1", "wrong", NOW)
    pages.tell("t1", "right", NOW)
    turn(database, "t2", "That is wrong.", NOW + timedelta(minutes=1))
    assert became(database, "t1") == [("right", "person")] and pages.became(["t1", "t2"]) == {"t1": "right"}
    with pytest.raises(NotFound):
        pages.tell("t9", "right", NOW)
