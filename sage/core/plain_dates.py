"""Dates and times in plain English words, decided by rule. What a rule does not know is None, never a guess.

Other languages go through the adapter for dates, which falls back to a library.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
          "december")  # fmt: skip
NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10}
DAY_PARTS = {"morning": time(9), "noon": time(12), "afternoon": time(14), "evening": time(18), "tonight": time(20),
             "night": time(20), "midnight": time(0)}  # fmt: skip

_DAY = "|".join([*WEEKDAYS, *(day[:3] for day in WEEKDAYS), "tues", "thur", "thurs", "weds"])
_MONTH = "|".join([*MONTHS, *(month[:3] for month in MONTHS), "sept"])
_TIME = r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))?\s*(?P<half>am|pm|a\.m\.|p\.m\.)?(?:\s*o'clock)?"

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("iso", r"\b(?:on\s+|by\s+)?(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})(?:[T ](?P<hour>\d{2}):(?P<minute>\d{2}))?\b"),
        ("span", r"\bin\s+(?P<n>\d+|a|an|one|two|three|four|five|six|seven|ten|half an)\s*"
                 r"(?P<unit>minutes?|mins?|hours?|hrs?|days?|weeks?|months?)\b"),
        ("named", rf"\b(?:on\s+|by\s+)?(?:the\s+)?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_MONTH})\b\.?"
                  r"(?:,?\s+(?P<y>\d{4}))?"),
        ("named", rf"\b(?:on\s+|by\s+)?(?P<month>{_MONTH})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<y>\d{{4}}))?"),
        ("relative", r"\b(?:by\s+)?(?P<word>today|tonight|tomorrow|day after tomorrow|the day after tomorrow)\b"),
        ("weekday", rf"\b(?:on\s+|by\s+)?(?P<which>next\s+|this\s+|coming\s+)?(?P<day>{_DAY})\b"),
        ("week", r"\bnext\s+(?P<unit>week|month)\b"),
    )
)  # fmt: skip
_CLOCK = re.compile(rf"\b(?:at|by|around)\s+{_TIME}\b|\b(?P<hour2>\d{{1,2}})(?::(?P<minute2>\d{{2}}))\s*(?P<half2>am|pm)?\b"
                    r"|\b(?P<hour3>\d{1,2})\s*(?P<half3>am|pm)\b", re.IGNORECASE)  # fmt: skip
_PART = re.compile(
    r"\b(?:in the\s+|this\s+|at\s+)?(?P<part>morning|noon|afternoon|evening|tonight|night|midnight)\b", re.I
)


@dataclass(frozen=True)
class FoundDate:
    """A date in a text. `at` is None when only a day was named; `spans` are the (start, end) that said it."""

    day: date
    at: time | None
    spans: tuple[tuple[int, int], ...]

    def iso(self) -> str:
        """`2026-11-27` or `2026-11-27T09:00`."""
        return f"{self.day}T{self.at:%H:%M}" if self.at else f"{self.day}"


def find_date(text: str, now: datetime, *, week_start: int = 0) -> FoundDate | None:
    """The first date or time that a text names, seen from `now` (wall time). A time that has passed today means tomorrow.

    Weeks begin on the weekday `week_start` (Monday is 0).
    """
    day, moment, spans = _find_day(text, now, week_start)
    masked = _mask(text, spans)
    if moment is None and (clock := _CLOCK.search(masked)):
        moment = _clock_time(clock)
        if moment is not None:
            spans = (*spans, clock.span())
    if moment is None and (part := _PART.search(masked)):
        moment = DAY_PARTS[part["part"].lower()]
        spans = (*spans, part.span())
    if moment is None and spans and "tonight" in text[slice(*spans[0])].lower():
        moment = DAY_PARTS["tonight"]
    if day is None and moment is None:
        return None
    if day is None and moment is not None:
        day = now.date() if moment > now.time() else now.date() + timedelta(days=1)
    assert day is not None
    return FoundDate(day, moment, tuple(sorted(spans)))


def without(text: str, found: FoundDate) -> str:
    """The text without the words that named the date."""
    rest = _mask(text, found.spans)
    return re.sub(r"\s+", " ", rest).strip(" ,;:-")


def _mask(text: str, spans: tuple[tuple[int, int], ...]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _find_day(
    text: str, now: datetime, week_start: int
) -> tuple[date | None, time | None, tuple[tuple[int, int], ...]]:
    for name, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            found = _READERS[name](match, now, week_start)
            if found is not None:
                return found[0], found[1], (match.span(),)
    return None, None, ()


def _iso(match: re.Match[str], now: datetime, week_start: int) -> tuple[date, time | None] | None:
    day = _date(int(match["y"]), int(match["m"]), int(match["d"]))
    hour = match["hour"]
    return (day, time(int(hour), int(match["minute"])) if hour and int(hour) < 24 else None) if day else None


def _span(match: re.Match[str], now: datetime, week_start: int) -> tuple[date, time | None] | None:
    word, unit = match["n"].lower(), match["unit"].lower()
    count = 0.5 if word == "half an" else float(word) if word.isdigit() else float(NUMBERS[word])
    if count > 100_000:
        return None
    if unit.startswith(("min", "h")):
        # minutes and hours pass in real time, so that a night when the clocks change is counted right
        delta = timedelta(minutes=count) if unit.startswith("min") else timedelta(hours=count)
        moment = now.timestamp() + delta.total_seconds()
        # up to the whole minute: "in a minute" must not ring after ten seconds
        later = datetime.fromtimestamp(-(-moment // 60) * 60, now.tzinfo)
        return later.date(), later.time()
    if unit.startswith("month"):
        return add_months(now.date(), int(count)), None
    return now.date() + timedelta(days=count * (7 if unit.startswith("week") else 1)), None


def _named(match: re.Match[str], now: datetime, week_start: int) -> tuple[date, time | None] | None:
    month = [name[:3] for name in MONTHS].index(match["month"].lower()[:3]) + 1
    if match["y"]:
        day = _date(int(match["y"]), month, int(match["d"]))
        return (day, None) if day else None
    for year in range(now.year, now.year + 9):
        day = _date(year, month, int(match["d"]))
        if day and day >= now.date():
            return day, None
    return None


def _relative(match: re.Match[str], now: datetime, week_start: int) -> tuple[date, time | None] | None:
    word = match["word"].lower()
    ahead = 2 if "after" in word else 1 if word == "tomorrow" else 0
    return now.date() + timedelta(days=ahead), None


def _weekday(match: re.Match[str], now: datetime, week_start: int) -> tuple[date, time | None] | None:
    if match["day"].lower() in {"sun", "sat", "mon", "wed"} and not match[0].lower().startswith(
        ("on ", "by ", "next ", "this ")
    ):
        return None  # "sun" and "sat" are words of their own
    wanted = [day[:3] for day in WEEKDAYS].index(match["day"].lower()[:3])
    ahead = (wanted - now.weekday()) % 7
    if (match["which"] or "").strip().lower() == "next":
        # "next Friday" is the Friday of next week
        return _next_week(now, week_start) + timedelta(days=(wanted - week_start) % 7), None
    return now.date() + timedelta(days=ahead or 7), None


def _week(match: re.Match[str], now: datetime, week_start: int) -> tuple[date, time | None] | None:
    if match["unit"].lower() == "month":
        return add_months(now.date().replace(day=1), 1), None
    return _next_week(now, week_start), None


def _next_week(now: datetime, week_start: int) -> date:
    return now.date() + timedelta(days=7 - (now.weekday() - week_start) % 7)


_READERS = {"iso": _iso, "span": _span, "named": _named, "relative": _relative, "weekday": _weekday, "week": _week}


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def add_months(day: date, count: int) -> date:
    """The same day so many months later, or the last one of a month that is shorter."""
    years, month = divmod(day.month - 1 + count, 12)
    last = (date(day.year + years + month // 11, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(day.year + years, month + 1, min(day.day, last))


def _clock_time(match: re.Match[str]) -> time | None:
    groups = match.groupdict()
    hour_text = groups["hour"] or groups["hour2"] or groups["hour3"]
    hour = int(hour_text or 0)
    minute = int(groups["minute"] or groups["minute2"] or 0)
    half = (groups["half"] or groups["half2"] or groups["half3"] or "").replace(".", "").lower()
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute) if hour < 24 and minute < 60 else None
