"""The journal: written at once, never twice, and honest about what a killed engine left open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sage.adapters.database import Database, stamp
from sage.adapters.journal.journal import Journal, open_journal
from sage.adapters.journal.journal_budget import UNKNOWN_PRICE_BOUND, BudgetPages, OwnCap
from sage.adapters.journal.journal_schedules import SchedulePages
from sage.adapters.journal.journal_texts import TextPages
from sage.core.errors import NotFound, OverBudget, TornFile
from sage.core.ledger import Caps, Ending, Job
from sage.core.messages import Usage
from sage.core.passages import Hit, RememberedText, first_id
from sage.core.turns import Action, Answer, ApprovalNeeded
from tests.reminders import one_reminder

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ANSWER = Answer("t1", "c1", "Six hours. [1]", (Hit("p1", "G.md", "Sun", 3, 0, 4, "text"),), (), "m", Usage(3, 2), 0.0)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_journal(tmp_path / "journal.db")
    yield opened
    opened.close()


def reopened(database: Database) -> Database:
    database.close()
    return open_journal(database.path)


def test_a_turn_comes_back_whole(database: Database) -> None:
    journal = Journal(database)
    journal.begin_turn("t1", "c1", "how much sun?", NOW)
    assert [past.answer.state for past in journal.history("c1")] == ["running"]
    journal.claim_action("t1", Action("a1", "note", {"text": "x"}, "claimed"), NOW)
    journal.settle_action(Action("a1", "note", {"text": "x"}, "done", "Noted."), NOW)
    journal.settle_approval("t1", ApprovalNeeded("ap", "note", {}, "note", "why", "d"), True, NOW)
    journal.finish_turn(ANSWER, NOW)
    (past,) = journal.history("c1")
    assert past.said == "how much sun?"
    assert past.answer.sources == ANSWER.sources and past.answer.usage == ANSWER.usage
    assert past.answer.actions == (Action("a1", "note", {"text": "x"}, "done", "Noted."),)
    assert journal.approvals("t1")[0]["granted"] == 1
    assert journal.turn("t1") == past
    with pytest.raises(NotFound):
        journal.turn("t2")


def test_what_a_kill_left_open_is_closed_at_the_next_start(database: Database) -> None:
    journal = Journal(database)
    journal.begin_turn("t1", "c1", "hi", NOW)
    journal.note_partial("t1", "so far")
    journal.claim_action("t1", Action("a1", "note", {}, "claimed"), NOW)
    again = reopened(database)
    journal = Journal(again)
    assert journal.close_interrupted(NOW) == 1
    (past,) = journal.history("c1")
    assert (past.answer.answer, past.answer.state) == ("so far", "interrupted")
    assert [action.state for action in past.answer.actions] == ["uncertain"]
    assert journal.close_interrupted(NOW) == 0
    again.close()


def test_an_action_is_claimed_once(database: Database) -> None:
    journal = Journal(database)
    assert journal.claim_action("t1", Action("a1", "note", {}, "claimed"), NOW)
    assert not journal.claim_action("t1", Action("a1", "note", {}, "claimed"), NOW)


def test_a_late_partial_never_undoes_an_answer(database: Database) -> None:
    journal = Journal(database)
    journal.begin_turn("t1", "c1", "hi", NOW)
    journal.finish_turn(ANSWER, NOW)
    journal.note_partial("t1", "old")
    assert journal.history("c1")[0].answer.answer == ANSWER.answer


def test_conversations_are_listed_newest_first_by_how_they_began(database: Database) -> None:
    journal = Journal(database)
    for number, (turn, name) in enumerate([("t1", "c1"), ("t2", "c2"), ("t3", "c1")]):
        journal.begin_turn(turn, name, f"words {number}", NOW + timedelta(minutes=number))
    first, second = journal.conversations(10)
    assert (first.id, first.title, first.turns) == ("c1", "words 0", 2) and second.id == "c2"


def test_both_sides_of_a_turn_are_texts_whose_words_stand_once(database: Database) -> None:
    journal, pages = Journal(database), TextPages(database)
    journal.begin_turn("t1", "c1", "hi", NOW)
    journal.finish_turn(ANSWER, NOW + timedelta(seconds=3))
    journal.finish_turn(ANSWER, NOW)
    (_, said), (_, answered) = pages.texts_after(0, 10)
    assert (said.speaker, said.text, said.origin, said.when) == ("you", "hi", "user", stamp(NOW))
    assert (answered.speaker, answered.text, answered.origin) == ("Sage", ANSWER.answer, "tool")
    assert said.thread == answered.thread == "conversation/c1" and said.id != answered.id
    assert database.rows("SELECT text FROM texts") == [("",), ("",)]


def test_what_a_killed_engine_had_said_is_a_text_too(database: Database) -> None:
    journal, pages = Journal(database), TextPages(database)
    journal.begin_turn("t1", "c1", "hi", NOW)
    journal.note_partial("t1", "so far")
    journal.begin_turn("t2", "c1", "again", NOW)
    journal.close_interrupted(NOW)
    assert [text.text for _, text in pages.texts_after(0, 10)] == ["hi", "again", "so far"]


def test_texts_keep_their_order_and_ids_come_from_content(database: Database) -> None:
    pages = TextPages(database)
    ids = pages.add_texts(
        [RememberedText("one", "chat", "s1"), RememberedText("two", "chat", "s1", audience=("work",))]
    )
    more = pages.add_texts([RememberedText("three", "chat", "s1")])
    rows = pages.texts_after(0, 10)
    assert [row.text for _, row in rows] == ["one", "two", "three"] and [row.id for _, row in rows] == [*ids, *more]
    assert [row.copy for _, row in rows] == [0, 0, 0]
    again = pages.add_texts(
        [RememberedText("one", "chat", "s1"), RememberedText("one", "chat", "s1", when="2024-05-31")]
    )
    assert again[0] == f"{ids[0]}.2" and first_id(again[1]) not in {*ids, *more}
    assert pages.add_texts([RememberedText("one", "chat", "s1", audience=("work",))]) == [f"{ids[0]}.3"]
    assert rows[1][1].audience == ("work",)
    assert pages.texts_after(rows[1][0], 1) == rows[2:]
    pages.add_root("/notes")
    pages.add_root("/notes")
    assert pages.roots() == ["/notes"]
    pages.remove_root("/notes")
    assert pages.roots() == []


def test_a_reminder_is_due_once(database: Database) -> None:
    pages = SchedulePages(database)
    schedule, due = one_reminder("r1", "call", "2026-11-22T14:00")
    pages.add(schedule, [due], NOW)
    pages.add(schedule, [due], NOW)
    assert pages.waiting(NOW) == [] and pages.next_ring(NOW) == datetime(2026, 11, 22, 13, 0, tzinfo=UTC)
    assert [one.key for one in pages.waiting(NOW + timedelta(hours=2))] == [due.key]
    assert pages.move(due, "due", "claimed", NOW) and not pages.move(due, "due", "claimed", NOW)
    assert pages.waiting(NOW + timedelta(hours=2)) == [] and pages.next_ring(NOW) is None


def test_what_was_cut_off_before_the_call_is_due_again_and_after_it_uncertain(database: Database) -> None:
    pages = SchedulePages(database)
    pairs = [one_reminder(name, name, "2026-11-22T14:00") for name in ("claimed", "sending", "done")]
    for schedule, due in pairs:
        pages.add(schedule, [due], NOW)
        for before, after in (("due", "claimed"), ("claimed", "sending"), ("sending", "done")):
            pages.move(due, before, after, NOW, "desktop")  # type: ignore[arg-type]
            if after == schedule.id:
                break
    assert [(one.schedule, one.told_by) for one in pages.resume(NOW, ["app"])] == [("sending", "desktop")]
    states = {schedule.id: pages.occurrences(schedule.id)[0].state for schedule, _ in pairs}
    assert states == {"claimed": "due", "sending": "uncertain", "done": "done"}


def test_the_cap_of_a_day_holds_before_the_call(database: Database) -> None:
    budget = BudgetPages(database, lambda: Caps(1.0, 50.0, 9.0))
    first = budget.reserve("m", 0.6, Job("t1", "turn"), NOW)
    with pytest.raises(OverBudget, match="per_day"):
        budget.reserve("m", 0.6, Job("t2", "turn"), NOW)
    budget.settle(first, Usage(1, 1, 0, 0.1), NOW, Ending())
    assert budget.spent_on(NOW) == pytest.approx(0.1)
    budget.reserve("m", 0.6, Job("t2", "turn"), NOW)
    assert budget.spent_on(NOW) == pytest.approx(0.7)
    assert budget.spent_on(NOW + timedelta(days=1)) == 0


def test_the_cap_of_a_turn_holds_over_its_calls(database: Database) -> None:
    budget = BudgetPages(database, lambda: Caps(9.0, 50.0, 1.0))
    budget.reserve("m", 0.6, Job("t1", "turn"), NOW)
    with pytest.raises(OverBudget, match="per_turn"):
        budget.reserve("m", 0.6, Job("t1", "turn"), NOW)
    budget.reserve("m", 0.6, Job("t2", "turn"), NOW)


def test_the_cap_of_a_month_holds_over_its_days(database: Database) -> None:
    budget = BudgetPages(database, lambda: Caps(5.0, 1.0, 5.0))
    late = NOW.replace(month=10, day=31)
    budget.reserve("m", 0.9, Job("t0", "turn"), late)
    budget.reserve("m", 0.6, Job("t1", "turn"), NOW.replace(day=1))
    with pytest.raises(OverBudget, match="per_month"):
        budget.reserve("m", 0.6, Job("t2", "turn"), NOW.replace(day=30))
    budget.reserve("m", 0.4, Job("t2", "turn"), NOW.replace(day=30))
    budget.reserve("m", 0.6, Job("t3", "turn"), NOW.replace(month=12, day=1))


def test_background_work_has_caps_of_its_own_for_the_day_and_the_month(database: Database) -> None:
    whole = BudgetPages(database, lambda: Caps(9.0, 50.0, 9.0))
    budget = whole.within("background/", OwnCap("a day's", lambda: 0.5), OwnCap("a month's", lambda: 0.8, per="month"))
    whole.reserve("m", 5.0, Job("t1", "turn"), NOW)
    budget.reserve("m", 0.5, Job("background/facts/1", "facts"), NOW)
    with pytest.raises(OverBudget, match="a day's"):
        budget.reserve("m", 0.1, Job("background/nudges/1", "nudge"), NOW)
    with pytest.raises(OverBudget, match="a month's"):
        budget.reserve("m", 0.4, Job("background/nudges/1", "nudge"), NOW + timedelta(days=1))
    budget.reserve("m", 0.3, Job("background/nudges/1", "nudge"), NOW + timedelta(days=1))


def test_a_cap_of_some_jobs_holds_over_all_days_and_for_no_others(database: Database) -> None:
    whole = BudgetPages(database, lambda: Caps(9.0, 50.0, 9.0))
    sheet = whole.within("s1/", OwnCap("--cap", lambda: 1.0, per="all"))
    whole.reserve("m", 5.0, Job("s10/1", "sheet"), NOW)
    sheet.reserve("m", 0.6, Job("s1/1", "sheet"), NOW - timedelta(days=40))
    with pytest.raises(OverBudget, match="--cap"):
        sheet.reserve("m", 0.6, Job("s1/2", "sheet"), NOW)
    sheet.reserve("m", 0.4, Job("s1/2", "sheet"), NOW)


def test_a_clock_that_goes_back_hides_no_cost(database: Database) -> None:
    budget = BudgetPages(database, lambda: Caps(1.0, 50.0, 1.0))
    for number, days in enumerate((0, 1, 0, 1)):
        budget.reserve("m", 0.5, Job(f"t{number}", "turn"), NOW + timedelta(days=days))
    for days in (0, 1):
        assert budget.spent_on(NOW + timedelta(days=days)) == 1.0
        with pytest.raises(OverBudget):
            budget.reserve("m", 0.1, Job("t9", "turn"), NOW + timedelta(days=days))


def test_many_small_costs_fill_a_cap_to_its_last_cent(database: Database) -> None:
    budget = BudgetPages(database, lambda: Caps(1.0, 50.0, 1.0))
    for number in range(10):  # ten times 0.1 make a little less or more than 1.0, by the order of adding
        budget.reserve("m", 0.1, Job(f"t{number}", "turn"), NOW)
    with pytest.raises(OverBudget):
        budget.reserve("m", 0.000001, Job("t11", "turn"), NOW)


def test_an_unknown_price_counts_by_its_bound_and_free_models_pass_any_cap(database: Database) -> None:
    budget = BudgetPages(database, lambda: Caps(0.0, 50.0, 0.0))
    budget.reserve("m", 0.0, Job("t1", "turn"), NOW)
    with pytest.raises(OverBudget):
        budget.reserve("m", None, Job("t1", "turn"), NOW)
    open_budget = BudgetPages(database, lambda: Caps(5.0, 50.0, 5.0))
    call = open_budget.reserve("m", None, Job("t1", "turn"), NOW)
    open_budget.settle(call, Usage(1, 1, 0, None), NOW, Ending())
    assert open_budget.spent_on(NOW) == pytest.approx(UNKNOWN_PRICE_BOUND)


def test_a_torn_journal_is_told(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(b"this is no database, and never was one" * 200)
    with pytest.raises(TornFile):
        open_journal(path)
    assert path.read_bytes().startswith(b"this is no database")
