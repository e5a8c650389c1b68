# ruff: noqa: E501
"""What people say of when, and the rule or the question that it becomes."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.core.schedules.anchors import means
from sage.core.schedules.recurrence import checked
from sage.core.schedules.saying import say_rule
from sage.core.schedules.spoken import Asks, Spoken, read_spoken, read_when
from sage.core.schedules.wall_time import zone_of

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 15, 0, tzinfo=BERLIN)  # a Sunday

SAID = (
    ("every other Tuesday at 8 water the plants", "2026-11-24T08:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "water the plants"),
    ("every weekday at 9", "2026-11-23T09:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", ""),
    ("on the last Friday of each month", "2026-11-27T09:00", "FREQ=MONTHLY;BYDAY=-1FR", ""),
    ("every 3 days", "2026-11-23T09:00", "FREQ=DAILY;INTERVAL=3", ""),
    ("monthly on the 31st", "2026-11-30T09:00", "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", ""),
    ("each year on 3 May", "2027-05-03T09:00", "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=3", ""),
    ("every Monday and Thursday at 7:30", "2026-11-23T07:30", "FREQ=WEEKLY;BYDAY=MO,TH", ""),
    ("daily at 7", "2026-11-23T07:00", "FREQ=DAILY", ""),
    ("every morning", "2026-11-23T09:00", "FREQ=DAILY", ""),
    ("every 2 hours between 9 and 17 on weekdays", "2026-11-23T09:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9,11,13,15,17;BYMINUTE=0", ""),
    ("every Monday at 9 until June", "2026-11-23T09:00", "FREQ=WEEKLY;BYDAY=MO;UNTIL=20270531T235959", ""),
    ("every day at 8 for 5 times", "2026-11-23T08:00", "FREQ=DAILY;COUNT=5", ""),
    ("every Tuesday starting next week", "2026-11-24T09:00", "FREQ=WEEKLY;BYDAY=TU", ""),
    ("tomorrow at 9", "2026-11-23T09:00", "", ""),
    ("in 20 minutes", "2026-11-22T15:20", "", ""),
    ("at 9", "2026-11-23T09:00", "", ""),
    ("every 30th", "2026-11-30T09:00", "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1", ""),
    ("remind me to call mum on Friday about the party at 9", "2026-11-27T09:00", "", "call mum about the party"),
    ("remind me on Friday at 9 to call mum.", "2026-11-27T09:00", "", "call mum"),
    ("call mum tomorrow", "2026-11-23T09:00", "", "call mum"),
    ("buy the Sunday paper on Friday at 9", "2026-11-27T09:00", "", "buy the Sunday paper"),
    ("every third Tuesday of the month at 8", "2026-12-15T08:00", "FREQ=MONTHLY;BYDAY=3TU", ""),
    ("first and third Monday of every month at 10", "2026-12-07T10:00", "FREQ=MONTHLY;BYDAY=1MO,3MO", ""),
    ("on the first of every month", "2026-12-01T09:00", "FREQ=MONTHLY;BYMONTHDAY=1", ""),
    ("tomorrow evening at 8", "2026-11-23T20:00", "", ""),
    ("tonight at 8", "2026-11-22T20:00", "", ""),
    ("tonight", "2026-11-22T20:00", "", ""),
    ("every year on the last Sunday of March at 03:00", "2027-03-28T03:00", "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU", ""),
    ("every 15 minutes", "2026-11-22T15:15", "FREQ=HOURLY;BYMINUTE=0,15,30,45", ""),
    ("every 30 minutes", "2026-11-22T15:30", "FREQ=HOURLY;BYMINUTE=0,30", ""),
    ("every 2 weeks on Monday and Friday at 9am and 5pm", "2026-11-23T09:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR;BYHOUR=9,17;BYMINUTE=0", ""),
    ("weekly", "2026-11-29T09:00", "FREQ=WEEKLY;BYDAY=SU", ""),
    ("on Mondays and Thursdays at 7.30", "2026-11-23T07:30", "FREQ=WEEKLY;BYDAY=MO,TH", ""),
    ("every Monday to Friday at 9", "2026-11-23T09:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", ""),
    ("every second day at 9", "2026-11-23T09:00", "FREQ=DAILY;INTERVAL=2", ""),
    ("every 29 February at 8", "2027-02-28T08:00", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1", ""),
    ("every hour", "2026-11-22T16:00", "FREQ=HOURLY;BYMINUTE=0", ""),
    ("every 2 hours", "2026-11-22T16:00", "FREQ=HOURLY;INTERVAL=2;BYMINUTE=0", ""),
    ("in an hour and a half", "2026-11-22T16:30", "", ""),
    ("take pills for 10 days every morning", "2026-11-23T09:00", "FREQ=DAILY;UNTIL=20261202T235959", "take pills"),
    ("meditate for 5 minutes every morning", "2026-11-23T09:00", "FREQ=DAILY", "meditate for 5 minutes"),
    ("tomorrow to buy tickets for the show on Friday at 9", "2026-11-23T09:00", "", "buy tickets for the show on Friday at 9"),
    ("once a week on Friday", "2026-11-27T09:00", "FREQ=WEEKLY;BYDAY=FR", ""),
    ("every fortnight", "2026-11-29T09:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU", ""),
    ("on 3 May at 9", "2027-05-03T09:00", "", ""),
    ("every quarter on the 1st", "2026-12-01T09:00", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1", ""),
    ("every evening at 7", "2026-11-22T19:00", "FREQ=DAILY", ""),
    ("every Monday morning", "2026-11-23T09:00", "FREQ=WEEKLY;BYDAY=MO", ""),
    ("each Wednesday at noon", "2026-11-25T12:00", "FREQ=WEEKLY;BYDAY=WE", ""),
    ("every day at midnight", "2026-11-23T00:00", "FREQ=DAILY", ""),
    ("every Tuesday at half past 8", "2026-11-24T08:30", "FREQ=WEEKLY;BYDAY=TU", ""),
    ("every Tuesday at quarter to 9", "2026-11-24T08:45", "FREQ=WEEKLY;BYDAY=TU", ""),
    ("every Tues and Thurs at 6pm", "2026-11-24T18:00", "FREQ=WEEKLY;BYDAY=TU,TH", ""),
    ("every 4 weeks on Sunday at 10", "2026-11-29T10:00", "FREQ=WEEKLY;INTERVAL=4;BYDAY=SU", ""),
    ("every three days at 8", "2026-11-23T08:00", "FREQ=DAILY;INTERVAL=3", ""),
    ("every other day at 8", "2026-11-23T08:00", "FREQ=DAILY;INTERVAL=2", ""),
    ("every other week on Monday at 8", "2026-11-23T08:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", ""),
    ("every other month on the 5th at 8", "2026-12-05T08:00", "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=5", ""),
    ("every six months on the 1st at 8", "2026-12-01T08:00", "FREQ=MONTHLY;INTERVAL=6;BYMONTHDAY=1", ""),
    ("every 15th at 10", "2026-12-15T10:00", "FREQ=MONTHLY;BYMONTHDAY=15", ""),
    ("each 1st and 15th at 8", "2026-12-01T08:00", "FREQ=MONTHLY;BYMONTHDAY=1,15", ""),
    ("on the last day of every month at 18:00", "2026-11-30T18:00", "FREQ=MONTHLY;BYMONTHDAY=-1", ""),
    ("on the last weekday of each month at 16:00", "2026-11-30T16:00", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", ""),
    ("on the first weekday of every month at 9", "2026-12-01T09:00", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1", ""),
    ("on the second Tuesday of every month at 19:30", "2026-12-08T19:30", "FREQ=MONTHLY;BYDAY=2TU", ""),
    ("monthly on the last Friday at 17:00", "2026-11-27T17:00", "FREQ=MONTHLY;BYDAY=-1FR", ""),
    ("yearly on December 24th at 18", "2026-12-24T18:00", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", ""),
    ("every May 1st at 10", "2027-05-01T10:00", "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=1", ""),
    ("annually on 1 January", "2027-01-01T09:00", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1", ""),
    ("every year on 29 February", "2027-02-28T09:00", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1", ""),
    ("weekdays at 8:15", "2026-11-23T08:15", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", ""),
    ("on weekdays at 17:45", "2026-11-23T17:45", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", ""),
    ("on weekends at 10", "2026-11-28T10:00", "FREQ=WEEKLY;BYDAY=SA,SU", ""),
    ("weekends at 11", "2026-11-28T11:00", "FREQ=WEEKLY;BYDAY=SA,SU", ""),
    ("every Saturday and Sunday at 10", "2026-11-28T10:00", "FREQ=WEEKLY;BYDAY=SA,SU", ""),
    ("daily at 8 and 20", "2026-11-22T20:00", "FREQ=DAILY;BYHOUR=8,20;BYMINUTE=0", ""),
    ("every day at 8am, 1pm and 6pm", "2026-11-22T18:00", "FREQ=DAILY;BYHOUR=8,13,18;BYMINUTE=0", ""),
    ("every day at 8am, 1pm and 6pm take pills", "2026-11-22T18:00", "FREQ=DAILY;BYHOUR=8,13,18;BYMINUTE=0", "take pills"),
    ("every day at 9 and at 21 take pills", "2026-11-22T21:00", "FREQ=DAILY;BYHOUR=9,21;BYMINUTE=0", "take pills"),
    ("tomorrow at nine call the bank", "2026-11-23T09:00", "", "call the bank"),
    ("tomorrow at nine thirty call the bank", "2026-11-23T09:30", "", "call the bank"),
    ("at five to nine tomorrow call the bank", "2026-11-23T08:55", "", "call the bank"),
    ("tomorrow at quarter past nine pm call the bank", "2026-11-23T21:15", "", "call the bank"),
    ("at half past seven in the evening call the bank", "2026-11-22T19:30", "", "call the bank"),
    ("tomorrow afternoon at 5 call the bank", "2026-11-23T17:00", "", "call the bank"),
    ("tomorrow at 05:00 call the bank", "2026-11-23T05:00", "", "call the bank"),
    ("at 3 in the morning feed the cat", "2026-11-23T03:00", "", "feed the cat"),
    ("tomorrow for lunch buy 2 pizzas", "2026-11-23T09:00", "", "for lunch buy 2 pizzas"),
    ("saturday at 10 christmas shopping", "2026-11-28T10:00", "", "christmas shopping"),
    ("hourly between 9 and 12", "2026-11-23T09:00", "FREQ=DAILY;BYHOUR=9,10,11,12;BYMINUTE=0", ""),
    ("every hour between 9am and 5pm", "2026-11-22T16:00", "FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16,17;BYMINUTE=0", ""),
    ("every 3 hours from 8 to 20", "2026-11-22T17:00", "FREQ=DAILY;BYHOUR=8,11,14,17,20;BYMINUTE=0", ""),
    ("every hour on weekdays between 9 and 17", "2026-11-23T09:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9,10,11,12,13,14,15,16,17;BYMINUTE=0", ""),
    ("every Friday at 16:00 until 18 December", "2026-11-27T16:00", "FREQ=WEEKLY;BYDAY=FR;UNTIL=20261218T235959", ""),
    ("every Friday at 16:00 until the end of the year", "2026-11-27T16:00", "FREQ=WEEKLY;BYDAY=FR;UNTIL=20261231T235959", ""),
    ("every day at 9 until Friday", "2026-11-23T09:00", "FREQ=DAILY;UNTIL=20261127T235959", ""),
    ("every day at 9 for 2 weeks", "2026-11-23T09:00", "FREQ=DAILY;UNTIL=20261206T235959", ""),
    ("every day at 9 for the next 3 days", "2026-11-23T09:00", "FREQ=DAILY;UNTIL=20261125T235959", ""),
    ("every Monday at 9, 4 times", "2026-11-23T09:00", "FREQ=WEEKLY;BYDAY=MO;COUNT=4", ""),
    ("every Monday at 9 starting in 2 weeks", "2026-12-07T09:00", "FREQ=WEEKLY;BYDAY=MO", ""),
    ("every Monday at 9 starting on 1 December", "2026-12-07T09:00", "FREQ=WEEKLY;BYDAY=MO", ""),
    ("every day at 9 from tomorrow", "2026-11-23T09:00", "FREQ=DAILY", ""),
    ("every 2 days starting tomorrow at 9", "2026-11-23T09:00", "FREQ=DAILY;INTERVAL=2", ""),
    ("starting 1 January every month on the 1st at 9", "2027-01-01T09:00", "FREQ=MONTHLY;BYMONTHDAY=1", ""),
    ("tomorrow", "2026-11-23T09:00", "", ""),
    ("tomorrow at noon", "2026-11-23T12:00", "", ""),
    ("tomorrow morning", "2026-11-23T09:00", "", ""),
    ("tomorrow night", "2026-11-23T20:00", "", ""),
    ("day after tomorrow at 10", "2026-11-24T10:00", "", ""),
    ("next week", "2026-11-23T09:00", "", ""),
    ("next month", "2026-12-01T09:00", "", ""),
    ("next Tuesday at 9", "2026-11-24T09:00", "", ""),
    ("on Monday at 9", "2026-11-23T09:00", "", ""),
    ("on Monday at 9am", "2026-11-23T09:00", "", ""),
    ("on monday", "2026-11-23T09:00", "", ""),
    ("Monday 23 November at 9", "2026-11-23T09:00", "", ""),
    ("in 2 hours", "2026-11-22T17:00", "", ""),
    ("in half an hour", "2026-11-22T15:30", "", ""),
    ("in 3 days at 9", "2026-11-25T09:00", "", ""),
    ("in a week", "2026-11-29T09:00", "", ""),
    ("in two months", "2027-01-22T09:00", "", ""),
    ("2026-12-24", "2026-12-24T09:00", "", ""),
    ("2026-12-24T18:15", "2026-12-24T18:15", "", ""),
    ("at 18:00", "2026-11-22T18:00", "", ""),
    ("at 6pm", "2026-11-22T18:00", "", ""),
    ("at 6 p.m.", "2026-11-22T18:00", "", ""),
    ("at noon", "2026-11-23T12:00", "", ""),
    ("at midnight", "2026-11-23T00:00", "", ""),
    ("by Friday pay the bill", "2026-11-27T09:00", "", "pay the bill"),
    ("on 24 December at 18:15 light the tree", "2026-12-24T18:15", "", "light the tree"),
    ("24 December light the tree", "2026-12-24T09:00", "", "light the tree"),
    ("this evening", "2026-11-22T18:00", "", ""),
    ("this afternoon at 4", "2026-11-22T16:00", "", ""),
    ("in the evening feed the cat", "2026-11-22T18:00", "", "feed the cat"),
    ("every Friday at 5pm to send the report", "2026-11-27T17:00", "FREQ=WEEKLY;BYDAY=FR", "send the report"),
    ("send the report every Friday at 5pm", "2026-11-27T17:00", "FREQ=WEEKLY;BYDAY=FR", "send the report"),
    ("pay rent monthly on the 31st", "2026-11-30T09:00", "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", "pay rent"),
    ("every night at 10", "2026-11-22T22:00", "FREQ=DAILY", ""),
    ("each month on the 28th at 7", "2026-11-28T07:00", "FREQ=MONTHLY;BYMONTHDAY=28", ""),
    ("every 10 days at 6", "2026-11-23T06:00", "FREQ=DAILY;INTERVAL=10", ""),
    ("every year on May 3 at 8", "2027-05-03T08:00", "FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=3", ""),
    ("in 15 minutes take the bread out", "2026-11-22T15:15", "", "take the bread out"),
    ("take the bread out in 15 minutes", "2026-11-22T15:15", "", "take the bread out"),
    ("please remind me to stretch at 16:30", "2026-11-22T16:30", "", "stretch"),
    ("at 9 to call the bank", "2026-11-23T09:00", "", "call the bank"),
)  # fmt: skip
ASKED = (
    "30 minutes before my next meeting with Bob print the slides",
    "15 minutes before every event 3 breathe",
    "every day at 9, 12 and 15 drink",
    "tomorrow at half eight call jo",
    "tomorrow 9 call",
    "tomorrow 0930 call",
    "5 to 9 tomorrow call",
    "tomorrow before 9 call",
    "tomorrow at lunchtime call",
    "no later than friday call",
    "a week from friday call bob",
    "friday week call bob",
    "friday after next call bob",
    "tomorrow week call bob",
    "the monday after easter call bob",
    "on easter sunday call mum",
    "wrap presents christmas eve at 6pm",
    "two weeks from tomorrow at 9 call bob",
    "next year on 3 march renew the passport",
    "tomorrow at 9 EST call",
    "tomorrow at 9 Berlin time call",
    "tomorrow at 9am their time call",
    "every monday at 7 for the next month run",
    "tomorrow morning at 9pm call",
    "on monday evening at 7am call",
    "call mom at 5",
    "tomorrow at 5 call mom",
    "every friday at 5 send the report",
    "don't remind me tomorrow at 9",
    "please do not remind me tomorrow at 9 to run",
    "when I'm back from lunch",
    "sometime",
    "later",
    "soon",
    "31 February",
    "on 30 February at 9",
    "every 31 February",
    "every third Tuesday",
    "every last Friday",
    "on the last Friday of the month",
    "every day except Sunday at 9",
    "every 7 minutes",
    "every minute",
    "twice a day",
    "three times a week",
    "biweekly",
    "bi-monthly",
    "Monday to Friday at 9",
    "on Monday and Thursday at 9",
    "every weekend",
    "at 25:00",
    "at 9:75",
    "tomorrow at 13pm",
    "Sunday at 20:00",
    "after lunch",
    "at 9 Europe/Lisbon call Bo",
    "at 9 Mars/Olympus time call Bo",
    "at 9 UTC call Bo",
    "call Bo after work",
    "on 3 May 2020 at 9",
    "today at 9",
    "the 15th at 9",
    "every 35th",
    "every lunar month at 9",
    "water every plant at 9",
    "every week on Monday and every month on the 3rd",
    "every Monday at 9 and 17:30",
    "every day at 9 until last week",
    "tomorrow at 9 or 10",
    "Tuesday 23 November 2026 at 9",
    "daily until yesterday at 9",
    "call mum",
    "every",
    "every 0 days",
    "this weekend",
    "before bed",
    "as soon as it rains",
    "every day at 9 unless it rains",
    "for 3 days",
    "until Friday",
)


@pytest.mark.parametrize(("said", "wall", "rrule", "text"), SAID)
def test_what_is_said_becomes_a_rule(said: str, wall: str, rrule: str, text: str) -> None:
    found = read_spoken(said, NOW)
    assert isinstance(found, Spoken), found
    assert (found.rule.wall, found.rule.rrule, found.text) == (wall, rrule, text)
    assert checked(found.rule) == found.rule


@pytest.mark.parametrize("said", ASKED)
def test_what_is_not_certain_is_asked(said: str) -> None:
    found = read_spoken(said, NOW)
    assert isinstance(found, Asks) and found.question


@pytest.mark.parametrize(("said", "wall", "rrule", "text"), SAID)
def test_a_rule_in_words_is_read_again_as_the_same_rule(said: str, wall: str, rrule: str, text: str) -> None:
    found = read_spoken(said, NOW)
    assert isinstance(found, Spoken)
    words = say_rule(found.rule).removesuffix(", Europe/Berlin")
    again = read_when(words, NOW)
    if isinstance(again, Asks):
        assert not rrule and again.question.startswith("Today at"), (words, again)
    else:
        assert again.rule.rrule == rrule and (rrule or again.rule.wall == wall), words


@pytest.mark.parametrize(
    ("words", "anchor", "minutes", "once", "said"),
    [
        ("30 minutes before my next event", "*", -30, True, "30 minutes before my next event"),
        (
            "10 minutes before every dentist appointment",
            "dentist appointment",
            -10,
            False,
            "10 minutes before each dentist appointment",
        ),
        ("an hour after my standup", "standup", 60, True, "1 hour after my next standup"),
        ("a day before every exam", "exam", -1440, False, "1 day before each exam"),
        (
            "2 weeks before each “project review demo”",
            "project review demo",
            -20160,
            False,
            "14 days before each “project review demo”",
        ),
        ("0 minutes after every standup", "standup", 0, False, "0 minutes after each standup"),
    ],
)
def test_what_hangs_on_events_is_read_and_said(words: str, anchor: str, minutes: int, once: bool, said: str) -> None:
    for text in (words, said):
        found = read_spoken(text, NOW)
        assert isinstance(found, Spoken) and not found.text
        assert (found.rule.anchor, found.rule.minutes, bool(found.rule.rrule)) == (anchor, minutes, once)
        assert say_rule(found.rule) == said


@pytest.mark.parametrize(
    ("anchor", "title", "meant"),
    [
        ("standup", "Daily stand-up", True), ("standup", "Stand up, team A", True), ("dentist appointment", "Dentist Dr. Demo", True),
        ("exam", "Exams", True), ("art", "Party", False), ("dentist appointment", "An appointment", False), ("*", "", True),
        ("project review", "Review of a project", False), ("call", "Call the bank", True),
    ],
)  # fmt: skip
def test_which_titles_an_anchor_means(anchor: str, title: str, meant: bool) -> None:
    assert means(anchor, title) is meant


def test_before_an_event_is_an_anchor() -> None:
    found = read_spoken("30 minutes before my next event", NOW)
    assert isinstance(found, Spoken)
    assert (found.rule.anchor, found.rule.minutes, found.rule.rrule) == ("*", -30, "COUNT=1")
    assert say_rule(found.rule) == "30 minutes before my next event"


def test_weeks_begin_where_the_person_says() -> None:
    for start, wall in ((0, "2026-11-23T09:00"), (6, "2026-11-29T09:00")):
        found = read_spoken("next week", NOW, week_start=start)
        assert isinstance(found, Spoken) and found.rule.wall == wall
    two = read_spoken("every other Monday and Sunday at 9", NOW, week_start=6)
    assert isinstance(two, Spoken) and "WKST=SU" in two.rule.rrule


def test_the_notes_tell_of_a_shorter_month_and_of_a_time_that_has_passed() -> None:
    shorter, passed = read_spoken("every 30th at 9", NOW), read_spoken("at 9 stretch", NOW)
    assert isinstance(shorter, Spoken) and any("28 February 2027" in note for note in shorter.notes)
    assert isinstance(passed, Spoken) and "09:00 has passed today, so it is tomorrow." in passed.notes


_WORDS = st.sampled_from(
    "every each other third last first Tuesday Monday weekday day month week of the on at 9 31st 3 May until for times in and to"
    " before next between 17 starting June 31 February tomorrow minutes call".split()
)


@given(st.lists(_WORDS, max_size=9).map(" ".join) | st.text(max_size=80))
def test_whatever_is_said_becomes_a_rule_that_can_be_kept_or_a_question(said: str) -> None:
    found = read_spoken(said, NOW)
    if isinstance(found, Spoken):
        assert checked(found.rule) == found.rule and zone_of(found.rule.zone) == BERLIN
        assert say_rule(found.rule)
        assert found.rule.anchor or datetime.fromisoformat(found.rule.wall) > NOW.replace(tzinfo=None)


def test_next_friday_is_asked_about_while_this_weeks_friday_is_still_to_come() -> None:
    wednesday = datetime(2026, 11, 25, 10, 20, tzinfo=BERLIN)
    assert read_spoken("next friday at 9 pay rent", wednesday) == Asks("Friday 27 November, or 4 December?")
    assert isinstance(read_spoken("next monday at 9 pay rent", wednesday), Spoken)
    assert isinstance(read_spoken("next friday at 9 pay rent", NOW), Spoken)
