"""What is on and what is free, as it is answered in a conversation."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from sage.core.agenda import Plans, Quiet, agenda
from sage.core.agenda_answers import agenda_answer, free_answer
from sage.core.day_spans import DaySpan, read_days
from sage.core.events import Event
from sage.core.plans import Task

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
FRIDAY = date(2026, 11, 27)


def event(title: str, start: str, end: str, day: str = "2026-11-27") -> Event:
    at = [datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=NOW.tzinfo).isoformat() for clock in (start, end)]
    return Event(f"e{title}", title, *at, "Demo")


def answers(words: str, *events: Event, **plans: object) -> tuple[str, str]:
    """What is on and what is free in those words."""
    span = read_days(words, NOW)
    assert span
    found = agenda(Plans(events, **plans), span.first, span.days, NOW, Quiet("22:00", "08:00"))  # type: ignore[arg-type]
    return agenda_answer(found, span, NOW.date()), free_answer(found, span, NOW.date())


DENTIST = event("Dentist", "14:00", "15:00")


def test_a_day_with_what_is_on_it_and_its_room() -> None:
    task = Task("k1", "Send the form", due="2026-11-27")
    on, free = answers("friday", DENTIST, tasks=[task])
    assert on == "Friday 27 November:\n- task: Send the form\n- 14:00–15:00 Dentist\n- Free: 08:00–14:00, 15:00–22:00"
    assert free == "Friday 27 November: free 08:00–14:00, 15:00–22:00.\n- task: Send the form\n- 14:00–15:00 Dentist"


@pytest.mark.parametrize(
    ("words", "free"),
    [
        ("friday morning", "Friday 27 November, morning: free."),
        ("friday evening", "Friday 27 November, evening: free."),
        ("friday afternoon", "Friday 27 November, afternoon: free 12:00–14:00, 15:00–18:00.\n- 14:00–15:00 Dentist"),
        ("friday at 14:30", "Friday 27 November, at 14:30: free 15:00–15:30.\n- 14:00–15:00 Dentist"),
        ("friday at 15:00", "Friday 27 November, at 15:00: free."),
        ("friday at 23:00", "Friday 27 November, at 23:00: no room."),
        ("tomorrow", "Tomorrow, Tuesday 24 November: free."),
    ],
)
def test_whether_there_is_room(words: str, free: str) -> None:
    assert answers(words, DENTIST)[1] == free


def test_a_part_of_a_day_shows_what_touches_it() -> None:
    trip = event("Trip", "11:00", "13:00")
    on, _ = answers("friday afternoon", trip, event("Run", "07:00", "08:00"))
    assert on == "Friday 27 November, afternoon:\n- 11:00–13:00 Trip\n- Free: 13:00–18:00"


def test_a_week_says_of_each_day_what_is_on() -> None:
    on, free = answers("my week", DENTIST)
    assert "Today, Monday 23 November:\n- Nothing is planned.\nTomorrow, Tuesday 24 November:" in on
    assert "Friday 27 November:\n- 14:00–15:00 Dentist\n" in on and "Free" not in on
    assert free.startswith("Today, Monday 23 November: free.\n")


def test_what_is_at_once_is_said_and_what_could_not_be_read() -> None:
    on, free = answers("friday", DENTIST, event("Call", "14:30", "15:00"), troubles=["The calendar Demo: it is gone."])
    assert "- 14:30: Dentist and Call are at the same time.\n" in on
    assert on.endswith("\n\nThe calendar Demo: it is gone.") and free.endswith("\n\nThe calendar Demo: it is gone.")


def test_the_span_alone_decides_what_is_shown() -> None:
    found = agenda(Plans((DENTIST,)), FRIDAY, 1, NOW, Quiet("", ""))
    assert "Dentist" not in free_answer(found, DaySpan(FRIDAY, 1, "morning", "00:00", "12:00"), NOW.date())


def test_a_day_is_not_called_free_for_sure_when_a_calendar_could_not_be_read() -> None:
    on, free = answers("friday", troubles=["The calendar Demo: it is gone."])
    assert "- Nothing is planned, as far as it could be read.\n" in on
    assert free.startswith("Friday 27 November: free, as far as it could be read.")


def test_what_is_due_before_a_day_to_come_is_not_called_from_before() -> None:
    tasks = [Task("k1", "Today", due="2026-11-23"), Task("k2", "Old", due="2026-11-20")]
    found = agenda(Plans(tasks=tasks), FRIDAY, 1, NOW, Quiet("", ""))
    assert [line.id for line in found.earlier] == ["k2"]
