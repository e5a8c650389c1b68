"""Which days words mean, seen from the day they were written: "last Friday", "since 2019", "in May", "two weeks ago".

Decided by rule, in English and German; what no rule knows is not found, and a vague "recently" is no date. A word
that can mean before or after ("on Friday", "in May") is read by `lean`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from typing import Literal

from msgspec import Struct

from sage.core.plain_dates import MONTHS, WEEKDAYS

Lean = Literal["past", "future"]


class DateSpan(Struct, frozen=True):
    """Days that a text names. `first` and `last` are ISO dates, both inclusive; `last` is "" for what goes on ("since").

    `start` and `end` are the offsets of the words, preposition included; `spread` says how the words name it:
    `point` (from first to last) or `since`.
    """

    first: str
    last: str
    start: int
    end: int
    spread: Literal["point", "since"] = "point"


Days = tuple[date, date]
_MONTHS_DE = ("januar", "februar", "märz", "april", "mai", "juni", "juli", "august", "september", "oktober", "november",
              "dezember")  # fmt: skip
_WEEKDAYS_DE = ("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag")
_MONTH_NUMBERS = {
    **{name[:3]: number for number, name in enumerate(_MONTHS_DE, 1)},
    **{name[:3]: number for number, name in enumerate(MONTHS, 1)},
    "mrz": 3,
}
_SEASONS = {"winter": 12, "spring": 3, "summer": 6, "fall": 9, "autumn": 9, "frühling": 3, "frühjahr": 3, "sommer": 6,
            "herbst": 9}  # fmt: skip
"""The first month of a season of three (north of the equator)."""
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
           "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "a couple of": 2, "couple of": 2, "einem": 1, "einer": 1,
           "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10}  # fmt: skip
_UNITS = {"d": "day", "t": "day", "w": "week", "mo": "month", "y": "year", "j": "year"}

_MONTH = (
    "|".join([*MONTHS, *(name for name in _MONTHS_DE if name not in MONTHS)])
    + r"|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|okt|nov|dec|dez)\b\.?"
)
_DAY = "|".join([*WEEKDAYS, "tues?", "wed(?:s|nes)?", "thurs?", "mon", "fri", *_WEEKDAYS_DE, "sonnabend"])
_COUNT = r"\d{1,3}|" + "|".join(sorted(_COUNTS, key=len, reverse=True))
_LAST, _NEXT = r"last|past|letzte[nrsm]?|vorige[nrsm]?|vergangene[nrsm]?", r"next|coming|nächste[nrsm]?|kommende[nrsm]?"
_WHICH = rf"(?P<which>{_LAST}|{_NEXT}|this|diese[nrsm]?)"
_PREP = r"(?:(?:on|by|until|till|before|in|at|from|as of|starting|during|over|around|am|im|bis|ab|vom|the|dem|den|zum|dieses)\s+)*"
_SINCE = r"(?:(?P<since>since|seit|ever since|as of|from|starting|ab)\s+)?"


def _shift(day: date, unit: str, count: int) -> date:
    if unit in {"day", "week"}:
        return day + timedelta(days=count * (7 if unit == "week" else 1))
    years, month = divmod(day.month - 1 + count * (12 if unit == "year" else 1), 12)
    year = min(max(day.year + years, 1), 9998)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _month_of(year: int, month: int) -> Days:
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def _year_of(year: int) -> Days:
    return date(year, 1, 1), date(year, 12, 31)


def _direction(which: str) -> int:
    word = which.lower()
    return -1 if re.match(_LAST, word) else 1 if re.match(_NEXT, word) else 0


def _week_of(day: date, weeks: int = 0) -> Days:
    monday = day - timedelta(days=day.weekday()) + timedelta(weeks=weeks)
    return monday, monday + timedelta(days=6)


def _iso(found: re.Match[str], today: date, lean: Lean) -> Days | None:
    year, month, day = int(found["y"]), int(found["m"]), found["d"]
    if day:
        return (one := date(year, month, int(day))), one
    return _month_of(year, month)


def _numeric(found: re.Match[str], today: date, lean: Lean) -> Days | None:
    one = date(int(found["y"]), int(found["m"]), int(found["d"]))
    return one, one


def _named(found: re.Match[str], today: date, lean: Lean) -> Days | None:
    month, day, year = _MONTH_NUMBERS[found["month"].lower()[:3]], int(found["d"]), found["y"]
    if year:
        one = date(int(year), month, day)
        return one, one
    for years in (0, 1, -1, 2, -2, 3, -3, 4, -4):  # 29 February needs up to four
        try:
            one = date(today.year + years, month, day)
        except ValueError:
            continue
        if one <= today if lean == "past" else one >= today:
            return one, one
    return None


def _month(found: re.Match[str], today: date, lean: Lean) -> Days | None:
    month, year = _MONTH_NUMBERS[found["month"].lower()[:3]], found["y"]
    if year:
        return _month_of(int(year), month)
    if lean == "past":
        return _month_of(today.year - (month > today.month), month)
    return _month_of(today.year + (month < today.month), month)


def _year(found: re.Match[str], today: date, lean: Lean) -> Days | None:
    return _year_of(int(found["y"]))


_NEAR = {"yesterday": -1, "last night": -1, "the day before yesterday": -2, "day before yesterday": -2, "today": 0,
         "tonight": 0, "this morning": 0, "this afternoon": 0, "this evening": 0, "earlier today": 0, "tomorrow": 1,
         "the day after tomorrow": 2, "day after tomorrow": 2, "gestern": -1, "vorgestern": -2, "heute": 0, "morgen": 1,
         "übermorgen": 2}  # fmt: skip


def _near(found: re.Match[str], today: date, lean: Lean) -> Days | None:
    one = today + timedelta(days=_NEAR[" ".join(found["near"].lower().split())])
    return one, one


def _ago(found: re.Match[str], today: date, lean: Lean) -> Days | None:
    return _counted(found, today, -1)


def _ahead(found: re.Match[str], today: date, lean: Lean) -> Days | None:
    return _counted(found, today, 1)


def _counted(found: re.Match[str], today: date, sign: int) -> Days | None:
    word = " ".join(found["n"].lower().split())
    count = int(word) if word.isdigit() else _COUNTS[word]
    unit = found["unit"].lower()
    if unit.startswith("weekend"):
        saturday = _week_of(today, sign * count)[0] + timedelta(days=5)
        return saturday, saturday + timedelta(days=1)
    kind = next(kind for letters, kind in _UNITS.items() if unit.startswith(letters))
    day = _shift(today, kind, sign * count)
    if kind == "month":
        return _month_of(day.year, day.month)
    return _year_of(day.year) if kind == "year" else _week_of(day) if kind == "week" else (day, day)


def _unit(found: re.Match[str], today: date, lean: Lean) -> Days | None:
    way, unit = _direction(found["which"]), found["unit"].lower()
    if unit.startswith(("weekend", "wochenende")):
        saturday = _week_of(today, way)[0] + timedelta(days=5)
        return saturday, saturday + timedelta(days=1)
    if unit.startswith("w"):
        return _week_of(today, way)
    if unit.startswith("mo"):
        day = _shift(today.replace(day=1), "month", way)
        return _month_of(day.year, day.month)
    if unit.startswith(("y", "j")):
        return _year_of(today.year + way)
    return _season(_SEASONS[unit], today, way, lean)


def _season(first: int, today: date, way: int, lean: Lean) -> Days:
    """The season before, after or around today; "this summer" leans as the sentence does."""
    spans = []
    for year in range(today.year - 2, today.year + 3):
        start = date(year, first, 1)
        spans.append((start, _shift(start, "month", 3) - timedelta(days=1)))
    if way < 0 or (way == 0 and lean == "past"):
        ended = [span for span in spans if (span[1] if way < 0 else span[0]) <= today]
        return ended[-1]
    return next(span for span in spans if (span[0] if way > 0 else span[1]) >= today)


def _weekday(found: re.Match[str], today: date, lean: Lean) -> Days | None:
    wanted = _weekday_number(found["day"].lower())
    which = (found["which"] or "").lower()
    away = (wanted - today.weekday()) % 7
    if which and _direction(which) < 0:
        one = today - timedelta(days=7 - away)
    elif which and re.match(r"next|nächste", which):
        one = _week_of(today, 1)[0] + timedelta(days=wanted)  # the one of next week, weeks beginning on Monday
    elif lean == "future":
        one = today + timedelta(days=away or 7)
    else:
        one = today - timedelta(days=(7 - away) % 7)
    return one, one


def _weekday_number(word: str) -> int:
    if word == "sonnabend":
        return 5
    if word in _WEEKDAYS_DE:
        return _WEEKDAYS_DE.index(word)
    return [day[:3] for day in WEEKDAYS].index(word[:3])


_Reader = Callable[[re.Match[str], date, Lean], Days | None]
_RELATIVE: frozenset[_Reader] = frozenset({_near, _ago, _ahead, _unit, _weekday, _month, _named})


_PATTERNS: tuple[tuple[str, _Reader], ...] = (
    (rf"{_PREP}(?P<y>[12]\d{{3}})-(?P<m>\d\d)(?:-(?P<d>\d\d))?(?:[T ]\d\d:\d\d(?::\d\d)?)?", _iso),
    (rf"{_PREP}(?P<d>\d{{1,2}})\.\s?(?P<m>\d{{1,2}})\.\s?(?P<y>[12]\d{{3}})", _numeric),
    (rf"{_PREP}(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?P<month>{_MONTH})(?:,?\s+(?P<y>[12]\d{{3}}))?", _named),
    (rf"{_PREP}(?P<month>{_MONTH})\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<y>[12]\d{{3}}))?(?!\d|:)", _named),
    (rf"(?:in|since|seit|last|until|by|of|im|during|(?:early|late"
     rf"|mid)[ -])\s*(?:in\s+)?(?P<month>{_MONTH})(?:,?\s+(?P<y>[12]\d{{3}}))?"
     rf"|(?P<month2>{_MONTH}),?\s+(?P<y2>[12]\d{{3}})", _month),
    (r"(?:in|since|seit|during|back in)\s+(?:the year\s+)?(?P<y>19\d\d|20\d\d)", _year),
    (rf"{_PREP}(?P<near>(?:the\s+)?day\s+(?:before\s+yesterday|after\s+tomorrow)|yesterday|last\s+night|earlier\s+today"
     rf"|today|tonight"
     r"|this\s+(?:morning|afternoon|evening)|tomorrow|vorgestern|gestern|heute|übermorgen|morgen(?!s))"
     r"(?:\s+(?:morning|afternoon|evening|night|früh|abend))?", _near),
    (rf"(?:about\s+|around\s+)?(?P<n>{_COUNT})\s+(?P<unit>days?|weeks?|weekends?|months?|years?)\s+ago"
     rf"|vor\s+(?P<n2>{_COUNT})\s+(?P<unit2>tage?n?|wochen?|monate?n?|jahre?n?)", _ago),
    (rf"in\s+(?P<n>{_COUNT})\s+(?P<unit>days?|weeks?|weekends?|months?|years?|tage?n?|wochen?|monate?n?"
     rf"|jahre?n?)(?:'s? time)?",
     _ahead),
    (rf"{_PREP}{_WHICH}\s+(?P<unit>weekend|week|month|year|winter|spring|summer|fall|autumn|wochenende|woche|monat|jahr"
     r"|frühling|frühjahr|sommer|herbst)", _unit),
    (rf"{_PREP}{_WHICH}\s+(?P<day>{_DAY})(?:\s+(?:morning|afternoon|evening|night))?", _weekday),
    (rf"(?:on|by|until|till|before|am|bis|to)\s+(?:the\s+)?(?P<which>)(?P<day>{_DAY})(?:\s+(?:morning|afternoon|evening"
     rf"|night))?",
     _weekday),
)  # fmt: skip


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], _Reader], ...]:
    """Made when they are first needed: that takes 20 ms."""
    return tuple(
        (re.compile(rf"(?<![\w-]){_SINCE}{pattern}(?![\w-])", re.IGNORECASE), reader) for pattern, reader in _PATTERNS
    )


_HINT = re.compile(
    r"\d|day|week|month|year|morning|tonight|\bnight|morrow|spring|summer|autumn|\bfall\b|winter|gestern|heute|morgen|woche"
    rf"|monat|jahr|tag\b|frühling|sommer|herbst|\b(?:{_MONTH}|{_DAY})(?!\w)",
    re.IGNORECASE,
)


def may_name_days(text: str, start: int, end: int) -> bool:
    """Whether it is worth looking for days in a part of a text."""
    return bool(_HINT.search(text, start, end))


def find_date_spans(text: str, when: date | None, lean: Lean = "past") -> list[DateSpan]:
    """The days that a text names, in the order of the words, none inside another. `when` is the day it was written.

    Without `when` only what names its year is found.
    """
    if not _HINT.search(text):
        return []
    found: list[DateSpan] = []
    for pattern, reader in _patterns():
        for match in pattern.finditer(text):
            if any(match.start() < one.end and one.start < match.end() for one in found):
                continue
            span = _read(match, reader, when, lean)
            if span:
                found.append(span)
    return sorted(found, key=lambda one: one.start)


def _read(match: re.Match[str], reader: _Reader, when: date | None, lean: Lean) -> DateSpan | None:
    groups = match.groupdict()
    if when is None and reader in _RELATIVE and not (groups.get("y") or groups.get("y2")):
        return None
    words = _Groups(match)
    since = bool(groups["since"]) or bool(re.match(r"(?:since|seit)\b", match[0], re.IGNORECASE))
    try:
        days = reader(words, when or date(2000, 1, 1), "past" if since and reader is not _ahead else lean)  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        return None
    if days is None:
        return None
    first, last = days
    return DateSpan(str(first), "" if since else str(last), match.start(), match.end(), "since" if since else "point")


class _Groups:
    """A match in which a second spelling of a group (`month2`) is read under the first one's name."""

    def __init__(self, match: re.Match[str]) -> None:
        self._groups = match.groupdict()

    def __getitem__(self, name: str) -> str | None:
        return self._groups.get(name) or self._groups.get(f"{name}2")
