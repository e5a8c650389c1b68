"""When a task returns, by the words that Obsidian Tasks takes: "every 2 weeks on Monday, Friday", "every month on the last",
"every January on the 15th", each also with "when done"."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

_UNITS = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_RULE = re.compile(r"every (?:(?P<count>\d+) )?(?P<what>.+?)(?: on (?:the )?(?P<on>.+))?", re.IGNORECASE)
_WHEN_DONE = re.compile(r"\s+when done$", re.IGNORECASE)
_LISTED = re.compile(r"\s*(?:,|\band\b)\s*(?:the )?")
_NTH = re.compile(r"(?:(?P<n>\d+)(?:st|nd|rd|th))?\s*(?P<last>last)?\s*(?P<day>[a-z]+)?")


def is_when_done(rule: str) -> bool:
    """Whether it counts from the day it was done, rather than from its date."""
    return bool(_WHEN_DONE.search(rule))


def next_day(rule: str, since: date) -> date | None:
    """The first day after `since` on which it returns, counted from there; None: the words are not understood, or there is
    no such day."""
    terms = _terms(_WHEN_DONE.sub("", rule.strip()).lower())
    if terms is None:
        return None
    from dateutil import rrule

    freq = getattr(rrule, terms.pop("freq"))
    try:
        if freq in (rrule.MONTHLY, rrule.YEARLY) and len(terms) == 1:
            return _whole_months(since, terms["interval"] * (12 if freq == rrule.YEARLY else 1))
        weekdays = [rrule.weekday(day, nth) if nth else rrule.weekday(day) for day, nth in terms.pop("days", [])]
        start = datetime.combine(since, datetime.min.time())
        rules = rrule.rrule(freq, dtstart=start, byweekday=weekdays or None, **terms)
        found: datetime | None = rules.after(start)
    except (ValueError, OverflowError):
        return None
    return found.date() if found and found.date() - since < timedelta(days=36_600) else None


def _whole_months(since: date, months: int) -> date:
    """So many months later; where that month is too short, its last day."""
    from dateutil.relativedelta import relativedelta

    later: date = since + relativedelta(months=months)
    return later


def _terms(words: str) -> dict[str, Any] | None:
    """The rule's terms, as `dateutil.rrule` calls them, `days` as (weekday, which) pairs."""
    found = _RULE.fullmatch(re.sub(r"\s+", " ", words))
    if not found:
        return None
    what, on, terms = found["what"], found["on"], {"interval": int(found["count"] or 1)}
    if not terms["interval"]:
        return None
    unit = what.removesuffix("s")
    if unit in _UNITS:
        known: dict[str, Any] = {"freq": _UNITS[unit], **terms}
    elif unit == "weekday":
        known = {"freq": "WEEKLY", **terms, "days": [(day, 0) for day in range(5)]}
    elif days := _all_of(what, _DAYS):
        known = {"freq": "WEEKLY", **terms, "days": [(day, 0) for day in days]}
    elif months := _all_of(what, _MONTHS):
        known = {"freq": "YEARLY", **terms, "bymonth": [month + 1 for month in months]}
    else:
        return None
    if on is None:
        return None if "bymonth" in known else known
    return _with_on(known, on)


def _with_on(known: dict[str, Any], on: str) -> dict[str, Any] | None:
    if known["freq"] == "WEEKLY":
        days = _all_of(on, _DAYS)
        return {**known, "days": [(day, 0) for day in days]} if days and "days" not in known else None
    if known["freq"] == "DAILY" or (known["freq"] == "YEARLY" and "bymonth" not in known):
        return None
    of_month, of_week = [], []
    for part in _LISTED.split(on):
        nth = _NTH.fullmatch(part.strip())
        if not nth or not (nth["n"] or nth["last"]):
            return None
        number = (-int(nth["n"] or 1)) if nth["last"] else int(nth["n"])
        if nth["day"] is None:
            of_month.append(number)
        elif nth["day"] in _DAYS:
            of_week.append((_DAYS.index(nth["day"]), number))
        else:
            return None
    if of_month and of_week:
        return None
    return {**known, "bymonthday": of_month} if of_month else {**known, "days": of_week}


def _all_of(words: str, names: tuple[str, ...]) -> list[int]:
    """The numbers of the names that are listed; none if there is any other word."""
    parts = [part.strip() for part in _LISTED.split(words)]
    found = [next((n for n, name in enumerate(names) if part in (name, name[:3])), -1) for part in parts]
    return [] if -1 in found else found
