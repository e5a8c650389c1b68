from __future__ import annotations

import pytest

from sage.core.errors import Unreadable
from tests.adapters.readers.reads import read

HEAD, TAIL = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", "END:VCALENDAR\r\n"
DENTIST = """BEGIN:VEVENT\r
UID:1@x\r
SUMMARY:Dentist of the whole fam\r
 ily\r
DTSTART;TZID=Europe/Berlin:20240501T100000\r
DTEND;TZID=Europe/Berlin:20240501T103000\r
RRULE:FREQ=WEEKLY;COUNT=3\r
LOCATION:Main Street 5\\, Berlin\r
CATEGORIES:health,body\r
ORGANIZER;CN=Dr Demo:mailto:dr@example.org\r
ATTENDEE;CN=Demo Aunt:mailto:aunt@example.org\r
DESCRIPTION:Bring the\\nX-ray\r
END:VEVENT\r
"""
MILK = "BEGIN:VTODO\r\nSUMMARY:Buy milk\r\nDUE;VALUE=DATE:20240502\r\nSTATUS:NEEDS-ACTION\r\nEND:VTODO\r\n"


def test_an_event_tells_what_when_where_and_with_whom() -> None:
    documents, reading = read("calendar", HEAD + DENTIST + TAIL)
    (piece,) = documents["1@x"].pieces
    assert piece.passage.text == (
        "Dentist of the whole family\nWednesday 2024-05-01 10:00 to 10:30 (+02:00)\nRepeats: FREQ=WEEKLY;COUNT=3\n"
        "Where: Main Street 5, Berlin\nWith: Dr Demo, Demo Aunt\nBring the\nX-ray"
    )
    assert (piece.when, piece.passage.line) == ("2024-05-01T10:00:00+02:00", 3)
    assert piece.passage.tags == ("event", "health", "body")
    assert reading.troubles == []


def test_two_calendars_may_each_have_a_zone_of_the_same_name() -> None:
    for to in ("+0400", "-0500"):
        zone = (
            "BEGIN:VTIMEZONE\r\nTZID:Customized Time Zone\r\nBEGIN:STANDARD\r\nDTSTART:19961027T030000\r\n"
            f"TZOFFSETFROM:+0300\r\nTZOFFSETTO:{to}\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
        )
        event = DENTIST.replace("TZID=Europe/Berlin", "TZID=Customized Time Zone")
        documents, _ = read("calendar", HEAD + zone + event + TAIL)
        assert documents["1@x"].pieces[0].when == f"2024-05-01T10:00:00{to[:3]}:00"


@pytest.mark.parametrize(
    ("organizer", "origin", "speaker"),
    [
        ("ORGANIZER;CN=Dr Demo:mailto:dr@example.org", "contact", "Dr Demo"),
        ("ORGANIZER:mailto:dr@example.org", "contact", "dr@example.org"),
        ("ORGANIZER;CN=A. E.:MAILTO:Ann@Example.org", "user", None),
        ("X-NONE:1", "user", None),
    ],
)
def test_a_meeting_that_others_called_is_theirs(organizer: str, origin: str, speaker: str | None) -> None:
    event = f"BEGIN:VEVENT\r\nUID:a\r\nSUMMARY:Talk\r\n{organizer}\r\nEND:VEVENT\r\n"
    document = read("calendar", HEAD + event + TAIL)[0]["a"]
    (piece,) = document.pieces
    assert (piece.origin, piece.speaker, document.audience) == (origin, speaker, None)


def test_a_todo_is_dated_by_when_it_is_due() -> None:
    ((piece,),) = (document.pieces for document in read("calendar", HEAD + MILK + TAIL)[0].values())
    assert (piece.when, piece.passage.text) == ("2024-05-02", "Buy milk\nDue: 2024-05-02\nStatus: NEEDS-ACTION")


def test_an_exception_to_a_series_is_an_entry_of_its_own() -> None:
    moved = DENTIST.replace("UID:1@x\r\n", "UID:1@x\r\nRECURRENCE-ID:20240508T080000Z\r\n")
    assert list(read("calendar", HEAD + DENTIST + moved + DENTIST + TAIL)[0]) == [
        "1@x",
        "1@x/20240508T080000Z",
        "1@x~2",
    ]


def test_a_broken_entry_takes_no_other_with_it() -> None:
    broken = "BEGIN:VEVENT\r\nUID:b\r\nDTSTART:GARBAGE\r\nSUMMARY:Broken\r\nEND:VEVENT\r\n"
    documents, reading = read("calendar", HEAD + broken + DENTIST + TAIL)
    assert [len(document.pieces) for document in documents.values()] == [0, 1]
    assert ["line 3" in trouble.what and bool(trouble.do) for trouble in reading.troubles] == [True]


def test_a_calendar_that_is_cut_off_keeps_what_it_has() -> None:
    documents, reading = read("calendar", HEAD + DENTIST + DENTIST[:80])
    assert list(documents) == ["1@x"]
    assert reading.cut_off
    assert "cut off" in reading.troubles[0].what


def test_what_is_no_calendar_is_told() -> None:
    with pytest.raises(Unreadable):
        read("calendar", "hello")


def test_bytes_that_are_no_utf8_are_read_all_the_same() -> None:
    documents, _ = read("calendar", HEAD.encode() + MILK.encode().replace(b"milk", b"K\xe4se") + TAIL.encode())
    assert [document.title for document in documents.values()] == ["Buy K\ufffdse"]
