"""The stretches of time that a text names: "in May 2023", "last spring", "the weekend before 4 October".

English, by rule; a date in figures (2023-05-07) is read in any language. What a rule does not know is no span.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from msgspec import Struct

from sage.core.plain_dates import MONTHS, WEEKDAYS

_LONGEST = 2000
"""Characters of a text that are read for times: what a passage is about stands in its beginning or everywhere."""


class Offset(Struct, frozen=True):
    """How far a time is from another: so many of a `unit` (day, night, week, weekend, month, year, or a weekday's name)."""

    count: int
    unit: str
    back: bool


class TimeSpan(Struct, frozen=True):
    """From `first` to `last`, both included. `yearly`: in any year, since none was named."""

    first: date
    last: date
    yearly: bool = False

    @property
    def days(self) -> int:
        """How long it is."""
        return (self.last - self.first).days + 1

    def days_to(self, day: date) -> int:
        """How many days `day` is after the span (negative: before it); 0 inside of it."""
        if not self.yearly:
            return _outside(self.first, self.last, day)
        return min((_outside(*_in_year(self, day.year + year), day) for year in (-1, 0, 1)), key=abs)

    def days_apart(self, other: TimeSpan) -> int:
        """Days between two spans, 0 when they overlap."""
        if other.yearly and not self.yearly:
            return other.days_apart(self)
        shifted = (
            [_in_year(self, other.first.year + year) for year in (-1, 0, 1)]
            if self.yearly
            else [(self.first, self.last)]
        )
        return min(max(0, (other.first - last).days, (first - other.last).days) for first, last in shifted)


NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
            "nine": 9, "ten": 10, "couple of": 2, "a couple of": 2, "few": 3, "a few": 3}  # fmt: skip
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3}
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
"""The month that each begins with, in the northern half of the world."""

_MONTH = "|".join([*MONTHS, *(rf"{name[:3]}\b\.?" for name in MONTHS if name != "may"), r"sept\b\.?"])
_DAY = "|".join(WEEKDAYS)
_SEASON = "|".join(_SEASONS)
_COUNT = r"\d{1,3}|a couple of|couple of|a few|few|" + "|".join(word for word in NUMBERS if " " not in word)
_YEAR = r"(?P<y>(?:19|20)\d\d)\b"

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(rf"\b(?:{pattern})", re.IGNORECASE))
    for name, pattern in (
        ("day", r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?!\d)"),
        ("day", rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s*(?:of\s+)?(?P<month>{_MONTH}),?(?:\s*{_YEAR})?(?![a-z])"),
        ("day", rf"(?P<month>{_MONTH})\s+(?:the\s+)?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,?\s+{_YEAR})?"),
        ("part", r"(?P<nth>first|second|third|fourth|last)\s+(?P<unit>week|weekend|half)\s+(?:of|in)\s+"
                 rf"(?P<month>{_MONTH}),?(?:\s+{_YEAR})?"),
        ("part", rf"(?P<nth>early|mid|late)[ -](?P<unit>)(?P<month>{_MONTH}),?(?:\s+{_YEAR})?"),
        ("month", rf"(?P<month>{_MONTH}),?\s+(?:of\s+)?{_YEAR}"),
        ("month", r"(?P<y>(?:19|20)\d\d)-(?P<m>0[1-9]|1[0-2])(?![\d-])"),
        ("season", rf"(?P<season>{_SEASON}),?\s+(?:of\s+)?{_YEAR}"),
        ("ago", rf"(?P<n>{_COUNT})\s+(?P<unit>day|week|weekend|month|year)s?\s+(?:ago|back|earlier)\b"),
        ("near", rf"(?P<way>last|past|this|next|coming)\s+(?P<unit>week|weekend|month|year|night|{_SEASON}|{_DAY})\b"),
        ("near", rf"(?P<way>last|this|next)\s+(?P<month>{_MONTH})\b"),
        ("word", r"(?P<word>the day before yesterday|yesterday|today|tonight|this morning|tomorrow)\b"),
        ("month", rf"(?:in|during|of|since|by|until|through)\s+(?P<month>{_MONTH})\b"),
        ("weekday", rf"on\s+(?P<unit>{_DAY})\b"),
        ("year", rf"(?:in|during|of|since|by|from|year)\s+{_YEAR}"),
    )
)  # fmt: skip
_OFFSET = re.compile(
    rf"\b(?:(?P<n>{_COUNT}|the)\s+)?(?P<unit>day|night|week|weekend|month|year|{_DAY})s?\s+"
    r"(?P<way>before|after|prior to|following)\s+(?:the\s+)?$",
    re.IGNORECASE,
)


