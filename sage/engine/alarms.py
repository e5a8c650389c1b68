"""The alarm clock: wakes for the next reminder, looks at the wall clock now and then, tells each reminder once.

The truth is the journal's occurrences; APScheduler only rings. Should the machine sleep or its clock jump, the
next look finds what is due.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sage.adapters.journal.journal_reminders import ReminderPages
from sage.core.plans import Reminder
from sage.core.ports import Clock
from sage.core.schedule import plainly

log = logging.getLogger(__name__)

LOOK_EVERY = 30
"""Seconds between two looks at the wall clock."""
LATE_AFTER = timedelta(minutes=2)

Tell = Callable[[Reminder, str], bool]
"""Tells a person; False when nobody is there, and then it is told later."""


class Alarms:
    """Implements the port `Reminders` with an alarm behind it."""

    def __init__(self, pages: ReminderPages, clock: Clock, tell: Tell) -> None:
        self._pages, self._clock, self._tell = pages, clock, tell
        self._scheduler: Any = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Begins to look. Must be called on the event loop."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._loop = asyncio.get_running_loop()
        self._scheduler = AsyncIOScheduler(timezone=UTC, event_loop=self._loop)
        self._scheduler.start()
        self._scheduler.add_job(self.look, "interval", seconds=LOOK_EVERY, misfire_grace_time=None, coalesce=True)
        self._scheduler.add_job(self.look, misfire_grace_time=None)

    def stop(self) -> None:
        """Ends the looking; what is due stays due."""
        if self._scheduler:
            self._scheduler.shutdown(wait=False)

    def add_reminder(self, reminder: Reminder, at: datetime) -> Reminder:
        kept = self._pages.add_reminder(reminder, at)
        if self._loop:
            self._loop.call_soon_threadsafe(self._arm)
        return kept

    def waiting(self) -> list[Reminder]:
        return self._pages.waiting()

    async def look(self) -> None:
        """Tells what is due, then arms the alarm for the next."""
        now = self._clock.now()
        for reminder in await asyncio.to_thread(self._pages.due, now):
            due = datetime.fromisoformat(reminder.due_at)
            late = f"It was due {plainly(due, now)}." if now - due > LATE_AFTER else ""
            if self._tell(reminder, late):
                await asyncio.to_thread(self._pages.settle, reminder, now)
        self._arm()

    def _arm(self) -> None:
        following = self._pages.next_due()
        now = self._clock.now().astimezone(UTC)
        if self._scheduler and following and now < following < now + timedelta(days=2):
            self._scheduler.add_job(
                self.look, "date", run_date=following, id="next", replace_existing=True, misfire_grace_time=None
            )
