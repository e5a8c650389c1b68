from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sage.adapters import calendar_entries
from sage.adapters.calendar_entries import read_calendar
from sage.adapters.counted_calls import CallsLeft
from sage.plugin_api import CalendarPage

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, tzinfo=BERLIN)
WEEKLY = "SUMMARY:Choir\nDTSTART;TZID=Europe/Berlin:20261116T190000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY"


def ics(*events: str, head: str = "") -> bytes:
    inside = "".join(f"BEGIN:VEVENT\nUID:u{number}\n{event}\nEND:VEVENT\n" for number, event in enumerate(events))
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n{head}{inside}END:VCALENDAR\n".encode()


def read(data: bytes, days: int = 14) -> CalendarPage:
    return read_calendar(data, MONDAY, MONDAY + timedelta(days=days), "Europe/Berlin", ("demo@example.org",))


def test_each_occurrence_has_an_id_of_its_own_and_all_the_same_series() -> None:
    page = read(ics(WEEKLY))
    assert [event.start for event in page.events] == ["2026-11-23T18:00:00+00:00", "2026-11-30T18:00:00+00:00"]
    assert len({event.id for event in page.events}) == 2 and len({event.series for event in page.events}) == 1
    assert page.whole and page.troubles == ()


def test_ids_stay_when_an_occurrence_is_moved_and_renamed() -> None:
    before = read(ics(WEEKLY))
    moved = "UID:u0\nSUMMARY:Concert\nRECURRENCE-ID;TZID=Europe/Berlin:20261123T190000\nDTSTART;TZID=Europe/Berlin:20261124T200000"
    after = read(ics(WEEKLY).replace(b"END:VCALENDAR", f"BEGIN:VEVENT\n{moved}\nEND:VEVENT\nEND:VCALENDAR".encode()))
    assert [event.title for event in after.events] == ["Concert", "Choir"]
    assert [(event.id, event.series) for event in after.events] == [(event.id, event.series) for event in before.events]


def test_floating_times_are_those_of_the_zone_that_the_calendar_names_or_of_the_person() -> None:
    floating = "SUMMARY:Call\nDTSTART:20261124T090000\nDURATION:PT1H"
    assert read(ics(floating)).events[0].start == "2026-11-24T08:00:00+00:00"
    named = read(ics(floating, head="X-WR-TIMEZONE:America/New_York\n"))
    assert named.events[0].start == "2026-11-24T14:00:00+00:00"
    assert read(ics(floating, head="X-WR-TIMEZONE:Atlantis\n")).events[0].start == "2026-11-24T08:00:00+00:00"


def test_a_zone_by_its_windows_name_is_known() -> None:
    event = "SUMMARY:Call\nDTSTART;TZID=Romance Standard Time:20261124T090000\nDURATION:PT1H"
    assert read(ics(event)).events[0].start == "2026-11-24T08:00:00+00:00"


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles", "UTC"])
def test_a_whole_day_that_returns_stays_on_its_days_wherever_the_person_is(zone: str) -> None:
    data = ics("SUMMARY:Rest\nDTSTART;VALUE=DATE:20261125\nRRULE:FREQ=WEEKLY")
    since = datetime(2026, 11, 23, tzinfo=ZoneInfo(zone))
    page = read_calendar(data, since, since + timedelta(days=14), zone)
    assert [(event.start, event.end) for event in page.events] == [
        ("2026-11-25", "2026-11-26"),
        ("2026-12-02", "2026-12-03"),
    ]


def test_what_one_of_the_persons_addresses_has_declined_is_not_on() -> None:
    declined = "SUMMARY:Party\nDTSTART:20261124T090000Z\nATTENDEE;PARTSTAT=DECLINED:mailto:Demo@example.org"
    assert read(ics(declined, WEEKLY), days=3).events[0].title == "Choir"


def test_two_events_with_one_uid_are_two() -> None:
    one, other = "SUMMARY:A\nDTSTART:20261124T090000Z", "SUMMARY:B\nDTSTART:20261125T090000Z"
    page = read(ics(one, other).replace(b"UID:u1", b"UID:u0"))
    assert [event.title for event in page.events] == ["A", "B"] and len({event.id for event in page.events}) == 2


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"<html>Sign in</html>", "It is no calendar."),
        (b"", "It is no calendar."),
        (ics(WEEKLY)[:-40], "It is not written to its end."),
        (b"BEGIN:VCALENDAR\nnonsense\nEND:VCALENDAR", "It does not parse (ValueError)."),
    ],
)
def test_what_is_no_calendar_is_a_trouble(data: bytes, told: str) -> None:
    page = read(data)
    assert (page.events, page.troubles, page.whole) == ((), (told,), False)


