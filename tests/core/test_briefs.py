from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.core.agenda import Plans, Quiet, agenda
from sage.core.briefs import (
    MOST_ALSO,
    MOST_LINES,
    MOST_QUESTIONS,
    Standing,
    evening_shutdown,
    morning_brief,
    weekly_review,
)
from sage.core.errors import BadInput
from sage.core.events import Event
from sage.core.focus import FocusSession
from sage.core.plans import Goal, Task
from sage.core.rituals import RitualAnswer, checked_answers, new_goal_words
from sage.core.wording import lint

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=ZoneInfo("Europe/Berlin"))
SLEEP = Goal("g1", "Sleep well", "to be kinder")


def standing(
    tasks: int = 0, earlier: int = 0, events: int = 0, held: int = 0, goals: int = 1, away: int = 0, came: int = 0
) -> Standing:
    plans = Plans(
        [Event(f"e{n}", f"Meeting {n}", "2026-11-23T09:00:00+00:00", "2026-11-23T10:00:00+00:00", "work") for n in range(events)],
        [Task(f"k{n}", f"Thing {n}", due="2026-11-23") for n in range(tasks)]
        + [Task(f"o{n}", f"Older {n}", due=str(date(2026, 11, 22) - timedelta(days=n))) for n in range(earlier)],
        troubles=["A calendar cannot be read."],
    )  # fmt: skip
    return Standing(
        agenda(plans, NOW.date(), 1, NOW, Quiet("22:00", "08:00")),
        NOW,
        [SLEEP] * goals,
        sessions=[FocusSession("u1", "thing 0", "2026-11-23T05:00:00+00:00", "2026-11-23T05:25:00+00:00")],
        held=[(f"n{n}", f"Held {n}") for n in range(held)],
        away=away,
        messages=(f"Messages: {came} came in since Monday, for you: Demo Tom (sage digest)", ("i1",))
        if came
        else ("", ()),
    )


@given(*[st.integers(0, 12)] * 5, st.sampled_from([0, 3, 7, 30, 400]), st.integers(0, 1))
def test_a_brief_has_one_focus_few_options_and_no_line_without_a_source(
    tasks: int, earlier: int, events: int, held: int, goals: int, away: int, came: int
) -> None:
    ritual = morning_brief(standing(tasks, earlier, events, held, goals, away, came))
    parts = [line.part for line in ritual.lines]
    assert len(parts) <= MOST_LINES and parts.count("focus") <= 1 and parts.count("option") <= 3
    assert parts.count("focus") == 1 or not (tasks or goals or (earlier and away < 7))
    assert all(line.sources for line in ritual.lines if line.part not in ("day", "trouble"))
    told = {source for line in ritual.lines for source in line.sources if source.startswith("e")}
    assert told == {f"e{n}" for n in range(events)}  # what finds no line of its own stands on the last one
    assert not any(lint(line.text) for line in ritual.lines)
    assert not any(line.text.count(";") > MOST_ALSO for line in ritual.lines)
    assert parts.count("messages") == (came and not ritual.fresh)  # after an absence nothing of before is counted


def test_messages_are_no_plan() -> None:
    texts = [line.text for line in morning_brief(standing(goals=0, came=3)).lines]
    assert texts[-1].startswith("Messages: 3 came in") and "A calendar cannot be read." in texts


def test_after_an_absence_nothing_of_before_is_shown_or_counted() -> None:
    for ritual in (morning_brief(standing(1, 9, away=7)), evening_shutdown(standing(1, 9, away=30))):
        assert ritual.fresh and not any("Older" in line.text for line in ritual.lines)
        assert not any("Older" in question.text for question in ritual.questions)
    words = " ".join(line.text for line in morning_brief(standing(earlier=9, goals=0, away=30)).lines)
    assert "A fresh start" in words and "sage review" in words and "9" not in words


def test_the_evening_counts_what_was_begun_and_asks_little() -> None:
    ritual = evening_shutdown(standing(tasks=9))
    assert any("That counts" in line.text and line.sources == ("u1",) for line in ritual.lines)
    assert len(ritual.questions) == MOST_QUESTIONS and ritual.questions[0].note.startswith("begun")
    assert not lint(ritual.goodbye) and "\n" not in ritual.goodbye
    assert [question.text for question in evening_shutdown(standing(earlier=9)).questions][:2] == ["Older 0", "Older 1"]


def test_a_long_list_elsewhere_pushes_no_task_of_the_own_list_out_of_the_evening() -> None:
    tasks = [Task(f"p{n}", f"Theirs {n}", due="2026-11-23", source="caldav/work") for n in range(20)]
    tasks += [Task("k1", "Mine", due="2026-11-20"), Task("p99", "Read only", due="2026-11-23", read_only=True)]
    day = agenda(Plans(tasks=tasks), NOW.date(), 1, NOW, Quiet("22:00", "08:00"))
    questions = evening_shutdown(Standing(day, NOW)).questions
    assert [question.text for question in questions][:2] == ["Mine", "Theirs 0"] and len(questions) == MOST_QUESTIONS
    assert {choice.deed for choice in questions[0].choices} - {choice.deed for choice in questions[1].choices} == {
        "drop"
    }


def test_a_review_asks_of_each_goal_whether_it_and_its_why_are_right() -> None:
    [question] = weekly_review(standing()).questions
    assert (question.id, question.note) == ("g1", "to be kinder")
    assert [choice.deed for choice in question.choices] == ["keep", "shrink", "drop", "rewrite"]


@pytest.mark.parametrize(
    "answer", [RitualAnswer("k9", "keep"), RitualAnswer("g1", "carry"), RitualAnswer("g1", "rewrite", " ")]
)
def test_an_answer_that_fits_nothing_is_refused(answer: RitualAnswer) -> None:
    with pytest.raises(BadInput):
        checked_answers(weekly_review(standing()), [answer])


def test_a_goal_is_written_anew_with_its_why_or_its_why_alone() -> None:
    assert new_goal_words(RitualAnswer("g", "rewrite", "Walk daily because my back hurts.")) == (
        "Walk daily",
        "my back hurts",
    )
    assert new_goal_words(RitualAnswer("g", "rewrite", "because I like it")) == ("", "I like it")
    assert new_goal_words(RitualAnswer("g", "shrink", "Walk on Sundays")) == ("Walk on Sundays", "")
