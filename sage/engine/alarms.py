"""The alarm clock: wakes for the next reminder, looks at the wall clock now and then, tells each one once.

The truth is the journal's occurrences; APScheduler only rings. Should the machine sleep or its clock jump, the next look
finds what is due. Each telling is three commits: claimed, sending (then the surface is called), done with its receipt. Whoever
is killed in between is found at the next start: what was claimed is due again, what was being sent is uncertain, unless its
surface shows nothing twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from sage.adapters.journal.journal_schedules import SchedulePages
from sage.core.ports import Clock
from sage.core.schedules.planning import ended, planned
from sage.core.schedules.ringing import INSISTS_EVERY, ripe
from sage.core.schedules.schedule import Ring

log = logging.getLogger(__name__)

LOOK_EVERY = 30
"""Seconds between two looks at the wall clock."""


class Surface(Protocol):
    """Where the person can be told something: the open app, the desktop, a messenger."""

    @property
    def name(self) -> str:
        """What the journal calls it."""
        ...

    @property
    def idempotent(self) -> bool:
        """Whether it shows what has one key only once, however often it is sent."""
        ...

    @property
    def reachable(self) -> bool:
        """Whether it would be worth calling now."""
        ...

    async def tell(self, ring: Ring, key: str) -> bool:
        """Tells it; False when it certainly did not arrive."""
        ...


class Alarms:
    """Rings for the schedules of a journal."""

    def __init__(
        self,
        pages: SchedulePages,
        clock: Clock,
        surfaces: Sequence[Surface],
        paused: Callable[[datetime], bool] = lambda now: False,
    ) -> None:
        self._pages, self._clock, self._surfaces, self._paused = pages, clock, surfaces, paused
        self._scheduler: Any = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._looking = asyncio.Lock()

    def start(self) -> None:
        """Takes up what an earlier engine left, and begins to look. Must be called on the event loop."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        self._resume()
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

    def look_soon(self) -> None:
        """Looks as soon as the loop is free: something was added or changed. May be called from any thread."""
        if self._loop:
            self._loop.call_soon_threadsafe(self._look_now)

    async def look(self) -> None:
        """Tells what is due, then arms the alarm for the next."""
        async with self._looking:
            now = self._clock.now()
            await asyncio.to_thread(self._plan, now)
            if not self._paused(now):
                await self._ring(now)
            await asyncio.to_thread(self._plan, now)
        self._arm()

    async def _ring(self, now: datetime) -> None:
        waiting = sorted(await asyncio.to_thread(self._pages.waiting, now), key=lambda one: (one.schedule, one.ring_at))
        for name, group in groupby(waiting, key=lambda one: one.schedule):
            schedule = await asyncio.to_thread(self._pages.find, name)
            if schedule is None:
                continue
            found = ripe(schedule, list(group), now)
            told = found.ring is None or await self._tell(found.ring, now)
            for missed in found.missed if told else ():
                await asyncio.to_thread(self._pages.move, missed, "due", "missed", now)

    async def _tell(self, ring: Ring, now: datetime) -> bool:
        """Tells it on the first surface that takes it; False when none did, and it stays due."""
        pages, occurrence = self._pages, ring.occurrence
        for surface in self._surfaces:
            if not surface.reachable:
                continue
            if not await asyncio.to_thread(pages.move, occurrence, "due", "claimed", now):
                return False
            await asyncio.to_thread(pages.move, occurrence, "claimed", "sending", now, surface.name)
            if await surface.tell(ring, occurrence.key):
                await asyncio.to_thread(self._receipt, ring, surface.name)
                return True
            await asyncio.to_thread(pages.move, occurrence, "sending", "due", now)
        return False

    def _receipt(self, ring: Ring, told_by: str) -> None:
        now = self._clock.now()
        self._pages.move(ring.occurrence, "sending", "done", now, told_by)
        if ring.schedule.insists:
            self._pages.put_off(ring.occurrence, now + INSISTS_EVERY, now)

    def _resume(self) -> None:
        now = self._clock.now()
        safe = {surface.name for surface in self._surfaces if surface.idempotent}
        for occurrence in self._pages.resume(now):
            if occurrence.told_by in safe:
                self._pages.move(occurrence, "uncertain", "due", now)
            else:
                log.warning("schedule %s: whether it was told is uncertain", occurrence.schedule)

    def _plan(self, now: datetime) -> None:
        """Gives each schedule that has nothing waiting its next occurrence, and those that passed meanwhile."""
        here = now.tzinfo
        assert isinstance(here, ZoneInfo)
        for schedule in self._pages.without_next(now):
            last = self._pages.last(schedule.id)
            after = datetime.fromisoformat(last.due_at if last else schedule.made_at)
            found = planned(schedule, after, now, here)
            if found:
                self._pages.fill(found, now)
            elif ended(schedule, after, here):
                self._pages.end(schedule.id)

    def _look_now(self) -> None:
        if self._scheduler:
            self._scheduler.add_job(self.look, misfire_grace_time=None)

    def _arm(self) -> None:
        following = self._pages.next_ring()
        now = self._clock.now().astimezone(UTC)
        if self._scheduler and following and now < following < now + timedelta(days=2):
            self._scheduler.add_job(
                self.look, "date", run_date=following, id="next", replace_existing=True, misfire_grace_time=None
            )
