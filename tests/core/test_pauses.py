"""Pauses: how long in words, and what they cover."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sage.core.errors import BadInput
from sage.core.pauses import Pause, length_of, pause_from

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize(
    ("words", "minutes"),
    [
        ("2h", 120), ("1h30", 90), ("1h 30m", 90), ("90 minutes", 90), ("an hour", 60), ("half an hour", 30),
        ("for 2 days", 2880), ("1 hour and 5 minutes", 65), ("a week", 10080),
        ("until tomorrow at 9", None), ("", None), ("2", None), ("0h", None), ("2 hours after lunch", None), ("monday", None),
    ],
)  # fmt: skip
def test_lengths_of_time(words: str, minutes: int | None) -> None:
    assert length_of(words) == (None if minutes is None else timedelta(minutes=minutes))


def test_a_pause_lasts_to_its_end_or_until_it_is_ended() -> None:
    open_end, ends = pause_from(NOW, None), pause_from(NOW, NOW + timedelta(hours=2))
    later = NOW + timedelta(hours=3)
    assert open_end.lasts(later) and ends.lasts(NOW) and not ends.lasts(later)
    assert ends.lasts(NOW - timedelta(days=2)), "a clock that is set back ends no pause"
    assert ends.covers(NOW + timedelta(hours=1)) and not ends.covers(later)
    assert not Pause(open_end.since, ended_at=(NOW + timedelta(hours=1)).isoformat()).covers(later)
    assert (open_end.words(NOW), ends.words(NOW)) == ("until you resume", "until today at 12:00")


def test_an_end_that_has_passed_or_is_too_far_is_told() -> None:
    for until in (NOW - timedelta(minutes=1), NOW + timedelta(days=400)):
        with pytest.raises(BadInput):
            pause_from(NOW, until)
