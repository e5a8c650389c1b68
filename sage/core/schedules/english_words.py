"""English words for numbers, days, times and dates: patterns that find them, and what each of them means."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

from sage.core.plain_dates import DAY_PARTS, MONTHS, WEEKDAYS, add_months, find_date
from sage.core.schedules.pieces import Here, YearDay

_COUNTS = dict(zip("one two three four five six seven eight nine ten eleven twelve".split(), range(1, 13), strict=True))
_COUNTS |= {"a": 1, "an": 1}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1, "other": 2}

# Patterns. T is a time of day behind "at", PLAIN_T one that nothing else can be; DATE begins or ends something, SINGLE is one day.
N = rf"(?:\d{{1,3}}|{'|'.join(_COUNTS)})"
EVERY = r"(?:every|each)"
ORD = r"(?:\d{1,2}(?:st|nd|rd|th)|first|second|third|fourth|fifth|last)"
NTH = r"(?:\d{1,2}(?:st|nd|rd|th))"
AND = r"\s*(?:,\s*and\s|,|\band\b|&)\s*"
DAY = rf"(?:{'|'.join(WEEKDAYS)}|mon|tues?|weds?|thu(?:rs?)?|fri|sat|sun)"
DAYS = rf"{DAY}(?:{AND}(?:on\s+)?{DAY})*"
RANGE = rf"{DAY}\s*(?:to|through|thru|-|–)\s*{DAY}"
WORK = r"(?:week\s?|work(?:ing)?\s?|business\s)day"
MONTH = rf"(?:{'|'.join(MONTHS)}|{'|'.join(month[:3] for month in MONTHS)}|sept)"
HOUR = "(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_MINUTE = {"fifteen": 15, "thirty": 30, "forty-five": 45, "forty five": 45}
_BESIDE = {
    "half": 30,
    "quarter": 15,
    "five": 5,
    "ten": 10,
    "twenty": 20,
    "twenty-five": 25,
    "5": 5,
    "10": 10,
    "20": 20,
    "25": 25,
}
"""Minutes that are counted from an hour."""
_HALF_DAY = r"(?:am\b|pm\b|a\.m\.|p\.m\.?)"
T = (
    rf"(?:\d{{1,2}}(?:[:.]\d{{2}})?(?!\d)\s*{_HALF_DAY}?(?:\s*o'?clock)?|noon|midnight"
    rf"|(?:half\s+past|(?:a\s+)?(?:quarter|five|ten|twenty(?:-five)?|5|10|20|25)\s+(?:minutes\s+)?(?:past|to))"
    rf"\s+(?:\d{{1,2}}(?!\d)|{HOUR}\b)(?:\s*{_HALF_DAY})?"
    rf"|{HOUR}\b(?:\s+(?:{'|'.join(_MINUTE)}))?(?:\s*{_HALF_DAY}|\s*o'?clock)?)"
)
PLAIN_T = r"(?:\d{1,2}[:.]\d{2}(?!\d)\s*(?:am\b|pm\b|a\.m\.|p\.m\.?)?|\d{1,2}\s*(?:am\b|pm\b|a\.m\.|p\.m\.|o'?clock))"
NO_THING = r"(?!\s+(?!(?:on|every|each|until|till|for|starting|from|to|in|daily)\b)[a-z])"
"""After a further number: what follows is nothing that it counts ("at 9 and 4 times")."""
NAMED = (
    rf"(?:(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{MONTH}\b\.?(?:,?\s+\d{{4}}(?!\d))?"
    rf"|{MONTH}\.?\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?(?!\d)(?:,?\s+\d{{4}}(?!\d))?)"
)
DATE = (
    rf"(?:\d{{4}}-\d{{2}}-\d{{2}}|(?:the\s+)?day\s+after\s+tomorrow|today|tomorrow|{NAMED}"
    rf"|next\s+(?:week|month|year)|(?:(?:next|this|coming)\s+)?{DAY}"
    rf"|in\s+{N}\s+(?:days?|weeks?|months?)|(?:the\s+)?end\s+of\s+(?:the\s+|this\s+|next\s+)?(?:week|month|year|{MONTH})"
    rf"|{MONTH}\b\.?(?:\s+\d{{4}}(?!\d))?|\d{{4}}(?!\d)|the\s+{NTH})"
)
SINGLE = (
    rf"(?:\d{{4}}-\d{{2}}-\d{{2}}(?:[T ]\d{{2}}:\d{{2}})?|(?:the\s+)?day\s+after\s+tomorrow|today|tonight|tomorrow|{NAMED}"
    rf"|next\s+(?:week|month)|{DAY},?\s+{NAMED}|(?:(?:next|this|coming)\s+)?{DAY}"
    rf"|in\s+(?:{N}|half\s+an)\s*(?:minutes?|mins?|hours?|hrs?|days?|weeks?|months?)|{N}\s+(?:minutes?|mins?|hours?)\s+from\s+now)"
)
MEALS = r"(?:work|school|breakfast|lunch|dinner|supper|bed|bedtime|sunset|sunrise|church|practice|the\s+gym|training)"


def days_of(text: str) -> tuple[int, ...]:
    """The weekdays of a list or of a range."""
    found = [weekday_of(word) for word in re.findall(DAY, text, re.I)]
    if len(found) == 2 and re.search(r"\b(?:to|through|thru)\b|-|–", text, re.I):
        return tuple(sorted((found[0] + step) % 7 for step in range((found[1] - found[0]) % 7 + 1)))
    return tuple(sorted(set(found)))


def weekday_of(word: str) -> int:
    """Monday is 0."""
    return [day[:3] for day in WEEKDAYS].index(word.lower()[:3])


def month_of(word: str) -> int:
    """January is 1."""
    return [month[:3] for month in MONTHS].index(word.lower()[:3]) + 1


def count_of(word: str) -> int:
    """The number of "two", "a" or "12"."""
    return int(word) if word.isdecimal() else _COUNTS[word.lower()]


def ordinal_of(word: str) -> int:
    """The number of "second" or "31st"; the last one is -1."""
    return _ORDINALS.get(word.lower()) or int(re.sub(r"\D", "", word) or 0)


def time_of(words: str) -> tuple[time, bool] | None:
    """A time of day, and whether it is sure."""
    text = words.lower().replace("o'clock", "").replace("oclock", "").strip()
    if text in ("noon", "midnight"):
        return DAY_PARTS[text], True
    beside = re.fullmatch(rf"(?:a\s+)?({'|'.join(_BESIDE)})\s+(?:minutes\s+)?(past|to)\s+(.*)", text)
    named = beside[3] if beside else text
    named = re.sub(rf"\b{HOUR}\b", lambda word: str(_COUNTS[word[0]]), named)
    named = re.sub("|".join(_MINUTE), lambda word: str(_MINUTE[word[0]]), named)
    numbers = [int(number) for number in re.findall(r"\d+", named)]
    hour, minute = numbers[0], numbers[1] if len(numbers) > 1 else 0
    sure = hour > 12 or hour == 0 or text.startswith("0")
    if beside:
        minute = _BESIDE[beside[1]]
        hour, minute = (hour, minute) if beside[2] == "past" else ((hour - 1) % 24, 60 - minute)
    if half := re.search(r"([ap])\.?m", text):
        if not 1 <= hour <= 12:
            return None
        hour, sure = hour % 12 + (12 if half[1] == "p" else 0), True
    return (time(hour, minute), sure) if hour < 24 and minute < 60 else None


def year_day_of(words: str) -> YearDay | None:
    """The day and month that some words name, without a year; None when there is no such date."""
    month = re.search(rf"\b{MONTH}\b", words, re.I)
    numbers = re.findall(r"\d+", words)
    if not month or len(numbers) != 1 or not re.fullmatch(NAMED, words.strip(), re.I):
        return None
    named = YearDay(month_of(month[0]), int(numbers[0]))
    try:
        date(2028, named.month, named.day)
    except ValueError:
        return None
    return named


def date_of(words: str, here: Here, *, last: bool) -> date | None:
    """A date as a beginning or as an end: "June" begins on its 1st, and what goes on until June ends on the day before."""
    text, today = words.lower().strip(), here.now.date()
    if text.isdecimal():
        return date(int(text), 1, 1) - timedelta(days=int(last)) if int(text) else None
    if end := re.fullmatch(
        rf"(?:the\s+)?end\s+of\s+(?P<next>the\s+|this\s+|next\s+)?(?P<unit>week|month|year|{MONTH})", text
    ):
        return _end_of(end["unit"], (end["next"] or "").strip() == "next", here)
    if month := re.fullmatch(rf"({MONTH})\.?(?:\s+(\d{{4}}))?", text):
        number = month_of(month[1])
        year = int(month[2]) if month[2] else today.year + (number <= today.month)
        return date(year, number, 1) - timedelta(days=int(last))
    if nth := re.fullmatch(rf"the\s+({NTH})", text):
        return _next_month_day(ordinal_of(nth[1]), today)
    if text == "next year":
        return date(today.year + 1, 1, 1) - timedelta(days=int(last))
    found = find_date(text, here.now, week_start=here.week_start)
    if found and last and text in ("next week", "next month"):
        return found.day - timedelta(days=1)
    return found.day if found else None


def _end_of(unit: str, following: bool, here: Here) -> date:
    today = here.now.date()
    if unit == "week":
        return today + timedelta(days=6 - (today.weekday() - here.week_start) % 7 + 7 * following)
    if unit == "year":
        return date(today.year + following, 12, 31)
    first = today.replace(day=1)
    if unit == "month":
        return add_months(first, 1 + following) - timedelta(days=1)
    number = month_of(unit)
    return add_months(date(today.year + (number < today.month), number, 1), 1) - timedelta(days=1)


def _next_month_day(day: int, today: date) -> date | None:
    for ahead in range(12):
        first = add_months(today.replace(day=1), ahead)
        try:
            found = first.replace(day=day)
        except ValueError:
            continue
        if found > today:
            return found
    return None