@pytest.mark.parametrize(
    "bad",
    [
        "SUMMARY:Bad\nDTSTART:20261345T090000Z",
        "SUMMARY:Bad\nDTSTART:20261124T090000Z\nDURATION:P999999999W",
        "SUMMARY:Bad\nDTSTART;TZID=Europe/Berlin:00010101T000000\nRRULE:FREQ=YEARLY",
        "SUMMARY:Bad\nDTSTART:99991231T235959Z\nDURATION:P2W",
        "SUMMARY:Bad\nDTSTART:20261124T090000Z\nDTSTART:20261124T090000Z",
        "SUMMARY:Bad\nDTSTART:20200101T090000Z\nRDATE;VALUE=TIME:133000Z",
        "SUMMARY:Bad\nDTSTART:20200101T090000Z\nRRULE:FREQ=FORTNIGHTLY",
        "SUMMARY:Bad\nDTSTART:20200101T090000Z\nRRULE:FREQ=DAILY\nDURATION:PT1H\nRECURRENCE-ID:nonsense",
        "SUMMARY:Bad",
    ],
)
def test_one_broken_event_is_told_and_takes_no_other_with_it(bad: str) -> None:
    page = read(ics(bad, WEEKLY))
    titles = [event.title for event in page.events]
    assert titles.count("Choir") == 2 and ("Bad" in titles or page.troubles)


@pytest.mark.parametrize(
    ("rule", "first"),
    [
        ("FREQ=SECONDLY", "20200101T000000Z"),
        ("FREQ=MINUTELY;UNTIL=99991231T000000Z", "19700101T000000Z"),
        ("FREQ=HOURLY", "00010101T000000Z"),
        ("FREQ=HOURLY;BYSETPOS=2", "20200101T000000Z"),
        ("FREQ=DAILY;BYMONTH=6;BYYEARDAY=1", "20200101T000000Z"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TU", "20200101T000000Z"),
        ("FREQ=YEARLY;BYWEEKNO=1;BYMONTH=6", "20200101T000000Z"),
        ("FREQ=DAILY;COUNT=999999999999", "00010101T000000Z"),
    ],
)
def test_a_recurrence_that_would_go_on_for_ever_is_bounded(
    rule: str, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = CallsLeft(each=100_000, whole=150_000)
    monkeypatch.setattr(calendar_entries, "CallsLeft", lambda each, whole: calls)
    page = read(ics(f"SUMMARY:Bad\nDTSTART:{first}\nRRULE:{rule}", WEEKLY))
    assert [event.title for event in page.events] == ["Choir", "Choir"]
    assert "Bad" in page.troubles[0] or "cannot be followed" in page.troubles[0]


def test_more_than_a_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar_entries, "MOST_EVENTS", 3)
    page = read(ics("SUMMARY:Daily\nDTSTART:20261101T090000Z\nRRULE:FREQ=DAILY"))
    assert [event.start[:10] for event in page.events] == ["2026-11-23", "2026-11-24", "2026-11-25"]
    assert not page.whole and "more than 3 events" in page.troubles[0]


@pytest.mark.parametrize("limit", ["MOST_OCCURRENCES", "MOST_SERIES"])
def test_more_than_can_be_followed_says_so(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calendar_entries, limit, 1)
    page = read(ics(WEEKLY, "SUMMARY:Daily\nDTSTART:20261101T090000Z\nRRULE:FREQ=DAILY"), days=2)
    assert len(page.events) == 1 and not page.whole and "left out" in page.troubles[0]


def test_more_than_32_mb_are_not_read() -> None:
    assert read(b"BEGIN:VCALENDAR" + b" " * calendar_entries.LARGEST).troubles == (
        "It has more than 32 MB and is not read.",
    )


@pytest.mark.filterwarnings("ignore")  # the libraries warn of what their own fixtures do wrong
@pytest.mark.parametrize("library", ["icalendar", "recurring_ical_events"])
def test_nothing_of_the_libraries_own_fixtures_fails(library: str) -> None:
    """All the iCalendar files that come with their test suites: the libraries' bug reports of many years."""
    module = pytest.importorskip(library)
    files = sorted(Path(module.__file__).parent.rglob("*.ics"))
    if not files:
        pytest.skip(f"{library} is installed without its fixtures")
    found = 0
    for file in files:
        data = file.read_bytes()
        if not data.lstrip().startswith(b"BEGIN:VCALENDAR"):
            data = b"BEGIN:VCALENDAR\n" + data + b"\nEND:VCALENDAR"
        for year in (2016, 2020):
            since = datetime(year, 1, 1, tzinfo=BERLIN)
            page = read_calendar(data, since, since + timedelta(days=900), "Europe/Berlin")
            assert page.whole or page.troubles
            found += len(page.events)
    assert found > 100
