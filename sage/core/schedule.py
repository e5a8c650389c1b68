"""Wall time, zones and moments."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sage.core.errors import BadInput

DAY_BEGINS = "09:00"
"""The time of day that stands for a date without one."""


def zone_of(name: str) -> ZoneInfo:
    """An IANA zone. Raises BadInput."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadInput(f"There is no time zone {name!r}.", do="Use an IANA name such as Europe/Berlin.") from error


def moment_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment (UTC) of a wall time: in an autumn fold the first, inside a spring gap the first valid minute after it."""
    naive = wall.replace(tzinfo=None, fold=0)
    for _ in range(2 * 24 * 60):
        moment = naive.replace(tzinfo=zone).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None) == naive:
            return moment
        naive += timedelta(minutes=1)
    raise BadInput(f"{wall:%Y-%m-%d %H:%M} does not exist in {zone.key}.", do="Choose another time.")


def in_quiet_hours(now: datetime, start: str, end: str) -> bool:
    """Whether a wall time lies in the quiet hours, such as 22:00 to 08:00; equal times mean none."""
    clock = f"{now:%H:%M}"
    return start <= clock < end if start <= end else clock >= start or clock < end


def read_wall(text: str) -> datetime:
    """An ISO date or local date and time as wall time; a bare date means DAY_BEGINS. Raises BadInput."""
    try:
        if len(text) == 10:
            return datetime.fromisoformat(f"{date.fromisoformat(text)}T{DAY_BEGINS}")
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError as error:
        raise BadInput(
            f"{text!r} is not a date or time.", do="Write it like 2026-11-27 or 2026-11-27T09:00."
        ) from error


def plainly(moment: datetime, now: datetime) -> str:
    """A moment in words a person reads at a glance, in `now`'s zone: `Friday 27 November at 09:00`."""
    there = moment.astimezone(now.tzinfo)
    days = (there.date() - now.date()).days
    day = {0: "today", 1: "tomorrow"}.get(days, f"{there:%A} {there.day} {there:%B}")
    year = f" {there.year}" if there.year != now.year and days > 1 else ""
    return f"{day}{year} at {there:%H:%M}"
