from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from sage.core.agenda import LEAST_ROOM, Agenda, Plans, Quiet, agenda, named_day
from sage.core.agenda_words import agenda_lines
from sage.core.events import Event
from sage.core.plans import Goal, Task
from sage.core.schedules.schedule import Occurrence, Rule, Schedule

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 7, 0, tzinfo=BERLIN)
NIGHT = Quiet("22:00", "08:00")


def event(name: str, start: str, end: str, *, busy: bool = True) -> Event:
    moments = [one if len(one) == 10 else datetime.fromisoformat(one).replace(tzinfo=BERLIN).astimezone(UTC).isoformat()
               for one in (start, end)]  # fmt: skip
    return Event(f"e-{name}", name, *moments, "work", busy=busy)


def shown(plans: Plans, first: str = "2026-11-23", days: int = 1, now: datetime = NOW, quiet: Quiet = NIGHT) -> Agenda:
    return agenda(plans, date.fromisoformat(first), days, now, quiet)


def rooms(found: Agenda, day: int = 0) -> list[tuple[str, str]]:
    return [(room.start[11:16], room.end[11:16]) for room in found.days[day].free]


def test_a_day_has_all_of_it_in_one_view_and_each_line_names_its_source() -> None:
    reminder = Schedule("j1", "water the plants", Rule("2026-11-23T18:00", "Europe/Berlin"))
    due = Occurrence("j1", "2026-11-23T18:00", "2026-11-23T17:00:00+00:00", "2026-11-23T17:00:00+00:00")
    found = shown(
        Plans(
            [event("Meeting", "2026-11-23T09:00", "2026-11-23T10:00"), event("Holiday", "2026-11-23", "2026-11-24")],
            [Task("k1", "Pay rent", due="2026-11-23"), Task("k2", "Call the bank", due="2026-11-23T12:00"),
             Task("k3", "Old", due="2026-11-17"), Task("k4", "Whenever"), Task("k5", "Over", done=True)],
            [(due, reminder)],
            [Goal("g1", "Sleep well", "to be kinder"), Goal("g2", "Reached", state="done")],
        )
    )  # fmt: skip
    [day] = found.days
    assert [(line.kind, line.id, line.clock) for line in day.lines] == [
        ("event", "e-Holiday", ""),
        ("task", "k1", ""),
        ("event", "e-Meeting", "09:00"),
        ("task", "k2", "12:00"),
        ("reminder", "j1", "18:00"),
    ]
    assert [line.id for line in found.anytime] == ["k4"] and [line.id for line in found.goals] == ["g1"]
    assert [(line.id, line.note) for line in found.earlier] == [("k3", "from Tuesday")]
    assert "09:00–10:00  Meeting  [e-Meeting]" in "\n".join(agenda_lines(found))


def test_what_is_at_the_same_time_collides_and_what_only_touches_does_not() -> None:
    events = [
        event("A", "2026-11-23T09:00", "2026-11-23T10:30"),
        event("B", "2026-11-23T10:00", "2026-11-23T11:00"),
        event("C", "2026-11-23T11:00", "2026-11-23T12:00"),
        event("Free", "2026-11-23T09:00", "2026-11-23T12:00", busy=False),
        event("Trip", "2026-11-23", "2026-11-25"),
    ]
    tasks = [Task("k1", "Hand it in", due="2026-11-23T11:30"), Task("k2", "Later", due="2026-11-23T12:00")]
    collisions = shown(Plans(events, tasks)).days[0].collisions
    assert [(one.first, one.second) for one in collisions] == [("e-A", "e-B"), ("e-C", "k1")]


def test_the_same_event_in_two_calendars_is_one() -> None:
    twice = [event("Meeting", "2026-11-23T09:00", "2026-11-23T10:00") for _ in range(2)]
    other = Event("e-other", "meeting", twice[0].start, twice[0].end, "home")
    day = shown(Plans([*twice, other])).days[0]
    assert len(day.lines) == 1 and not day.collisions


def test_what_is_free_lies_between_the_quiet_hours_and_after_now() -> None:
    plans = Plans(
        [
            event("Meeting", "2026-11-23T09:00", "2026-11-23T10:00"),
            event("Late", "2026-11-23T21:45", "2026-11-23T23:00"),
        ]
    )
    assert rooms(shown(plans)) == [("08:00", "09:00"), ("10:00", "21:45")]
    assert rooms(shown(plans, now=NOW.replace(hour=20))) == [("20:00", "21:45")]
    assert rooms(shown(Plans(), quiet=Quiet("01:00", "09:00"), now=NOW.replace(hour=0))) == [
        ("00:00", "01:00"),
        ("09:00", "00:00"),
    ]
    assert rooms(shown(Plans(), quiet=Quiet("", ""), now=NOW.replace(hour=0))) == [("00:00", "00:00")]


def test_a_day_of_23_hours_has_an_hour_less_room() -> None:
    for day, hours in (("2026-03-29", 23), ("2026-10-25", 25)):
        [room] = shown(Plans(), first=day, now=datetime(2026, 1, 1, tzinfo=BERLIN), quiet=Quiet("", "")).days[0].free
        length = datetime.fromisoformat(room.end) - datetime.fromisoformat(room.start)
        assert length == timedelta(hours=hours)


def test_an_event_over_midnight_stands_on_both_days_and_a_date_left_out_is_empty() -> None:
    party = event("Party", "2026-11-23T22:00", "2026-11-24T02:00")
    found = shown(Plans([party]), days=2)
    assert [[line.id for line in day.lines] for day in found.days] == [["e-Party"], ["e-Party"]]
    apia = datetime(2011, 12, 28, 8, tzinfo=ZoneInfo("Pacific/Apia"))
    left_out = agenda(Plans(), date(2011, 12, 30), 1, apia, NIGHT).days[0]
    assert left_out.free == ()


def test_a_day_is_named_as_a_person_says_it_and_never_as_overdue() -> None:
    today = date(2026, 11, 23)
    words = [named_day(today + timedelta(days=away), today) for away in (0, 1, -1, -6, -20, 200)]
    assert words == ["today", "tomorrow", "yesterday", "Tuesday", "Tuesday 3 November", "Friday 11 June 2027"]
    lines = "\n".join(agenda_lines(shown(Plans(tasks=[Task("k", "Old", due="2026-11-03")]))))
    assert "from Tuesday 3 November" in lines and "overdue" not in lines.lower()


_SPANS = st.lists(st.tuples(st.integers(0, 47), st.integers(0, 8), st.booleans()), max_size=8)


@given(_SPANS)
def test_free_room_and_what_takes_room_fill_the_waking_day_and_never_meet(spans: list[tuple[int, int, bool]]) -> None:
    midnight = NOW.replace(hour=0)
    events = []
    for number, (start, length, busy) in enumerate(spans):
        begins = midnight + timedelta(minutes=30 * start)
        moments = [one.astimezone(UTC).isoformat() for one in (begins, begins + timedelta(minutes=30 * length))]
        events.append(Event(f"e{number}", f"E{number}", *moments, "work", busy=busy))
    day = agenda(Plans(events), NOW.date(), 1, midnight, NIGHT).days[0]
    free = [tuple(map(datetime.fromisoformat, (room.start, room.end))) for room in day.free]
    assert all(end - start >= LEAST_ROOM for start, end in free)
    for half in range(16, 44):
        moment = midnight + timedelta(minutes=30 * half)
        taken = any(
            e.busy and datetime.fromisoformat(e.start) <= moment < datetime.fromisoformat(e.end) for e in events
        )
        assert taken != any(start <= moment < end for start, end in free)
