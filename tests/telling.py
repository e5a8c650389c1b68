"""Telling, for tests: a surface that counts what it was told, and alarms over a journal in memory or on a disk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sage.adapters.anchor_calendar import AnchorCalendar
from sage.adapters.database import IN_MEMORY, Database
from sage.adapters.journal.journal_pauses import PausePages
from sage.adapters.journal.journal_schedules import SchedulePages
from sage.adapters.journal.journal_schema import MIGRATIONS
from sage.adapters.schedule_book import ScheduleBook
from sage.core.schedules.schedule import Ring
from sage.engine.alarms import Alarms, Surface
from sage.engine.pausing import Pausing
from sage.testing.fakes import FakeCalendar, FakeClock


@dataclass
class FakeSurface:
    """Shows whatever it is told, and remembers it. `answer` is what it says, or raises, in the place of yes."""

    name: str = "fake"
    idempotent: bool = False
    reachable: bool = True
    answer: Callable[[], bool] = lambda: True
    rings: list[Ring] = field(default_factory=list)
    shown: Counter[str] = field(default_factory=Counter)

    async def tell(self, ring: Ring, key: str) -> bool:
        if not self.answer():
            return False
        if not (self.idempotent and key in self.shown):
            self.shown[key] += 1
            self.rings.append(ring)
        return True

    @property
    def texts(self) -> list[str]:
        return [ring.schedule.text for ring in self.rings]


class Told:
    """Alarms with their journal, clock and surfaces; `go_on` passes time, `leap` sets the clock."""

    def __init__(self, *surfaces: Surface, database: Database | None = None, clock: FakeClock | None = None) -> None:
        self.database = database or Database(IN_MEMORY, MIGRATIONS)
        self.pages, self.clock = SchedulePages(self.database), clock or FakeClock()
        self.calendar = FakeCalendar()
        self.book = ScheduleBook(self.pages, self.calendar)
        self.pausing = Pausing(PausePages(self.database))
        self.surfaces = surfaces
        self.notices: list[str] = []
        self._elapsed = 0.0
        self.start_again()

    def start_again(self) -> None:
        """As after a kill: another engine's alarms over the same journal."""
        self.alarms = Alarms(self.pages, self.clock, self.surfaces, self.pausing, lambda: self._elapsed, self._note,
                             calendar=AnchorCalendar(self.calendar))  # fmt: skip
        self.alarms.resume()

    async def _note(self, text: str) -> None:
        self.notices.append(text)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    async def look(self) -> None:
        await self.alarms.look()

    async def go_on(self, **by: float) -> None:
        """Real time passes, and then the alarms look."""
        self.clock.go_on(**by)
        self._elapsed += timedelta(**by).total_seconds()
        await self.look()

    async def leap(self, **by: float) -> None:
        """The clock is set, and then the alarms look."""
        self.clock.go_on(**by)
        await self.look()
