"""The alarm clock: wakes for the next reminder, looks at the wall clock now and then, tells each one once.

The truth is the journal's occurrences; APScheduler only rings. Should the machine sleep or its clock leap, the next look
finds what is due. Each telling is three commits: claimed, sending (then the surface is called), done with its receipt. Whoever
is killed in between is found at the next start: what was claimed is due again, what was being sent is uncertain, unless its
surface shows nothing twice. No surface and no schedule can keep another reminder from being told.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from sage.adapters.anchor_calendar import AnchorCalendar, NoCalendar
from sage.adapters.journal.journal_schedules import SchedulePages
from sage.core.errors import SageError
from sage.core.ports import Clock
from sage.core.schedules.leaps import Leap, Reading, leap_between
from sage.core.schedules.own_times import OWN_KINDS
from sage.core.schedules.planning import ended, planned
from sage.core.schedules.ringing import INSISTS_EVERY, Delay, Ripe, ripe
from sage.core.schedules.schedule import Occurrence, Ring, Schedule
from sage.core.schedules.wall_time import due_of
from sage.engine.anchoring import Anchoring
from sage.engine.pausing import Pausing

log = logging.getLogger(__name__)

LOOK_EVERY = 30.0
"""Seconds between two looks at the wall clock."""
TOLD_WITHIN = 15.0
"""Seconds that a surface may take; whether it has told something is then unknown."""
EVENTS_WITHIN = 2.0
"""Seconds that calendars may take before all else goes on without them."""
AT_ONCE = 4
"""Reminders that are told at the same time: one surface that hangs stops no other, and a kill leaves few in doubt."""
ENDS_WITHIN = 3.0
"""Seconds that a telling which has begun gets when the engine ends."""

Outcome = Literal["told", "not told", "unknown"]


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
        """Tells it; False when it certainly did not arrive. Whatever it raises means that nobody knows."""
        ...


class OwnTimes(Protocol):
    """What is told at times that are no reminders of the person's: rituals, and the ends of focus sessions."""

    def plan(self, now: datetime) -> None:
        """Keeps their schedules as they should be now."""
        ...

    def ripe(self, schedule: Schedule, waiting: Sequence[Occurrence], now: datetime, delay: Delay | None) -> Ripe:
        """As `ripe` of reminders, for one of `OWN_KINDS`."""
        ...


