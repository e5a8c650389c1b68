from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sage.core.touches import last_touch, touch

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "title", "is_about"),
    [
        ("I have just called the bank", "Call the bank", True),
        ("the bank was closed", "Call the bank", False),
        ("shall I swim today?", "Swim", True),
        ("about the slides that I promised Demo Aunt to send", "I promised Demo Aunt to send the slides by 2026-11-25", True),
        ("Demo Aunt called", "I promised Demo Aunt to send the slides by 2026-11-25", False),
        ("k1", "Call the bank", True),
        ("k10", "Call the bank", False),
        ("", "Call the bank", False),
        ("anything", "!!!", False),
    ],
)  # fmt: skip
def test_what_was_said_is_about_a_thing_when_it_names_most_of_its_words_or_its_id(
    said: str, title: str, is_about: bool
) -> None:
    assert last_touch("k1", title, [touch(NOON, said)]) == (NOON if is_about else None)


def test_the_last_touch_counts_and_none_is_none() -> None:
    later = NOON + timedelta(minutes=5)
    touches = [touch(NOON, "k1"), touch(later, "call", "the bank"), touch(later + timedelta(minutes=1), "other")]
    assert last_touch("k1", "Call the bank", touches) == later
    assert last_touch("k1", "Call the bank", []) is None
