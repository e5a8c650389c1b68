from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from sage.core.cases import Wish, difference, fits_wish, normalised, replay_key

NOW = datetime(2026, 11, 23, 10)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"text": "Buy  Soil."}, {"text": "buy soil"}),
        ({"minutes": 25.0, "about": ""}, {"minutes": 25}),
        ({"due": "tomorrow"}, {"due": "2026-11-24"}),
        ({"due": "Friday at 9"}, {"due": "2026-11-27T09:00"}),
        ({"b": [" X "], "a": {"y": None}}, {"b": ["x"]}),
        ({"text": "It’s here"}, {"text": "it's here"}),
    ],
)
def test_what_makes_no_difference(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert normalised(one, NOW) == normalised(other, NOW)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"due": "every Tuesday at 8"}, {"due": "Tuesday at 8"}),
        ({"minutes": 25}, {"minutes": 26}),
        ({"done": True}, {"done": False}),
        ({"text": "buy soil"}, {"text": "buy soils"}),
    ],
)
def test_what_makes_one(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert normalised(one, NOW) != normalised(other, NOW)


def test_a_reminder_that_returns_is_another_than_one_that_does_not() -> None:
    weekly = {"text": "every Tuesday at 8 water plants"}
    assert fits_wish(Wish("remind", weekly), "remind", {"text": "water plants", "when": "every Tuesday at 8"}, NOW)
    assert not fits_wish(Wish("remind", weekly), "remind", {"text": "water plants", "when": "Tuesday at 8"}, NOW)


def test_a_difference_is_told_against_the_nearest_call() -> None:
    recorded = [
        Wish("note", {"text": "x"}),
        Wish("remind", {"text": "a", "when": "9"}),
        Wish("remind", {"text": "b", "when": "8"}),
    ]
    assert difference(Wish("remind", {"text": "b", "when": "7"}), recorded) == "called remind with when: 7 instead of 8"
    assert difference(Wish("fly", {}), recorded) == "called fly(), and the record has no call of fly"


def test_a_key_is_that_of_what_is_asked_and_of_nothing_else() -> None:
    from tests.evals.turns import command, opening, question

    body = question().body
    assert replay_key(body, body.opening, "m") == replay_key(question(rating="wrong").body, body.opening, "m")
    keys = {
        replay_key(body, body.opening, "m"), replay_key(body, body.opening, "n"), replay_key(body, opening("Hi"), "m"),
        replay_key(command().body, body.opening, "m"),
    }  # fmt: skip
    assert len(keys) == 4
