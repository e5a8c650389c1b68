"""Which occurrences a schedule gets rows for: all that have passed, and the next one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from zoneinfo import ZoneInfo

from sage.core.schedules.recurrence import Due, dues
from sage.core.schedules.schedule import Occurrence, Rule, Schedule
from sage.core.schedules.wall_time import zone_of


def planned(schedule: Schedule, after: datetime, now: datetime, here: ZoneInfo) -> list[Occurrence]:
    """The occurrences later than the moment `after`, up to the first one later than `now`. `here` is where the person is."""
    found = []
    for due in dues(schedule.rule, zone_for(schedule.rule, here), after):
        found.append(occurrence_of(schedule, due))
        if due.at > now:
            break
    return found


def upcoming(rule: Rule, now: datetime, here: ZoneInfo, count: int = 3) -> list[Due]:
    """The next occurrences of a rule, as they are shown before it counts."""
    return list(islice(dues(rule, zone_for(rule, here), now), count))


def zone_for(rule: Rule, here: ZoneInfo) -> ZoneInfo:
    """The zone that a rule's local times are in now."""
    return here if rule.travels else zone_of(rule.zone)


def occurrence_of(schedule: Schedule, due: Due) -> Occurrence:
    """The row of an occurrence that nobody was told yet."""
    at = due.at.astimezone(UTC).isoformat()
    return Occurrence(schedule.id, f"{due.wall:%Y-%m-%dT%H:%M}", at, at)


def ended(schedule: Schedule, after: datetime, here: ZoneInfo) -> bool:
    """Whether nothing of it is due later than a moment."""
    later: Iterator[Due] = dues(schedule.rule, zone_for(schedule.rule, here), after)
    return next(later, None) is None
