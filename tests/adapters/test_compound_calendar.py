from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sage.adapters.calendar_files import CalendarFiles
from sage.adapters.compound_calendar import BACK, AccountCalendars, CompoundCalendar
from sage.plugin_api import CalendarPage, Event

NOW = datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Europe/Berlin"))
TALK = Event(
    "1", "Talk about the demo garden", "2026-11-23T14:00:00+01:00", "2026-11-23T15:00:00+01:00", "talks", "Room 1"
)
FAIR = Event("2", "Fair", "2026-11-24", "2026-11-26", busy=False)
WORK = "caldav/work"
DAY = timedelta(days=1)


class Calendars:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.time = NOW
        self.accounts = AccountCalendars(lambda: self.time)
        files = CalendarFiles(lambda: [str(path) for path in folder.glob("*.ics")], lambda: self.time)
        self.all = CompoundCalendar(files, self.accounts)

    def take(self, *events: Event, troubles: tuple[str, ...] = (), whole: bool = True) -> None:
        self.accounts.take(WORK, CalendarPage(events, troubles, whole), self.time - BACK)

    def titles(self, since: datetime = NOW, until: datetime = NOW + 7 * DAY) -> list[str]:
        return [event.title for event in self.all.events(since, until).events]


@pytest.fixture
def calendars(tmp_path: Path) -> Calendars:
    return Calendars(tmp_path)


FILE = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//demo//demo//
BEGIN:VEVENT
UID:9
DTSTAMP:20261101T000000Z
DTSTART:20261123T120000Z
DTEND:20261123T123000Z
SUMMARY:Lunch
END:VEVENT
END:VCALENDAR
"""


def test_files_and_accounts_are_one_calendar_in_the_order_of_time(calendars: Calendars) -> None:
    (calendars.folder / "own.ics").write_text(FILE)
    calendars.accounts.keep_to([WORK])
    calendars.take(FAIR, TALK)
    found = calendars.all.events(NOW, NOW + 7 * DAY)
    assert [(one.title, one.calendar) for one in found.events] == [
        ("Lunch", "own"),
        ("Talk about the demo garden", "work"),
        ("Fair", "work"),
    ]
    talk = found.events[1]
    assert (talk.start, talk.where, talk.id[0]) == ("2026-11-23T13:00:00+00:00", "Room 1", "e")
    assert found.whole and not found.troubles
    assert calendars.titles(NOW + DAY, NOW + 2 * DAY) == ["Fair"]


def test_without_accounts_it_is_what_the_files_are(calendars: Calendars) -> None:
    assert calendars.all.mark() == "" and calendars.titles() == [] and calendars.all.unreadable == {}


def test_before_it_was_read_nothing_is_said_to_be_missing(calendars: Calendars) -> None:
    calendars.accounts.keep_to([WORK])
    found = calendars.all.events(NOW, NOW + DAY)
    assert not found.whole and calendars.all.mark()


def test_one_that_cannot_be_read_stays_as_it_was_and_says_so(calendars: Calendars) -> None:
    calendars.accounts.keep_to([WORK])
    calendars.take(TALK)
    calendars.time += timedelta(hours=2)
    calendars.accounts.fail(WORK, "The demo\x1b[2J server is down.")
    found = calendars.all.events(NOW, NOW + DAY)
    assert [one.title for one in found.events] == ["Talk about the demo garden"] and not found.whole
    told = "The calendar of work cannot be read now: The demo server is down. It is shown as it was today at 10:00."
    assert found.troubles == (told,) and calendars.all.unreadable == {WORK: told}
    calendars.take(TALK)
    assert calendars.all.events(NOW, NOW + DAY).whole and calendars.all.unreadable == {}


def test_of_what_can_be_read_in_part_the_rest_stays_as_it_was(calendars: Calendars) -> None:
    calendars.accounts.keep_to([WORK])
    calendars.take(TALK, FAIR)
    calendars.time += timedelta(hours=2)
    moved = Event("1b", TALK.title, "2026-11-23T16:00:00+01:00", "2026-11-23T17:00:00+01:00", "talks")
    for _ in range(2):
        calendars.take(moved, troubles=("A file is not there.",), whole=False)
        found = calendars.all.events(NOW, NOW + 7 * DAY)
        assert [(one.title, one.start[:13]) for one in found.events] == [
            (TALK.title, "2026-11-23T15"),
            ("Fair", "2026-11-24"),
        ]
        assert found.troubles[0] == "The calendar of work: A file is not there."
        assert (
            found.troubles[1] == "What of it cannot be read now is shown as it was today at 10:00." and not found.whole
        )
    calendars.take(moved)
    assert calendars.titles() == [TALK.title]


def test_its_mark_is_another_one_only_when_something_changed(calendars: Calendars) -> None:
    calendars.accounts.keep_to([WORK])
    marks = [calendars.all.mark()]
    for step in (
        lambda: calendars.take(TALK),
        lambda: calendars.take(TALK, FAIR),
        lambda: calendars.accounts.fail(WORK, "Away."),
        lambda: calendars.accounts.keep_to([]),
    ):
        step()
        marks.append(calendars.all.mark())
        calendars.accounts.fail(WORK, "Away.") if "fail" in step.__code__.co_names else None
        assert calendars.all.mark() == marks[-1]
    assert len(set(marks)) == len(marks)


def test_an_occurrence_has_an_id_of_its_own_and_its_series_one_for_all(calendars: Calendars) -> None:
    calendars.accounts.keep_to([WORK])
    again = Event("1b", "Talk", "2026-11-24T14:00:00+01:00", "2026-11-24T15:00:00+01:00", "talks")
    calendars.take(TALK, again)
    first, second = calendars.all.events(NOW, NOW + 7 * DAY).events
    assert first.id != second.id and first.lasting == second.lasting


def test_what_is_no_event_is_left_out_and_nothing_steers_the_terminal(calendars: Calendars) -> None:
    calendars.accounts.keep_to([WORK])
    odd = [
        Event("a", "no time", "soon", "later"),
        Event("b", "no offset", "2026-11-23T14:00:00", "2026-11-23T15:00:00"),
        Event("c", "half a day", "2026-11-24", "2026-11-24T15:00:00+01:00"),
        Event("d", "\x1b]0;x\x07\u202eabc\n", "2026-11-24", "2026-11-25"),
        Event("e", "", "2026-11-25T15:00:00+01:00", "2026-11-25T14:00:00+01:00"),
    ]
    calendars.take(*odd, troubles=("A part\x1b[1m is broken.",), whole=False)
    found = calendars.all.events(NOW, NOW + 7 * DAY)
    assert [one.title for one in found.events] == ["abc ", "(without a title)"]
    assert found.events[1].start == found.events[1].end
    assert found.troubles == ("The calendar of work: A part is broken.",) and not found.whole


def test_of_what_lies_before_the_known_stretch_nobody_says_that_it_is_not(calendars: Calendars) -> None:
    calendars.accounts.keep_to([WORK])
    calendars.take(TALK)
    assert not calendars.all.events(NOW - BACK - DAY, NOW).whole
    assert calendars.all.events(NOW - BACK + DAY, NOW).whole


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
        ("0001-01-01", "9999-12-31"),
    ],
)
def test_an_event_without_beginning_and_end_hides_no_other(calendars: Calendars, start: str, end: str) -> None:
    calendars.accounts.keep_to([WORK])
    calendars.take(TALK, Event("3", "Always", start, end))
    assert sorted(calendars.titles()) == ["Always", TALK.title]