def time_spans(text: str, now: date | None) -> list[TimeSpan]:
    """The spans that a text names, in the order of rules. Words like "yesterday" are seen from `now`; None: left out."""
    text = text[:_LONGEST]
    spans = []
    for name, pattern in _PATTERNS:
        for found in list(pattern.finditer(text)):
            offset = _OFFSET.search(text, 0, found.start())
            try:
                span = _READERS[name](found, now)
                span = move_span(span, _offset(offset)) if span and offset else span
            except (ValueError, OverflowError):  # before the first year, or after the last
                continue
            if span is None:
                continue
            spans.append(span)
            start = offset.start() if offset else found.start()
            text = text[:start] + " " * (found.end() - start) + text[found.end() :]
    return spans


def _day(found: re.Match[str], now: date | None) -> TimeSpan | None:
    month = _month_of(found)
    day = _date(int(found["y"] or 2000), month, int(found["d"]))
    return TimeSpan(day, day, yearly=not found["y"]) if day else None


def _month(found: re.Match[str], now: date | None) -> TimeSpan | None:
    year = found.groupdict().get("y")
    return _whole_month(int(year or 2000), _month_of(found), yearly=not year)


def _part(found: re.Match[str], now: date | None) -> TimeSpan | None:
    whole = _whole_month(int(found["y"] or 2000), _month_of(found), yearly=not found["y"])
    days, nth = (whole.last - whole.first).days + 1, found["nth"].lower()
    size = 7 if found["unit"].lower() in ("week", "weekend") else 15 if found["unit"] else 10
    if found["unit"].lower() == "weekend":
        # The weekends of a month: its Saturdays, each with the Sunday after.
        saturday = (5 - whole.first.weekday()) % 7
        saturdays = list(range(saturday, days, 7))
        start = saturdays[-1] if nth == "last" else saturdays[_ORDINALS[nth]]
        size = 2
    elif nth in ("last", "late"):
        start = days - size
    else:
        start = 10 if nth == "mid" else _ORDINALS.get(nth, 0) * size
    first = whole.first + timedelta(days=start)
    return TimeSpan(first, first + timedelta(days=size - 1), whole.yearly)


def _season(found: re.Match[str], now: date | None) -> TimeSpan | None:
    return _whole_season(int(found["y"]), found["season"].lower())


def _year(found: re.Match[str], now: date | None) -> TimeSpan | None:
    year = int(found["y"])
    return TimeSpan(date(year, 1, 1), date(year, 12, 31))


def _ago(found: re.Match[str], now: date | None) -> TimeSpan | None:
    if now is None:
        return None
    count, unit = _count(found["n"]), found["unit"].lower()
    vague = "few" in found["n"].lower() or "couple" in found["n"].lower()
    if unit == "year":
        # "Two years ago" is a year, not a day of it.
        year = now.year - count
        return TimeSpan(date(year - vague, 1, 1), date(year + vague, 12, 31)) if year > 1 else None
    days = count * {"day": 1, "week": 7, "weekend": 7, "month": 30}[unit]
    slack = {"day": 1, "week": 3, "weekend": 3, "month": 15}[unit] * (1 + vague) - (unit == "day" and not vague)
    middle = now - timedelta(days=days)
    return TimeSpan(middle - timedelta(days=slack), middle + timedelta(days=slack))


