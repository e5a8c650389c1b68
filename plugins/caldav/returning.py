"""Where a task that returns goes on when it is done: to its first time after both this one and now, as the same kind of date in
the same zone. What was missed in between is skipped, so that no backlog comes up."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
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


_SURE = re.compile(r"(?:FREQ|INTERVAL|COUNT|UNTIL|WKST)=.*|BYDAY=[+-]?[1-5]?[A-Z]{2}(?:,[+-]?[1-5]?[A-Z]{2})*")


class Next(NamedTuple):
    """The new lines of a task: values of DTSTART and DUE ("" where there was none) and the rule."""

    start: str
    due: str
    rule: str


class _Series(NamedTuple):
    """How a task returns: its rule, its first wall time in its zone, how long after it each time is due."""

    rule: dict[str, str]
    first: datetime
    zone: ZoneInfo
    lasts: timedelta
    left_out: frozenset[date]

    def walls(self) -> Iterator[datetime]:
        """All wall times, those left out as well."""
        return islice(_walls(self.rule, self.first, self.zone), _MOST_STEPS)

    def is_left_out(self, wall: datetime) -> bool:
        return wall in self.left_out or wall.date() in self.left_out


def following(todo: Part, at: datetime, here: str) -> Next | None:
    """The next time of a task that is done `at` a moment; None if there is none. `here` is the person's zone. Raises
    Unsupported."""
    try:
        series = _series(todo, here)
        return _moved(todo, series, at.astimezone(series.zone).replace(tzinfo=None))
    except (ValueError, OverflowError) as error:
        raise Unsupported(_ELSEWHERE) from error


def still_open(todo: Part, others: list[Part], is_done: Callable[[Part], bool], here: str) -> tuple[Part, str] | None:
    """Of a task some of whose times stand by themselves: the one that is the first not done, with its DUE; None if all are
    done. Raises Unsupported where looking for it might take long, as it is done for each such task of a list."""
    try:
        series = _series(todo, here)
        daily = series.rule["FREQ"] == "DAILY" and "INTERVAL" in series.rule and "BYDAY" in series.rule
        if daily or not all(_SURE.fullmatch(f"{name}={value}") for name, value in series.rule.items()):
            raise ValueError
        by_wall = {_each(other.props["RECURRENCE-ID"][0], series.zone)[0]: other for other in others}
        due = todo.one("DUE")
        for wall in series.walls():
            other = by_wall.get(wall) or by_wall.get(wall.date())
            if other and not is_done(other):
                return other, other.value("DUE")
            if not other and not series.is_left_out(wall):
                return todo, _value(due, wall + series.lasts) if due else ""
    except (ValueError, OverflowError) as error:
        raise Unsupported(_ELSEWHERE) from error
    return None


def _series(todo: Part, here: str) -> _Series:
    """Raises ValueError for a task that returns in an unusual way."""
    rules = todo.props["RRULE"]
    parts = rules[0].value.strip().upper().split(";")
    anchor, due = todo.one("DTSTART") or todo.one("DUE"), todo.one("DUE")
    if anchor is None or len(rules) > 1 or "RDATE" in todo.props or not all(_PART.fullmatch(part) for part in parts):
        raise ValueError
    first, zone = _naive(wall_of(anchor)), _zone(anchor, here)
    left_out = frozenset(wall for prop in todo.props.get("EXDATE", []) for wall in _each(prop, zone))
    lasts = _naive(wall_of(due)) - first if due else timedelta()
    return _Series(dict(part.split("=") for part in parts), first, zone, lasts, left_out)


def _moved(todo: Part, series: _Series, done: datetime) -> Next | None:
    start, due = todo.one("DTSTART"), todo.one("DUE")
    whole_day = not isinstance(wall_of(due or todo.props["DTSTART"][0]), datetime)
    for number, wall in enumerate(series.walls()):
        ends = wall + series.lasts
        comes = ends.date() > done.date() if whole_day else ends > done
        if wall > series.first and comes and not series.is_left_out(wall):
            text = todo.props["RRULE"][0].value
            if "COUNT" in series.rule:
                text = re.sub(r"(?i)COUNT=\d+", f"COUNT={int(series.rule['COUNT']) - number}", text)
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
