"""Facts read by a model: when the person asks, or while nothing else is to be done, within the cap of the background."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from sage import wire
from sage.adapters.memory.memory_rows import PassageRow
from sage.adapters.memory.memory_store import MemoryStore
from sage.agent.fact_finder import FactFinder, Finding
from sage.core.errors import BadInput, ModelTrouble, OverBudget, SageError
from sage.engine.background import READING_FACTS, background_budget
from sage.engine.bootstrap import House, fresh_id
from sage.profile import Resolved, resolve

log = logging.getLogger(__name__)

ASKED = "facts/"
"""What reading that the person asked for is booked on; an id follows."""
QUIET_SECONDS = 20.0
"""How long nobody must have asked anything before a model reads by itself, and how long it waits when nothing is left."""
BETWEEN = 0.25
"""Seconds between two looks whether somebody asks."""

Tell = Callable[[wire.FactsReading], Coroutine[Any, Any, None]]


@dataclass
class FactReading:
    """A model on its way through passages; what it found in one is kept before the next. `elsewhere` is where it may run."""

    house: House
    finder: FactFinder
    elsewhere: bool
    new: int = 0
    passages: int = 0
    models: dict[str, None] = field(default_factory=dict)
    cost: float | None = 0.0

    def unread(self, most: int, since: str = "", names: Sequence[str] | None = None) -> list[PassageRow]:
        """The passages to read next."""
        reader, model = self.house.fact_reader, self.finder.name
        return self.house.memory.read(
            lambda store: reader.unread(store, model, most, since=since, names=names, elsewhere=self.elsewhere)
        )

    async def read(self, row: PassageRow, job: str) -> None:
        """Reads one passage. Raises OverBudget, or a trouble of the model."""
        from sage.adapters.memory.fact_reader import when_of

        found = await self.finder.read(row.passage.text, when_of(row), job)
        await asyncio.shield(asyncio.to_thread(self._keep, row, found))

    def _keep(self, row: PassageRow, found: Finding) -> None:
        models = dict.fromkeys((self.finder.name, found.model))

        def keep(store: MemoryStore) -> int:
            there = any(one.passage.text == row.passage.text for one in store.passages_of([row.id]))
            return self.house.fact_reader.add_found(store, row, found.drafts, models) if there else 0

        self.new += self.house.memory.read(keep)
        self.passages += 1
        self.models[found.model] = None
        self.cost = None if self.cost is None or found.cost is None else self.cost + found.cost


async def read_when_asked(
    house: House, profile: Resolved, request: wire.ReadFacts, since: str, tell: Tell
) -> wire.FactsRead:
    """Reads up to `request.most` passages. Raises BadInput without a model, and the first passage's trouble."""
    finder = FactFinder(house.brains.chain(profile), house.budget, house.clock)
    reading = FactReading(house, finder, profile.asks_elsewhere)
    rows = await asyncio.to_thread(_chosen, reading, request, since)
    worst = await reading.finder.worst_cost([row.passage.text for row in rows])
    job, stopped = ASKED + fresh_id("j"), ""
    for done, row in enumerate(rows):
        await tell(wire.FactsReading(reading.finder.name, done, len(rows), worst))
        try:
            await reading.read(row, job)
        except ModelTrouble as trouble:
            if not reading.passages:
                raise
            stopped = f"{trouble.what} {trouble.do}".strip()
            break
    return wire.FactsRead(reading.new, reading.passages, tuple(reading.models), reading.cost, stopped)


def _chosen(reading: FactReading, request: wire.ReadFacts, since: str) -> list[PassageRow]:
    names = None
    if request.about.strip():
        hits = reading.house.memory.recall(request.about, k=4 * request.most, now=reading.house.clock.now())
        names = [hit.id for hit in hits]
    return reading.unread(request.most, since, names)


class IdleReading:
    """Reads facts while nobody asks anything, if the settings allow it; a turn that begins cuts it short."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._budget = background_budget(house)

    async def run(self) -> None:
        """Runs until it is cancelled."""
        quiet = 0.0
        while True:
            await asyncio.sleep(BETWEEN)
            quiet = 0.0 if self._house.turns.busy else quiet + BETWEEN
            if quiet >= QUIET_SECONDS:
                quiet = QUIET_SECONDS if await self.step() else 0.0

    async def step(self) -> bool:
        """Reads one passage, if there is one and it may; returns whether there may be more."""
        try:
            profile = await asyncio.to_thread(resolve, "default", self._house.home)
            if not profile.settings.caps.background_usd_per_day:
                return False
            finder = FactFinder(self._house.brains.chain(profile), self._budget, self._house.clock)
            reading = FactReading(self._house, finder, profile.asks_elsewhere)
            rows = await asyncio.to_thread(reading.unread, 1)
            return bool(rows) and await self._read(reading, rows[0])
        except (OverBudget, BadInput):  # the cap of the day is used up, or no model is set
            return False
        except SageError as trouble:
            log.warning("facts were not read in the background: %s", trouble.kind)
            return False

    async def _read(self, reading: FactReading, row: PassageRow) -> bool:
        task = asyncio.create_task(reading.read(row, READING_FACTS + fresh_id("j")), name="read facts while idle")
        try:
            while not task.done() and not self._house.turns.busy:
                await asyncio.wait([task], timeout=BETWEEN)
        finally:
            if not task.done():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, SageError):
                    await task
        if task.cancelled():
            return False
        task.result()
        return True