def _near(found: re.Match[str], now: date | None) -> TimeSpan | None:
    if now is None:
        return None
    way, unit = found["way"].lower(), (found.groupdict().get("unit") or "").lower()
    step = -1 if way in ("last", "past") else 1 if way in ("next", "coming") else 0
    if found.groupdict().get("month"):
        month = _month_of(found)
        year = now.year - (step < 0 and month >= now.month) + (step > 0 and month <= now.month)
        return _whole_month(year, month)
    if unit in _SEASONS:
        return _near_season(unit, step, now)
    if unit in WEEKDAYS:
        days = (WEEKDAYS.index(unit) - now.weekday()) % 7
        day = now + timedelta(days=(days or 7) if step > 0 else days - 7 if step < 0 or days else 0)
        return TimeSpan(day, day)
    if unit == "month":
        month = now.year * 12 + now.month - 1 + step
        return _whole_month(month // 12, month % 12 + 1)
    if unit == "year":
        return TimeSpan(date(now.year + step, 1, 1), date(now.year + step, 12, 31))
    if unit == "night":
        return TimeSpan(now + timedelta(days=min(step, 0)), now)
    monday = now - timedelta(days=now.weekday()) + timedelta(days=7 * step)
    return TimeSpan(monday + timedelta(days=5 if unit == "weekend" else 0), monday + timedelta(days=6))


def _word(found: re.Match[str], now: date | None) -> TimeSpan | None:
    if now is None:
        return None
    word = found["word"].lower()
    ahead = -2 if "before" in word else {"yesterday": -1, "tomorrow": 1}.get(word, 0)
    return TimeSpan(now + timedelta(days=ahead), now + timedelta(days=ahead))


def _weekday(found: re.Match[str], now: date | None) -> TimeSpan | None:
    if now is None:
        return None
    day = now - timedelta(days=(now.weekday() - WEEKDAYS.index(found["unit"].lower())) % 7)
    return TimeSpan(day, day)


_READERS: dict[str, Callable[[re.Match[str], date | None], TimeSpan | None]] = {
    "day": _day, "month": _month, "part": _part, "season": _season, "year": _year, "ago": _ago, "near": _near,
    "word": _word, "weekday": _weekday,
}  # fmt: skip


def _offset(found: re.Match[str]) -> Offset:
    return Offset(_count(found["n"] or "one"), found["unit"].lower(), found["way"].lower() in ("before", "prior to"))


def move_span(span: TimeSpan, offset: Offset) -> TimeSpan:
    """ "Two weeks before" a span, "the Saturday after" it. Raises OverflowError before the first year and after the last."""
    unit, back, count = offset.unit, offset.back, offset.count
    edge = span.first if back else span.last
    if unit in WEEKDAYS:
        days = (edge.weekday() - WEEKDAYS.index(unit)) % 7 if back else (WEEKDAYS.index(unit) - edge.weekday()) % 7
        day = edge + timedelta(days=-(days or 7) if back else days or 7)
        return TimeSpan(day, day, span.yearly)
    days = count * {"day": 1, "night": 1, "week": 7, "weekend": 7, "month": 30, "year": 365}[unit]
    near, far = (1, days) if unit in ("week", "weekend", "month") and count == 1 else (days, days)
    if back:
        return TimeSpan(edge - timedelta(days=far), edge - timedelta(days=near), span.yearly)
    return TimeSpan(edge + timedelta(days=near), edge + timedelta(days=far), span.yearly)


def _month_of(found: re.Match[str]) -> int:
    named = found.groupdict()
    return int(named["m"]) if named.get("m") else [name[:3] for name in MONTHS].index(named["month"].lower()[:3]) + 1


def _whole_month(year: int, month: int, yearly: bool = False) -> TimeSpan:
    following = date(year + month // 12, month % 12 + 1, 1)
    return TimeSpan(date(year, month, 1), following - timedelta(days=1), yearly)


def _whole_season(year: int, season: str) -> TimeSpan:
    """A winter is named by the year it begins in."""
    begin = _SEASONS[season]
    end = begin + 2
    return TimeSpan(date(year, begin, 1), _whole_month(year + (end - 1) // 12, (end - 1) % 12 + 1).last)


def _near_season(season: str, step: int, now: date) -> TimeSpan:
    near = [_whole_season(year, season) for year in range(now.year - 2, now.year + 3)]
    if step < 0:
        return [span for span in near if span.last < now][-1]
    if step > 0:
        return next(span for span in near if span.first > now)
    return min(near, key=lambda span: abs(span.days_to(now)))


def _count(words: str) -> int:
    words = words.lower()
    return int(words) if words.isdigit() else NUMBERS.get(words, 1)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _outside(first: date, last: date, day: date) -> int:
    return (day - last).days if day > last else (day - first).days if day < first else 0


def _in_year(span: TimeSpan, year: int) -> tuple[date, date]:
    """A yearly span in a year (a 29 February becomes the 28th)."""
    year, length = min(max(year, date.min.year), date.max.year - 1), span.last - span.first
    first = _date(year, span.first.month, span.first.day) or date(year, span.first.month, 28)
    return first, first + length