class Alarms:
    """Rings for the schedules of a journal. `elapsed` counts seconds whatever happens to the clock; `notice` is told once in
    words when the clock leaps; `own` decides about what is no reminder, `news` tells what else is to be said before each look."""

    def __init__(
        self,
        pages: SchedulePages,
        clock: Clock,
        surfaces: Iterable[Surface],
        pausing: Pausing,
        elapsed: Callable[[], float],
        notice: Callable[[str], Awaitable[None]],
        own: OwnTimes | None = None,
        calendar: AnchorCalendar | None = None,
        news: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self._news = news
        self._anchoring = Anchoring(pages, calendar or AnchorCalendar(NoCalendar()))
        self._pages, self._clock, self._surfaces, self._pausing = pages, clock, surfaces, pausing
        self._elapsed, self._notice, self._own = elapsed, notice, own
        self._reading: Reading | None = None
        self._leaps: list[Leap] = []
        self._leapt_over: list[Occurrence] = []
        """What was told as a question, or given up, because the clock leapt over it."""
        self._owed: list[Callable[[], object]] = []
        """What happened, and could not be written down yet."""
        self._paying = threading.Lock()
        self._alarm: Any = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._leaving = False

    def start(self) -> None:
        """Takes up what an earlier engine left, and begins to look. Must be called on the event loop."""
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        self.resume()
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._loop = asyncio.get_running_loop()
        self._alarm = AsyncIOScheduler(timezone=UTC, event_loop=self._loop)
        self._alarm.start()
        self._task = asyncio.create_task(self._keep_looking(), name="reminders")

    async def stop(self) -> None:
        """Ends the looking; what is being told may come to its end, what is due stays due."""
        self._leaving = True
        self._wake.set()
        if self._alarm:
            self._alarm.shutdown(wait=False)
        if self._task:
            await asyncio.wait([self._task], timeout=ENDS_WITHIN)
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def look_soon(self) -> None:
        """Looks as soon as the loop is free: something was added or changed. May be called from any thread."""
        if self._loop:
            self._loop.call_soon_threadsafe(self._wake.set)

    def resume(self) -> None:
        """Finds what an engine that was killed left in the middle. One that insists goes on insisting."""
        now = self._clock.now()
        safe = [surface.name for surface in self._surfaces if surface.idempotent]
        for occurrence in self._pages.resume(now, safe):
            log.warning("schedule %s: whether it was told is uncertain", occurrence.schedule)
        for occurrence in self._pages.in_state("uncertain"):
            schedule = self._pages.find(occurrence.schedule)
            if schedule and schedule.insists and schedule.state != "removed":
                self._pages.put_off(occurrence, now + INSISTS_EVERY, now)

    async def look(self) -> None:
        """Tells what is due, and plans what follows."""
        await asyncio.to_thread(self._pay)
        for words in await asyncio.to_thread(self._news):
            await self._notice(words)
        now = self._clock.now()
        leap = self._find_leap(now)
        if leap:
            await self._notice(leap.notice)
            await asyncio.to_thread(self._heed, leap, now)
        await asyncio.to_thread(self._plan, now)
        if not await asyncio.to_thread(self._pausing.now, now):
            await self._ring(now)
            await asyncio.to_thread(self._plan, now)

    async def _keep_looking(self) -> None:
        while not self._leaving:
            self._wake.clear()
            try:
                await self.look()
                await asyncio.to_thread(self._arm)
            except SageError as error:
                log.warning("reminders are looked at again in %.0f s: %s", LOOK_EVERY, error.kind)
            except Exception:
                log.exception("reminders are looked at again in %.0f s", LOOK_EVERY)
            # Not a job of the alarm's: that would count in wall time, and a clock that is set back would put it off.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await self._wake.wait()

    # --- telling

    async def _ring(self, now: datetime) -> None:
        waiting = sorted(await asyncio.to_thread(self._pages.waiting, now), key=lambda one: (one.schedule, one.ring_at))
        fresh = [one for one in waiting if not one.told_by]
        ahead = await asyncio.to_thread(self._anchoring.ahead, fresh, now)
        groups = [
            list(group) for _, group in groupby((one for one in fresh if one not in ahead), lambda one: one.schedule)
        ]
        # Those that may have come are no part of what was missed, and each event that is still ahead is told for itself.
        groups += [[one] for one in waiting if one.told_by or one in ahead]
        slots = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(self._ring_one(group, now, slots) for group in groups))

    async def _ring_one(self, waiting: list[Occurrence], now: datetime, slots: asyncio.Semaphore) -> None:
        name = waiting[-1].schedule
        async with slots:
            try:
                schedule = await asyncio.to_thread(self._pages.find, name)
                if schedule is not None:
                    schedule = self._anchoring.named(schedule, waiting[-1], now)
                    await self._tell(await asyncio.to_thread(self._ripe, schedule, waiting, now), now)
            except Exception:
                log.exception("schedule %s: it could not be told", name)

    def _ripe(self, schedule: Schedule, waiting: Sequence[Occurrence], now: datetime) -> Ripe:
        delay = self._delay(waiting[-1])
        if self._own and schedule.kind in OWN_KINDS:
            return self._own.ripe(schedule, waiting, now, delay)
        return ripe(schedule, waiting, now, delay)

    async def _tell(self, found: Ripe, now: datetime) -> None:
        """Tells it on the first surface that takes it. When none does, it stays due."""
        if found.ring is None:
            await asyncio.to_thread(self._pages.miss, found.before, now)
            self._remember_leapt(found.before)
            return
        occurrence = found.ring.occurrence
        for surface in self._surfaces:
            if self._leaving or not surface.reachable or occurrence.told_by not in ("", surface.name):
                continue
            if not await asyncio.to_thread(self._pages.move, occurrence, "due", "claimed", now):
                return
            if not await asyncio.to_thread(self._pages.send, occurrence, found.before, now, surface.name):
                return
            outcome = await self._call(surface, found.ring)
            await asyncio.to_thread(self._settle, found, surface, outcome)
            if outcome != "not told":
                return

    async def _call(self, surface: Surface, ring: Ring) -> Outcome:
        try:
            async with asyncio.timeout(TOLD_WITHIN):
                return "told" if await surface.tell(ring, ring.occurrence.key) else "not told"
        except Exception as error:  # noqa: BLE001 - an edge: a surface may be anybody's, and its words may be the person's
            log.warning("schedule %s: %s raised %s", ring.schedule.id, surface.name, type(error).__name__)
            return "unknown"

    def _settle(self, found: Ripe, surface: Surface, outcome: Outcome) -> None:
        """Writes down what became of a call; when it cannot be written now, it is at the next look."""
        assert found.ring
        pages, occurrence, now = self._pages, found.ring.occurrence, self._clock.now()
        again_at = now + INSISTS_EVERY if found.ring.schedule.insists else None

        def nobody_knows() -> None:
            pages.move(occurrence, "sending", "due" if surface.idempotent else "uncertain", now)
            if again_at and not surface.idempotent:
                pages.put_off(occurrence, again_at, now)

        deeds: dict[Outcome, Callable[[], object]] = {
            "told": lambda: pages.receive(occurrence, now, again_at),
            "not told": lambda: pages.send_failed(occurrence, found.before, now),
            "unknown": nobody_knows,
        }
        if outcome != "not told":
            self._remember_leapt((occurrence, *found.before))
        self._owed.append(deeds[outcome])
        self._pay()

    def _pay(self) -> None:
        with self._paying:
            while self._owed:
                deed = self._owed.pop(0)
                try:
                    deed()
                except SageError:
                    self._owed.insert(0, deed)
                    raise

    # --- clocks

    def _find_leap(self, now: datetime) -> Leap | None:
        before, self._reading = self._reading, Reading(now, self._elapsed())
        return leap_between(before, self._reading) if before else None

    def _heed(self, leap: Leap, now: datetime) -> None:
        """What a clock leaps over is doubtful; when it goes back, that comes in its time."""
        log.warning("the clock leapt by %.0f s", leap.by.total_seconds())
        if leap.by > timedelta():
            self._leaps.append(leap)
            return
        self._leaps.clear()
        over, self._leapt_over = self._leapt_over, []
        for one in over:
            rings_at = datetime.fromisoformat(one.ring_at)
            if rings_at > now:
                self._pages.put_off(one, rings_at, now)

    def _leap_over(self, occurrence: Occurrence) -> Leap | None:
        rings_at = datetime.fromisoformat(occurrence.ring_at)
        return next((leap for leap in self._leaps if leap.skipped(rings_at)), None)

    def _remember_leapt(self, occurrences: Sequence[Occurrence]) -> None:
        self._leapt_over += [one for one in occurrences if self._leap_over(one)]

    def _delay(self, last: Occurrence) -> Delay | None:
        leap = self._leap_over(last)
        if leap:
            return Delay(f", if the clock is right. {leap.words[:-1]}", doubtful=True)
        held = self._pausing.held(datetime.fromisoformat(last.ring_at))
        return Delay(", while Sage was paused") if held else None

    # --- planning

    def _plan(self, now: datetime) -> None:
        """Gives each schedule that has nothing waiting its next occurrence, and those that passed meanwhile; what travels is
        due by the clocks of here."""
        here = now.tzinfo
        assert isinstance(here, ZoneInfo)
        if self._own:
            self._own.plan(now)
        for occurrence in self._pages.travelling(now):
            at = due_of(datetime.fromisoformat(occurrence.slot), here)
            if at and at != datetime.fromisoformat(occurrence.due_at):
                self._pages.move_due(occurrence, at, now)
        self._anchoring.plan_within(now, EVENTS_WITHIN, self.look_soon)
        for schedule in self._pages.without_next(now):
            try:
                self._plan_one(schedule, now, here)
            except Exception:
                log.exception("schedule %s: what follows cannot be told", schedule.id)

    def _plan_one(self, schedule: Schedule, now: datetime, here: ZoneInfo) -> None:
        last = self._pages.last(schedule.id)
        after = datetime.fromisoformat(last.due_at if last else schedule.made_at)
        found = planned(schedule, after, now, here)
        if found:
            self._pages.fill(found, now)
        elif ended(schedule, after, here):
            self._pages.end(schedule.id)

    def _arm(self) -> None:
        """Sets the alarm for the next reminder, or for the end of a pause."""
        now = self._clock.now().astimezone(UTC)
        pause = self._pausing.now(now)
        following = [self._pages.next_ring(now), datetime.fromisoformat(pause.until) if pause and pause.until else None]
        later = [each for each in following if each and now < each < now + timedelta(days=2)]
        if self._alarm and self._loop and later and not self._leaving:
            self._loop.call_soon_threadsafe(self._set_alarm, min(later))

    def _set_alarm(self, at: datetime) -> None:
        if not self._leaving:
            self._alarm.add_job(
                self.look_soon, "date", run_date=at, id="next", replace_existing=True, misfire_grace_time=None
            )
