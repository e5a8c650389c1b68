"""The pieces of speech that say when something is due, each read by itself: "every other Tuesday", "at 8", "until June".

English only. What a piece does not plainly say is a question for the person, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sage.core.plain_dates import DAY_PARTS, MONTHS, WEEKDAYS, add_months, find_date

CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WORKDAYS = (0, 1, 2, 3, 4)
_COUNTS = dict(zip("one two three four five six seven eight nine ten eleven twelve".split(), range(1, 13), strict=True))
_COUNTS |= {"a": 1, "an": 1}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1, "other": 2}
_MINUTES = {"m": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}
"""How many minutes a unit has, by its first letter."""
BEFORE_EVENT = 10
"""Minutes before an event, when a person names none."""


class Repeat(NamedTuple):
    """Every so many hours, days, weeks, months or years (FREQ of RFC 5545); minutes are parts of an hour."""

    freq: str
    interval: int = 1


class Weekdays(NamedTuple):
    """Days of the week (Monday is 0), every so many weeks; 0: no word said that they return."""

    days: tuple[int, ...]
    interval: int


class MonthDays(NamedTuple):
    """Days of a month, the last being -1. `months`: "each", "one" (a month nobody named), or "" for no word about it."""

    days: tuple[int, ...]
    months: str


class Nth(NamedTuple):
    """The first or last of some weekdays in a month. `month` is 1 to 12, or 0 for none named."""

    places: tuple[int, ...]
    days: tuple[int, ...]
    months: str
    month: int = 0


class YearDay(NamedTuple):
    """A date that each year has."""

    month: int
    day: int


class Moment(NamedTuple):
    """A date, perhaps with its time. `named` is its month and day, `weekday` its name, where these were said."""

    day: date
    at: time | None = None
    weekday: int | None = None
    named: YearDay | None = None


class Clock(NamedTuple):
    """Times of day as they were said; `sure` when morning or evening cannot change them."""

    times: tuple[time, ...]
    sure: tuple[bool, ...]


class Part(NamedTuple):
    """A part of the day, such as the morning."""

    word: str


class Window(NamedTuple):
    """From one time of day to another, both included."""

    first: time
    last: time


class Until(NamedTuple):
    """The last date."""

    day: date


class Times(NamedTuple):
    """How many times."""

    number: int


class Span(NamedTuple):
    """How long it goes on, from its first time."""

    number: int
    unit: str


class Start(NamedTuple):
    """Not before this date."""

    day: date


class Anchor(NamedTuple):
    """Minutes from the start of events with a word in their title; `once` for the next event only."""

    words: str
    minutes: int
    once: bool


class Question(NamedTuple):
    """What only the person can say."""

    text: str


Piece = (
    Repeat | Weekdays | MonthDays | Nth | YearDay | Moment | Clock | Part | Window | Until | Times | Span | Start | Anchor
    | Question
)  # fmt: skip


@dataclass(frozen=True)
class Here:
    """What reading a piece may know: the moment with its zone, and the weekday on which weeks begin (Monday is 0)."""

    now: datetime
    week_start: int = 0


def read_pieces(text: str, here: Here, *, at_end: bool) -> tuple[Piece, int, int] | None:
    """The longest piece with which a text begins or ends, and where it stands."""
    best: tuple[re.Match[str], Callable[[re.Match[str], Here], Piece | None]] | None = None
    for begins, ends, reader in _PATTERNS:
        match = ends.search(text) if at_end else begins.match(text)
        if match and (best is None or match.end() - match.start() > best[0].end() - best[0].start()):
            best = match, reader
    if best is None:
        return None
    piece = best[1](best[0], here)
    return (piece, best[0].start(), best[0].end()) if piece is not None else None


_N = rf"(?:\d{{1,3}}|{'|'.join(_COUNTS)})"
_EVERY = r"(?:every|each)"
_ORD = r"(?:\d{1,2}(?:st|nd|rd|th)|first|second|third|fourth|fifth|last)"
_NTH = r"(?:\d{1,2}(?:st|nd|rd|th))"
_AND = r"\s*(?:,\s*and\s|,|\band\b|&)\s*"
_DAY = rf"(?:{'|'.join(WEEKDAYS)}|mon|tues?|weds?|thu(?:rs?)?|fri|sat|sun)"
_DAYS = rf"{_DAY}(?:{_AND}(?:on\s+)?{_DAY})*"
_RANGE = rf"{_DAY}\s*(?:to|through|thru|-|–)\s*{_DAY}"
_WORK = r"(?:week\s?|work(?:ing)?\s?|business\s)day"
_MONTH = rf"(?:{'|'.join(MONTHS)}|{'|'.join(month[:3] for month in MONTHS)}|sept)"
_T = (
    r"(?:\d{1,2}(?:[:.]\d{2})?(?!\d)\s*(?:am\b|pm\b|a\.m\.|p\.m\.?)?(?:\s*o'?clock)?|noon|midnight"
    r"|(?:half\s+past|quarter\s+past|quarter\s+to)\s+\d{1,2}(?!\d))"
)
_PLAIN_T = r"(?:\d{1,2}[:.]\d{2}(?!\d)\s*(?:am\b|pm\b|a\.m\.|p\.m\.?)?|\d{1,2}\s*(?:am\b|pm\b|a\.m\.|p\.m\.|o'?clock))"
_NO_THING = r"(?!\s+(?!(?:on|every|each|until|till|for|starting|from|to|in|daily)\b)[a-z])"
"""After a further number: what follows is nothing that it counts ("at 9 and 4 times")."""
_NAMED = (
    rf"(?:(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}\b\.?(?:,?\s+\d{{4}}(?!\d))?"
    rf"|{_MONTH}\.?\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?(?!\d)(?:,?\s+\d{{4}}(?!\d))?)"
)
_DATE = (
    rf"(?:\d{{4}}-\d{{2}}-\d{{2}}|(?:the\s+)?day\s+after\s+tomorrow|today|tomorrow|{_NAMED}"
    rf"|next\s+(?:week|month|year)|(?:(?:next|this|coming)\s+)?{_DAY}"
    rf"|in\s+{_N}\s+(?:days?|weeks?|months?)|(?:the\s+)?end\s+of\s+(?:the\s+|this\s+|next\s+)?(?:week|month|year|{_MONTH})"
    rf"|{_MONTH}\b\.?(?:\s+\d{{4}}(?!\d))?|\d{{4}}(?!\d)|the\s+{_NTH})"
)
_SINGLE = (
    rf"(?:\d{{4}}-\d{{2}}-\d{{2}}(?:[T ]\d{{2}}:\d{{2}})?|(?:the\s+)?day\s+after\s+tomorrow|today|tonight|tomorrow|{_NAMED}"
    rf"|next\s+(?:week|month)|{_DAY},?\s+{_NAMED}|(?:(?:next|this|coming)\s+)?{_DAY}"
    rf"|in\s+(?:{_N}|half\s+an)\s*(?:minutes?|mins?|hours?|hrs?|days?|weeks?|months?)|{_N}\s+(?:minutes?|mins?|hours?)\s+from\s+now)"
)
_MEALS = r"(?:work|school|breakfast|lunch|dinner|supper|bed|bedtime|sunset|sunrise|church|practice|the\s+gym|training)"


def _repeat(match: re.Match[str], here: Here) -> Piece:
    unit = match["unit"].lower()
    interval = _count(match["n"]) if match["n"] else _ordinal(match["ord"]) if match["ord"] else 1
    if interval < 1:
        return Question(f"I do not know what {_quoted(match)} means. How often?")
    if unit == "minute":
        if interval == 1 or 60 % interval:
            return Question("Every how many minutes? 5, 10, 15, 20 and 30 can be done.")
        return Repeat("MINUTELY", interval)
    if unit == "fortnight":
        return Repeat("WEEKLY", 2 * interval)
    if unit == "quarter":
        return Repeat("MONTHLY", 3 * interval)
    return Repeat({"day": "DAILY"}.get(unit, f"{unit.upper()}LY"), interval)


def _adverb(match: re.Match[str], here: Here) -> Piece:
    word = (match["word"] or match["unit"]).lower()
    return {
        "daily": Repeat("DAILY"), "day": Repeat("DAILY"), "weekly": Repeat("WEEKLY"), "week": Repeat("WEEKLY"),
        "fortnightly": Repeat("WEEKLY", 2), "monthly": Repeat("MONTHLY"), "month": Repeat("MONTHLY"),
        "quarterly": Repeat("MONTHLY", 3), "yearly": Repeat("YEARLY"), "annually": Repeat("YEARLY"),
        "year": Repeat("YEARLY"), "hourly": Repeat("HOURLY"), "hour": Repeat("HOURLY"),
    }[word]  # fmt: skip


def _often(match: re.Match[str], here: Here) -> Piece:
    unit = match["unit"].lower()
    which = {"day": "At what times of the day", "week": "On which days of the week", "hour": "At which minutes",
             "month": "On which days of the month", "year": "On which dates"}[unit]  # fmt: skip
    return Question(f"{which} is {_quoted(match)}?")


def _every_part(match: re.Match[str], here: Here) -> Piece:
    return Part(f"every {match['part'].lower()}")


def _workdays(match: re.Match[str], here: Here) -> Piece:
    return Weekdays(WORKDAYS, 1)


def _weekends(match: re.Match[str], here: Here) -> Piece:
    if match[0].lower().startswith(("every", "each")):
        return Question("On Saturdays, on Sundays, or on both?")
    return Weekdays((5, 6), 1)


def _every_weekday(match: re.Match[str], here: Here) -> Piece:
    interval = 2 if match["other"] else _count(match["n"]) if match["n"] else 1
    return Weekdays(_days(match["days"]), interval)


def _which_weekday(match: re.Match[str], here: Here) -> Piece:
    nth, day = match["ord"], match["day"].capitalize()
    return Question(f"Every {_ordinal(nth)} weeks on {day}, or the {nth} {day} of each month?")


def _weekdays_of_old(match: re.Match[str], here: Here) -> Piece:
    return Weekdays(_days(match["days"].replace("s ", " ").removesuffix("s")), 1)


def _several_days(match: re.Match[str], here: Here) -> Piece:
    return Weekdays(_days(match["days"]), 0)


def _month_days(match: re.Match[str], here: Here) -> Piece:
    text = match["days"].lower()
    days = tuple(int(n) for n in re.findall(r"\d+", text)) or ((-1,) if "last" in text else (1,))
    if not all(day == -1 or 1 <= day <= 31 for day in days):
        return Question(f"No month has {_quoted(match)}. Which day is it?")
    of = (match.groupdict().get("of") or "").lower()
    each = bool(match.groupdict().get("every")) or of.startswith(("every", "each"))
    return MonthDays(tuple(sorted(set(days))), "each" if each else of.partition(" ")[0] and "one")


def _nth(match: re.Match[str], here: Here) -> Piece:
    places = tuple(_ordinal(word) for word in re.findall(_ORD, match["nths"].lower()))
    if not all(place in (-1, 1, 2, 3, 4, 5) for place in places):
        return Question(f"No month has {_quoted(match)}. Which one is it?")
    kind = match["day"].lower()
    days = WORKDAYS if re.fullmatch(_WORK, kind) else tuple(range(7)) if kind == "day" else _days(kind)
    of = (match.groupdict().get("of") or "").lower()
    month = _month(of.split()[-1]) if of and not of.endswith("month") else 0
    each = bool(match.groupdict().get("every")) or of.startswith(("every", "each"))
    months = "each" if each else "one" if of else ""
    if kind == "day" and not month:
        return MonthDays(places, months)
    return Nth(places, days, months, month)


def _every_date(match: re.Match[str], here: Here) -> Piece:
    named = _year_day(match["date"])
    return named or Question(_no_such(match["date"]))


def _single(match: re.Match[str], here: Here) -> Piece:
    words = match["date"]
    if words.lower() == "tonight":
        return Part("tonight")
    from_now = re.fullmatch(r"(.*)\s+from\s+now", words, re.I)
    found = find_date(f"in {from_now[1]}" if from_now else words, here.now, week_start=here.week_start)
    if found is None:
        return Question(_no_such(words))
    weekday = re.fullmatch(_DAY, words, re.I)
    dated = re.fullmatch(rf"(?P<day>{_DAY}),?\s+(?P<date>{_NAMED})", words, re.I)
    if dated:
        found = find_date(dated["date"], here.now)
        if found is None:
            return Question(_no_such(dated["date"]))
        if found.day.weekday() != _weekday(dated["day"]):
            return Question(f"{found.day.day} {found.day:%B %Y} is a {found.day:%A}. Which day is it?")
    return Moment(found.day, found.at, _weekday(words) if weekday else None, _year_day(words))


def _hours_and_minutes(match: re.Match[str], here: Here) -> Piece | None:
    minutes = 30 if match["half"] else _count(match["minutes"])
    found = find_date(f"in {60 * _count(match['hours']) + minutes} minutes", here.now)
    return Moment(found.day, found.at) if found else None


def _clock(match: re.Match[str], here: Here) -> Piece:
    words = re.findall(_T, match["times"], re.I)
    read = [_time(word) for word in words]
    if any(one is None for one in read):
        return Question(f"There is no such time as {_quoted(match)}. At what time?")
    return Clock(
        tuple(one[0] for one in read if one is not None),
        tuple(one[1] for one in read if one is not None),
    )


def _part(match: re.Match[str], here: Here) -> Piece:
    return Part(match["part"].lower())


def _window(match: re.Match[str], here: Here) -> Piece:
    first, last = _time(match["first"] or match["begin"]), _time(match["last"])
    if first is None or last is None:
        return Question(f"There is no such time as {_quoted(match)}. From when to when?")
    begin, end = first[0], last[0]
    if end <= begin and not last[1]:
        end = end.replace(hour=(end.hour + 12) % 24)
    if end <= begin:
        return Question(f"{_quoted(match)} ends before it begins. From when to when?")
    return Window(begin, end)


def _until(match: re.Match[str], here: Here) -> Piece:
    day = _date(match["date"], here, last=True)
    return Until(day) if day else Question(_no_such(match["date"]))


def _times(match: re.Match[str], here: Here) -> Piece:
    return Times(2 if match["twice"] else _count(match["n"]))


def _span(match: re.Match[str], here: Here) -> Piece:
    return Span(_count(match["n"]), match["unit"].lower())


def _start(match: re.Match[str], here: Here) -> Piece:
    day = _date(match["date"], here, last=False)
    return Start(day) if day else Question(_no_such(match["date"]))


def _anchor(match: re.Match[str], here: Here) -> Piece:
    minutes, side = BEFORE_EVENT, -1 if match["side"].lower() == "before" else 1
    if match["span"]:
        number, unit = match["n"].lower(), match["unit"].lower()
        minutes = round((0.5 if number == "half an" else _count(number)) * _MINUTES[unit[0]])
    each = match["each"].lower()
    title = match["title"].lower().strip(' "“”')
    known = {"meeting", "event", "appointment", "call"}
    generic = title in known or title.removesuffix("s") in known
    once = each in ("my", "the") or "next" in each
    if not generic and once and not match["span"]:
        return Question(
            f"I cannot tell when {_quoted(match)} is. At what time, or how long before an event of that name?"
        )
    return Anchor("*" if generic else title, side * minutes, once)


def _vague(match: re.Match[str], here: Here) -> Piece:
    return Question(f"I cannot tell when {_quoted(match)} is. At what time?")


def _unclear(match: re.Match[str], here: Here) -> Piece:
    each, unit = (
        match[0],
        ("weeks" if "week" in match[0].lower() else "months" if "month" in match[0].lower() else "years"),
    )
    return Question(f"Does {each!r} mean twice in that time, or every two {unit}?")


def _patterns() -> tuple[tuple[re.Pattern[str], re.Pattern[str], Callable[[re.Match[str], Here], Piece | None]], ...]:
    listed: tuple[tuple[str, Callable[[re.Match[str], Here], Piece | None]], ...] = (
        (rf"{_EVERY}\s+(?:single\s+)?(?:(?P<n>{_N})\s+|(?P<ord>other|{_ORD})\s+)?"
         r"(?P<unit>minute|hour|day|week|fortnight|month|quarter|year)s?", _repeat),
        (r"(?:on\s+a\s+)?(?P<word>daily|weekly|fortnightly|monthly|quarterly|yearly|annually|hourly)(?:\s+basis)?"
         r"|once\s+(?:a|an|per|every|each)\s+(?P<unit>hour|day|week|month|year)", _adverb),
        (rf"(?:twice|(?:{_N}|several|a\s+few)\s+times)\s+(?:a|an|per|every|each)\s+(?P<unit>hour|day|week|month|year)", _often),
        (r"bi-?weekly|bi-?monthly|bi-?annually|semi-?weekly", _unclear),
        (rf"{_EVERY}\s+(?P<part>morning|noon|afternoon|evening|night)", _every_part),
        (rf"(?:on\s+|{_EVERY}\s+){_WORK}s?|{_WORK}s", _workdays),
        (rf"(?:on\s+|{_EVERY}\s+)weekends?|weekends", _weekends),
        (rf"{_EVERY}\s+(?:(?P<other>other)\s+|(?P<n>{_N})\s+(?=\w+days))?(?P<days>{_RANGE}|{_DAYS})s?", _every_weekday),
        (rf"{_EVERY}\s+(?P<ord>second|third|fourth|2nd|3rd|4th)\s+(?P<day>{_DAY})", _which_weekday),
        (rf"(?:on\s+)?(?P<days>(?:{'|'.join(WEEKDAYS)})s(?:{_AND}(?:on\s+)?(?:{'|'.join(WEEKDAYS)})s)*)", _weekdays_of_old),
        (rf"(?:on\s+|from\s+)?(?P<days>{_RANGE}|{_DAY}(?:{_AND}(?:on\s+)?{_DAY})+)", _several_days),
        (rf"(?:on\s+)?(?:(?P<every>{_EVERY})\s+|the\s+)(?P<days>{_NTH}(?:{_AND}(?:the\s+)?{_NTH})*)(?:\s+day)?"
         rf"(?:\s+of\s+(?P<of>(?:{_EVERY}|the|a|any)\s+month))?", _month_days),
        (rf"(?:on\s+)?(?:the\s+)?(?P<days>first|last\s+day|first\s+day)\s+of\s+(?P<of>(?:{_EVERY}|the|a|any)\s+month)",
         _month_days),
        (rf"(?:on\s+)?(?:the\s+|(?P<every>{_EVERY})\s+)?(?P<nths>{_ORD}(?:{_AND}(?:the\s+)?{_ORD})*)\s+(?P<day>{_DAY}|{_WORK}|day)"
         rf"\s+(?:of|in)\s+(?P<of>(?:{_EVERY}\s+|the\s+|a\s+)?(?:month|{_MONTH}))", _nth),
        (rf"(?:on\s+)?the\s+(?P<nths>{_ORD}(?:{_AND}(?:the\s+)?{_ORD})*)\s+(?P<day>{_DAY}|{_WORK}|day)",
         _nth),
        (rf"{_EVERY}\s+(?P<date>{_NAMED})", _every_date),
        (rf"(?:on\s+|by\s+)?(?P<date>{_SINGLE})", _single),
        (rf"in\s+(?P<hours>{_N})\s+(?:hours?|hrs?)\s+and\s+(?:(?P<half>a\s+half)|(?P<minutes>{_N})\s+(?:minutes?|mins?))",
         _hours_and_minutes),
        (rf"(?:at|@|by|around)\s*(?P<times>{_T}(?:{_AND}(?:at\s+)?{_T}{_NO_THING})*)", _clock),
        (rf"(?P<times>{_PLAIN_T}(?:{_AND}(?:at\s+)?{_PLAIN_T})*)", _clock),
        (r"(?:in\s+the\s+|this\s+|at\s+)?(?P<part>morning|noon|afternoon|evening|night|midnight)", _part),
        (rf"(?:between\s+(?P<first>{_T})\s+and|from\s+(?P<begin>{_T})\s*(?:to|till|until|-|–))\s*(?P<last>{_T})", _window),
        (rf"(?:until|till|up\s+to|through)\s+(?P<date>{_DATE})", _until),
        (rf"(?:for\s+)?(?:(?P<n>{_N})\s+times|(?P<twice>twice))(?:\s+in\s+all)?", _times),
        (rf"for\s+(?:the\s+next\s+)?(?P<n>{_N})\s+(?P<unit>day|week|month|year)s?", _span),
        (rf"(?:starting|beginning|starts|as\s+of|from)\s+(?:on\s+|from\s+|in\s+)?(?P<date>{_DATE})(?:\s+on(?:wards?)?)?", _start),
        (rf"(?:(?P<span>(?P<n>half\s+an|{_N})\s*(?P<unit>minutes?|mins?|hours?|hrs?|days?|weeks?)\s+))?(?P<side>before|after)\s+"
         r"(?P<each>my\s+next|the\s+next|each|every|any|all(?:\s+my)?|my|the)\s+(?P<title>(?:meeting|event|appointment|call)s?\b"
         r"|[\w-]+(?:\s+(?:meeting|appointment|call|class|lesson|session|practice)s?\b)?|[“\"][^“”\"]{1,80}[”\"])", _anchor),
        (rf"(?:some\s?time|later(?:\s+(?:today|on|this\s+week))?|soon|eventually|at\s+some\s+point|some\s?day|one\s+day|asap|regularly"
         rf"|now\s+and\s+then|from\s+time\s+to\s+time|occasionally|in\s+a\s+(?:bit|while|moment|few\s+\w+)|this\s+week(?:end)?"
         rf"|(?:right\s+)?(?:after|before|during|at)\s+{_MEALS}|(?:when(?:ever)?|once|as\s+soon\s+as|after|before|until|while)\s+"
         r"(?:i|i'm|i’m|we|he|she|they|it|my\s+\w+\s+(?:is|gets|comes|calls))\b.*?(?=\s+to\b|$))", _vague),
    )  # fmt: skip
    return tuple(
        (re.compile(rf"(?:{pattern})(?![\w'’])", re.I), re.compile(rf"(?<![\w'’])(?:{pattern})$", re.I), reader)
        for pattern, reader in listed
    )


def _days(text: str) -> tuple[int, ...]:
    """The weekdays of a list or of a range."""
    found = [_weekday(word) for word in re.findall(_DAY, text, re.I)]
    if len(found) == 2 and re.search(r"\b(?:to|through|thru)\b|-|–", text, re.I):
        return tuple(sorted((found[0] + step) % 7 for step in range((found[1] - found[0]) % 7 + 1)))
    return tuple(sorted(set(found)))


def _weekday(word: str) -> int:
    return [day[:3] for day in WEEKDAYS].index(word.lower()[:3])


def _month(word: str) -> int:
    return [month[:3] for month in MONTHS].index(word.lower()[:3]) + 1


def _count(word: str) -> int:
    return int(word) if word.isdecimal() else _COUNTS[word.lower()]


def _ordinal(word: str) -> int:
    return _ORDINALS.get(word.lower()) or int(re.sub(r"\D", "", word) or 0)


def _quoted(match: re.Match[str]) -> str:
    return f"“{match[0].strip()}”"


def _no_such(words: str) -> str:
    return f"There is no {words.strip()}. Which date is it?"


def _time(words: str) -> tuple[time, bool] | None:
    """A time of day, and whether it is sure."""
    text = words.lower().replace("o'clock", "").replace("oclock", "").strip()
    if text in ("noon", "midnight"):
        return DAY_PARTS[text], True
    numbers = [int(number) for number in re.findall(r"\d+", text)]
    hour, minute = numbers[0], numbers[1] if len(numbers) > 1 else 0
    sure = hour > 12 or hour == 0 or text.startswith("0")
    if "past" in text or "quarter" in text:
        minute = 30 if text.startswith("half") else 15 if "past" in text else -15
        hour, minute = (hour, minute) if minute > 0 else ((hour - 1) % 24, 45)
    if half := re.search(r"([ap])\.?m", text):
        if not 1 <= hour <= 12:
            return None
        hour, sure = hour % 12 + (12 if half[1] == "p" else 0), True
    return (time(hour, minute), sure) if hour < 24 and minute < 60 else None


def _year_day(words: str) -> YearDay | None:
    """The day and month that some words name, without a year; None when there is no such date."""
    month = re.search(rf"\b{_MONTH}\b", words, re.I)
    numbers = re.findall(r"\d+", words)
    if not month or len(numbers) != 1 or not re.fullmatch(_NAMED, words.strip(), re.I):
        return None
    named = YearDay(_month(month[0]), int(numbers[0]))
    try:
        date(2028, named.month, named.day)
    except ValueError:
        return None
    return named


def _date(words: str, here: Here, *, last: bool) -> date | None:
    """A date as a beginning or as an end: "June" begins on its 1st, and what goes on until June ends on the day before."""
    text, today = words.lower().strip(), here.now.date()
    if text.isdecimal():
        return date(int(text), 1, 1) - timedelta(days=int(last)) if int(text) else None
    if end := re.fullmatch(
        rf"(?:the\s+)?end\s+of\s+(?P<next>the\s+|this\s+|next\s+)?(?P<unit>week|month|year|{_MONTH})", text
    ):
        return _end_of(end["unit"], (end["next"] or "").strip() == "next", here)
    if month := re.fullmatch(rf"({_MONTH})\.?(?:\s+(\d{{4}}))?", text):
        number = _month(month[1])
        year = int(month[2]) if month[2] else today.year + (number <= today.month)
        return date(year, number, 1) - timedelta(days=int(last))
    if nth := re.fullmatch(rf"the\s+({_NTH})", text):
        return _next_month_day(_ordinal(nth[1]), today)
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
    number = _month(unit)
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


_PATTERNS = _patterns()
