"""A rule in words, and its next times: what the person reads before anything counts. English only."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from sage.core.plain_dates import MONTHS, WEEKDAYS
from sage.core.schedules.pieces import CODES
from sage.core.schedules.recurrence import Due, last_day_instead
from sage.core.schedules.schedule import Rule
from sage.core.schedules.spoken import Spoken
from sage.core.schedules.wall_time import plainly

NO_EVENT_YET = "No such event stands in your calendar yet; as soon as one does, the reminder goes by it."
NOT_READ = "As soon as it can be read, the reminder goes by it."
_UNITS = {"HOURLY": "hour", "DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_LENGTHS = (("day", 24 * 60), ("hour", 60), ("minute", 1))
_PLACES = {"1": "first", "2": "second", "3": "third", "4": "fourth", "5": "fifth", "-1": "last"}


def say_rule(rule: Rule) -> str:
    """`every other Tuesday at 08:00, Europe/Berlin`; what it says is read again as the same rule."""
    if rule.anchor:
        return _say_anchor(rule)
    wall = datetime.fromisoformat(rule.wall)
    where = "wherever you are" if rule.travels else rule.zone
    if not rule.rrule:
        return f"{wall:%A} {wall.day} {wall:%B %Y} at {wall:%H:%M}, {where}"
    parts = dict(part.split("=", 1) for part in rule.rrule.split(";"))
    words = " ".join(filter(None, [_say_days(parts, last_day_instead(rule)), _say_clock(parts, wall), _say_end(parts)]))
    return f"{words}, {where}"


def say_due(due: Due, here: datetime) -> str:
    """One time, exactly: `Tuesday 24 November 2026, 08:00`, in the zone of `here`, whose offset is named when clocks differ."""
    there = due.at.astimezone(here.tzinfo)
    moved = "" if there.replace(tzinfo=None) == due.wall else f" ({due.wall:%H:%M} there)"
    event = f": “{due.event}”" if due.event else ""
    return f"{there:%A} {there.day} {there:%B %Y}, {there:%H:%M}{moved}{event}"


def promised(spoken: Spoken, following: Sequence[Due], now: datetime) -> str:
    """What was set, in sentences, with its exact next times."""
    if not spoken.rule.rrule and following:
        told = f"I will remind you {plainly(following[0].at, now)}: {spoken.text}."
    else:
        told = f"I will remind you {say_rule(spoken.rule)}: {spoken.text}."
        told += f" Next: {'; '.join(say_next(following, now))}." if following else ""
        told += f" {NO_EVENT_YET}" if spoken.rule.anchor and not following else ""
    return " ".join([told, *spoken.notes])


def say_next(following: Sequence[Due], here: datetime) -> list[str]:
    """The next times, each in one line."""
    return [say_due(due, here) for due in following]


def say_nth(day: int) -> str:
    """`31st`."""
    return f"{day}{'th' if 10 < day % 100 < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"


def _say_days(parts: dict[str, str], instead: str) -> str:
    freq, interval = parts["FREQ"], int(parts.get("INTERVAL", "1"))
    by_day = parts.get("BYDAY", "")
    if "BYHOUR" in parts and (steps := _steps(parts)):
        return steps + (f" on {_list_days(by_day, plural=True)}" if by_day else "")
    if freq == "HOURLY":
        minutes = parts.get("BYMINUTE", "").split(",")
        often = f"every {60 // len(minutes)} minutes" if len(minutes) > 1 else _each(interval, "hour")
        return often + (f" on {_list_days(by_day, plural=True)}" if by_day else "")
    if freq == "WEEKLY" and by_day:
        plain = _list_days(by_day)
        return {1: f"every {plain}", 2: f"every other {plain}"}.get(interval, f"every {interval} weeks on {plain}")
    days = f"the {instead}" if instead else parts.get("BYMONTHDAY", "")
    if freq == "YEARLY" and "BYMONTH" in parts:
        return f"{_each(interval, 'year')} on {_say_year_day(parts, instead)}"
    if freq == "MONTHLY" and (days or by_day):
        named = _say_places(parts) if by_day else _say_month_days(instead or parts["BYMONTHDAY"])
        return f"{_each(interval, 'month')} on the {named}"
    return _each(interval, _UNITS[freq])


def _say_year_day(parts: dict[str, str], instead: str) -> str:
    month = MONTHS[int(parts["BYMONTH"]) - 1].capitalize()
    if "BYDAY" in parts:
        return f"the {_say_places(parts)} of {month}"
    return f"{instead or parts.get('BYMONTHDAY', '1')} {month}"


def _each(interval: int, unit: str) -> str:
    return {1: f"every {unit}", 2: f"every other {unit}"}.get(interval, f"every {interval} {unit}s")


def _say_month_days(days: str) -> str:
    return _listed(["last day" if day == "-1" else say_nth(int(day)) for day in days.split(",")])


def _say_places(parts: dict[str, str]) -> str:
    days = parts["BYDAY"].split(",")
    if "BYSETPOS" in parts:
        kind = {5: "weekday", 7: "day"}.get(len(days)) or _list_days(parts["BYDAY"])
        return f"{_listed([_PLACES[place] for place in parts['BYSETPOS'].split(',')])} {kind}"
    places = [_PLACES.get(day[:-2], day[:-2]) for day in days]
    return f"{_listed(places)} {_name(days[0][-2:])}"


def _list_days(by_day: str, *, plural: bool = False) -> str:
    codes = by_day.split(",")
    if codes == list(CODES[:5]):
        return "weekdays" if plural else "weekday"
    return _listed([_name(code) + "s" * plural for code in codes])


def _name(code: str) -> str:
    return WEEKDAYS[CODES.index(code)].capitalize()


def _steps(parts: dict[str, str]) -> str:
    """`every 2 hours between 09:00 and 17:00`, for three or more hours that are equally far apart."""
    hours, minute = [int(hour) for hour in parts["BYHOUR"].split(",")], int(parts.get("BYMINUTE", "0"))
    apart = {later - earlier for earlier, later in pairwise(hours)}
    if len(hours) < 3 or len(apart) > 1 or "," in parts.get("BYMINUTE", ""):
        return ""
    return f"{_each(apart.pop(), 'hour')} between {hours[0]:02}:{minute:02} and {hours[-1]:02}:{minute:02}"


def _say_clock(parts: dict[str, str], wall: datetime) -> str:
    if "BYHOUR" in parts:
        minute = int(parts.get("BYMINUTE", "0"))
        return (
            ""
            if _steps(parts)
            else f"at {_listed([f'{int(hour):02}:{minute:02}' for hour in parts['BYHOUR'].split(',')])}"
        )
    if parts["FREQ"] == "HOURLY":
        return ""
    return f"at {wall:%H:%M}"


def _say_end(parts: dict[str, str]) -> str:
    if "COUNT" in parts:
        return f"for {parts['COUNT']} times"
    if "UNTIL" in parts:
        last = datetime.strptime(parts["UNTIL"][:8], "%Y%m%d")
        return f"until {last.day} {last:%B %Y}"
    return ""


def _say_anchor(rule: Rule) -> str:
    minutes = abs(rule.minutes)
    unit, size = next((unit, size) for unit, size in _LENGTHS if size == 1 or (minutes and minutes % size == 0))
    many = f"{minutes // size} {unit}{'s' * (minutes != size)}"
    which = "my next" if rule.rrule else "each"
    event = "event" if rule.anchor == "*" else f"“{rule.anchor}”" if rule.anchor.count(" ") > 1 else rule.anchor
    return f"{many} {'before' if rule.minutes < 0 else 'after'} {which} {event}"


def _listed(names: Sequence[str]) -> str:
    return re.sub(r", ([^,]*)$", r" and \1", ", ".join(names))
