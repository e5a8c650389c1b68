from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sage_plugins.caldav.items import Place, changed, completed, made, read, was_done
from sage_plugins.caldav.lines import Broken, folded, text_from, unfolded, value_from

from sage.plugin_api import Change, NewTask, Refused, Task
from sage.testing.plugins.calendar import entry, wrapped

HERE = "Europe/Berlin"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def item(*lines: str) -> str:
    return wrapped(entry("one", *lines)).decode().replace("VEVENT", "VTODO")


def task_of(text: str, etag: str = '"1"', writable: bool = True) -> Task:
    found = read(text, Place("/tasks/one.ics", etag, "Tasks", writable), HERE)
    assert found
    return found.task


@pytest.mark.parametrize(
    ("lines", "due", "zone"),
    [
        (("DUE;VALUE=DATE:20261127",), "2026-11-27", ""),
        (("DUE:20261127",), "2026-11-27", ""),
        (("DUE;TZID=America/New_York:20261127T090000",), "2026-11-27T09:00", "America/New_York"),
        (('DUE;TZID="America/New_York":20261127T090000',), "2026-11-27T09:00", "America/New_York"),
        (("DUE;TZID=Romance Standard Time:20261127T090000",), "2026-11-27T09:00", "Europe/Paris"),
        (("DUE:20261127T090000Z",), "2026-11-27T10:00", "Europe/Berlin"),
        (("DUE:20261127T090000",), "2026-11-27T09:00", ""),
        (("DTSTART;VALUE=DATE:20261127",), "", ""),
        (("DTSTART;VALUE=DATE:20261127", "DURATION:P2D"), "2026-11-29", ""),
        (("DTSTART;TZID=Europe/Berlin:20261127T090000", "DURATION:PT2H"), "2026-11-27T11:00", "Europe/Berlin"),
        ((), "", ""),
    ],
)
def test_when_it_is_due(lines: tuple[str, ...], due: str, zone: str) -> None:
    task = task_of(item("SUMMARY:x", *lines))
    assert (task.due, task.zone, task.read_only) == (due, zone, False)


def test_a_zone_that_only_the_item_describes_is_read_as_it_is_described() -> None:
    text = item("SUMMARY:x", "DUE;TZID=Office:20261127T090000").replace("TZID:Europe/Berlin", "TZID:Office")
    task = task_of(text.replace("+0100", "+0300").replace("+0200", "+0400"))
    assert (task.due, task.zone, task.read_only) == ("2026-11-27T07:00", "Europe/Berlin", False)


def test_two_items_may_each_describe_a_zone_of_the_same_name() -> None:
    text = item("SUMMARY:x", "DUE;TZID=Office:20261127T090000").replace("TZID:Europe/Berlin", "TZID:Office")
    east = text.replace("+0100", "+0300").replace("+0200", "+0400")
    assert [task_of(each).due[-5:] for each in (east, text, east)] == ["07:00", "09:00", "07:00"]


@pytest.mark.parametrize("lines", [("DUE:soon",), ("DUE;VALUE=DATE:20261345",), ("DUE;TZID=Atlantis:2026",)])
def test_one_whose_date_cannot_be_read_is_shown_and_never_written(lines: tuple[str, ...]) -> None:
    task = task_of(item("SUMMARY:x", *lines))
    assert (task.text, task.due, task.read_only) == ("x", "", True)


@pytest.mark.parametrize(
    ("lines", "done", "on"),
    [
        (("STATUS:COMPLETED", "COMPLETED:20261122T233000Z"), True, "2026-11-23"),
        (("STATUS:COMPLETED",), True, ""),
        (("COMPLETED:20261122T090000Z",), True, "2026-11-22"),
        (("STATUS:CANCELLED",), True, ""),
        (("STATUS:NEEDS-ACTION", "COMPLETED:20261122T090000Z"), False, ""),
        (("STATUS:IN-PROCESS",), False, ""),
        (("STATUS:SOMETHING-ELSE",), False, ""),
        (("STATUS:COMPLETED", "COMPLETED:yesterday"), True, ""),
        (("PERCENT-COMPLETE:100",), False, ""),
    ],
)
def test_whether_it_is_done(lines: tuple[str, ...], done: bool, on: str) -> None:
    task = task_of(item("SUMMARY:x", *lines))
    assert (task.done, task.done_on) == (done, on)


