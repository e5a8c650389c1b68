"""Where a task that returns goes on when it is done: to its first time after both this one and now, as the same kind of date in
the same zone. What was missed in between is skipped, so that no backlog comes up."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sage.plugin_api import Unsupported

from .lines import Part, Prop
from .moments import wall_of, zone_named

_MOST_STEPS = 20_000
"""Times that are looked at; a daily task reaches 54 years with them."""
_PART = re.compile(
    r"FREQ=(?:DAILY|WEEKLY|MONTHLY|YEARLY)|(?:INTERVAL|COUNT)=[1-9]\d{0,5}|UNTIL=\d{8}(?:T\d{6}Z?)?|WKST=[A-Z]{2}"
    r"|BYDAY=[+-]?\d{0,2}[A-Z]{2}(?:,[+-]?\d{0,2}[A-Z]{2})*|BYMONTHDAY=-?\d{1,2}(?:,-?\d{1,2})*"
    r"|BYMONTH=\d{1,2}(?:,\d{1,2})*|BYSETPOS=-?[1-5](?:,-?[1-5])*"
)
_ELSEWHERE = "This task returns in a way that Sage does not follow; complete it in your calendar program."


class Next(NamedTuple):
    """The new lines of a task: values of DTSTART and DUE ("" where there was none) and the rule."""

    start: str
    due: str
    rule: str


def following(todo: Part, at: datetime, here: str) -> Next | None:
    """The next time of a task that is done `at` a moment; None if there is none. `here` is the person's zone. Raises
    Unsupported."""
    rules = todo.props["RRULE"]
    parts = rules[0].value.strip().upper().split(";")
    if len(rules) > 1 or "RDATE" in todo.props or not all(_PART.fullmatch(part) for part in parts):
        raise Unsupported(_ELSEWHERE)
    anchor = todo.one("DTSTART") or todo.one("DUE")
    if anchor is None:
        raise Unsupported(_ELSEWHERE)
    try:
        return _moved(todo, anchor, dict(part.split("=") for part in parts), at, here)
    except (ValueError, OverflowError) as error:
        raise Unsupported(_ELSEWHERE) from error


def _moved(todo: Part, anchor: Prop, rule: dict[str, str], at: datetime, here: str) -> Next | None:
    first, zone = _naive(wall_of(anchor)), _zone(anchor, here)
    start, due = todo.one("DTSTART"), todo.one("DUE")
    lasts = _naive(wall_of(due)) - first if due else timedelta()
    whole_day = not isinstance(wall_of(due or anchor), datetime)
    done = at.astimezone(zone).replace(tzinfo=None)
    left_out = {wall for prop in todo.props.get("EXDATE", []) for wall in _each(prop, zone)}
    for number, wall in enumerate(islice(_walls(rule, first, zone), _MOST_STEPS)):
        ends = wall + lasts
        comes = ends.date() > done.date() if whole_day else ends > done
        if wall > first and comes and wall not in left_out and wall.date() not in left_out:
            text = todo.props["RRULE"][0].value
            if "COUNT" in rule:
                text = re.sub(r"(?i)COUNT=\d+", f"COUNT={int(rule['COUNT']) - number}", text)
            return Next(_value(start, wall) if start else "", _value(due, ends) if due else "", text)
    return None


def _walls(rule: dict[str, str], first: datetime, zone: ZoneInfo) -> Iterable[datetime]:
    """The rule's wall times, the first one first."""
    from dateutil.rrule import rrulestr

    if "BYSETPOS" in rule and rule["FREQ"] in ("DAILY", "WEEKLY"):
        raise ValueError  # it may never come, and the library would look for it for seconds
    parts = rule | ({"UNTIL": _until(rule["UNTIL"], zone)} if "UNTIL" in rule else {})
    found: Iterable[datetime] = rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=first)
    return found


def _each(prop: Prop, zone: ZoneInfo) -> list[date]:
    """The wall times, or dates, of a list of them."""
    walls = []
    for value in prop.value.split(","):
        wall = wall_of(prop._replace(value=value))
        if isinstance(wall, datetime) and value.strip().upper().endswith("Z"):
            wall = wall.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
        walls.append(wall)
    return walls


def _zone(prop: Prop, here: str) -> ZoneInfo:
    if prop.value.strip().upper().endswith("Z"):
        return ZoneInfo("UTC")
    return zone_named(prop.params.get("TZID", "")) or ZoneInfo(here)


def _until(text: str, zone: ZoneInfo) -> str:
    """The end of the rule as a wall time: a date lasts until its end."""
    if len(text) == len("20261127"):
        return f"{text}T235959"
    wall = datetime.fromisoformat(text.removesuffix("Z"))
    there = wall.replace(tzinfo=UTC).astimezone(zone) if text.endswith("Z") else wall
    return f"{there:%Y%m%dT%H%M%S}"


def _naive(value: date | datetime) -> datetime:
    return value if isinstance(value, datetime) else datetime.combine(value, time())


def _value(prop: Prop, wall: datetime) -> str:
    """A new value of the same kind as the old one."""
    if not isinstance(wall_of(prop), datetime):
        return f"{wall:%Y%m%d}"
    return f"{wall:%Y%m%dT%H%M%S}{'Z' if prop.value.strip().upper().endswith('Z') else ''}"
