"""Reminders that hang on events go with them: one for each event, whatever is done to the calendar."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sage.core.errors import BadInput
from sage.core.events import Event
from sage.core.schedules.schedule import Rule, Schedule
from sage.engine import alarms
from sage.engine.anchoring import Anchoring
from tests.telling import FakeSurface, Told

BERLIN = ZoneInfo("Europe/Berlin")
HALF = timedelta(minutes=30)
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=BERLIN)


def hung(name: str = "a", anchor: str = "*", minutes: int = -30, *, once: bool = False) -> Schedule:
    rule = Rule("2026-11-23T10:00", "Europe/Berlin", "COUNT=1" if once else "", anchor=anchor, minutes=minutes)
    return Schedule(name, f"Do {name}", rule)


def at(clock: str, day: int = 23) -> datetime:
    hour, minute = clock.split(":")
    return datetime(2026, 11, day, int(hour), int(minute), tzinfo=BERLIN)


def rows(told: Told, name: str = "a") -> list[tuple[str, str]]:
    """The states of a schedule's occurrences, each with the time at which it is due in Berlin."""
    found = [(datetime.fromisoformat(one.due_at).astimezone(BERLIN), one.state) for one in told.pages.occurrences(name)]
    return [(f"{due:%d %H:%M}", state) for due, state in sorted(found)]


async def test_it_is_told_before_each_event_with_its_name_and_shown_beforehand() -> None:
    surface = FakeSurface()
    told = Told(surface)
    told.calendar.put("s", "Stand-up", at("12:00"))
    told.calendar.put("d", "Dr. Demo, dentist", at("15:00", 24))
    assert [due.event for due in told.book.add(hung(), told.now)] == ["Stand-up", "Dr. Demo, dentist"]
    told.book.add(hung("dentist", "dentist appointment", -60), told.now)
    told.book.add(hung("standup", "standup", 60, once=True), told.now)
    await told.go_on(hours=1, minutes=30)
    assert surface.texts == ["Do a (“Stand-up”, today at 12:00)"]
    await told.go_on(hours=1, minutes=30)
    assert surface.texts[1:] == ["Do standup (“Stand-up”, today at 12:00)"]
    for _ in range(30):
        await told.go_on(hours=1)
    assert surface.texts[2:] == [
        "Do dentist (“Dr. Demo, dentist”, today at 15:00)",
        "Do a (“Dr. Demo, dentist”, today at 15:00)",
    ]
    assert {one.id: one.state for one in told.pages.all()} == {"a": "on", "dentist": "on", "standup": "ended"}


async def test_what_is_done_to_an_event_is_done_to_its_reminder_while_nobody_was_told() -> None:
    surface = FakeSurface()
    told = Told(surface)
    told.calendar.put("s", "Stand-up", at("12:00"))
    told.book.add(hung(), told.now)
    told.calendar.put("s", "Stand-up, renamed", at("14:00"))
    await told.go_on(minutes=1)
    assert rows(told) == [("23 13:30", "due")]
    told.calendar.put("new", "Lunch", at("13:00"))
    await told.go_on(minutes=1)
    assert rows(told) == [("23 12:30", "due"), ("23 13:30", "due")]
    told.calendar.take("s")
    await told.go_on(minutes=1)
    assert rows(told) == [("23 12:30", "due")]
    await told.go_on(hours=3)
    told.calendar.put("new", "Lunch", at("17:00"))
    await told.go_on(hours=6)
    assert rows(told) == [("23 12:30", "done")] and len(surface.texts) == 1


async def test_the_next_event_is_the_one_that_is_next_then_and_told_once() -> None:
    surface = FakeSurface()
    told = Told(surface)
    told.calendar.put("a", "Lunch", at("13:00"))
    told.calendar.put("b", "Walk", at("15:00"))
    told.book.add(hung(once=True), told.now)
    told.calendar.put("c", "Call", at("12:00"))
    await told.go_on(minutes=1)
    assert rows(told) == [("23 11:30", "due")]
    told.calendar.take("c")
    await told.go_on(minutes=1)
    assert rows(told) == [("23 12:30", "due")]
    for _ in range(20):
        await told.go_on(hours=1)
    assert surface.texts == ["Do a (“Lunch”, today at 13:00)"] and told.pages.all()[0].state == "ended"