@pytest.mark.parametrize(
    ("level", "priority"), [("1", "high"), ("4", "high"), ("5", "medium"), ("6", "low"), ("0", ""), ("x", "")]
)
def test_its_priority(level: str, priority: str) -> None:
    assert task_of(item("SUMMARY:x", f"PRIORITY:{level}")).priority == priority


def test_what_others_wrote_into_an_alarm_is_not_the_tasks() -> None:
    alarm = "BEGIN:VALARM\nSUMMARY:alarm\nDUE:20261127\nEND:VALARM"
    task = task_of(item(alarm, "SUMMARY:x"))
    assert (task.text, task.due) == ("x", "")
    after = task_of(changed(item(alarm, "SUMMARY:x"), Change(text="y"), "", NOW, HERE))
    assert after.text == "y"


def test_single_occurrences_a_weak_mark_or_no_right_make_it_read_only() -> None:
    one = item("SUMMARY:x", "RRULE:FREQ=WEEKLY", "DUE;VALUE=DATE:20261127")
    other = (
        entry("one", "SUMMARY:y", "RECURRENCE-ID;VALUE=DATE:20261204").replace("VEVENT", "VTODO").replace("\n", "\r\n")
    )
    both = one.replace("END:VCALENDAR", f"{other}END:VCALENDAR")
    assert task_of(both).read_only and task_of(both).text == "x"
    assert (
        task_of(one, etag='W/"1"').read_only
        and task_of(one, etag="").read_only
        and task_of(one, writable=False).read_only
    )
    assert not task_of(one).read_only


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "BEGIN:VCALENDAR",
        "BEGIN:VCALENDAR\nBEGIN:VTODO\nEND:VCALENDAR",
        "BEGIN:VCALENDAR\nEND:VTODO\nEND:VCALENDAR",
    ],
)
def test_what_is_no_calendar_is_broken(text: str) -> None:
    with pytest.raises(Broken):
        read(text, Place("/a", '"1"', "", True), HERE)


def test_a_change_changes_its_own_lines_alone() -> None:
    lines = (
        "SUMMARY:x",
        "DESCRIPTION:a\\nb",
        "X-DEMO;A=b:c",
        "BEGIN:VALARM\nTRIGGER:-PT5M\nEND:VALARM",
        "odd line",
        "PRIORITY:2",
    )
    before = item(*lines)
    after = changed(before, Change(text="y", priority="high"), "", NOW, HERE)
    left, right = set(unfolded(before)), set(unfolded(after))
    assert left - right == {"SUMMARY:x", "DTSTAMP:20261101T000000Z"}
    assert right - left == {"SUMMARY:y", "DTSTAMP:20261123T090000Z", "LAST-MODIFIED:20261123T090000Z"}


