"""When the person is free: times and nothing else."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from sage.core.deputy.availability import asked_days, told
from sage.core.events import Event

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
EVENTS = (
    Event("e1", "Divorce lawyer", "2026-11-24T08:00:00+00:00", "2026-11-24T09:30:00+00:00", "private"),
    Event("e2", "Gym", "2026-11-24T09:00:00+00:00", "2026-11-24T10:00:00+00:00", "private"),
    Event("e3", "Bertas Geburtstag", "2026-11-24", "2026-11-25", "private", busy=False),
    Event("e4", "Demo trip", "2026-11-26", "2026-11-27", "private"),
)


def answer(text: str, tongue: str = "en") -> str:
    span = asked_days(text, NOW)
    return told(span, EVENTS, NOW, tongue) if span else ""


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Are you free tomorrow?", "Tuesday 24 November busy 09:00–11:00, otherwise free."),
        ("Are you free on Tuesday at 3 pm?", "Tuesday 24 November 15:00–16:00 free."),
        ("are you busy tuesday at 10?", "Tuesday 24 November 10:00–11:00 busy."),
        ("Do you have time on Tuesday at 10:30?", "Tuesday 24 November 10:30–11:30 busy 10:30–11:00, otherwise free."),
        ("do you have time on Wednesday afternoon?", "Wednesday 25 November 12:00–18:00 free."),
        ("How does Wednesday afternoon look for you?", "Wednesday 25 November 12:00–18:00 free."),
        ("Is your Wednesday afternoon free?", "Wednesday 25 November 12:00–18:00 free."),
        ("are you around on thursday", "Thursday 26 November busy 00:00–24:00, otherwise free."),
    ],
)
def test_english(asked: str, said: str) -> None:
    assert answer(asked) == f"As far as the calendar says: {said}"


@pytest.mark.parametrize("asked", ["Hast du morgen Zeit?", "Hast du am Dienstag Zeit?", "Bist du am Dienstag frei?"])
def test_german(asked: str) -> None:
    assert answer(asked, "de") == "Soweit es im Kalender steht: Dienstag, 24. November belegt 09:00–11:00, sonst frei."


@pytest.mark.parametrize(
    "asked", ["Are you free?", "are you free on 3 March 2031?", "were you free yesterday?", "when are you free"]
)
def test_what_names_no_day_ahead_is_left(asked: str) -> None:
    assert answer(asked) == ""


@pytest.mark.parametrize(
    "asked",
    [
        "Are you free the week after next?",
        "Are you free two weeks from tomorrow?",
        "Are you free on Tuesday or Wednesday?",
        "Are you free any day but not Tuesday?",
        "Are you free all week except Tuesday?",
        "Are you free tomorrow between 21:00 and 23:00?",
        "Are you free tomorrow at 3 or at 22:30?",
        "Are you free for 3 hours tomorrow at 20:00?",
        "Are you free on Tuesday at 10 pm Tokyo time?",
        "Are you free tomorrow at 22:00 UTC?",
        "Are you free at 10 pm PST tomorrow?",
        "Are you free on Wednesday 24 November?",
        "Are you free on Tuesday at half past ten?",
        "I'm not free tomorrow, are you free on Thursday?",
    ],
)
def test_what_names_more_of_time_than_is_understood_is_left(asked: str) -> None:
    assert answer(asked) == ""


def test_no_word_of_an_event_is_ever_in_it() -> None:
    told_words = answer("are you free this week?") + answer("Are you free tomorrow?")
    assert told_words
    assert not any(word in told_words for event in EVENTS for word in (*event.title.split(), event.calendar, event.id))
