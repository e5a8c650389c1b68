from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sage.adapters.calendar_files import CalendarFiles
from sage.core.events import Events
from sage.core.ports import Calendar

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, tzinfo=BERLIN)
ZONE = """BEGIN:VTIMEZONE
TZID:Office
BEGIN:STANDARD
DTSTART:19961027T030000
TZOFFSETFROM:+0300
TZOFFSETTO:+0200
END:STANDARD
END:VTIMEZONE"""


def ics(*events: str, head: str = "") -> str:
    inside = "\n".join(f"BEGIN:VEVENT\nUID:u{number}\n{event}\nEND:VEVENT" for number, event in enumerate(events))
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n{head}\n{inside}\nEND:VCALENDAR\n".replace("\n\n", "\n")


class Place:
    """A calendar in a file, and its reader."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "work.ics"
        self.reader: Calendar = CalendarFiles(lambda: [str(folder / "work.ics")], lambda: MONDAY)
        self._saved = 0

    def write(self, text: str | bytes) -> None:
        self.path.write_bytes(text.encode() if isinstance(text, str) else text)
        self._saved += 1
        os.utime(self.path, (self._saved, self._saved))

    def week(self) -> Events:
        return self.reader.events(MONDAY, MONDAY + timedelta(days=7))

    def titles(self) -> list[str]:
        return [event.title for event in self.week().events]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_zones_floating_times_and_whole_days_are_where_the_person_is(place: Place) -> None:
    place.write(
        ics(
            "SUMMARY:Named\nDTSTART;TZID=America/New_York:20261123T090000\nDURATION:PT1H",
            "SUMMARY:Own zone\nDTSTART;TZID=Office:20261123T090000\nDTEND;TZID=Office:20261123T100000",
            "SUMMARY:Floating\nDTSTART:20261123T090000\nDTEND:20261123T093000",
            "SUMMARY:Whole\nDTSTART;VALUE=DATE:20261123\nDTEND;VALUE=DATE:20261125",
            "SUMMARY:One day\nDTSTART;VALUE=DATE:20261124",
            head=ZONE,
        )
    )
    found = {event.title: (event.start, event.end) for event in place.week().events}
    assert found == {
        "Named": ("2026-11-23T14:00:00+00:00", "2026-11-23T15:00:00+00:00"),
        "Own zone": ("2026-11-23T07:00:00+00:00", "2026-11-23T08:00:00+00:00"),
        "Floating": ("2026-11-23T08:00:00+00:00", "2026-11-23T08:30:00+00:00"),
        "Whole": ("2026-11-23", "2026-11-25"),
        "One day": ("2026-11-24", "2026-11-25"),
    }
    assert place.week().troubles == ()


def test_two_calendars_may_each_have_a_zone_of_the_same_name(tmp_path: Path) -> None:
    event = "SUMMARY:Own zone\nDTSTART;TZID=Office:20261123T090000\nDTEND;TZID=Office:20261123T100000"
    quoted = event.replace("TZID=Office", 'TZID="Office"')
    for name, text, to, start in (("east", event, "+0400", "05:00"), ("west", quoted, "-0500", "14:00")):
        (tmp_path / name).mkdir()
        place = Place(tmp_path / name)
        place.write(ics(text, head=ZONE.replace("+0200", to)))
        assert [found.start for found in place.week().events] == [f"2026-11-23T{start}:00+00:00"]


def test_what_returns_is_there_on_its_days_but_not_where_it_was_taken_out_moved_or_cancelled(place: Place) -> None:
    daily = "DTSTART;TZID=Europe/Berlin:20261102T090000\nDTEND;TZID=Europe/Berlin:20261102T091500"
    text = ics(
        f"SUMMARY:Daily\n{daily}\nRRULE:FREQ=DAILY;UNTIL=20261128T235959Z\nEXDATE;TZID=Europe/Berlin:20261124T090000"
    )
    for day, change in (("25", f"SUMMARY:Moved\n{daily.replace('20261102T09', '20261125T11')}"),
                        ("26", f"SUMMARY:Off\nSTATUS:CANCELLED\n{daily.replace('20261102', '20261126')}")):  # fmt: skip
        text = text.replace(
            "END:VCALENDAR",
            f"BEGIN:VEVENT\nUID:u0\nRECURRENCE-ID;TZID=Europe/Berlin:202611{day}T090000\n{change}\nEND:VEVENT\nEND:VCALENDAR",
        )
    place.write(text)
    starts = [(event.title, event.start[8:16]) for event in place.week().events]
    assert starts == [("Daily", "23T08:00"), ("Moved", "25T10:00"), ("Daily", "27T08:00"), ("Daily", "28T08:00")]
    assert len({event.id for event in place.week().events}) == 4


def test_a_broken_event_is_told_and_takes_no_other_with_it(place: Place) -> None:
    whole = "DTSTART:20261123T090000Z\nDURATION:PT1H"
    place.write(
        ics(
            "SUMMARY:Impossible\nDTSTART:20261341T090000",
            "SUMMARY:No start",
            f"SUMMARY:Long\n{whole.replace('PT1H', 'for ever')}",
            "SUMMARY:Mars\nDTSTART;TZID=Mars/Base:20261123T100000\nDTEND;TZID=Mars/Base:20261123T110000",
            f"SUMMARY:Odd\n{whole}\nRRULE:FREQ=SOMETIMES",
            f"SUMMARY:Never\n{whole}\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
            f"SUMMARY:Each second\n{whole}\nRRULE:FREQ=SECONDLY",
            "SUMMARY:Backwards\nDTSTART:20261123T090000Z\nDTEND:20261122T090000Z",
            f"SUMMARY:Whole\n{whole}",
        )
    )
    found = place.week()
    assert {event.title for event in found.events} == {"Mars", "Odd", "Never", "Each second", "Backwards", "Whole"}
    told = " ".join(found.troubles)
    assert all(name in told for name in ("Impossible", "No start", "Long", "Mars/Base", "Odd", "Never", "Each second"))
    assert "Whole" not in told


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Half",
        b"<html>sign in</html>",
        bytes(range(256)) * 10,
        b"BEGIN:VCALENDAR\n" + b"x" * 99,
    ],
)
def test_what_cannot_be_read_now_keeps_what_was_read_before_and_is_told(place: Place, broken: bytes) -> None:
    place.write(ics("SUMMARY:Kept\nDTSTART:20261123T090000Z\nDURATION:PT1H"))
    assert place.titles() == ["Kept"]
    place.write(broken)
    found = place.week()
    assert [event.title for event in found.events] == ["Kept"]
    assert len(found.troubles) == 1 and "work.ics" in found.troubles[0]
    assert found.troubles[0].endswith("It is shown as it was today at 00:00.")
    place.path.unlink()
    assert place.titles() == ["Kept"]
    place.write(ics("SUMMARY:New\nDTSTART:20261124T090000Z"))
    assert place.titles() == ["New"] and place.week().troubles == ()


def test_a_calendar_that_was_never_there_is_told_and_is_empty(place: Place) -> None:
    found = place.week()
    assert found.events == () and len(found.troubles) == 1 and "work.ics" in found.troubles[0]
    assert found.troubles[0].endswith("Nothing of it is shown.")


def test_a_huge_calendar_is_not_read(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sage.adapters.calendar_files.LARGEST", 50)
    place.write(ics("SUMMARY:Big\nDTSTART:20261123T090000Z"))
    assert place.titles() == [] and "MB" in place.week().troubles[0]


def test_a_folder_is_read_and_files_come_and_go(tmp_path: Path) -> None:
    folder = tmp_path / "calendars"
    reader = CalendarFiles(lambda: [str(folder)], lambda: MONDAY)

    def titles() -> list[str]:
        return [event.title for event in reader.events(MONDAY, MONDAY + timedelta(days=7)).events]

    folder.mkdir()
    assert titles() == []
    for name in ("one", "two"):
        (folder / f"{name}.ics").write_text(ics(f"UID:{name}\nSUMMARY:{name}\nDTSTART:20261123T090000Z"))
    assert titles() == ["one", "two"]
    (folder / "one.ics").unlink()
    assert titles() == ["two"]
    folder.rename(tmp_path / "not mounted")
    found = reader.events(MONDAY, MONDAY + timedelta(days=7))
    assert [event.title for event in found.events] == ["two"] and "as it was" in found.troubles[0]


def test_a_file_is_read_again_only_when_it_changed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.write(ics("SUMMARY:One\nDTSTART:20261123T090000Z"))
    assert place.titles() == ["One"]
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail("read again"))
    assert place.titles() == ["One"]


def test_an_event_is_known_again_when_it_was_moved_and_each_of_those_that_return(place: Place) -> None:
    weekly = "DTSTART;TZID=Europe/Berlin:20261116T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=9"
    place.write(ics(f"SUMMARY:Series\n{weekly}", "SUMMARY:Once\nDTSTART:20261125T100000\nDURATION:PT1H"))
    before = {event.start: event.lasting for event in place.week().events}
    assert len(set(before.values())) == len(before) == 3
    moved = (
        f"SUMMARY:Series\n{weekly}\nEND:VEVENT\nBEGIN:VEVENT\nUID:u0\nSUMMARY:Later\n"
        "RECURRENCE-ID;TZID=Europe/Berlin:20261124T090000\nDTSTART:20261124T150000Z\nDURATION:PT1H"
    )
    place.write(ics(moved, "SUMMARY:Renamed\nDTSTART:20261126T100000\nDURATION:PT1H"))
    after = {event.start: event.lasting for event in place.week().events}
    assert after["2026-11-24T15:00:00+00:00"] == before["2026-11-24T08:00:00+00:00"]
    assert after["2026-11-26T09:00:00+00:00"] == before["2026-11-25T09:00:00+00:00"]
    assert set(after.values()) == set(before.values())


def test_a_mark_tells_that_something_may_have_changed_and_a_torn_file_that_something_may_be_missing(
    place: Place, tmp_path: Path
) -> None:
    place.write(ics("SUMMARY:A\nDTSTART:20261125T100000"))
    marks = [place.reader.mark()]
    assert place.week().whole and place.reader.mark() == marks[0]
    place.write(ics("SUMMARY:A\nDTSTART:20261125T100000")[:-20])
    marks.append(place.reader.mark())
    assert not place.week().whole
    place.path.unlink()
    marks.append(place.reader.mark())
    assert not place.week().whole
    assert len(set(marks)) == 3 and all(marks)
    assert CalendarFiles(list, lambda: MONDAY).mark() == ""
    folder = CalendarFiles(lambda: [str(tmp_path)], lambda: MONDAY)
    empty = folder.mark()
    place.write(ics("SUMMARY:A\nDTSTART:20261125T100000"))
    assert folder.mark() != empty


def test_what_the_person_has_declined_is_not_on(tmp_path: Path) -> None:
    invited = "DTSTART:20261123T090000Z\nDURATION:PT1H\nATTENDEE;PARTSTAT=ACCEPTED:mailto:aunt@example.org\n"
    (tmp_path / "work.ics").write_text(
        ics(
            f"SUMMARY:Declined\n{invited}ATTENDEE;PARTSTAT=DECLINED:MAILTO:Me@example.org",
            f"SUMMARY:Taken\n{invited}ATTENDEE;PARTSTAT=ACCEPTED:mailto:me@example.org",
            "SUMMARY:Declined by her\nDTSTART:20261123T110000Z\nDURATION:PT1H\nATTENDEE;PARTSTAT=DECLINED:mailto:aunt@example.org",
        )
    )
    reader = CalendarFiles(lambda: [str(tmp_path / "work.ics")], lambda: MONDAY, lambda: ["me@example.org"])
    found = reader.events(MONDAY, MONDAY + timedelta(days=7))
    assert [event.title for event in found.events] == ["Taken", "Declined by her"] and not found.troubles