@pytest.mark.parametrize(
    ("before", "change", "start", "due"),
    [
        (
            ("DTSTART;VALUE=DATE:20261120", "DUE;VALUE=DATE:20261127"),
            Change(due="2026-11-30"),
            "DTSTART;VALUE=DATE:20261123",
            "DUE;VALUE=DATE:20261130",
        ),
        (
            ("DTSTART:20261120T080000Z", "DUE:20261127T080000Z"),
            Change(due="2026-11-30"),
            "DTSTART;VALUE=DATE:20261123",
            "DUE;VALUE=DATE:20261130",
        ),
        (
            ("DTSTART;VALUE=DATE:20261127", "DUE;VALUE=DATE:20261127"),
            Change(due="2026-11-30T09:00", zone="Asia/Tokyo"),
            "DTSTART;TZID=Asia/Tokyo:20261130T000000",
            "DUE;TZID=Asia/Tokyo:20261130T090000",
        ),
        (
            ("DTSTART;VALUE=DATE:20261120", "DURATION:P7D"),
            Change(due="2026-11-30"),
            "DTSTART;VALUE=DATE:20261123",
            "DUE;VALUE=DATE:20261130",
        ),
        (
            ("DTSTART;VALUE=DATE:20261120",),
            Change(due="2026-11-30"),
            "DTSTART;VALUE=DATE:20261120",
            "DUE;VALUE=DATE:20261130",
        ),
        (
            ("DUE;TZID=Asia/Tokyo:20261127T090000",),
            Change(due="2026-11-30T10:00"),
            "",
            "DUE;TZID=Asia/Tokyo:20261130T100000",
        ),
        (("DUE;VALUE=DATE:20261127",), Change(due=""), "", ""),
    ],
)
def test_a_start_keeps_its_distance_when_the_due_date_moves(
    before: tuple[str, ...], change: Change, start: str, due: str
) -> None:
    text = changed(item("SUMMARY:x", *before), change, "", NOW, HERE)
    todo = text.replace("\r\n ", "").split("BEGIN:VTODO")[1].split("\r\n")
    assert [line for line in todo if line.startswith("DTSTART")] == ([start] if start else [])
    assert [line for line in todo if line.startswith(("DUE", "DURATION"))] == ([due] if due else [])
    zone = due.partition("TZID=")[2].partition(":")[0]
    assert not zone or f"TZID:{zone}" in text


def test_dates_that_do_not_exist_and_zones_that_are_not_known_are_refused() -> None:
    for new in (
        NewTask("x", due="2026-02-30"),
        NewTask("x", due="soon"),
        NewTask("x", due="2026-11-27T09:00", zone="Atlantis"),
    ):
        with pytest.raises(Refused):
            made("u", new, "", NOW, HERE)
    with pytest.raises(Refused):
        changed(item("SUMMARY:x", "DUE;VALUE=DATE:20261127", "RRULE:FREQ=DAILY"), Change(due=""), "", NOW, HERE)


def test_one_that_goes_on_remembers_which_revision_was_done() -> None:
    text = item(
        "SUMMARY:x", "DUE;VALUE=DATE:20261127", "RRULE:FREQ=WEEKLY;COUNT=2", "PERCENT-COMPLETE:50", "STATUS:IN-PROCESS"
    )
    after = completed(text, '"1"', NOW, NOW, HERE)
    assert was_done(after, '"1"') and not was_done(after, '"2"') and not was_done(text, '"1"')
    task = task_of(after)
    assert (task.due, task.done, task.recurs) == ("2026-12-04", False, "FREQ=WEEKLY;COUNT=1")
    assert "PERCENT" not in after and after.count("STATUS:") == 1
    assert task_of(completed(after, '"2"', NOW, NOW, HERE)).done


@given(st.text())
def test_any_words_make_one_line_and_come_back(text: str) -> None:
    value = value_from(text)
    assert value.isprintable() or not any(end in value for end in "\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
    (line,) = unfolded(folded([f"SUMMARY:{value}"]))
    assert line == f"SUMMARY:{value}"
    again = text_from(value)
    assert value_from(again) == value


@given(st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), min_size=1, max_size=400)))
@example(["ü" * 200, "a" + "🥙" * 100, "aü" * 90])
def test_folding_is_undone_by_unfolding(lines: list[str]) -> None:
    lines = [f"X{line}" for line in lines]
    text = folded(lines)
    assert unfolded(text) == lines
    assert all(len(row.encode()) <= 75 for row in text.split("\r\n"))


@pytest.mark.parametrize("here", ["Pacific/Kiritimati", "America/Los_Angeles"])
@pytest.mark.parametrize("at", ["00010101T000000Z", "99991231T235959Z"])
def test_a_time_at_the_ends_of_time_hides_no_task(at: str, here: str) -> None:
    found = read(item("SUMMARY:Some day", f"DUE:{at}"), Place("/tasks/one.ics", '"1"', "Tasks", True), here)
    assert found and (found.task.text, found.task.due, found.task.read_only) == ("Some day", "", True)
    done = read(item("STATUS:COMPLETED", f"COMPLETED:{at}"), Place("/tasks/one.ics", '"1"', "Tasks", True), here)
    assert done and done.task.done and done.task.done_on == ""
