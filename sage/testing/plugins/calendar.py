"""What every `CalendarSource` has to hold: `CalendarSourceConformance`. The guide is `sage.testing.plugins`.

Another client of the calendar (`GivenAccount.other`) is any object with this method, `def` or `async def`:

    put(*entries)    from now on the calendar holds exactly these: each is the text of one `VEVENT`, or of several of one UID

`wrapped` makes a whole calendar of entries. The account's `own` addresses have to be ("demo@example.org",).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest_asyncio

from sage.plugin_api import CalendarPage, Event, Health
from sage.testing.plugins.accounts import Conformance, Driver, GivenAccount, needs, settled
from sage.testing.plugins.open_tasks import TEXTS, ZONES

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, tzinfo=BERLIN)
_ZONE = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19961027T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19810329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
END:VTIMEZONE
"""


def wrapped(*entries: str) -> bytes:
    """A calendar of these entries, as it stands in a file."""
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Demo//Demo//EN\n{_ZONE}{''.join(entries)}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def entry(uid: str, *lines: str) -> str:
    """One VEVENT."""
    inside = "\n".join(["DTSTAMP:20261101T000000Z", *lines])
    return f"BEGIN:VEVENT\nUID:{uid}\n{inside}\nEND:VEVENT\n"


def _choir(*lines: str) -> str:
    start, end = (
        f"DT{what};TZID=Europe/Berlin:20261019T{time}" for what, time in (("START", "190000"), ("END", "200000"))
    )
    return entry("choir", "SUMMARY:Choir", start, end, "RRULE:FREQ=WEEKLY", *lines)


class OpenCalendar:
    """An account that is open, as the tests see it."""

    def __init__(self, driver: Driver, given: GivenAccount) -> None:
        self._driver, self._other = driver, given.other

    async def open(self, zone: str = "Europe/Berlin") -> None:
        await self._driver.open(zone)

    async def reopen(self, zone: str = "Europe/Berlin") -> None:
        await self.close()
        await self.open(zone)

    async def close(self) -> None:
        await self._driver.close()

    async def put(self, *entries: str) -> None:
        await settled(self._other.put(*entries))

    async def page(self, since: datetime = MONDAY, days: float = 14) -> CalendarPage:
        page: CalendarPage = await self._driver.ask("occurrences", since, since + timedelta(days=days))
        return page

    async def events(self, since: datetime = MONDAY, days: float = 14) -> tuple[Event, ...]:
        """Those of a page that is whole and without troubles."""
        page = await self.page(since, days)
        assert (page.whole, page.troubles) == (True, ())
        return page.events

    async def health(self) -> Health:
        health: Health = await self._driver.ask("health")
        return health


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _at(text: str, zone: str = "Europe/Berlin") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


