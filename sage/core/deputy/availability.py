"""When the person is free, as those may know it who may see when they are busy: times alone, never what for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from sage.core.day_spans import DaySpan, read_days
from sage.core.events import Event, Moments, day_begins, moments_of
from sage.core.plain_dates import find_date, without
from sage.core.schedules.times_in_german import GERMAN
from sage.core.schedules.wall_time import due_of, zone_of

MOST_DAYS, FARTHEST = 7, 60
"""Days that one answer tells of, and days ahead that it looks."""
MOST_WORDS = 7
"""Words that may name the days together: "the day after tomorrow at 10 am"."""

_DAYS_OF_WEEK = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag".split(),
}
_MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
}
_WORDS = {
    "en": {"free": "free", "busy": "busy", "else": "otherwise free", "day": "{day} {number} {month}", "and": " and ",
           "opening": "As far as the calendar says: "},
    "de": {"free": "frei", "busy": "belegt", "else": "sonst frei", "day": "{day}, {number}. {month}", "and": " und ",
           "opening": "Soweit es im Kalender steht: "},
}  # fmt: skip


_BARE = re.compile(r"\b(?:hast|hattest|bist|wann|du|zeit|frei|verfügbar|da|noch)\b|[^\w\s.:]", re.IGNORECASE)
"""What stands around a time in a German question for it."""


_OTHER_TIMES = re.compile(
    r"\d|(?<=\w )[A-Z]\w+ time\b|\b(?:[A-Z]{1,3}T|UTC)\b|\b(?i:\w+days?|tomorrow|yesterday|today|tonight|weeks?|weekends?|months?|"
    r"mornings?|afternoons?|evenings?|nights?|noon|midnight|after|before|until|till|between|except|past|half|quarter|heute|morgen|gestern|"
    r"\w+tage?|wochen?|monate?|abends?|nachmittags?|mittags?|nach|vor|bis|zwischen|außer|halb|viertel|but|not|or|aber|nicht|oder)\b"
)
"""What is left of a question that names more of time than was read: other days, an hour elsewhere, "the week after next"."""


def asked_days(text: str, now: datetime, *, week_start: int = 0) -> DaySpan | None:
    """The days, or the part of one, that a question names; None when it names none, or some that have passed or lie too far
    ahead."""
    for words in (text, GERMAN.split(_BARE.sub(" ", text))[0]):
        span, left = _span(words, now, week_start) if words else (None, "")
        if span and _OTHER_TIMES.search(left):
            return None
        if span and now.date() <= span.first <= now.date() + timedelta(days=FARTHEST) and span.days <= MOST_DAYS:
            return span
    return None


def busy_times(events: Iterable[Event], day: date, zone: str) -> tuple[Moments, ...]:
    """When something takes room on a date, joined and in order."""
    whole = Moments(day_begins(day, zone), day_begins(day + timedelta(days=1), zone))
    found: list[Moments] = []
    for at in sorted(moments_of(event, zone) for event in events if event.busy):
        if not at.meets(whole) or at.start == at.end:
            continue
        start, end = max(at.start, whole.start), min(at.end, whole.end)
        if found and start <= found[-1].end:
            found[-1] = Moments(found[-1].start, max(end, found[-1].end))
        else:
            found.append(Moments(start, end))
    return tuple(found)


def told(span: DaySpan, events: Sequence[Event], now: datetime, tongue: str) -> str:
    """The answer: for each day when the person is busy, or whether they are free at the time that was asked for. In English
    where there are no words in the language."""
    zone, tongue = str(now.tzinfo), tongue if tongue in _WORDS else "en"
    days = [span.first + timedelta(days=number) for number in range(span.days)]
    words = _WORDS[tongue]
    return (
        words["opening"] + "; ".join(_day(day, span, busy_times(events, day, zone), zone, tongue) for day in days) + "."
    )


def _span(words: str, now: datetime, week_start: int) -> tuple[DaySpan | None, str]:
    """What a sentence names: its longest stretch of words that are days and nothing else, and what is left of it."""
    said = [word.strip(" .,;:?!") for word in words.split()]
    for many in range(min(MOST_WORDS, len(said)), 0, -1):
        for first in range(len(said) - many + 1):
            if found := read_days(" ".join(said[first : first + many]), now, week_start=week_start):
                return found, " ".join((*said[:first], *said[first + many :]))
    found_date = find_date(words, now, week_start=week_start)
    if found_date is None:
        return None, words
    left = without(words, found_date)
    if found_date.at is None:
        return DaySpan(found_date.day), left
    start = f"{found_date.at:%H:%M}"
    end = f"{min(found_date.at.hour + 1, 23):02}:{found_date.at:%M}"
    return DaySpan(found_date.day, 1, f"at {start}", start, end), left


def _day(day: date, span: DaySpan, busy: Sequence[Moments], zone: str, tongue: str) -> str:
    words = _WORDS[tongue]
    name = words["day"].format(
        day=_DAYS_OF_WEEK[tongue][day.weekday()], number=day.day, month=_MONTHS[tongue][day.month - 1]
    )
    if span.start:
        asked = Moments(_at(day, span.start, zone), _at(day, span.end, zone))
        name += f" {span.start}–{span.end}"
        busy = [Moments(max(one.start, asked.start), min(one.end, asked.end)) for one in busy if one.meets(asked)]
        if any(one == asked for one in busy):
            return f"{name} {words['busy']}"
    if not busy:
        return f"{name} {words['free']}"
    return f"{name} {words['busy']} {words['and'].join(_clock(one, zone) for one in busy)}, {words['else']}"


def _clock(at: Moments, zone: str) -> str:
    start, end = (moment.astimezone(zone_of(zone)) for moment in at)
    return f"{start:%H:%M}–{'24:00' if f'{end:%H:%M}' == '00:00' else f'{end:%H:%M}'}"


def _at(day: date, clock: str, zone: str) -> datetime:
    if clock == "24:00":
        return day_begins(day + timedelta(days=1), zone)
    wall = datetime.combine(day, time.fromisoformat(clock))
    return due_of(wall, zone_of(zone)) or day_begins(day + timedelta(days=1), zone)
