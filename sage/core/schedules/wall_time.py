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


def due_of(wall: datetime, zone: ZoneInfo) -> datetime | None:
    """The moment (UTC) at which a wall time is due, or None on a date that the zone left out.

    In an autumn fold it is the first of the two, inside a spring gap the first moment after it. A zone that moved across the
    date line left out a whole date (Samoa 2011-12-30): nothing is due on it.
    """
    naive = wall.replace(tzinfo=None, fold=0)
    first, second = (naive.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    before, after = (zone.utcoffset(one) for one in (first, second))
    assert before is not None and after is not None
    if before >= after:
        return first.astimezone(UTC)
    # A gap (PEP 495): read with the offset from before it the time lies behind it, read with the one from after, in front.
    early, late = second.astimezone(UTC), first.astimezone(UTC)
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=int((late - early).total_seconds()) // 2)
        early, late = (middle, late) if zone.utcoffset(middle.astimezone(zone)) == before else (early, middle)
    last_day = (late - timedelta(seconds=1)).astimezone(zone).date()
    return None if last_day < naive.date() < late.astimezone(zone).date() else late


def moment_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """As `due_of`. Raises BadInput on a date that the zone left out."""
    due = due_of(wall, zone)
    if due is None:
        raise BadInput(f"{wall:%Y-%m-%d} does not exist in {zone.key}.", do="Choose another day.")
    return due


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