async def test_a_calendar_that_cannot_be_read_changes_nothing_that_is_planned() -> None:
    surface = FakeSurface()
    told = Told(surface)
    told.calendar.put("a", "Lunch", at("13:00"))
    told.book.add(hung(), told.now)
    told.calendar.torn = True
    told.start_again()
    await told.go_on(minutes=1)
    assert rows(told) == [("23 12:30", "due")]
    await told.go_on(hours=2, minutes=29)
    assert surface.texts == ["Do a"], "its event's name cannot be known now"
    shown = told.book.event_notes(hung(), told.now)
    assert shown[0] == "The calendar cannot be read."


async def test_what_passed_while_no_engine_ran_is_told_late_and_each_event_still_ahead_for_itself() -> None:
    surface = FakeSurface()
    told = Told(surface)
    for number, clock in enumerate(("12:00", "13:00", "16:00", "16:15")):
        told.calendar.put(f"e{number}", f"Event {number}", at(clock))
    told.book.add(hung(), told.now)
    told.clock.go_on(hours=5, minutes=50)  # to 15:50
    told.start_again()
    await told.look()
    late = {ring.schedule.text.partition(" (")[2][:9]: ring.late for ring in surface.rings}
    assert late == {
        "“Event 1”": "It was due today at 12:30. One before it was missed.",
        "“Event 2”": "It was due today at 15:30.",
        "“Event 3”": "It was due today at 15:45.",
    }


async def test_an_event_that_has_begun_and_left_the_calendar_is_still_told_late() -> None:
    surface = FakeSurface(reachable=False)
    told = Told(surface)
    told.calendar.put("a", "Lunch", at("12:00"))
    told.calendar.put("b", "Tea", at("16:00"))
    told.book.add(hung(), told.now)
    await told.go_on(hours=2, minutes=30)
    told.calendar.take("a")
    told.calendar.take("b")
    await told.go_on(minutes=1)
    assert rows(told) == [("23 11:30", "due")]
    surface.reachable = True
    await told.go_on(minutes=1)
    assert surface.texts == ["Do a"] and surface.rings[0].late


async def test_events_that_begin_together_are_told_together_and_whole_days_only_by_name() -> None:
    surface = FakeSurface()
    told = Told(surface)
    told.calendar.put("a", "Lunch", at("12:00"))
    told.calendar.put("b", "Call", at("12:00"))
    told.calendar.kept["c"] = Event("c", "Fair", "2026-11-24", "2026-11-25", "fake", lasting="c")
    told.book.add(hung(), told.now)
    fair = told.book.add(hung("fair", "fair", -60), told.now)
    assert [f"{due.wall}" for due in fair] == ["2026-11-24 08:00:00"]
    for _ in range(60):
        await told.go_on(minutes=30)
    assert sorted(surface.texts) == ["Do a (“Call” and “Lunch”, today at 12:00)", "Do fair (“Fair”, today at 09:00)"]


async def test_one_that_is_skipped_or_put_off_stays_so_when_its_event_moves() -> None:
    surface = FakeSurface()
    told = Told(surface)
    told.calendar.put("a", "Lunch", at("12:00"))
    told.calendar.put("b", "Tea", at("16:00"))
    told.book.add(hung(), told.now)
    told.book.skip(hung(), told.now)
    told.calendar.put("a", "Lunch", at("13:00"))
    await told.go_on(hours=4)
    assert not surface.texts
    await told.go_on(hours=1, minutes=30)
    told.book.put_off(told.pages.occurrences("a")[1], at("17:00"), told.now)
    told.calendar.take("b")
    await told.go_on(hours=2)
    assert len(surface.texts) == 2


def test_without_a_calendar_it_says_what_to_set_and_without_an_event_that_there_is_none_yet() -> None:
    told = Told(FakeSurface())
    assert told.book.add(hung(), told.now) == []
    assert "No such event stands in your calendar yet" in told.book.event_notes(told.book.schedules()[0], told.now)[0]
    told.calendar.mark = lambda: ""  # type: ignore[method-assign]
    with pytest.raises(BadInput, match="No calendar is set") as refused:
        told.book.add(hung("b"), told.now)
    assert "calendar" in refused.value.do


