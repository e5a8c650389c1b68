"""Natural words in, certainty out: what a person says becomes one rule, or one question.

The words that say when stand at the beginning or at the end of what is said; what is left in between is what to say to the
person. English by rule; words that are not understood are asked about, never guessed at.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from sage.core.errors import BadInput
from sage.core.plain_dates import DAY_PARTS, add_months
from sage.core.schedules.hearing import ONLY_RETURNING, Said, split, without_asking
from sage.core.schedules.pieces import (
    CODES,
    Anchor,
    Clock,
    Here,
    Moment,
    MonthDays,
    Nth,
    Part,
    Question,
    Repeat,
    Span,
    Start,
    Times,
    Until,
    Weekdays,
    Window,
    YearDay,
)
from sage.core.schedules.recurrence import checked, dues, last_day_instead, walls
from sage.core.schedules.schedule import Rule
from sage.core.schedules.wall_time import DAY_BEGINS, due_of

LONGEST = 2000
"""Characters of what is said at once."""

_NO_REMINDER = re.compile(r"\s*(?:please\s+)?(?:don['’]?t|do\s+not|never|stop)\s+remind", re.I)
EARLY = 6
"""An hour before this one may as well be meant in the afternoon, when only its number was said."""


@dataclass(frozen=True)
class Spoken:
    """What is to be said to the person, and when. `notes` are sentences about what was settled without being said."""

    rule: Rule
    text: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Asks:
    """What only the person can say; nothing is scheduled until they do. `heard`: words about time were understood."""

    question: str
    heard: bool = True


class _Unclear(Exception):
    """Carries a question up to where it is asked."""


def read_spoken(text: str, now: datetime, *, week_start: int = 0) -> Spoken | Asks:
    """The rule for a person's words, seen from `now` (with the person's zone). Weeks begin on `week_start` (Monday is 0)."""
    if len(text) > LONGEST:
        return Asks("That is very long. What shall I say, and when?")
    here = Here(now, week_start)
    if _NO_REMINDER.match(text):
        return Asks("That asks for no reminder. Which one shall there be, and when?")
    said = split(without_asking(text, here), here)
    try:
        return _decide(said, here)
    except _Unclear as unclear:
        return Asks(str(unclear), heard=bool(said.pieces))


def read_when(words: str, now: datetime, *, week_start: int = 0) -> Spoken | Asks:
    """As `read_spoken`, for words that say nothing but when."""
    found = read_spoken(words, now, week_start=week_start)
    if isinstance(found, Spoken) and found.text:
        return Asks(f"I do not understand “{found.text}” in “{words.strip()}”. When shall it be?")
    return found


# Deciding


def _decide(said: Said, here: Here) -> Spoken:
    question = said.take(Question)
    if question:
        raise _Unclear(question.text)
    anchor = said.take(Anchor)
    if anchor:
        return _anchored(said, anchor, here)
    days = said.take(Weekdays)
    returns = said.take(Repeat) or said.take(MonthDays) or said.take(Nth) or said.take(YearDay) or days
    part = said.take(Part)
    if returns or (part and part.word.startswith("every")):
        return _returning(said, here)
    return _once(said, here)


def _once(said: Said, here: Here) -> Spoken:
    moment, clock, part = said.take(Moment), _clock(said), said.take(Part)
    if any(isinstance(piece, (*ONLY_RETURNING, Window)) for piece in said.pieces):
        raise _Unclear("How often in that time?")
    if moment is None and clock is None:
        raise _Unclear("When shall I remind you?" if said.text else "What shall I remind you of, and when?")
    if clock and len(clock) > 1:
        raise _Unclear("At which of these times, or every day at all of them?")
    now = here.now.replace(tzinfo=None)
    notes: list[str] = []
    if part and part.word == "tonight" and moment is None:
        moment = Moment(here.now.date())
    if moment and moment.at and clock:
        raise _Unclear("Two times were named. Which one is it?")
    at = clock[0] if clock else moment.at if moment and moment.at else None
    if at is None:
        at = time.fromisoformat(DAY_BEGINS)
        notes.append(f"No time was named, so it is at {DAY_BEGINS}.")
    day = moment.day if moment else now.date()
    wall = datetime.combine(day, at)
    if moment is None and wall <= now:
        wall += timedelta(days=1)
        notes.append(f"{at:%H:%M} has passed today, so it is tomorrow.")
    if moment and moment.weekday == now.weekday() and at > now.time():
        raise _Unclear(f"Today at {at:%H:%M}, or {_day(wall, now)}?")
    zone = _zone(here)
    due = due_of(wall, zone)
    if due is None:
        raise _Unclear(f"{wall:%Y-%m-%d} does not exist in {zone.key}. Which day is it?")
    if due <= here.now.astimezone(UTC):
        passed = f"{_day(wall, now)} at {wall:%H:%M}".removeprefix("on ")
        raise _Unclear(f"{passed[:1].upper()}{passed[1:]} has passed. When shall it be?")
    return Spoken(Rule(f"{wall:%Y-%m-%dT%H:%M}", zone.key), said.text, tuple(notes))


def _returning(said: Said, here: Here) -> Spoken:
    parts = _parts(said, here)
    clock, notes = _clock(said), list[str]()
    window, now = said.take(Window), here.now.replace(tzinfo=None)
    if parts["FREQ"] == "HOURLY" or window:
        if clock:
            raise _Unclear("At that time of day, or every so many hours?")
        at = time(now.hour, 0) if not window else window.first
    else:
        at = clock[0] if clock else time.fromisoformat(DAY_BEGINS)
        if clock is None:
            notes.append(f"No time was named, so it is at {DAY_BEGINS}.")
    if clock and len(clock) > 1:
        if len({one.minute for one in clock}) > 1:
            raise _Unclear("One reminder comes at the same minute of each hour: make one for each time.")
        parts |= {"BYHOUR": ",".join(str(one.hour) for one in clock), "BYMINUTE": str(at.minute)}
    started = said.take(Start)
    begin = max(datetime.combine(started.day, time()) if started else now, now)
    moment = said.take(Moment)
    if moment and moment.weekday is None and moment.named is None:
        raise _Unclear("Does it return, or is it for that one day?")
    rule = _first(parts, at, begin, here)
    first = datetime.fromisoformat(rule.wall)
    rule = _ended(rule, said, first)
    instead = last_day_instead(rule)
    if instead:
        notes.append(_shorter(rule, instead))
    notes.append(f"It starts {_day(first, now)}.")
    return Spoken(rule, said.text, tuple(notes))


def _parts(said: Said, here: Here) -> dict[str, str]:
    """The recurrence as parts of RFC 5545, without its end."""
    repeat, days = said.take(Repeat), said.take(Weekdays)
    month_days, nth, year_day, moment = said.take(MonthDays), said.take(Nth), said.take(YearDay), said.take(Moment)
    if moment and moment.weekday is not None and days is None:
        days = Weekdays((moment.weekday,), 0)
    if moment and moment.named and year_day is None:
        year_day = moment.named
    window, freq = said.take(Window), repeat.freq if repeat else ""
    if sum(one is not None for one in (days, month_days, nth, year_day)) > 1:
        raise _Unclear("Two kinds of days were named. Which one is it?")
    if window or freq in ("HOURLY", "MINUTELY"):
        if month_days or nth or year_day:
            raise _Unclear("On which days of the week?")
        return _hours(repeat, window, days)
    if month_days:
        return _monthly(repeat, month_days.months, {"BYMONTHDAY": ",".join(map(str, month_days.days))})
    if nth:
        return _of_month(repeat, nth)
    if year_day:
        if repeat and freq != "YEARLY":
            raise _Unclear("Each year on that date, or from that date on?")
        parts = {"FREQ": "YEARLY", "BYMONTH": str(year_day.month), "BYMONTHDAY": str(year_day.day)}
        return _every(parts, repeat.interval if repeat else 1)
    if days:
        return _weekly(repeat, days, here)
    return _every({"FREQ": freq or "DAILY"}, repeat.interval if repeat else 1)


def _weekly(repeat: Repeat | None, days: Weekdays, here: Here) -> dict[str, str]:
    freq = repeat.freq if repeat else "WEEKLY"
    if (freq == "DAILY" and repeat and repeat.interval > 1) or freq not in ("DAILY", "WEEKLY"):
        raise _Unclear("On which of these days? Say for instance: every Monday, or on the last Monday of each month.")
    if repeat and days.interval > 1:
        raise _Unclear("Two different spans were named. How often shall it be?")
    interval = repeat.interval if repeat and freq == "WEEKLY" else days.interval
    if interval == 0 and repeat is None:
        raise _Unclear("Once on each of these days, or every week?")
    parts = _every({"FREQ": "WEEKLY"}, interval or 1) | {"BYDAY": ",".join(CODES[day] for day in days.days)}
    if interval > 1 and len(days.days) > 1 and here.week_start:
        parts["WKST"] = CODES[here.week_start]
    return parts


def _hours(repeat: Repeat | None, window: Window | None, days: Weekdays | None) -> dict[str, str]:
    freq, interval = (repeat.freq, repeat.interval) if repeat else ("", 1)
    if freq not in ("HOURLY", "MINUTELY"):
        raise _Unclear("How often in that time? Say for instance: every 2 hours.")
    if days and days.interval > 1:
        raise _Unclear("Every hour of those days, or how often?")
    on = {"BYDAY": ",".join(CODES[day] for day in days.days)} if days else {}
    if window is None:
        minutes = ",".join(str(minute) for minute in range(0, 60, interval)) if freq == "MINUTELY" else "0"
        return _every({"FREQ": "HOURLY"}, interval if freq == "HOURLY" else 1) | on | {"BYMINUTE": minutes}
    if freq == "MINUTELY":
        raise _Unclear("Within a window I can do whole hours only. Every how many hours?")
    last = window.last.hour - (window.last.minute < window.first.minute)
    hours = ",".join(str(hour) for hour in range(window.first.hour, last + 1, interval))
    return {"FREQ": "WEEKLY" if on else "DAILY"} | on | {"BYHOUR": hours, "BYMINUTE": str(window.first.minute)}


def _of_month(repeat: Repeat | None, nth: Nth) -> dict[str, str]:
    if len(nth.days) > 1:
        place = {"BYDAY": ",".join(CODES[day] for day in nth.days), "BYSETPOS": ",".join(map(str, nth.places))}
    else:
        place = {"BYDAY": ",".join(f"{place}{CODES[nth.days[0]]}" for place in nth.places)}
    if not nth.month:
        return _monthly(repeat, nth.months, place)
    if nth.months != "each" and (repeat is None or repeat.freq != "YEARLY"):
        raise _Unclear("Once, or every year?")
    return _every({"FREQ": "YEARLY", "BYMONTH": str(nth.month)} | place, repeat.interval if repeat else 1)


def _monthly(repeat: Repeat | None, months: str, place: dict[str, str]) -> dict[str, str]:
    if repeat and repeat.freq != "MONTHLY":
        raise _Unclear("That is a day of the month. Every month?")
    if repeat is None and months != "each":
        raise _Unclear("Once, or every month?")
    if place.get("BYMONTHDAY", "").count(",") and any(int(day) > 28 for day in place["BYMONTHDAY"].split(",")):
        raise _Unclear("A shorter month has no such day: make one reminder for each of these days.")
    return _every({"FREQ": "MONTHLY"}, repeat.interval if repeat else 1) | place


def _every(parts: dict[str, str], interval: int) -> dict[str, str]:
    return parts if interval == 1 else {"FREQ": parts["FREQ"], "INTERVAL": str(interval)} | parts


def _first(parts: dict[str, str], at: time, begin: datetime, here: Here) -> Rule:
    """The rule with its first fitting time from `begin` on; those that follow are counted from there."""
    zone = _zone(here)
    start = datetime.combine(begin.date(), at)
    counted = _rule({name: value for name, value in parts.items() if name != "INTERVAL"}, start, zone)
    after = max((begin - timedelta(minutes=1)).replace(tzinfo=zone), here.now)
    following = next(dues(counted, zone, after), None)
    if following is None:
        raise _Unclear("That never happens. When shall it be?")
    return _rule(_settled(parts, following.wall), following.wall, zone)


def _settled(parts: dict[str, str], first: datetime) -> dict[str, str]:
    """The recurrence with the day that nobody named, as its first time has it."""
    if parts.keys() & {"BYDAY", "BYMONTHDAY"}:
        return parts
    return parts | {
        "WEEKLY": {"BYDAY": CODES[first.weekday()]},
        "MONTHLY": {"BYMONTHDAY": str(first.day)},
        "YEARLY": {"BYMONTH": str(first.month), "BYMONTHDAY": str(first.day)},
    }.get(parts["FREQ"], {})


def _rule(parts: dict[str, Any], wall: datetime, zone: ZoneInfo) -> Rule:
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        return checked(Rule(f"{wall:%Y-%m-%dT%H:%M}", zone.key, text))
    except BadInput as error:
        raise _Unclear(f"{error.what} When shall it be?") from error


def _ended(rule: Rule, said: Said, first: datetime) -> Rule:
    until, times, span = said.take(Until), said.take(Times), said.take(Span)
    if sum(one is not None for one in (until, times, span)) > 1:
        raise _Unclear("Two ends were named. Which one is it?")
    if times:
        return replace(rule, rrule=f"{rule.rrule};COUNT={times.number}")
    if until is None and span is None:
        return rule
    last = until.day if until else _span_ends(span, first.date()) if span else first.date()
    if last < first.date():
        raise _Unclear(f"It would end on {last} before its first time, {first:%Y-%m-%d at %H:%M}. When shall it be?")
    return replace(rule, rrule=f"{rule.rrule};UNTIL={last:%Y%m%d}T235959")


def _span_ends(span: Span, first: date) -> date:
    """The last day of a span that begins on `first`."""
    if span.unit in ("day", "week"):
        return first + timedelta(days=span.number * (7 if span.unit == "week" else 1) - 1)
    return add_months(first, span.number * (12 if span.unit == "year" else 1)) - timedelta(days=1)


def _anchored(said: Said, anchor: Anchor, here: Here) -> Spoken:
    if any(not isinstance(piece, Anchor) for piece in said.pieces):
        raise _Unclear("Before the event, or at that time?")
    rule = Rule(f"{here.now:%Y-%m-%dT%H:%M}", _zone(here).key, anchor=anchor.words, minutes=anchor.minutes)
    return Spoken(replace(rule, rrule="COUNT=1") if anchor.once else rule, said.text)


def _clock(said: Said) -> tuple[time, ...] | None:
    """The times of day: those that were named, moved to the part of the day that was named with them."""
    clock, part = said.take(Clock), said.take(Part)
    word = part.word.removeprefix("every ") if part else ""
    if clock is None:
        return (DAY_PARTS[word],) if word else None
    for at, sure in zip(clock.times, clock.sure, strict=True):
        if (word == "morning" and at.hour >= 12) or (sure and word in ("afternoon", "evening") and at.hour < 12):
            raise _Unclear(f"{at:%H:%M} is not in the {word}. Which one is it?")
        if not sure and not word and 1 <= at.hour < EARLY:
            raise _Unclear(f"At {at:%H:%M}, or at {at.replace(hour=at.hour + 12):%H:%M}?")
    times = {_moved(at, sure, word) for at, sure in zip(clock.times, clock.sure, strict=True)}
    return tuple(sorted(times))


def _moved(at: time, sure: bool, word: str) -> time:
    later = word in ("afternoon", "evening", "tonight") or (word == "night" and at.hour > 4)
    return at.replace(hour=at.hour + 12) if later and not sure and at.hour < 12 else at


def _shorter(rule: Rule, day: str) -> str:
    short = [wall for wall in islice(walls(rule), 24) if wall.day != int(day)]
    named = ", such as " + f"{short[0].day} {short[0]:%B %Y}" if short else ""
    return f"In a month without a {day}th it is the last day{named}.".replace("31th", "31st")


def _day(wall: datetime, now: datetime) -> str:
    away = (wall.date() - now.date()).days
    return {0: "today", 1: "tomorrow"}.get(away, f"on {wall:%A} {wall.day} {wall:%B %Y}")


def _zone(here: Here) -> ZoneInfo:
    assert isinstance(here.now.tzinfo, ZoneInfo)
    return here.now.tzinfo
