"""Plain commands and dates, read by rule."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.core.plain_commands import read_command
from sage.core.plain_dates import find_date, without
from sage.core.schedules.spoken import Spoken, read_spoken
from sage.core.schedules.wall_time import in_quiet_hours, moment_of, plainly, read_wall

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 15, 0, tzinfo=BERLIN)  # a Sunday


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("tomorrow", "2026-11-23"),
        ("tomorrow at 9", "2026-11-23T09:00"),
        ("on Friday at 9:30", "2026-11-27T09:30"),
        ("next Tuesday", "2026-11-24"),
        ("sunday", "2026-11-29"),
        ("by 1 December", "2026-12-01"),
        ("March 3rd, 2027 at 5pm", "2027-03-03T17:00"),
        ("29 february", "2028-02-29"),
        ("in 20 minutes", "2026-11-22T15:20"),
        ("in half an hour", "2026-11-22T15:30"),
        ("in 3 months", "2027-02-22"),
        ("2026-12-24T18:15", "2026-12-24T18:15"),
        ("at 8am", "2026-11-23T08:00"),
        ("at 11 pm", "2026-11-22T23:00"),
        ("tomorrow evening", "2026-11-23T18:00"),
        ("day after tomorrow", "2026-11-24"),
        ("at noon", "2026-11-23T12:00"),
    ],
)
def test_a_date_in_plain_words(text: str, iso: str) -> None:
    found = find_date(text, NOW)
    assert found is not None and found.iso() == iso


@pytest.mark.parametrize(
    "text", ["buy milk", "the sun is out", "31 february", "chapter 12", "", "version 3.11", "may I go"]
)
def test_what_names_no_date_is_none(text: str) -> None:
    assert find_date(text, NOW) is None


def test_hours_pass_in_real_time_over_a_night_when_the_clocks_change() -> None:
    night = datetime(2026, 10, 25, 1, 30, tzinfo=BERLIN)
    found = find_date("in 2 hours", night)
    assert found is not None and found.iso() == "2026-10-25T02:30"


def test_in_a_minute_is_never_before_a_minute_has_passed() -> None:
    found = find_date("in 1 minute", NOW.replace(second=50))
    assert found is not None and found.iso() == "2026-11-22T15:02"


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = find_date(text, NOW)
    if found:
        assert all(0 <= start < end <= len(text) for start, end in found.spans)
        without(text, found)
    read_command(text, NOW)


@pytest.mark.parametrize(
    ("text", "tool", "arguments"),
    [
        ("Add a task to buy milk tomorrow", "add_task", {"text": "buy milk", "due": "2026-11-23"}),
        ("put eggs on my todo list", "add_task", {"text": "eggs"}),
        ("Remind me on Friday at 9 to call mum.", "remind", {"text": "on Friday at 9 to call mum"}),
        ("remind me to sun the plants", "remind", {"text": "to sun the plants"}),
        (
            "every other Tuesday at 8 remind me to water the plants",
            "remind",
            {"text": "every other Tuesday at 8 remind me to water the plants"},
        ),
        ("what is due?", "list_tasks", {}),
        ("what's due tomorrow?", "list_tasks", {"due": "2026-11-23"}),
        ("list my goals", "list_goals", {}),
        ("What time is it?", "tell_time", {}),
        ("note that the spare key hangs behind the door", "note", {"text": "the spare key hangs behind the door"}),
        ("my goal is to run a marathon", "add_goal", {"title": "run a marathon"}),
        ("I finished the tax return", "complete_task", {"task": "tax return"}),
    ],
)
def test_a_plain_command(text: str, tool: str, arguments: dict[str, str]) -> None:
    command = read_command(text, NOW)
    assert command is not None and (command.tool, command.arguments) == (tool, arguments)


@pytest.mark.parametrize(
    ("text", "tool", "arguments"),
    [
        ("what's on tomorrow?", "agenda", {"day": "tomorrow"}),
        ("What's on today", "agenda", {"day": "today"}),
        ("what is on my calendar this week?", "agenda", {"day": "this week"}),
        ("what do I have on Friday", "agenda", {"day": "Friday"}),
        ("how does my week look?", "agenda", {"day": "my week"}),
        ("What does next week look like?", "agenda", {"day": "next week"}),
        ("agenda", "agenda", {}),
        ("am I free on Friday afternoon?", "agenda", {"day": "Friday afternoon", "free": True}),
        ("when am I free this week?", "agenda", {"day": "this week", "free": True}),
        ("do I have time on Friday evening?", "agenda", {"day": "on Friday evening", "free": True}),
        ("brief me", "brief", {}),
        ("Please give me my morning brief", "brief", {}),
        (
            "start a focus session on the report for 25 minutes",
            "begin_focus",
            {"about": "the report", "minutes": 25},
        ),
        ("Start a 45-minute focus session", "begin_focus", {"minutes": 45}),
        ("begin a focus session about the plan for Anna", "begin_focus", {"about": "the plan for Anna"}),
        ("focus on the taxes for an hour", "begin_focus", {"about": "the taxes", "minutes": 60}),
        ("stop the focus session", "end_focus", {}),
        ("I'm done focusing", "end_focus", {}),
    ],
)
def test_a_plain_command_about_the_persons_days(text: str, tool: str, arguments: dict[str, object]) -> None:
    command = read_command(text, NOW)
    assert command is not None and (command.tool, command.arguments) == (tool, arguments)


@pytest.mark.parametrize(
    "text",
    [
        "what's on the menu tomorrow?",
        "what is on page 3",
        "How does Anna look?",
        "am I free to go?",
        "do I have time for yoga?",
        "focus on the second paragraph",
        "show me the schedule of trains",
        "what was the brief about?",
        "How do I create a vault?",
        "What tasks plugin is there?",
        "Why do goals matter to me?",
        "who did I meet in May",
        "I did not like that",
        "I have finished reading, what next",
    ],
)
def test_a_question_is_no_command(text: str) -> None:
    assert read_command(text, NOW) is None


def test_a_wall_time_in_a_gap_is_the_first_valid_minute_after_it() -> None:
    assert moment_of(datetime(2026, 3, 29, 2, 30), BERLIN).astimezone(BERLIN).strftime("%H:%M") == "03:00"


def test_a_wall_time_in_a_fold_is_the_first_of_the_two() -> None:
    assert moment_of(datetime(2026, 10, 25, 2, 30), BERLIN).isoformat() == "2026-10-25T00:30:00+00:00"


@given(
    st.datetimes(datetime(2005, 1, 1), datetime(2035, 12, 31)),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata"]),
)
def test_a_wall_time_that_exists_comes_back(wall: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    back = moment_of(wall, zone).astimezone(zone).replace(tzinfo=None, fold=0)
    assert timedelta(0) <= back - wall <= timedelta(hours=1)


@pytest.mark.parametrize(
    ("clock", "start", "end", "quiet"),
    [(23, "22:00", "08:00", True), (7, "22:00", "08:00", True), (8, "22:00", "08:00", False), (13, "12:00", "14:00", True),
     (14, "12:00", "14:00", False), (9, "09:00", "09:00", False)],
)  # fmt: skip
def test_quiet_hours_may_pass_midnight(clock: int, start: str, end: str, quiet: bool) -> None:
    assert in_quiet_hours(NOW.replace(hour=clock), start, end) is quiet


def test_a_moment_in_plain_words() -> None:
    assert plainly(NOW + timedelta(hours=2), NOW) == "today at 17:00"
    assert plainly(NOW + timedelta(days=1), NOW) == "tomorrow at 15:00"
    assert plainly(NOW + timedelta(days=5), NOW) == "Friday 27 November at 15:00"
    assert read_wall("2026-11-27") == datetime(2026, 11, 27, 9, 0)


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("What did I believe in May?", {"when": "2026-05-01 2026-05-31", "mine": True}),
        ("what do you know about Demo Aunt?", {"about": "Demo Aunt"}),
        ("What did I promise this week?", {"when": "2026-11-16 2026-11-22", "scope": "promised", "mine": True}),
    ],
)
def test_a_question_about_facts_is_a_command(text: str, arguments: dict[str, object]) -> None:
    command = read_command(text, NOW)
    assert command and (command.tool, command.arguments) == ("facts", arguments)


def test_a_question_about_a_reminder_is_no_order_for_one() -> None:
    for text in ("On what day did you remind me of the rent?", "In which note do you remind me of milk?"):
        assert read_command(text, NOW) is None


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("every other Tuesday at 8 remind me to water the plants", "water the plants"),
        ("In 20 minutes, please remind me that the tea is ready", "the tea is ready"),
        ("tomorrow at 9 ask Demo Aunt to remind me of milk", "ask Demo Aunt to remind me of milk"),
    ],
)
def test_what_asks_for_a_reminder_behind_its_time_is_no_part_of_it(said: str, text: str) -> None:
    spoken = read_spoken(said, NOW)
    assert isinstance(spoken, Spoken) and spoken.text == text