async def test_a_calendar_in_which_nothing_changed_is_not_read_again_for_an_hour() -> None:
    told = Told(FakeSurface())
    told.calendar.put("a", "Lunch", at("12:00"))
    told.book.add(hung(), told.now)
    asked: list[datetime] = []
    events = told.calendar.events

    def count(since: datetime, until: datetime) -> object:
        asked.append(since)
        return events(since, until)

    told.calendar.events = count  # type: ignore[method-assign,assignment]
    for _ in range(118):
        await told.go_on(minutes=0.5)
    assert len(asked) == 1
    await told.go_on(minutes=2)
    assert len(asked) == 2


async def test_a_calendar_that_does_not_answer_keeps_no_reminder_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarms, "EVENTS_WITHIN", 0.01)
    surface, answers = FakeSurface(), threading.Event()
    told = Told(surface)
    told.calendar.put("a", "Lunch", at("12:00"))
    told.book.add(hung(), told.now)
    told.book.add(Schedule("once", "Do once", Rule("2026-11-23T10:05", "Europe/Berlin")), told.now)
    mark, looks = told.calendar.mark, list[int]()

    def hang() -> str:
        looks.append(1)
        assert answers.wait(20)
        return mark()

    told.calendar.mark = hang  # type: ignore[method-assign]
    await told.go_on(minutes=5)
    await told.go_on(hours=1, minutes=25)
    assert surface.texts == ["Do once", "Do a"] and len(looks) == 1
    told.calendar.put("b", "Tea", at("16:00"))
    answers.set()
    beside = told.alarms._anchoring._beside
    assert beside
    await asyncio.to_thread(beside.join, 20)
    await told.go_on(minutes=1)
    await asyncio.to_thread(lambda: (each := told.alarms._anchoring._beside) and each.join(20))
    assert ("23 15:30", "due") in rows(told)


EDITS = st.lists(
    st.tuples(st.sampled_from(["put", "put", "take", "tear", "mend", "kill", "wait", "wait"]), st.integers(0, 4),
              st.integers(0, 47)),
    min_size=4, max_size=24,
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(EDITS)
def test_each_event_is_told_once_at_its_time_whatever_is_done_to_the_calendar(
    edits: list[tuple[str, int, int]],
) -> None:
    asyncio.run(_walk(edits))


async def _walk(edits: list[tuple[str, int, int]]) -> None:
    surface = FakeSurface()
    told = Told(surface)
    told.book.add(hung(), told.now)
    planned: dict[str, datetime] = {}
    """What waits to be told: the start of each event."""
    expected: set[str] = set()
    doubtful: set[str] = set()
    """Events of which an engine that was killed may or may not have seen that they were over before they were written down."""
    for what, number, half_hours in edits:
        name, killed = f"e{number}", what == "kill"
        if what == "put":
            told.calendar.put(name, name, MONDAY + timedelta(minutes=30 * half_hours + number))
        elif what == "take":
            told.calendar.take(name)
        elif what in ("tear", "mend"):
            told.calendar.torn = what == "tear"
        elif killed:
            told.start_again()
        for _ in range(half_hours if what == "wait" else 1):
            before = told.now
            await told.go_on(minutes=5)
            if not told.calendar.torn:
                held = {event.lasting: datetime.fromisoformat(event.start) for event in told.calendar.kept.values()}
                planned = {each: start for each, start in planned.items() if each in held or start <= told.now}
                for each, start in held.items():
                    due = start - HALF
                    if each in planned or (due > MONDAY and (due > before or start > told.now)):
                        planned[each] = start
                    elif killed and due > MONDAY:
                        doubtful.add(each)
            expected |= {each for each, start in planned.items() if start - HALF <= told.now}
            planned = {each: start for each, start in planned.items() if each not in expected}
    ringed = Counter(ring.occurrence.slot for ring in surface.rings)
    assert set(ringed.values()) <= {1}, ringed
    settled = ringed.keys() | {one.slot for one in told.pages.occurrences("a") if one.state == "missed"}
    assert settled - doubtful == expected - doubtful


def test_one_schedule_that_cannot_be_planned_stops_no_other() -> None:
    told = Told(FakeSurface())
    told.calendar.put("a", "Lunch", at("12:00"))
    for name in "ab":
        told.book.add(hung(name), told.now)
    told.database.run("UPDATE schedules SET made_at = 'never' WHERE id = 'a'")
    told.calendar.put("b", "Tea", at("14:00"))
    from sage.adapters.anchor_calendar import AnchorCalendar

    Anchoring(told.pages, AnchorCalendar(told.calendar)).plan(told.now)
    assert len(told.pages.occurrences("b")) == 2
