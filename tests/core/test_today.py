"""The day at a glance: one focus with its chain, at most three cards with why now, no count of what waits."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sage.core.agenda import Plans, Quiet, agenda
from sage.core.briefs import Standing
from sage.core.plans import Goal, Task
from sage.core.today import Today, chain_words, goal_tree, today_lines, today_of

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
MOVE = Goal("g0", "Move to Lisbon", why="the sea")
THESIS = Goal("g1", "Finish the thesis", parent="g0")
FORM, OLD, PAGE, ANY = (
    Task("k1", "Send the form", due="2026-11-23T14:00"),
    Task("k2", "Buy string", due="2026-11-20"),
    Task("k3", "One page of the thesis"),
    Task("k4", "Sort photographs"),
)


def day(
    *tasks: Task, goals: tuple[Goal, ...] = (MOVE, THESIS), away: int = 0, chosen: Task | Goal | None = None
) -> Today:
    found = agenda(Plans(tasks=tasks, goals=goals), NOW.date(), 1, NOW, Quiet("22:00", "08:00"))
    return today_of(Standing(found, NOW, goals, away=away), chosen)


def test_the_focus_is_what_has_its_time_and_the_cards_say_why_now() -> None:
    shown = day(FORM, OLD, PAGE, ANY)
    assert shown.focus and (shown.focus.id, shown.focus.why_now) == ("k1", "its time is 14:00")
    assert [(card.id, card.why_now) for card in shown.cards] == [
        ("k2", "from Friday"), ("k3", "for your goal “Finish the thesis”"),
    ], "what nothing speaks for now is no card"  # fmt: skip


def test_there_are_three_cards_at_most_and_never_a_count_of_what_waits() -> None:
    many = [Task(f"k{number}", f"Old thing {number}", due="2026-11-20") for number in range(200)]
    shown = day(*many)
    assert len(shown.cards) == 3
    assert "200" not in "\n".join(today_lines(shown)) and "196" not in "\n".join(today_lines(shown))


def test_after_an_absence_what_lies_before_is_left_alone() -> None:
    shown = day(OLD, PAGE, away=9)
    assert shown.fresh and "k2" not in [card.id for card in shown.cards] and shown.focus and shown.focus.id == "k3"


def test_what_the_person_chose_is_the_focus_with_the_chain_of_its_whys() -> None:
    shown = day(FORM, PAGE, chosen=PAGE)
    assert shown.chosen and shown.focus and shown.focus.id == "k3"
    assert [goal.id for goal in shown.whys] == ["g1", "g0"]
    assert list(chain_words(shown.focus, shown.whys)) == [
        ("why", "the sea"), ("what", "Move to Lisbon → Finish the thesis"), ("how", "One page of the thesis"),
    ]  # fmt: skip
    later = Task("k9", "Pack boxes", due="2026-12-24")
    assert day(FORM, later, chosen=later).focus == day(later, chosen=later).focus, "also one of another day"
    assert day(FORM, chosen=MOVE).focus and day(FORM, chosen=MOVE).focus.kind == "goal"  # type: ignore[union-attr]


def test_an_empty_home_has_no_focus_and_goals_that_serve_each_other_still_stand_once() -> None:
    assert day(goals=()).focus is None and day(goals=()).cards == ()
    one, two = Goal("a", "A", parent="b"), Goal("b", "B", parent="a")
    assert [(depth, goal.id) for depth, goal in goal_tree((one, two, MOVE, THESIS))] == [
        (0, "g0"), (1, "g1"), (0, "a"), (1, "b"),
    ]  # fmt: skip
    assert [goal.id for goal in day(PAGE, goals=(Goal("a", "the thesis", parent="a"),)).whys] == ["a"]
