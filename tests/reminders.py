"""Reminders for tests: a schedule that is due once, with its occurrence."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from sage.adapters.database import Database
from sage.adapters.journal.journal_schedules import SchedulePages
from sage.core.schedules.planning import occurrence_of
from sage.core.schedules.recurrence import Due
from sage.core.schedules.schedule import Occurrence, Rule, Schedule

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def one_reminder(name: str, text: str, wall: str, zone: str = "Europe/Berlin") -> tuple[Schedule, Occurrence]:
    """A schedule for one local time, and what is due of it."""
    schedule = Schedule(name, text, Rule(wall, zone))
    when = datetime.fromisoformat(wall)
    return schedule, occurrence_of(schedule, Due(when, when.replace(tzinfo=ZoneInfo(zone))))


def keep_reminder(
    database: Database, name: str, text: str, wall: str, zone: str = "Europe/Berlin", at: datetime = _LONG_AGO
) -> Occurrence:
    """Writes one into a journal."""
    schedule, occurrence = one_reminder(name, text, wall, zone)
    SchedulePages(database).add(schedule, [occurrence], at)
    return occurrence
