"""Real engines that are killed with -9 while they tell what is due, over and over, on a surface that counts."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from pathlib import Path

import apsw

from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_schedules import SchedulePages
from sage.adapters.schedule_book import ScheduleBook
from sage.adapters.system_clock import SystemClock
from sage.client import running_engine
from sage.core.schedules.schedule import Occurrence, Rule, Schedule
from sage.locations import Home
from tests.crashes.counting_surface import Aftermath, read_lines, troubles
from tests.crashes.telling_engine import FAULT, SAFE, TOLD

AT_ONCE = 60
"""Reminders that are due at the same time."""
AT_A_TIME = 2
"""Homes at the same time."""
ROUNDS = 10
"""Kills that one home lives through."""
WITHIN = 40.0
"""Seconds in which an engine must open its door, and in which all must have been told."""


@dataclass
class Life:
    """One home: how often its engine was killed, and what came of it."""

    kills: int = 0
    told: int = 0
    uncertain: int = 0
    hit: dict[str, int] = field(default_factory=dict)
    """In which state the kills found occurrences."""
    troubles: list[str] = field(default_factory=list)


def run_telling_kills(number: int, seed: int, fault: str = "") -> dict[bool, Life]:
    """Kills `number` times; by whether the surface shows a key only once, all that came of it."""
    rounds = [min(ROUNDS, number - start) for start in range(0, number, ROUNDS)]
    with tempfile.TemporaryDirectory(prefix="sage-telling-") as folder, ThreadPoolExecutor(AT_A_TIME) as threads:
        lives = [
            threads.submit(_Home(Path(folder) / str(place), bool(place % 2), f"{seed}x{place}", fault).live, kills)
            for place, kills in enumerate(rounds)
        ]
        found: dict[bool, Life] = {False: Life(), True: Life()}
        for place, each in enumerate(lives):
            _add(found[bool(place % 2)], each.result())
    return found


def _add(sum_: Life, life: Life) -> None:
    sum_.kills += life.kills
    sum_.told += life.told
    sum_.uncertain += life.uncertain
    sum_.troubles += life.troubles
    for state, count in life.hit.items():
        sum_.hit[state] = sum_.hit.get(state, 0) + count


class _Home:
    def __init__(self, folder: Path, safe: bool, mark: str, fault: str) -> None:
        self._home, self._told = Home(folder / "home"), folder / "told"
        self._safe, self._chance, self._fault = safe, random.Random(mark), fault
        self._home.prepare()
        self._home.settings.write_text('[person]\ntimezone = "Europe/Berlin"\n')
        self._told.touch()
        self._clock = SystemClock("Europe/Berlin")
        self._schedules: dict[str, Schedule] = {}
        self._sent: dict[str, Occurrence] = {}
        """What a kill found being sent, by slot."""

    def live(self, kills: int) -> Life:
        life = Life()
        while life.kills < kills:
            if not self._waiting():
                self._fill(life.kills)
            self._kill_once(life)
        self._finish(life)
        return life

    def _fill(self, mark: int) -> None:
        """More that is due now, and was made before."""
        now = self._clock.now()
        with closing(open_journal(self._home.journal)) as database:
            book = ScheduleBook(SchedulePages(database))
            for number in range(AT_ONCE):
                due = now - timedelta(minutes=self._chance.randint(5, 50))
                rrule = "" if number % 5 else "FREQ=DAILY"
                schedule = Schedule(
                    f"r{mark}x{number}", f"Reminder {number}", Rule(f"{due:%Y-%m-%dT%H:%M}", "Europe/Berlin", rrule)
                )
                book.add(schedule, now - timedelta(hours=2))
                self._schedules[schedule.id] = schedule

    def _kill_once(self, life: Life) -> None:
        before = len(read_lines(self._told))
        engine = self._spawn()
        try:
            until = time.monotonic() + WITHIN
            while len(read_lines(self._told)) == before and self._waiting() and time.monotonic() < until:
                time.sleep(0.005)
            time.sleep(self._chance.uniform(0, 0.25))
            assert engine.poll() is None, engine.stderr and engine.stderr.read().decode()[-800:]
        finally:
            os.kill(engine.pid, signal.SIGKILL)
            engine.communicate()
        life.kills += 1
        for one in self._rows():
            if one.state in ("claimed", "sending"):
                life.hit[one.state] = life.hit.get(one.state, 0) + 1
            if one.state == "sending":
                self._sent[f"{one.schedule}/{one.slot}"] = one

    def _finish(self, life: Life) -> None:
        """An engine that nobody kills; then all must have been told."""
        engine = self._spawn()
        try:
            until = time.monotonic() + WITHIN
            while (not running_engine(self._home) or self._waiting()) and time.monotonic() < until:
                time.sleep(0.01)
            time.sleep(0.3)  # for what is being told
        finally:
            engine.terminate()
            engine.communicate(timeout=30)
        rows, lines = self._rows(), read_lines(self._told)
        life.told = len(lines)
        life.uncertain = sum(one.state == "uncertain" for one in rows)
        end = Aftermath(self._schedules, list(self._sent.values()), rows, lines, self._safe)
        life.troubles = troubles(end, self._clock.now())

    def _waiting(self) -> bool:
        if not self._home.journal.exists():
            return False
        with closing(apsw.Connection(str(self._home.journal))) as journal:
            journal.set_busy_timeout(5000)
            journal.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            now = self._clock.now().astimezone(UTC).isoformat()
            sql = "SELECT count(*) FROM occurrences WHERE state = 'due' AND ring_at <= ?"
            return bool(journal.execute(sql, (now,)).fetchall()[0][0])

    def _rows(self) -> list[Occurrence]:
        with closing(open_journal(self._home.journal)) as database:
            pages = SchedulePages(database)
            return [one for name in self._schedules for one in pages.occurrences(name)]

    def _spawn(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.crashes.telling_engine", "serve", "--stays", "--home"]
        more = {TOLD: str(self._told), SAFE: "1" if self._safe else "", FAULT: self._fault}
        return subprocess.Popen(
            [*command, str(self._home.path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**os.environ, **more},
        )
