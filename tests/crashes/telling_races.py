"""Races: several processes want one home at the same moment; whoever gets it tells what is due, and may be killed meanwhile."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sage.adapters.home.home_lock import HomeLock
from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_schedules import SchedulePages
from sage.adapters.schedule_book import ScheduleBook
from sage.core.errors import HomeBusy
from sage.core.schedules.schedule import Occurrence, Rule, Schedule
from sage.locations import Home
from sage.testing.fakes import FakeClock
from tests.crashes.counting_surface import Aftermath, CountingSurface, read_lines, troubles
from tests.telling import Told

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
KILLED = 0.3
"""Of the races, how many see their owner killed, and run once more among those that are left."""
OWNER, BUSY, DONE = b"o", b"b", b"d"


@dataclass
class Races:
    """What came of them."""

    races: int = 0
    processes: int = 0
    second_rounds: int = 0
    owners_missing: int = 0
    owners_too_many: int = 0
    told_busy: int = 0
    uncertain: int = 0
    troubles: list[str] = field(default_factory=list)


def run_races(number: int, seed: int) -> Races:
    """Races of two to eight processes, one after the other, over one home."""
    found, chance = Races(), random.Random(seed)
    room = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="sage-races-", dir=room) as folder:
        course = _Course(Path(folder), found, chance)
        for race in range(number):
            course.run(race)
        course.look()
    return found


class _Runner:
    """One process of a race: it does what it is told by single letters, and answers with one."""

    def __init__(self, home: Home, told: Path) -> None:
        to_runner, self._orders = os.pipe()
        self._answers, from_runner = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            os.close(self._orders)
            os.close(self._answers)
            _run(home, told, to_runner, from_runner)
        os.close(to_runner)
        os.close(from_runner)

    def order(self, letter: bytes) -> None:
        os.write(self._orders, letter)

    def answer(self) -> bytes:
        return os.read(self._answers, 1)

    def end(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._orders)
        os.close(self._answers)


class _Course:
    def __init__(self, folder: Path, found: Races, chance: random.Random) -> None:
        self._home, self._told = Home(folder / "home"), folder / "told"
        self._found, self._chance = found, chance
        self._schedules: dict[str, Schedule] = {}
        self._sent: list[Occurrence] = []
        self._home.prepare()
        self._told.touch()

    def run(self, race: int) -> None:
        with closing(open_journal(self._home.journal)) as database:
            for part in range(3):
                schedule = Schedule(f"r{race}x{part}", "Race", Rule("2026-11-23T09:30", "Europe/Berlin"))
                ScheduleBook(SchedulePages(database)).add(schedule, NOW - timedelta(hours=2))
                self._schedules[schedule.id] = schedule
        runners = [_Runner(self._home, self._told) for _ in range(self._chance.randint(2, 8))]
        self._found.races += 1
        self._found.processes += len(runners)
        killed = self._chance.random() < KILLED
        owners = self._start(runners)
        try:
            for owner in owners:
                owner.order(b"t")
            if killed and owners:
                time.sleep(self._chance.uniform(0, 0.03))
                owners[0].end()
                runners.remove(owners[0])
                self._found.second_rounds += 1
                for owner in self._start(runners):
                    owner.order(b"t")
                    owner.answer()
            else:
                for owner in owners:
                    owner.answer()
        finally:
            for runner in runners:
                runner.end()

    def _start(self, runners: list[_Runner]) -> list[_Runner]:
        """All want the home at once; those that have it."""
        self._note_sent()
        for runner in runners:
            runner.order(b"l")
        answers = [(runner, runner.answer()) for runner in runners]
        owners = [runner for runner, answer in answers if answer == OWNER]
        self._found.told_busy += sum(answer == BUSY for _, answer in answers)
        self._found.owners_missing += not owners
        self._found.owners_too_many += len(owners) > 1
        return owners

    def _note_sent(self) -> None:
        with closing(open_journal(self._home.journal)) as database:
            self._sent += SchedulePages(database).in_state("sending")

    def look(self) -> None:
        """Another owner, whom nobody kills; then all must have been told."""
        last = _Runner(self._home, self._told)
        self._start([last])
        last.order(b"t")
        last.answer()
        last.end()
        with closing(open_journal(self._home.journal)) as database:
            pages = SchedulePages(database)
            rows = [one for name in self._schedules for one in pages.occurrences(name)]
        self._found.uncertain = sum(one.state == "uncertain" for one in rows)
        end = Aftermath(self._schedules, self._sent, rows, read_lines(self._told), idempotent=False)
        self._found.troubles = troubles(end, NOW)


def _run(home: Home, told: Path, orders: int, answers: int) -> None:
    """A runner's life; it ends by being killed."""
    lock = HomeLock(home)
    while True:
        match os.read(orders, 1):
            case b"l":
                try:
                    lock.take()
                    os.write(answers, OWNER)
                except HomeBusy:
                    os.write(answers, BUSY)
            case b"t":
                clock = FakeClock(NOW)
                surface = CountingSurface(told, clock.now, idempotent=False)
                with closing(open_journal(home.journal)) as database:
                    asyncio.run(Told(surface, database=database, clock=clock).look())
                os.write(answers, DONE)
            case _:
                os._exit(0)
