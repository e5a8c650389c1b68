"""Events of the person's calendars, whatever keeps them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import NamedTuple

from msgspec import Struct

from sage.core.schedules.wall_time import due_of, zone_of


class Event(Struct, frozen=True):
    """One event, or one occurrence of one that returns.

    `start` and `end` (exclusive) are ISO moments in UTC, or ISO dates when it lasts `all_day`. `calendar` names where it
    stands; one that is not `busy` takes no room. `lasting` names it whenever it is moved or renamed, which `id` does not.
    """

    id: str
    title: str
    start: str
    end: str
    calendar: str
    where: str = ""
    busy: bool = True
    lasting: str = ""

    @property
    def all_day(self) -> bool:
        """Whether it has dates rather than times."""
        return len(self.start) == len("2026-11-27")


class Events(Struct, frozen=True):
    """What calendars hold, in the order of its start. `troubles` are sentences for the person: what could not be read.
    `whole`: each calendar could be read as it is now, so that what is missing stands in none."""

    events: tuple[Event, ...]
    troubles: tuple[str, ...] = ()
    whole: bool = True


class Moments(NamedTuple):
    """From when to when (exclusive); aware."""

    start: datetime
    end: datetime

    def meets(self, other: Moments) -> bool:
        """Whether some moment is in both. One without a length is in another that goes on around it."""
        return self.start < other.end and other.start < self.end


def day_begins(day: date, zone: str) -> datetime:
    """The moment at which a date begins in a zone; one that the zone left out begins (and ends) with the next."""
    there = zone_of(zone)
    midnight = datetime.combine(day, datetime.min.time())
    return due_of(midnight, there) or day_begins(day + timedelta(days=1), zone)


def moments_of(event: Event, zone: str) -> Moments:
    """When it is; the dates of an `all_day` one are those of the person's zone."""
    if event.all_day:
        return Moments(*(day_begins(date.fromisoformat(day), zone) for day in (event.start, event.end)))
    return Moments(datetime.fromisoformat(event.start), datetime.fromisoformat(event.end))
