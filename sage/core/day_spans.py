"""Days and parts of days as a person asks for them: "tomorrow", "this week", "Friday afternoon", "Friday at 3 pm"."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sage.core.plain_dates import NUMBERS, find_date, without

WEEK = 7
_PARTS = {"morning": ("00:00", "12:00"), "afternoon": ("12:00", "18:00"), "evening": ("18:00", "24:00")}
_PART = re.compile(r"\b(?:in the |this )?(?P<part>morning|afternoon|evening)\b|\b(?P<tonight>tonight)\b", re.IGNORECASE)
_DAYS = re.compile(rf"^(?:the )?(?:next|coming) (?P<count>\d{{1,2}}|{'|'.join(NUMBERS)}) days$", re.IGNORECASE)
_TODAY = re.compile(r"^(?:(?:my|the|this) day)?$", re.IGNORECASE)
_THIS_WEEK = re.compile(r"^(?:this|my|the|the coming|coming|all)? ?week$", re.IGNORECASE)
_WEEKEND = re.compile(r"^(?:(?:on|at|over) )?(?:this |the |my )?(?P<next>next )?weekend$", re.IGNORECASE)
_EARLY = re.compile(r"\bat [1-5]\b(?!\s*(?:[:.]\d|[ap]\.?m\b))", re.IGNORECASE)
_ALONE = re.compile(r"^(?:on|for|the|of)?$", re.IGNORECASE)


class DaySpan(NamedTuple):
    """Some days from the first on. Of a single one perhaps a part alone: from `start` to before `end` ("12:00", "18:00"),
    which is named so ("afternoon", "at 15:00"); all "" for the whole of it."""

    first: date
    days: int = 1
    name: str = ""
    start: str = ""
    end: str = ""


def read_days(words: str, now: datetime, *, week_start: int = 0) -> DaySpan | None:
    """The days that the words are, with nothing left over; None for anything else. "" is today.

    A week that is not named further is the seven days from today on: what has passed of it needs no looking at.
    """
    text = " ".join(words.split()).strip(" ,.?!")
    today = now.date()
    if _TODAY.match(text):
        return DaySpan(today)
    if _THIS_WEEK.match(text):
        return DaySpan(today, WEEK)
    if found := _DAYS.match(text):
        count = found["count"].lower()
        return DaySpan(today, max(1, int(count) if count.isdecimal() else NUMBERS[count]))
    if found := _WEEKEND.match(text):
        return _weekend(today, 1 if found["next"] else 0)
    return _one_day(text, now, week_start)


def _one_day(text: str, now: datetime, week_start: int) -> DaySpan | None:
    part = _PART.search(text)
    name = ("evening" if part["tonight"] else part["part"].lower()) if part else ""
    rest = f"{text[: part.start()]} {text[part.end() :]}".strip() if part else text
    found = find_date(rest, now, week_start=week_start) if rest else None
    if found is None:
        if not part or not _ALONE.match(rest):
            return None
        is_over = f"{now:%H:%M}" >= _PARTS[name][1] and not part[0].lower().startswith("this")
        return DaySpan(now.date() + timedelta(days=is_over), 1, name, *_PARTS[name])
    if not _ALONE.match(without(rest, found)):
        return None
    if rest.lower().removeprefix("on ").startswith("next week"):
        return DaySpan(found.day, WEEK)
    if found.at and part and found.at.hour < 12 and name != "morning":
        found_at = time(found.at.hour + 12, found.at.minute)  # "Friday evening at 8"
    elif found.at and not part and _EARLY.search(rest):
        found_at = time(found.at.hour + 12, found.at.minute)  # "tomorrow at 2": nobody asks for room at night
    else:
        found_at = found.at or time()
    if found.at:
        return DaySpan(found.day, 1, f"at {found_at:%H:%M}", f"{found_at:%H:%M}", _an_hour_after(found_at))
    return DaySpan(found.day, 1, name, *_PARTS[name]) if name else DaySpan(found.day)


def _an_hour_after(clock: time) -> str:
    return f"{clock.hour + 1:02}:{clock:%M}" if clock.hour < 23 else "24:00"


def _weekend(today: date, later: int) -> DaySpan:
    """The weekend that goes on, or comes next, or one that is so many weeks later; of what goes on the days that are left."""
    saturday = today + timedelta(days=5 - today.weekday() + 7 * later)
    return DaySpan(today, 1) if saturday < today and not later else DaySpan(saturday, 2)
