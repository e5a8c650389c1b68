"""When a task is due, as iCalendar writes it and as Sage shows it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from .lines import Prop, line_of


@lru_cache(maxsize=512)
def zone_named(name: str) -> ZoneInfo | None:
    """A zone by its name, or by the one that Windows gives it; None for one that only the item itself describes."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    for known in (name, WINDOWS_TO_OLSON.get(name, "")):
        try:
            return ZoneInfo(known) if known else None
        except (ValueError, OSError, LookupError):
            continue
    return None


def wall_of(prop: Prop) -> date | datetime:
    """A DATE or DATE-TIME without its zone. Raises ValueError, also for a time in the first or last year that there is: it would
    lie beyond the ends of time in another zone."""
    text = prop.value.strip()
    if len(text) == len("20261127") and text.isdecimal():
        return date.fromisoformat(text)
    wall = datetime.fromisoformat(text).replace(tzinfo=None)
    if not date.min.year < wall.year < date.max.year:
        raise ValueError("a time that not every zone has")
    return wall


def shown(prop: Prop, here: str) -> tuple[str, str]:
    """A date or time as (`due`, `zone`) of a task; `here` is the person's zone, in which times in UTC are shown. Raises
    ValueError for a date that does not exist, and LookupError for a zone that is not known."""
    wall = wall_of(prop)
    if not isinstance(wall, datetime):
        return wall.isoformat(), ""
    if prop.value.strip().upper().endswith("Z"):
        there = wall.replace(tzinfo=UTC).astimezone(ZoneInfo(here))
        return f"{there:%Y-%m-%dT%H:%M}", here
    name = prop.params.get("TZID", "")
    zone = zone_named(name) if name else None
    if name and zone is None:
        raise LookupError(name)
    return f"{wall:%Y-%m-%dT%H:%M}", zone.key if zone else ""


def due_line(name: str, due: str, zone: str) -> str:
    """The line of a property ("DUE") for a task's `due` in a zone."""
    if len(due) == len("2026-11-27"):
        return line_of(name, date.fromisoformat(due).strftime("%Y%m%d"), VALUE="DATE")
    wall = datetime.fromisoformat(due)
    if zone == "UTC":
        return line_of(name, f"{wall:%Y%m%dT%H%M%S}Z")
    return line_of(name, f"{wall:%Y%m%dT%H%M%S}", TZID=zone)


def zone_lines(name: str) -> list[str]:
    """The description of a zone, as an item has to have it (RFC 5545, 3.6.5)."""
    from icalendar import Timezone

    from .lines import unfolded

    described = Timezone.from_tzid(name, first_date=date(2020, 1, 1))
    return unfolded(described.to_ical().decode())


def stamp(moment: datetime) -> str:
    """A moment in UTC."""
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