class CalendarSourceConformance(Conformance):
    """The whole suite."""

    @pytest_asyncio.fixture
    async def calendar(self, driver: Driver, account: GivenAccount, _left_out: None) -> AsyncIterator[OpenCalendar]:
        opened = OpenCalendar(driver, account)
        await opened.open()
        yield opened
        await opened.close()

    @needs(other=True)
    async def test_an_empty_calendar_has_no_events(self, calendar: OpenCalendar) -> None:
        await calendar.put()
        assert await calendar.events() == ()

    @needs(other=True)
    async def test_an_event_has_its_moments_and_its_place(self, calendar: OpenCalendar) -> None:
        lines = ("LOCATION:Town hall", "DTSTART:20261125T080000Z", "DURATION:PT90M")
        await calendar.put(
            entry("one", "SUMMARY:Meeting", *lines), entry("two", "SUMMARY:Later", "DTSTART:20271125T080000Z")
        )
        (event,) = await calendar.events()
        assert (event.title, event.where, event.busy) == ("Meeting", "Town hall", True) and event.id and event.series
        assert (_moment(event.start), _moment(event.end)) == (_at("2026-11-25T09:00"), _at("2026-11-25T10:30"))

    @needs(other=True)
    async def test_words_come_as_they_are(self, calendar: OpenCalendar) -> None:
        escaped = [text.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;") for text in TEXTS]
        await calendar.put(
            *(entry(f"e{n}", f"SUMMARY:{text}", f"DTSTART:20261125T08{n:02}00Z") for n, text in enumerate(escaped))
        )
        assert sorted(event.title for event in await calendar.events()) == sorted(TEXTS)

    @needs(other=True)
    async def test_whole_days_are_dates_in_every_zone(self, calendar: OpenCalendar) -> None:
        days = ("DTSTART;VALUE=DATE:20261125", "DTEND;VALUE=DATE:20261127")
        await calendar.put(entry("one", "SUMMARY:Trip", *days))
        for zone in ZONES:
            await calendar.reopen(zone)
            (event,) = await calendar.events(MONDAY.replace(tzinfo=ZoneInfo(zone)))
            assert (event.start, event.end) == ("2026-11-25", "2026-11-27"), zone

    @needs(other=True)
    async def test_a_whole_day_that_returns_does_so_on_its_days(self, calendar: OpenCalendar) -> None:
        await calendar.put(entry("one", "SUMMARY:Rest", "DTSTART;VALUE=DATE:20261021", "RRULE:FREQ=WEEKLY"))
        for zone in ZONES:
            await calendar.reopen(zone)
            found = await calendar.events(MONDAY.replace(tzinfo=ZoneInfo(zone)))
            assert [event.start for event in found] == ["2026-11-25", "2026-12-02"], zone

    @needs(other=True)
    async def test_what_returns_keeps_its_time_of_day_when_the_clocks_change(self, calendar: OpenCalendar) -> None:
        await calendar.put(_choir())
        found = await calendar.events(datetime(2026, 10, 19, tzinfo=BERLIN))
        assert [_moment(event.start) for event in found] == [_at("2026-10-19T19:00"), _at("2026-10-26T19:00")]
        assert len({event.id for event in found}) == 2 and len({event.series for event in found}) == 1

    @needs(other=True)
    async def test_what_was_taken_out_or_cancelled_is_not_on(self, calendar: OpenCalendar) -> None:
        cancelled = entry("party", "SUMMARY:Party", "DTSTART:20261125T180000Z", "STATUS:CANCELLED")
        await calendar.put(_choir("EXDATE;TZID=Europe/Berlin:20261123T190000"), cancelled)
        assert [_moment(event.start) for event in await calendar.events()] == [_at("2026-11-30T19:00")]

    @needs(other=True)
    async def test_an_occurrence_that_was_moved_is_once_there_and_keeps_its_id(self, calendar: OpenCalendar) -> None:
        await calendar.put(_choir())
        before = await calendar.events()
        place = "RECURRENCE-ID;TZID=Europe/Berlin:20261123T190000"
        times = ("DTSTART;TZID=Europe/Berlin:20261124T200000", "DTEND;TZID=Europe/Berlin:20261124T220000")
        await calendar.put(_choir() + entry("choir", "SUMMARY:Concert", place, *times))
        after = await calendar.events()
        assert [(event.title, _moment(event.start)) for event in after] == [
            ("Concert", _at("2026-11-24T20:00")),
            ("Choir", _at("2026-11-30T19:00")),
        ]
        assert [(event.id, event.series) for event in after] == [(event.id, event.series) for event in before]

    @needs(other=True)
    async def test_one_that_was_moved_into_the_time_is_there(self, calendar: OpenCalendar) -> None:
        place = "RECURRENCE-ID;TZID=Europe/Berlin:20261109T190000"
        await calendar.put(_choir() + entry("choir", "SUMMARY:Concert", place, "DTSTART:20261124T190000Z"))
        assert [event.title for event in await calendar.events()] == ["Choir", "Concert", "Choir"]

    @needs(other=True)
    async def test_an_event_around_the_time_is_there_and_one_that_ends_at_its_start_is_not(
        self, calendar: OpenCalendar
    ) -> None:
        around = entry("around", "SUMMARY:Around", "DTSTART:20261120T120000Z", "DTEND:20261210T120000Z")
        before = entry("before", "SUMMARY:Before", "DTSTART:20261122T200000Z", "DTEND:20261122T230000Z")
        after = entry("after", "SUMMARY:After", "DTSTART:20261206T230000Z", "DTEND:20261207T000000Z")
        await calendar.put(around, before, after)
        assert [event.title for event in await calendar.events()] == ["Around"]

    @needs(other=True)
    async def test_the_zone_in_which_it_is_asked_changes_nothing(self, calendar: OpenCalendar) -> None:
        await calendar.put(_choir(), entry("day", "SUMMARY:Day", "DTSTART;VALUE=DATE:20261124"))
        assert await calendar.events(MONDAY.astimezone(UTC)) == await calendar.events()

    @needs(other=True)
    async def test_what_takes_no_time_is_not_busy_and_what_was_declined_is_not_on(self, calendar: OpenCalendar) -> None:
        free = entry("free", "SUMMARY:Sale", "DTSTART:20261125T080000Z", "TRANSP:TRANSPARENT")
        mine = "ATTENDEE;PARTSTAT=DECLINED:mailto:Demo@example.org"
        host = "ORGANIZER:mailto:host@example.org"
        await calendar.put(free, entry("no", "SUMMARY:Party", "DTSTART:20261125T180000Z", host, mine))
        assert [(event.title, event.busy) for event in await calendar.events()] == [("Sale", False)]

    @needs(other=True)
    async def test_ids_survive_reopening_and_a_new_name(self, calendar: OpenCalendar) -> None:
        await calendar.put(_choir(), entry("one", "SUMMARY:Meeting", "DTSTART:20261125T080000Z"))
        before = await calendar.events()
        await calendar.reopen()
        assert await calendar.events() == before
        await calendar.put(_choir(), entry("one", "SUMMARY:Renamed", "DTSTART:20261126T080000Z"))
        assert {event.id for event in await calendar.events()} == {event.id for event in before}

    @needs(other=True)
    async def test_what_changes_is_seen(self, calendar: OpenCalendar) -> None:
        await calendar.put(entry("one", "SUMMARY:Meeting", "DTSTART:20261125T080000Z"))
        assert [event.title for event in await calendar.events()] == ["Meeting"]
        await calendar.put(entry("two", "SUMMARY:Walk", "DTSTART:20261125T080000Z"))
        assert [event.title for event in await calendar.events()] == ["Walk"]
        await calendar.put()
        assert await calendar.events() == ()

    @needs(other=True)
    async def test_events_come_in_their_order(self, calendar: OpenCalendar) -> None:
        days = (27, 24, 26, 25)
        await calendar.put(*(entry(f"d{day}", f"SUMMARY:{day}", f"DTSTART:202611{day}T080000Z") for day in days))
        assert [event.title for event in await calendar.events()] == ["24", "25", "26", "27"]

    @needs()
    async def test_it_is_well_and_closing_twice_does_no_harm(self, calendar: OpenCalendar) -> None:
        assert (await calendar.health()).state == "ok"
        await calendar.close()
        await calendar.close()
