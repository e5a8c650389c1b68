"""Keeps the reminders that hang on events in step with the calendar, while the alarms look."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from sage.adapters.anchor_calendar import AnchorCalendar
from sage.adapters.journal.journal_schedules import SchedulePages
from sage.core.schedules.anchors import AHEAD, Hanging, changed, is_once, named, still_ahead
from sage.core.schedules.schedule import Occurrence, Rule, Schedule

log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
"""Between two looks at a calendar in which no file changed: events of later days come near."""
MOVED_BACK = timedelta(days=1)
"""How long ago an event may have begun to which one that was planned was moved."""
FARTHEST_BACK = timedelta(days=31)
"""Of what passed while no engine ran."""


class Anchoring:
    """Plans what hangs on events. A calendar is read again when one of its files has changed, and now and then."""

    def __init__(self, pages: SchedulePages, calendar: AnchorCalendar) -> None:
        self._pages, self._calendar = pages, calendar
        self._looked: dict[str, tuple[datetime, Rule, str]] = {}
        """When each schedule's events were looked at last, for which rule and in which state of the calendars."""
        self._found: dict[str, list[Hanging]] = {}
        self._beside: threading.Thread | None = None

    def plan_within(self, now: datetime, seconds: float, late: Callable[[], None]) -> None:
        """Plans. A calendar that is large, or on a disk that does not answer, keeps nobody longer than some seconds: the planning
        goes on beside the alarms, and calls `late` at its end."""
        if (self._beside and self._beside.is_alive()) or not self._pages.anchored():
            return
        left = threading.Event()

        def plan() -> None:
            try:
                self.plan(now)
            except Exception:
                log.exception("events are looked at again")
            if left.is_set():
                late()

        # Not of a pool: a disk that never answers must not keep the engine from ending.
        self._beside = threading.Thread(target=plan, name="events", daemon=True)
        self._beside.start()
        self._beside.join(seconds)
        if self._beside.is_alive():
            left.set()

    def plan(self, now: datetime) -> None:
        """Adds, moves and drops what nobody was told yet, as the events are now. One schedule's trouble stops no other."""
        schedules = self._pages.anchored()
        if not schedules:
            return
        mark = self._calendar.mark(now)
        for schedule in schedules:
            try:
                self._plan_one(schedule, mark, now)
            except Exception:
                log.exception("schedule %s: its events cannot be looked at", schedule.id)

    def ahead(self, waiting: Sequence[Occurrence], now: datetime) -> list[Occurrence]:
        """Of what waits, those whose event is still to begin."""
        rules = {schedule.id: schedule.rule for schedule in self._pages.anchored()} if waiting else {}
        return [one for one in waiting if one.schedule in rules and still_ahead(one, rules[one.schedule], now)]

    def named(self, schedule: Schedule, occurrence: Occurrence, now: datetime) -> Schedule:
        """The schedule as it is told, with the events that begin then."""
        due = datetime.fromisoformat(occurrence.due_at)
        events = [one for one in self._found.get(schedule.id, ()) if one.at == due]
        return named(schedule, events, now) if schedule.rule.anchor else schedule

    def _plan_one(self, schedule: Schedule, mark: str, now: datetime) -> None:
        rule, looked = schedule.rule, self._looked.get(schedule.id)
        if looked and looked[1:] == (rule, mark) and looked[0] <= now < looked[0] + EVERY:
            if is_once(rule):
                self._end(schedule, self._pages.occurrences(schedule.id))
            return
        rows = self._pages.occurrences(schedule.id)
        since = min(looked[0] if looked else _last_touched(schedule, rows), now.astimezone(UTC))
        waiting = [datetime.fromisoformat(row.due_at) for row in rows if row.state == "due"]
        # Also what was moved to a time that has passed, or has begun meanwhile.
        first = max(min([since, now - MOVED_BACK + min(timedelta(minutes=rule.minutes), timedelta()), *waiting]),
                    now - FARTHEST_BACK)  # fmt: skip
        found = self._calendar.found(rule, first - timedelta(seconds=1), now + AHEAD, now)
        change = changed(schedule, rows, found.events, since, now, whole=found.whole)
        self._pages.follow(change.drop, change.add, now)
        self._found[schedule.id] = found.events
        self._looked[schedule.id] = (now.astimezone(UTC), rule, mark)
        self._end(schedule, self._pages.occurrences(schedule.id))

    def _end(self, schedule: Schedule, rows: list[Occurrence]) -> None:
        if is_once(schedule.rule) and rows:
            self._pages.end(schedule.id)


def _last_touched(schedule: Schedule, rows: list[Occurrence]) -> datetime:
    """When an engine did something with a schedule: it ran until then at least."""
    return datetime.fromisoformat(max([schedule.made_at, *(row.changed_at for row in rows)])).astimezone(UTC)
