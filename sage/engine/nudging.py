"""Nudges of a home: looks now and then whether something may be proposed, and has the alarms tell it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sage.adapters.touches import Touches
from sage.agent.nudger import Chosen, Nudger
from sage.agent.phrasing import Phraser
from sage.core.errors import SageError
from sage.core.events import moments_of
from sage.core.nudge_words import KINDS, part_of_day, template
from sage.core.nudges import Boundary, Context, Limits
from sage.core.schedules.schedule import Occurrence, Rule, Schedule
from sage.engine.background import WORDING_NUDGES, background_budget
from sage.profile import resolve
from sage.settings import NudgeSettings, Settings

if TYPE_CHECKING:
    from sage.engine.bootstrap import House

log = logging.getLogger(__name__)

LOOK_EVERY = 60
"""Seconds between two looks."""
JUST = timedelta(minutes=10)
"""How long something counts as having just ended, or the app as just opened."""
WORDED_WITHIN = 20.0
"""Seconds that a model may take to word a nudge."""
GATHER_EVERY = timedelta(minutes=15)
"""Between two looks at all tasks, goals and promises while nothing has ended: no nudge can go out then."""
NO_END = timedelta(days=1)
"""A pause without an end is looked at again after so long."""


class Nudging:
    """Looks every minute, and when an app is opened. `present` says whether an app is open, so that somebody may be there;
    `typing` whether keys come in one.
    """

    def __init__(
        self, house: House, nudger: Nudger, present: Callable[[], bool], typing: Callable[[], bool] = lambda: False
    ) -> None:
        self._house, self._nudger, self._present, self._typing = house, nudger, present, typing
        self._opened_at: datetime | None = None
        self._talked_at: datetime | None = None
        self._gathered_at: datetime | None = None
        self._wake = asyncio.Event()

    def came_in(self) -> None:
        """An app was opened: a boundary."""
        self._opened_at = self._house.clock.now()
        self._wake.set()

    async def run(self) -> None:
        """Looks until it is cancelled."""
        while True:
            self._wake.clear()
            try:
                await self.look()
            except SageError as error:
                log.warning("nudges are looked at again in %d s: %s", LOOK_EVERY, error.kind)
            except Exception:
                log.exception("nudges are looked at again in %d s", LOOK_EVERY)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await self._wake.wait()

    async def look(self) -> Chosen | None:
        """One look: decides, records, and gives the one that goes out to the alarms. Only then may a model word it."""
        chosen = await asyncio.to_thread(self._choose)
        if chosen:
            words = await self._worded(chosen)
            await asyncio.to_thread(self._send, chosen, words, self._house.clock.now())
        return chosen

    def _choose(self) -> Chosen | None:
        settings = resolve("default", self._house.home).settings
        if not settings.nudges.allow:
            return None
        now = self._house.clock.now()
        self._take_back()
        if self._house.turns.busy:
            self._talked_at = now
        context = self.context(now)
        if not context.boundary and self._gathered_at and timedelta() <= now - self._gathered_at < GATHER_EVERY:
            return None
        self._gathered_at = now
        return self._nudger.on_due(now, context, limits_of(settings, now), learns=settings.nudges.learn)

    async def _worded(self, chosen: Chosen) -> str:
        """The template, or a model's wording of it that passes the lint, within `WORDED_WITHIN` and the cap of the background."""
        house, nudge = self._house, chosen.nudge
        plain = template(nudge, house.clock.now())
        try:
            models = house.brains.chain(resolve("default", house.home))
            async with asyncio.timeout(WORDED_WITHIN):
                said = await Phraser(models, background_budget(house), house.clock).said(
                    plain, WORDING_NUDGES + nudge.id, [nudge.text]
                )
        except (SageError, TimeoutError) as trouble:
            log.info("nudge %s is told as the template: %s", nudge.id, type(trouble).__name__)
            return plain
        log.info("nudge %s: %s, %d findings", nudge.id, said.how, len(said.findings))
        return said.text

    def context(self, now: datetime) -> Context:
        """What is known of this moment."""
        house = self._house
        pause = house.pausing.now(now)
        paused = None
        if pause:
            paused = datetime.fromisoformat(pause.until) if pause.until else now + NO_END
        busy, until = self._busy(now)
        return Context(self._boundary(now), busy, until, paused, self._snoozed_to())

    def _snoozed_to(self) -> tuple[datetime, ...]:
        house = self._house
        put_off = (house.schedule_pages.last(one.id) for one in house.nudges.sent() if one.answer == "snoozed")
        return tuple(datetime.fromisoformat(one.ring_at) for one in put_off if one)

    def _busy(self, now: datetime) -> tuple[str, datetime | None]:
        focus = self._house.planner.focus(now)
        if focus:
            return "a focus session", datetime.fromisoformat(focus.until)
        ends = [end for start, end in self._meetings(now) if start <= now < end]
        if ends:
            return "a meeting", max(ends)
        if self._house.turns.busy:
            return "a conversation", None
        return ("typing", None) if self._typing() else ("", None)

    def _boundary(self, now: datetime) -> Boundary:
        """The person has just come, or has just ended a talk with Sage and is still there; or something else has ended."""
        moments = [moment for moment in (self._opened_at, self._talked_at) if moment]
        if self._present() and any(timedelta() <= now - moment <= JUST for moment in moments):
            return "opened"
        ended = [end for _, end in self._meetings(now)]
        ended += [
            datetime.fromisoformat(one.ended_at or one.until)
            for one in self._house.focus.since(now - timedelta(days=1))
        ]
        return "ended" if any(timedelta() <= now - end <= JUST for end in ended) else ""

    def _meetings(self, now: datetime) -> list[tuple[datetime, datetime]]:
        found = self._house.calendar.events(now - timedelta(hours=1), now + timedelta(minutes=1))
        busy = [one for one in found.events if one.busy and not one.all_day]
        return [tuple(moments_of(one, str(now.tzinfo))) for one in busy]  # type: ignore[misc]

    def _send(self, chosen: Chosen, words: str, now: datetime) -> None:
        """Has the alarms tell it, in one commit with the decision: told once, or back among those that wait."""
        house, nudge, moment = self._house, chosen.nudge, now.astimezone(UTC).isoformat()
        schedule = Schedule(
            nudge.id, words, Rule(f"{now:%Y-%m-%dT%H:%M}", str(now.tzinfo)), "nudge", "skip",
            state="ended", made_at=moment,
        )  # fmt: skip
        with house.database.transaction():
            house.nudges.send(nudge, chosen.decision, chosen.features)
            if house.schedule_pages.find(nudge.id) is None:
                house.schedule_pages.add(schedule, (), now)
            house.schedule_pages.fill([Occurrence(nudge.id, moment, moment, moment)], now)
        house.schedules.changed()

    def _take_back(self) -> None:
        """One that nobody could be told in time waits again; it was not told, and costs nothing of the day's."""
        house = self._house
        for nudge in house.nudges.sent():
            if nudge.state != "sent" or nudge.answer:
                continue
            last = house.schedule_pages.last(nudge.id)
            if last and last.state == "missed":
                house.nudges.come_back(nudge.id)


