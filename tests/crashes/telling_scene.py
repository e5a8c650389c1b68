"""Scenes of telling: days of reminders of every kind, ended at any step from due to done, on a surface that counts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from multiprocessing import get_context
from typing import Any
from zoneinfo import ZoneInfo

from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_schedules import SchedulePages
from sage.adapters.schedule_book import ScheduleBook
from sage.core.schedules.schedule import Rule, Schedule
from sage.locations import Home
from sage.testing.fakes import FakeClock
from tests.crashes.counting_surface import Aftermath, CountingSurface, read_lines, troubles
from tests.crashes.scene import Scene
from tests.telling import Told

BEGIN = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
DAYS = 4
STEP = timedelta(hours=6)
END = BEGIN + timedelta(days=DAYS, hours=12)
UNCERTAIN = get_context("fork").Value("i", 0)
"""How many occurrences were uncertain at the end of a point; counted over all processes of a run."""


def schedules() -> list[Schedule]:
    """One of every kind."""
    zone = "Europe/Berlin"

    def rule(wall: str, rrule: str = "") -> Rule:
        return Rule(wall, zone, rrule)

    return [
        *[Schedule(f"once{number}", "Once", rule(f"2026-11-2{3 + number}T12:00")) for number in range(DAYS)],
        Schedule("daily", "Daily", rule("2026-11-23T13:00", "FREQ=DAILY")),
        Schedule("often", "Often", rule("2026-11-23T10:30", "FREQ=HOURLY;INTERVAL=3")),
        Schedule("skips", "Skipped when late", rule("2026-11-23T16:00", "FREQ=HOURLY;INTERVAL=12"), late="skip"),
        Schedule("asks", "Asks when late", rule("2026-11-23T15:59", "FREQ=DAILY"), late="ask"),
        Schedule("insists", "Insists", rule("2026-11-24T09:00"), insists=True),
    ]


class TellingScene(Scene):
    """Looks over days; the person puts one off and answers one. Whatever ends it, each is told once, late or not."""

    name = "telling"
    live = False
    idempotent = False

    def prepare(self, home: Home) -> None:
        home.prepare()
        (home.path.parent / "told").touch()
        with closing(open_journal(home.journal)) as database:
            book = ScheduleBook(SchedulePages(database))
            for schedule in schedules():
                book.add(schedule, BEGIN)

    def open(self, home: Home) -> Told:
        clock = FakeClock(BEGIN)
        surface = CountingSurface(home.path.parent / "told", clock.now, idempotent=self.idempotent)
        return Told(surface, database=open_journal(home.journal), clock=clock)

    def steps(self, world: Told) -> Sequence[Callable[[], object]]:
        looks = int(timedelta(days=DAYS) / STEP)
        steps: list[Callable[[], object]] = [partial(self._look, world)] * looks
        steps.insert(3, lambda: world.book.put_off(world.pages.occurrences("once0")[0], END - 2 * STEP, world.now))
        return [*steps, partial(answer, world)]

    def _look(self, world: Told) -> None:
        asyncio.run(world.go_on(hours=STEP / timedelta(hours=1)))

    def state(self, world: Told) -> Any:
        return None

    def close(self, world: Told) -> None:
        world.database.close()

    def look(self, home: Home, *, power: bool) -> Any:
        """The next engine, after all is due; what is wrong then."""
        with closing(open_journal(home.journal)) as database:
            assert not (trouble := database.trouble()), trouble
            known = {schedule.id: schedule for schedule in schedules()}
            before = [one for name in known for one in SchedulePages(database).occurrences(name)]
            clock = FakeClock(END)
            surface = CountingSurface(home.path.parent / "told", clock.now, idempotent=self.idempotent)
            world = Told(surface, database=database, clock=clock)
            asyncio.run(_recover(world))
            after = [one for name in known for one in world.pages.occurrences(name)]
        lines = read_lines(home.path.parent / "told")
        with UNCERTAIN.get_lock():
            UNCERTAIN.value += sum(one.state == "uncertain" for one in after)
        return troubles(Aftermath(known, before, after, lines, self.idempotent), END)

    def judge(self, found: Any, states: Sequence[Any], acknowledged: int, steps: int) -> str:
        return "; ".join(found)


class SafeTellingScene(TellingScene):
    """The same on a surface that shows a key once: there nothing is ever uncertain."""

    name = "telling, shown once"
    idempotent = True


async def _recover(world: Told) -> None:
    await world.look()
    await world.look()
    await world.go_on(minutes=11)
    answer(world)
    await world.look()


def answer(world: Told) -> None:
    """The person answers whatever insists."""
    for one in world.pages.waiting():
        if one.schedule == "insists":
            world.book.acknowledge(one, world.now)
