"""From a rule to the moments at which it is due: local times first, then the moments that a zone gives them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from sage.core.errors import BadInput
from sage.core.schedules.schedule import Rule
from sage.core.schedules.wall_time import due_of, zone_of

if TYPE_CHECKING:
    from dateutil.rrule import rrule

_OR_LAST = {"29": "28,29", "30": "28,29,30", "31": "28,29,30,31"}
"""With BYSETPOS=-1: the day, or the last one of a month that is shorter."""
_FREQUENCIES = ("HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_LONGEST = dict(zip(range(1, 13), (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), strict=True))
"""Days of each month, at most."""


class Due(NamedTuple):
    """One occurrence: its local time, which names it, its moment in UTC, and the event that it hangs on, if it does."""

    wall: datetime
    at: datetime
    event: str = ""


def checked(rule: Rule) -> Rule:
    """The rule as it is kept. Raises BadInput for one that cannot be read or never happens.

    A month's 29th to 31st becomes "or the last day of a shorter month": RFC 5545 leaves such months out, which nobody means.
    """
    zone = zone_of(rule.zone)
    try:
        datetime.fromisoformat(rule.wall)
    except ValueError as error:
        raise BadInput("It has no first time.", safe="Nothing was scheduled.", do="Name when it begins.") from error
    if not rule.rrule or rule.anchor:
        return rule
    parts = _parts(rule.rrule, zone)
    of_months = parts["FREQ"] == "MONTHLY" or "BYMONTH" in parts
    if of_months and parts.get("BYMONTHDAY") in _OR_LAST and not parts.keys() & {"BYSETPOS", "BYDAY"}:
        parts |= {"BYMONTHDAY": _OR_LAST[parts["BYMONTHDAY"]], "BYSETPOS": "-1"}
    kept = replace(rule, rrule=";".join(f"{name}={value}" for name, value in parts.items()))
    if next(walls(kept), None) is None:
        raise _never()
    return kept


def last_day_instead(rule: Rule) -> str:
    """The day ("31") in whose place the rule takes the last day of a shorter month; "" for none."""
    return next((day for day, days in _OR_LAST.items() if f"BYMONTHDAY={days};BYSETPOS=-1" in rule.rrule), "")


def walls(rule: Rule, after: datetime | None = None) -> Iterator[datetime]:
    """The rule's local times, in order, later than `after` (a local time). Raises BadInput for a rule that cannot be read."""
    first = datetime.fromisoformat(rule.wall)
    if rule.anchor:  # its times are those of events
        return
    if rule.rrule:
        yield from _read(rule.rrule, first).xafter(after or first, inc=after is None)
    elif after is None or first > after:
        yield first


def dues(rule: Rule, zone: ZoneInfo, after: datetime | None = None) -> Iterator[Due]:
    """The rule's occurrences in a zone, in order, later than the moment `after`.

    Those on a date that the zone left out do not exist; two that a gap moves to one moment are one.
    """
    # A gap may have moved an earlier local time beyond `after`; none is longer than a day.
    since = None if after is None else after.astimezone(zone).replace(tzinfo=None) - timedelta(days=1)
    last = after
    for wall in walls(rule, since):
        at = due_of(wall, zone)
        if at is not None and (last is None or at > last):
            last = at
            yield Due(wall, at)


def _read(text: str, first: datetime) -> rrule:
    from dateutil.rrule import rrulestr

    try:
        return rrulestr(text, dtstart=first)
    except (ValueError, TypeError) as error:
        raise _unreadable(text) from error


def _parts(text: str, zone: ZoneInfo) -> dict[str, str]:
    """The parts of a recurrence by name, its end as a local time. Raises BadInput."""
    pieces = [part.partition("=") for part in text.strip().upper().removeprefix("RRULE:").split(";") if part]
    parts = {name: value for name, _, value in pieces}
    numbers = [parts.get(name, "1") for name in ("INTERVAL", "COUNT")]
    if (
        parts.get("FREQ") not in _FREQUENCIES
        or len(parts) < len(pieces)
        or not all(n.isdecimal() and int(n) for n in numbers)
    ):
        raise _unreadable(text)
    days = [abs(int(day)) for day in parts.get("BYMONTHDAY", "1").split(",") if day.lstrip("+-").isdecimal()]
    months = [int(month) for month in parts.get("BYMONTH", "1").split(",") if month.isdecimal()]
    # The library would look for the 30th of February up to the year 9999.
    if not days or min(days) > max((_LONGEST.get(month, 0) for month in months), default=0):
        raise _never()
    if parts.get("UNTIL", "").endswith("Z"):
        try:
            end = datetime.strptime(parts["UNTIL"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        except ValueError as error:
            raise _unreadable(text) from error
        parts["UNTIL"] = f"{end.astimezone(zone):%Y%m%dT%H%M%S}"
    return parts


def _never() -> BadInput:
    return BadInput("That never happens.", safe="Nothing was scheduled.", do="Look at its days and at its end.")


def _unreadable(text: str) -> BadInput:
    return BadInput(
        f"{text!r} cannot be read as a recurrence.",
        safe="Nothing was scheduled.",
        do=f"It begins with FREQ= and one of {', '.join(_FREQUENCIES)}: FREQ=WEEKLY;BYDAY=TU.",
    )