def nudging_of(
    house: House,
    fresh_id: Callable[[str], str],
    present: Callable[[], bool],
    typing: Callable[[], bool] = lambda: False,
) -> Nudging:
    """The nudges of a home."""
    touches = Touches(house.home, house.database)
    nudger = Nudger(
        house.nudges,
        house.notebook,
        house.facts,
        touches,
        lambda: fresh_id("j"),
        random.Random(),
        house.notebook.may_nudge,
    )
    return Nudging(house, nudger, present, typing)


def limits_of(settings: Settings, now: datetime) -> Limits:
    """What the person set, as it holds at this hour."""
    nudges, quiet = settings.nudges, settings.quiet_hours
    allowed = (kind for kind in nudges.allow if f"{kind} {part_of_day(now)}" not in nudges.never)
    return Limits(
        frozenset(allowed), quiet.start or "00:00", quiet.end or "00:00", nudges.per_day,
        timedelta(minutes=nudges.min_gap_minutes),
    )  # fmt: skip


def without(settings: NudgeSettings, kind: str, part: str) -> dict[str, list[str]]:
    """The settings in which nudges of a kind are not agreed to, in a part of the day or at all."""
    if part:
        return {"nudges.never": sorted({*settings.never, f"{kind} {part}"})}
    return {"nudges.allow": [other for other in KINDS if other in settings.allow and other != kind]}
