"""The pieces of speech that say when something is due, each read by itself: "every other Tuesday", "at 8", "until June".

English only. What a piece does not plainly say is a question for the person, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from sage.core.plain_dates import WEEKDAYS, find_date
from sage.core.schedules.english_words import (
    AND,
    DATE,
    DAY,
    DAYS,
    EVERY,
    MEALS,
    MONTH,
    NAMED,
    NO_THING,
    NTH,
    ORD,
    PLAIN_T,
    RANGE,
    SINGLE,
    WORK,
    N,
    T,
    count_of,
    date_of,
    days_of,
    month_of,
    ordinal_of,
    time_of,
    weekday_of,
    year_day_of,
)
from sage.core.schedules.pieces import (
    WORKDAYS,
    Anchor,
    Clock,
    Here,
    Moment,
    MonthDays,
    Nth,
    Part,
    Piece,
    Question,
    Repeat,
    Span,
    Start,
    Times,
    Until,
    Weekdays,
    Window,
)

_MINUTES = {"m": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}
"""How many minutes a unit has, by its first letter."""
BEFORE_EVENT = 10
"""Minutes before an event, when a person names none."""


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


def _repeat(match: re.Match[str], here: Here) -> Piece:
    unit = match["unit"].lower()
    interval = count_of(match["n"]) if match["n"] else ordinal_of(match["ord"]) if match["ord"] else 1
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
    interval = 2 if match["other"] else count_of(match["n"]) if match["n"] else 1
    return Weekdays(days_of(match["days"]), interval)


def _which_weekday(match: re.Match[str], here: Here) -> Piece:
    nth, day = match["ord"], match["day"].capitalize()
    return Question(f"Every {ordinal_of(nth)} weeks on {day}, or the {nth} {day} of each month?")


def _weekdays_of_old(match: re.Match[str], here: Here) -> Piece:
    return Weekdays(days_of(match["days"].replace("s ", " ").removesuffix("s")), 1)


def _several_days(match: re.Match[str], here: Here) -> Piece:
    return Weekdays(days_of(match["days"]), 0)


def _month_days(match: re.Match[str], here: Here) -> Piece:
    text = match["days"].lower()
    days = tuple(int(n) for n in re.findall(r"\d+", text)) or ((-1,) if "last" in text else (1,))
    if not all(day == -1 or 1 <= day <= 31 for day in days):
        return Question(f"No month has {_quoted(match)}. Which day is it?")
    of = (match.groupdict().get("of") or "").lower()
    each = bool(match.groupdict().get("every")) or of.startswith(("every", "each"))
    return MonthDays(tuple(sorted(set(days))), "each" if each else of.partition(" ")[0] and "one")


def _nth(match: re.Match[str], here: Here) -> Piece:
    places = tuple(ordinal_of(word) for word in re.findall(ORD, match["nths"].lower()))
    if not all(place in (-1, 1, 2, 3, 4, 5) for place in places):
        return Question(f"No month has {_quoted(match)}. Which one is it?")
    kind = match["day"].lower()
    days = WORKDAYS if re.fullmatch(WORK, kind) else tuple(range(7)) if kind == "day" else days_of(kind)
    of = (match.groupdict().get("of") or "").lower()
    month = month_of(of.split()[-1]) if of and not of.endswith("month") else 0
    each = bool(match.groupdict().get("every")) or of.startswith(("every", "each"))
    months = "each" if each else "one" if of else ""
    if kind == "day" and not month:
        return MonthDays(places, months)
    return Nth(places, days, months, month)


def _every_date(match: re.Match[str], here: Here) -> Piece:
    named = year_day_of(match["date"])
    return named or Question(_no_such(match["date"]))


def _single(match: re.Match[str], here: Here) -> Piece:
    words = match["date"]
    if words.lower() == "tonight":
        return Part("tonight")
    from_now = re.fullmatch(r"(.*)\s+from\s+now", words, re.I)
    found = find_date(f"in {from_now[1]}" if from_now else words, here.now, week_start=here.week_start)
    if found is None:
        return Question(_no_such(words))
    weekday = re.fullmatch(DAY, words, re.I)
    dated = re.fullmatch(rf"(?P<day>{DAY}),?\s+(?P<date>{NAMED})", words, re.I)
    if dated:
        found = find_date(dated["date"], here.now)
        if found is None:
            return Question(_no_such(dated["date"]))
        if found.day.weekday() != weekday_of(dated["day"]):
            return Question(f"{found.day.day} {found.day:%B %Y} is a {found.day:%A}. Which day is it?")
    if (
        re.match(r"next\s", words, re.I)
        and (found.day - here.now.date()).days > 7
        and re.search(rf"\s{DAY}$", words, re.I)
    ):
        sooner = found.day - timedelta(days=7)
        return Question(f"{sooner:%A} {sooner.day} {sooner:%B}, or {found.day.day} {found.day:%B}?")
    return Moment(found.day, found.at, weekday_of(words) if weekday else None, year_day_of(words))


def _hours_and_minutes(match: re.Match[str], here: Here) -> Piece | None:
    minutes = 30 if match["half"] else count_of(match["minutes"])
    found = find_date(f"in {60 * count_of(match['hours']) + minutes} minutes", here.now)
    return Moment(found.day, found.at) if found else None


def _clock(match: re.Match[str], here: Here) -> Piece:
    words = re.findall(T, match["times"], re.I)
    read = [time_of(word) for word in words]
    if any(one is None for one in read):
        return Question(f"There is no such time as {_quoted(match)}. At what time?")
    return Clock(
        tuple(one[0] for one in read if one is not None),
        tuple(one[1] for one in read if one is not None),
    )


def _part(match: re.Match[str], here: Here) -> Piece:
    return Part(match["part"].lower())


def _window(match: re.Match[str], here: Here) -> Piece:
    first, last = time_of(match["first"] or match["begin"]), time_of(match["last"])
    if first is None or last is None:
        return Question(f"There is no such time as {_quoted(match)}. From when to when?")
    begin, end = first[0], last[0]
    if end <= begin and not last[1]:
        end = end.replace(hour=(end.hour + 12) % 24)
    if end <= begin:
        return Question(f"{_quoted(match)} ends before it begins. From when to when?")
    return Window(begin, end)


def _until(match: re.Match[str], here: Here) -> Piece:
    day = date_of(match["date"], here, last=True)
    return Until(day) if day else Question(_no_such(match["date"]))


def _times(match: re.Match[str], here: Here) -> Piece:
    return Times(2 if match["twice"] else count_of(match["n"]))


def _span(match: re.Match[str], here: Here) -> Piece:
    return Span(count_of(match["n"]), match["unit"].lower())


def _start(match: re.Match[str], here: Here) -> Piece:
    day = date_of(match["date"], here, last=False)
    return Start(day) if day else Question(_no_such(match["date"]))


def _anchor(match: re.Match[str], here: Here) -> Piece:
    minutes, side = BEFORE_EVENT, -1 if match["side"].lower() == "before" else 1
    if match["span"]:
        number, unit = match["n"].lower(), match["unit"].lower()
        minutes = round((0.5 if number == "half an" else count_of(number)) * _MINUTES[unit[0]])
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


def _feast(match: re.Match[str], here: Here) -> Piece:
    return Question(f"Which date is {_quoted(match)}?")


def _unclear(match: re.Match[str], here: Here) -> Piece:
    each, unit = (
        match[0],
        ("weeks" if "week" in match[0].lower() else "months" if "month" in match[0].lower() else "years"),
    )
    return Question(f"Does {each!r} mean twice in that time, or every two {unit}?")


def _patterns() -> tuple[tuple[re.Pattern[str], re.Pattern[str], Callable[[re.Match[str], Here], Piece | None]], ...]:
    listed: tuple[tuple[str, Callable[[re.Match[str], Here], Piece | None]], ...] = (
        (rf"{EVERY}\s+(?:single\s+)?(?:(?P<n>{N})\s+|(?P<ord>other|{ORD})\s+)?"
         r"(?P<unit>minute|hour|day|week|fortnight|month|quarter|year)s?", _repeat),
        (r"(?:on\s+a\s+)?(?P<word>daily|weekly|fortnightly|monthly|quarterly|yearly|annually|hourly)(?:\s+basis)?"
         r"|once\s+(?:a|an|per|every|each)\s+(?P<unit>hour|day|week|month|year)", _adverb),
        (rf"(?:twice|(?:{N}|several|a\s+few)\s+times)\s+(?:a|an|per|every|each)\s+(?P<unit>hour|day|week|month|year)", _often),
        (r"bi-?weekly|bi-?monthly|bi-?annually|semi-?weekly", _unclear),
        (rf"{EVERY}\s+(?P<part>morning|noon|afternoon|evening|night)", _every_part),
        (rf"(?:on\s+|{EVERY}\s+){WORK}s?|{WORK}s", _workdays),
        (rf"(?:on\s+|{EVERY}\s+)weekends?|weekends", _weekends),
        (rf"{EVERY}\s+(?:(?P<other>other)\s+|(?P<n>{N})\s+(?=\w+days))?(?P<days>{RANGE}|{DAYS})s?", _every_weekday),
        (rf"{EVERY}\s+(?P<ord>second|third|fourth|2nd|3rd|4th)\s+(?P<day>{DAY})", _which_weekday),
        (rf"(?:on\s+)?(?P<days>(?:{'|'.join(WEEKDAYS)})s(?:{AND}(?:on\s+)?(?:{'|'.join(WEEKDAYS)})s)*)", _weekdays_of_old),
        (rf"(?:on\s+|from\s+)?(?P<days>{RANGE}|{DAY}(?:{AND}(?:on\s+)?{DAY})+)", _several_days),
        (rf"(?:on\s+)?(?:(?P<every>{EVERY})\s+|the\s+)(?P<days>{NTH}(?:{AND}(?:the\s+)?{NTH})*)(?:\s+day)?"
         rf"(?:\s+of\s+(?P<of>(?:{EVERY}|the|a|any)\s+month))?", _month_days),
        (rf"(?:on\s+)?(?:the\s+)?(?P<days>first|last\s+day|first\s+day)\s+of\s+(?P<of>(?:{EVERY}|the|a|any)\s+month)",
         _month_days),
        (rf"(?:on\s+)?(?:the\s+|(?P<every>{EVERY})\s+)?(?P<nths>{ORD}(?:{AND}(?:the\s+)?{ORD})*)\s+(?P<day>{DAY}|{WORK}|day)"
         rf"\s+(?:of|in)\s+(?P<of>(?:{EVERY}\s+|the\s+|a\s+)?(?:month|{MONTH}))", _nth),
        (rf"(?:on\s+)?the\s+(?P<nths>{ORD}(?:{AND}(?:the\s+)?{ORD})*)\s+(?P<day>{DAY}|{WORK}|day)",
         _nth),
        (rf"{EVERY}\s+(?P<date>{NAMED})", _every_date),
        (rf"(?:on\s+|by\s+)?(?P<date>{SINGLE})", _single),
        (rf"in\s+(?P<hours>{N})\s+(?:hours?|hrs?)\s+and\s+(?:(?P<half>a\s+half)|(?P<minutes>{N})\s+(?:minutes?|mins?))",
         _hours_and_minutes),
        (rf"(?:at|@|by|around)\s*(?P<times>{T}(?:{AND}(?:at\s+{T}|{PLAIN_T}|{T}{NO_THING}))*)", _clock),
        (rf"(?P<times>{PLAIN_T}(?:{AND}(?:at\s+)?{PLAIN_T})*)", _clock),
        (r"(?:in\s+the\s+|this\s+|at\s+)?(?P<part>morning|noon|afternoon|evening|night|midnight)", _part),
        (rf"(?:between\s+(?P<first>{T})\s+and|from\s+(?P<begin>{T})\s*(?:to|till|until|-|–))\s*(?P<last>{T})", _window),
        (rf"(?:until|till|up\s+to|through)\s+(?P<date>{DATE})", _until),
        (rf"(?:for\s+)?(?:(?P<n>{N})\s+times|(?P<twice>twice))(?:\s+in\s+all)?", _times),
        (rf"for\s+(?:the\s+next\s+)?(?P<n>{N})\s+(?P<unit>day|week|month|year)s?", _span),
        (rf"(?:starting|beginning|starts|as\s+of|from)\s+(?:on\s+|from\s+|in\s+)?(?P<date>{DATE})(?:\s+on(?:wards?)?)?", _start),
        (rf"(?:(?P<span>(?P<n>half\s+an|{N})\s*(?P<unit>minutes?|mins?|hours?|hrs?|days?|weeks?)\s+))?(?P<side>before|after)\s+"
         r"(?P<each>my\s+next|the\s+next|each|every|any|all(?:\s+my)?|my|the)\s+(?P<title>(?:meeting|event|appointment|call)s?\b"
         r"|[\w-]+(?:\s+(?:meeting|appointment|call|class|lesson|session|practice)s?\b)?|[“\"][^“”\"]{1,80}[”\"])", _anchor),
        (r"(?:on\s+|at\s+|by\s+)?(?:christmas\s+(?:eve|day)|new\s+year['’]?s\s+(?:eve|day)|easter\s+(?:sunday|monday)|good\s+friday"
         r"|thanksgiving|halloween|valentine['’]?s\s+day)"
         r"|(?:on|at|by|before|after)\s+(?:christmas|easter|new\s+year|my\s+birthday)", _feast),
        (rf"(?:some\s?time|later(?:\s+(?:today|on|this\s+week))?|soon|eventually|at\s+some\s+point|some\s?day|one\s+day|asap|regularly"
         rf"|now\s+and\s+then|from\s+time\s+to\s+time|occasionally|in\s+a\s+(?:bit|while|moment|few\s+\w+)|this\s+week(?:end)?"
         rf"|(?:right\s+)?(?:after|before|during|at)\s+{MEALS}|(?:when(?:ever)?|once|as\s+soon\s+as|after|before|until|while)\s+"
         r"(?:i|i'm|i’m|we|he|she|they|it|my\s+\w+\s+(?:is|gets|comes|calls))\b.*?(?=\s+to\b|$))", _vague),
    )  # fmt: skip
    return tuple(
        (re.compile(rf"(?:{pattern})(?![\w'’])", re.I), re.compile(rf"(?<![\w'’])(?:{pattern})$", re.I), reader)
        for pattern, reader in listed
    )


def _quoted(match: re.Match[str]) -> str:
    return f"“{match[0].strip()}”"


def _no_such(words: str) -> str:
    return f"There is no {words.strip()}. Which date is it?"


_PATTERNS = _patterns()
