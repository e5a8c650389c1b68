"""Days and their parts, in plain words; what is no day is none."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.core.day_spans import read_days

NOW = datetime(2026, 11, 26, 15, 0, tzinfo=ZoneInfo("Europe/Berlin"))  # a Thursday


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", ("2026-11-26", 1, "", "", "")),
        ("tomorrow", ("2026-11-27", 1, "", "", "")),
        ("on Saturday", ("2026-11-28", 1, "", "", "")),
        ("2026-12-24", ("2026-12-24", 1, "", "", "")),
        ("my week", ("2026-11-26", 7, "", "", "")),
        ("next week", ("2026-11-30", 7, "", "", "")),
        ("next Friday", ("2026-12-04", 1, "", "", "")),
        ("the next three days", ("2026-11-26", 3, "", "", "")),
        ("this weekend", ("2026-11-28", 2, "", "", "")),
        ("next weekend", ("2026-12-05", 2, "", "", "")),
        ("Friday afternoon", ("2026-11-27", 1, "afternoon", "12:00", "18:00")),
        ("tomorrow morning", ("2026-11-27", 1, "morning", "00:00", "12:00")),
        ("this evening", ("2026-11-26", 1, "evening", "18:00", "24:00")),
        ("tonight", ("2026-11-26", 1, "evening", "18:00", "24:00")),
        ("in the morning", ("2026-11-27", 1, "morning", "00:00", "12:00")),
        ("this morning", ("2026-11-26", 1, "morning", "00:00", "12:00")),
        ("tomorrow at 3", ("2026-11-27", 1, "at 15:00", "15:00", "16:00")),
        ("tomorrow at 3 am", ("2026-11-27", 1, "at 03:00", "03:00", "04:00")),
        ("tomorrow at 3:00", ("2026-11-27", 1, "at 03:00", "03:00", "04:00")),
        ("tomorrow at 3 pm", ("2026-11-27", 1, "at 15:00", "15:00", "16:00")),
        ("Friday evening at 8", ("2026-11-27", 1, "at 20:00", "20:00", "21:00")),
        ("tomorrow at 23:30", ("2026-11-27", 1, "at 23:30", "23:30", "24:00")),
    ],
)
def test_days_in_plain_words(words: str, found: tuple[str, ...]) -> None:
    span = read_days(words, NOW)
    assert span is not None and (str(span.first), *span[1:]) == found


@pytest.mark.parametrize(
    "words", ["the menu tomorrow", "Anna's list", "page 3", "Friday with Anna", "the next day off"]
)
def test_what_is_more_than_a_day_is_none(words: str) -> None:
    assert read_days(words, NOW) is None


def test_of_a_weekend_that_goes_on_its_days_that_are_left() -> None:
    sunday = NOW + timedelta(days=3)
    assert read_days("this weekend", sunday) == (sunday.date(), 1, "", "", "")


@given(st.text(max_size=60))
def test_no_words_break_it(words: str) -> None:
    span = read_days(words, NOW)
    assert span is None or span.days >= 1
