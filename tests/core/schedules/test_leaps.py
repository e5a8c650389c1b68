"""A leap is what the clock shows beyond the time that passed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sage.core.schedules.leaps import Reading, leap_between

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("shown", "passed", "words"),
    [
        (timedelta(days=2), 30.0, "The clock of this machine was set forward by 2 days."),
        (timedelta(hours=-1), 30.0, "The clock of this machine was set back by 1 hour."),
        (timedelta(minutes=3), 30.0, "The clock of this machine was set forward by 2 minutes."),
        (timedelta(seconds=90), 30.0, None),
        (timedelta(days=2), 2 * 86400.0, None),
    ],
)
def test_only_what_did_not_pass_is_a_leap(shown: timedelta, passed: float, words: str | None) -> None:
    leap = leap_between(Reading(AT, 100.0), Reading(AT + shown, 100.0 + passed))
    assert (leap.words if leap else None) == words


def test_what_was_leapt_over() -> None:
    leap = leap_between(Reading(AT, 0.0), Reading(AT + timedelta(days=2), 60.0))
    assert leap
    over = [leap.skipped(AT + timedelta(minutes=minutes)) for minutes in (0, 1, 2, 60 * 48, 60 * 49)]
    assert over == [False, False, True, True, False]
