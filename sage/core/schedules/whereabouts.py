"""What is said when the person is in another zone now, or when the clock is not what it was: once, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from sage.core.schedules.leaps import LEAP_FROM, Reading, leap_between
from sage.core.schedules.schedule import Occurrence, Schedule
from sage.core.schedules.wall_time import plainly, zone_of

NAMED = 3
"""Reminders that are named one by one."""
LONG_AWAY = timedelta(days=366)
"""After so long without Sage a clock is as likely wrong as right."""


class Seen(Struct, frozen=True):
    """What the engine saw last: the zone that the person knows of, the moment (UTC), the seconds since the machine was started
    and which start that was, and what nobody was told yet of the clock."""

    zone: str
    at: str
    elapsed: float = 0.0
    boot: str = ""
    unsaid: tuple[str, ...] = ()


def say_move(before: ZoneInfo, now: datetime, waiting: Sequence[tuple[Occurrence, Schedule]]) -> str:
    """What another zone means for the reminders that wait (the next one first): `now` is there."""
    here = now.tzinfo
    assert isinstance(here, ZoneInfo)
    if before.utcoffset(now) == now.utcoffset():
        return f"You are in {place_of(here)} time now: at present the clocks here are those of {place_of(before)}."
    seen: set[str] = set()
    lines = []
    for occurrence, schedule in waiting:
        if schedule.id not in seen and schedule.kind == "reminder" and not schedule.rule.anchor:
            seen.add(schedule.id)
            lines.append(_say_one(occurrence, schedule, here))
    named = f": {'; '.join(lines[:NAMED])}." if lines else "."
    more = " The others are in: sage schedule list." if len(lines) > NAMED else ""
    return f"You are in {place_of(here)} time now{named}{more}"


def say_clock(seen: Seen | None, recorded: datetime | None, now: datetime, elapsed: float, boot: str) -> str:
    """What is wrong with the clock at a start ("" when nothing is): compared with what the engine saw last, and with the latest
    moment that stands on record."""
    known = max([at for at in (recorded, datetime.fromisoformat(seen.at) if seen else None) if at], default=None)
    if known is None:
        return ""
    if known - now >= LEAP_FROM:
        return (
            f"The clock of this machine shows {_exactly(now, now)}, but Sage has records up to {_exactly(known, now)}: "
            "it was set back, or was ahead before. Nothing is lost, and what was told is not told again; what is due comes "
            "by this clock. If it is wrong, set it right."
        )
    leap = None
    if seen and boot and seen.boot == boot:
        leap = leap_between(Reading(datetime.fromisoformat(seen.at), seen.elapsed), Reading(now, elapsed))
    if (leap and leap.by > timedelta()) or now - known > LONG_AWAY:
        return (
            f"The clock of this machine shows {_exactly(now, now)}; when Sage ran last it was {_exactly(known, now)}. "
            "What came due in between is told as late, and nothing is lost. If the clock is wrong, set it right."
        )
    return ""


def place_of(zone: ZoneInfo) -> str:
    """`Lisbon` for Europe/Lisbon."""
    return zone.key.rpartition("/")[2].replace("_", " ")


def _say_one(occurrence: Occurrence, schedule: Schedule, here: ZoneInfo) -> str:
    due = datetime.fromisoformat(occurrence.due_at)
    wall, own = due.astimezone(here), zone_of(schedule.rule.zone)
    if schedule.rule.travels:
        return f"“{schedule.text}” stays at {occurrence.slot[11:16]} here"
    there = due.astimezone(own)
    if there.replace(tzinfo=None) == wall.replace(tzinfo=None):
        return f"“{schedule.text}” is at {wall:%H:%M} here"
    day = "" if there.date() == wall.date() else " the day before" if wall.date() < there.date() else " the day after"
    return f"“{schedule.text}” stays at {there:%H:%M} {place_of(own)} time, which is {wall:%H:%M} here{day}"


def _exactly(moment: datetime, now: datetime) -> str:
    there = moment.astimezone(now.tzinfo)
    return plainly(moment, now) if (there.date() - now.date()).days in (0, 1) else f"{there.day} {there:%B %Y at %H:%M}"
