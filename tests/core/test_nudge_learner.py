from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.core.nudge_learner import LEAST, Tried, better_now, choose, learned, moment_of_day
from sage.core.nudges import Answer

MORNING = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
EVENING = MORNING.replace(hour=20)
answers = st.sampled_from(["", "taken", "snoozed", "not today", "dismissed", "never"])
moments = st.sampled_from(["morning, opened", "midday, opened", "evening, opened"])


@given(st.lists(st.tuples(moments, answers)), st.integers(0, 23), st.floats(0, 1, exclude_max=True))
def test_the_logged_propensity_is_the_chance_by_which_it_was_chosen(
    answered: list[tuple[str, Answer]], hour: int, chance: float
) -> None:
    choice = choose(learned(answered), MORNING.replace(hour=hour), "opened", chance)
    assert LEAST <= choice.propensity <= 1
    assert choice.now == (chance < choice.propensity)


def test_a_moment_that_was_welcome_is_chosen_more_often_than_one_that_was_not() -> None:
    fresh = better_now({}, MORNING, "opened")
    liked = better_now({"morning, opened": Tried(9, 0)}, MORNING, "opened")
    disliked = better_now({"morning, opened": Tried(0, 9)}, MORNING, "opened")
    assert disliked < fresh < liked


def test_what_has_no_later_moment_today_does_not_wait() -> None:
    assert better_now({"evening, opened": Tried(0, 50)}, EVENING, "opened") == 1


def test_the_state_is_a_table_of_answers_by_moment() -> None:
    given: list[tuple[str, Answer]] = [
        ("morning, opened", "taken"),
        ("morning, opened", "not today"),
        ("midday, opened", ""),
    ]
    assert learned(given) == {"morning, opened": Tried(1, 1)}
    assert learned(()) == {}


@pytest.mark.parametrize(("hour", "name"), [(8, "morning"), (11, "midday"), (16, "afternoon"), (23, "evening")])
def test_parts_of_the_day(hour: int, name: str) -> None:
    assert moment_of_day(MORNING.replace(hour=hour), "opened") == f"{name}, opened"
