"""What Sage tells at times of its own: that a ritual is there, that a focus session has ended, that a calendar is in trouble.

Each counts for a while and no longer: what nobody could be told until then is let go, and nothing is said of it later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sage.core.plain_dates import WEEKDAYS
from sage.core.schedules.pieces import CODES
from sage.core.schedules.ringing import LATE_AFTER, Delay, Ripe
from sage.core.schedules.schedule import Occurrence, Ring, Rule, Schedule, ScheduleKind
from sage.core.schedules.wall_time import plainly

OWN_KINDS: frozenset[ScheduleKind] = frozenset({"brief", "shutdown", "review", "focus", "calendar"})
RITUAL_WORDS: Mapping[ScheduleKind, str] = {
    "brief": "Your brief is ready: sage brief",
    "shutdown": "A moment to close the day, if you like: sage shutdown",
    "review": "A moment to look at the week, if you like: sage review",
}
"""What is told of each, and how it begins."""
RITUAL_NAMES: Mapping[ScheduleKind, str] = {"brief": "Brief", "shutdown": "Shutdown", "review": "Review"}
FOCUS_COUNTS_FOR = timedelta(hours=6)
"""How long after its end a focus session is still worth a word."""


def ritual_rule(at: str, now: datetime) -> Rule:
    """When a ritual is due that is set to `08:00` (each day) or `sunday 18:00`, by the clocks of wherever the person is."""
    *day, clock = at.split()
    rrule = f"FREQ=WEEKLY;BYDAY={CODES[WEEKDAYS.index(day[0])]}" if day else "FREQ=DAILY"
    return Rule(f"{now:%Y-%m-%d}T{clock}", str(now.tzinfo), rrule, travels=True)


def same_times(one: Rule, other: Rule) -> bool:
    """Whether two of a ritual's rules mean the same times, whenever they were set."""
    return (one.rrule, one.wall[11:]) == (other.rrule, other.wall[11:])


def ripe_of_own(
    schedule: Schedule,
    waiting: Sequence[Occurrence],
    now: datetime,
    delay: Delay | None = None,
    *,
    quiet: bool = False,
    focused: bool = False,
) -> Ripe:
    """What becomes of an own time that has come by `now`, as `ripe` does for reminders.

    It comes on time, also in quiet hours if that is when the person wants it; what comes late waits for their end. A ritual
    waits for the end of a focus session, too, and counts on its own date only. A calendar's trouble can always wait.
    """
    *before, last = waiting
    if schedule.kind == "calendar":
        return Ripe(None if quiet or focused else Ring(schedule, last), tuple(before))
    rings_at = datetime.fromisoformat(last.ring_at).astimezone(now.tzinfo)
    is_late = delay is not None or now - rings_at > LATE_AFTER
    if not _counts(schedule, rings_at, now):
        return Ripe(None, tuple(waiting))
    if (quiet and is_late) or (focused and schedule.kind != "focus"):
        return Ripe(None, tuple(before))
    late = f"It was for {plainly(rings_at, now)}{delay.words if delay else ''}." if is_late else ""
    return Ripe(Ring(schedule, last, late), tuple(before))


def _counts(schedule: Schedule, rings_at: datetime, now: datetime) -> bool:
    if schedule.kind == "focus":
        return now - rings_at <= FOCUS_COUNTS_FOR
    return rings_at.date() == now.date()
