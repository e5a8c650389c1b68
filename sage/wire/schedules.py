"""Reminders and what returns: schedules."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from sage.core.schedules.schedule import Late, Occurrence, Schedule
from sage.wire.base import Request


class NextTime(Struct, frozen=True):
    """One time at which a schedule is due: the local time that it was set for, the moment (UTC), and both in words."""

    wall: str
    at: str
    said: str


class ScheduleShown(Struct, frozen=True):
    """A schedule, its rule in words, and its next times. `notes` are sentences about what was settled unsaid."""

    schedule: Schedule
    said: str
    next: tuple[NextTime, ...]
    notes: tuple[str, ...] = ()
    occurrences: tuple[Occurrence, ...] = ()


class Schedules(Struct, frozen=True):
    schedules: tuple[ScheduleShown, ...]


class OccurrenceAnswered(Struct, frozen=True):
    """What became of one occurrence, in words."""

    words: str


class Remind(Request[ScheduleShown], frozen=True, tag=True):
    """Sets a reminder for what the person typed; what is not clear fails with a question, and nothing is set.

    With `preview` nothing is set: the answer shows what would be, and `KeepSchedule` sets just that.
    """

    text: str
    late: Late = "say so"
    insists: bool = False
    travels: bool = False
    preview: bool = False
    reply: ClassVar[Any] = ScheduleShown


class KeepSchedule(Request[ScheduleShown], frozen=True, tag=True):
    """Sets the schedule of a preview as it was shown, once."""

    schedule: Schedule
    reply: ClassVar[Any] = ScheduleShown


class ListSchedules(Request[Schedules], frozen=True, tag=True):
    """Those in force; with `all` also those that ended or were removed."""

    all: bool = False
    reply: ClassVar[Any] = Schedules


class ShowSchedule(Request[ScheduleShown], frozen=True, tag=True):
    """`schedule` is an id, or words of its text."""

    schedule: str
    reply: ClassVar[Any] = ScheduleShown


class EditSchedule(Request[ScheduleShown], frozen=True, tag=True):
    """What is None (or empty) stays. `when` is in words."""

    schedule: str
    when: str = ""
    text: str = ""
    late: Late | None = None
    insists: bool | None = None
    travels: bool | None = None
    reply: ClassVar[Any] = ScheduleShown


class SkipSchedule(Request[ScheduleShown], frozen=True, tag=True):
    """Leaves out the next time."""

    schedule: str
    reply: ClassVar[Any] = ScheduleShown


class RemoveSchedule(Request[ScheduleShown], frozen=True, tag=True):
    schedule: str
    reply: ClassVar[Any] = ScheduleShown


class PutOffSchedule(Request[OccurrenceAnswered], frozen=True, tag=True):
    """Tells one occurrence at a time in words instead (again, if it was told): that of `slot`, or ("") the next one."""

    schedule: str
    when: str
    slot: str = ""
    reply: ClassVar[Any] = OccurrenceAnswered


class AnswerReminder(Request[OccurrenceAnswered], frozen=True, tag=True):
    """The person has seen an occurrence: one that insists is told no more. `slot` is that of the occurrence, or ("") one
    whose time has come."""

    schedule: str
    slot: str = ""
    reply: ClassVar[Any] = OccurrenceAnswered


Requests = (
    Remind
    | KeepSchedule
    | ListSchedules
    | ShowSchedule
    | EditSchedule
    | SkipSchedule
    | RemoveSchedule
    | PutOffSchedule
    | AnswerReminder
)
