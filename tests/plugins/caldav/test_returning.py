from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sage_plugins.caldav.lines import parts_of, unfolded
from sage_plugins.caldav.returning import Next, following

from sage.plugin_api import Unsupported


def after(at: str, *lines: str, here: str = "Europe/Berlin") -> Next | None:
    """What follows a task with these lines that is done at a moment in UTC."""
    text = "\n".join(["BEGIN:VCALENDAR", "BEGIN:VTODO", *lines, "END:VTODO", "END:VCALENDAR"])
    (todo,) = parts_of(unfolded(text), "VTODO")
    return following(todo, datetime.fromisoformat(at).replace(tzinfo=UTC), here)


WEEKLY = "RRULE:FREQ=WEEKLY"
BINS = "DUE;VALUE=DATE:20261127"


@pytest.mark.parametrize(
    ("at", "due"),
    [
        ("2026-11-20T10:00", "20261204"),  # before it is due: that time is done, not the one after
        ("2026-11-27T10:00", "20261204"),
        ("2026-11-27T22:59", "20261204"),
        ("2026-12-03T23:01", "20261211"),  # in Berlin the 4th has begun, so that its time is now, and done
        ("2027-03-01T10:00", "20270305"),  # what was missed is skipped
    ],
)
def test_a_date_goes_on_to_the_first_one_after_now_and_stays_a_date(at: str, due: str) -> None:
    assert after(at, BINS, WEEKLY) == Next("", due, "FREQ=WEEKLY")


@pytest.mark.parametrize(
    ("line", "due"),
    [
        ("DUE;TZID=Europe/Berlin:20261023T090000", "20261030T090000"),  # the clocks change in between
        ("DUE;TZID=W. Europe Standard Time:20261023T090000", "20261030T090000"),
        ("DUE:20261023T090000", "20261030T090000"),
        ("DUE:20261023T090000Z", "20261030T090000Z"),
    ],
)
def test_a_time_stays_one_in_its_zone(line: str, due: str) -> None:
    assert after("2026-10-24T10:00", line, WEEKLY) == Next("", due, "FREQ=WEEKLY")


def test_a_time_is_over_when_it_is_over_in_its_own_zone() -> None:
    lines = ("DUE;TZID=America/New_York:20261123T090000", "RRULE:FREQ=DAILY")
    assert after("2026-11-24T13:30", *lines) == Next("", "20261124T090000", "FREQ=DAILY")
    assert after("2026-11-24T14:30", *lines) == Next("", "20261125T090000", "FREQ=DAILY")


def test_start_and_end_move_together_and_what_is_still_due_comes() -> None:
    lines = ("DTSTART;VALUE=DATE:20261123", "DUE;VALUE=DATE:20261126", WEEKLY)
    assert after("2026-12-02T10:00", *lines) == Next("20261130", "20261203", "FREQ=WEEKLY")


@pytest.mark.parametrize(
    ("rule", "due"),
    [
        ("FREQ=MONTHLY", "20270131"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "20261130"),
        ("FREQ=WEEKLY;INTERVAL=2", "20261114"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "20261130"),
        ("FREQ=YEARLY;UNTIL=20271031", "20271031"),
        ("FREQ=YEARLY;UNTIL=20271031T235959Z", "20271031"),
    ],
)
def test_usual_rules_are_followed(rule: str, due: str) -> None:
    lines = ("DUE;VALUE=DATE:20261031", f"RRULE:{rule}")
    at = "2026-11-05T10:00" if "MONTHLY" in rule else "2026-10-31T10:00"
    found = after(at, *lines)
    expected = {"FREQ=MONTHLY": "20261231"}.get(rule, due)
    assert found and found.due == expected


def test_a_count_is_counted_down_by_what_was_skipped_and_ends() -> None:
    assert after("2026-11-20T10:00", BINS, f"{WEEKLY};COUNT=4") == Next("", "20261204", "FREQ=WEEKLY;COUNT=3")
    assert after("2026-12-05T10:00", BINS, f"{WEEKLY};COUNT=4") == Next("", "20261211", "FREQ=WEEKLY;COUNT=2")
    assert after("2026-12-20T10:00", BINS, f"{WEEKLY};COUNT=4") is None
    assert after("2026-11-20T10:00", BINS, f"{WEEKLY};COUNT=1") is None


def test_an_end_ends_it() -> None:
    assert after("2026-11-20T10:00", BINS, f"{WEEKLY};UNTIL=20261203") is None
    assert after("2026-11-20T10:00", BINS, f"{WEEKLY};UNTIL=20261204") == Next(
        "", "20261204", "FREQ=WEEKLY;UNTIL=20261204"
    )


@pytest.mark.parametrize(
    ("exdate", "line"),
    [
        ("EXDATE;VALUE=DATE:20261204,20261211", BINS),
        ("EXDATE;VALUE=DATE:20261204\nEXDATE;VALUE=DATE:20261211", BINS),
        ("EXDATE:20261204T080000Z,20261211T080000Z", "DUE;TZID=Europe/Berlin:20261127T090000"),
        ("EXDATE;VALUE=DATE:20261204,20261211", "DUE;TZID=Europe/Berlin:20261127T090000"),
    ],
)
def test_what_was_taken_out_is_skipped(exdate: str, line: str) -> None:
    found = after("2026-11-20T10:00", line, WEEKLY, *exdate.split("\n"))
    assert found and found.due.startswith("20261218")


@pytest.mark.parametrize(
    "lines",
    [
        (BINS, "RRULE:FREQ=SECONDLY"),
        (BINS, "RRULE:FREQ=HOURLY"),
        (BINS, "RRULE:FREQ=DAILY;BYSETPOS=2"),
        (BINS, "RRULE:FREQ=YEARLY;BYWEEKNO=20"),
        (BINS, "RRULE:FREQ=WEEKLY;INTERVAL=0"),
        (BINS, "RRULE:nonsense"),
        (BINS, "RRULE:"),
        (BINS, WEEKLY, WEEKLY),
        (BINS, WEEKLY, "RDATE;VALUE=DATE:20261130"),
        (BINS, WEEKLY, "EXDATE:soon"),
        ("DUE:soon", WEEKLY),
        ("DUE;VALUE=DATE:99991227", "RRULE:FREQ=DAILY;BYDAY=XX"),
        (WEEKLY,),
    ],
)
def test_what_returns_otherwise_is_left_to_another_program(lines: tuple[str, ...]) -> None:
    with pytest.raises(Unsupported):
        after("2026-11-20T10:00", *lines)


def test_one_from_long_ago_comes_again_and_one_at_the_end_of_time_does_not() -> None:
    daily = "RRULE:FREQ=DAILY"
    assert after("2026-11-20T10:00", "DUE;VALUE=DATE:19800101", daily) == Next("", "20261121", "FREQ=DAILY")
    assert after("2026-11-20T10:00", "DUE;VALUE=DATE:99991231", daily) is None
