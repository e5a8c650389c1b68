"""An engine that nobody speaks with: two days of looks over a home's real objects with a clock that is moved, and a real
engine for a minute. Nothing is due; nudges of every kind are agreed to, and there are tasks and goals to speak of.

Memory is measured over the first 24 hours, in which tables and the allocator's arenas still come to their size, and over the
24 hours after them, in which what leaks goes on growing and what only warmed up does not. Beside what is resident stand
Python's own blocks: they tell objects that are kept from memory that the allocator has not given back.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sage.core.nudge_words import KINDS
from sage.core.schedules.schedule import Rule, Schedule
from sage.engine.alarms import LOOK_EVERY, Alarms
from sage.engine.bootstrap import House, fresh_id
from sage.engine.nudging import LOOK_EVERY as NUDGES_EVERY
from sage.engine.nudging import nudging_of
from sage.engine.own_times import OwnTimes
from sage.locations import Home
from sage.testing.fakes import FakeClock
from tests.homes import end, engine_of, make_notes

BEGIN = datetime(2026, 11, 23, 0, 0, tzinfo=ZoneInfo("Europe/Berlin"))
WARM = 20.0
"""Seconds that a real engine gets before it is measured."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--idle-hours", type=float, default=24.0, help="simulated hours, after as many to warm up")
    parser.add_argument("--idle-seconds", type=float, default=60.0, help="seconds for which a real engine is measured")


def run_part(args: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="sage-idle-") as folder:
        home = _make(Path(folder))
        simulated = asyncio.run(_simulate(home, max(2.0, args.idle_hours), wasteful=bool(args.fault)))
        real = _measure(home, args.idle_seconds) if args.idle_seconds else {}
    return {**simulated, **real}


def _make(folder: Path) -> Home:
    home = Home(folder / "home")
    home.prepare()
    kinds = ", ".join(f'"{kind}"' for kind in KINDS)
    home.settings.write_text(
        f'[person]\ntimezone = "Europe/Berlin"\n[notify]\ndesktop = false\n[nudges]\nallow = [{kinds}]\n'
    )
    house = House.open(home)
    try:
        house.memory.import_path(make_notes(folder))
        for number in range(20):
            wall = f"2026-11-{25 + number % 5}T{8 + number % 10:02}:00"
            rule = Rule(wall, "Europe/Berlin", "FREQ=WEEKLY" if number % 2 else "")
            house.schedules.add(Schedule(f"r{number}", f"Reminder {number}", rule), BEGIN)
            house.notebook.add_task(f"k{number}", f"Task {number}", due="2026-12-01", now=BEGIN)
        house.notebook.add_goal("g1", "Be rested", now=BEGIN)
    finally:
        asyncio.run(house.close())
    return home


async def _simulate(home: Home, hours: float, *, wasteful: bool) -> dict[str, Any]:
    house = House.open(home)
    clock = house.clock = FakeClock(BEGIN)  # type: ignore[assignment]
    calls, seconds, kept = 0, 0.0, list[bytes]()

    def chain(*_: Any) -> Any:
        nonlocal calls
        calls += 1
        raise RuntimeError("an idle engine asked for a model")

    house.brains.chain = chain  # type: ignore[method-assign]

    async def silent(text: str) -> None:
        """Nobody listens."""

    alarms = Alarms(house.schedule_pages, clock, [], house.pausing, lambda: seconds, silent, OwnTimes(house))
    nudging = nudging_of(house, fresh_id, lambda: False)
    looks, rests, began = 0, list[tuple[int, int]](), 0.0
    try:
        while seconds < 2 * hours * 3600:
            await alarms.look()
            if seconds % NUDGES_EVERY == 0:
                await nudging.look()
            looks += 1
            clock.go_on(seconds=LOOK_EVERY)
            seconds += LOOK_EVERY
            if wasteful:
                kept.append(b"x" * 20_000)  # of zeros nothing would be resident
            if looks == 120:  # after an hour all is loaded
                rests, began = [_rest()], time.process_time()
            elif seconds in (hours * 3600, 2 * hours * 3600):
                rests.append(_rest())
        spent = time.process_time() - began
    finally:
        await house.close()
    return {
        "simulated_hours": hours,
        "looks": looks,
        "model_calls": calls,
        "looks_core_percent": round(100 * spent / max(1.0, seconds - 3600), 3),
        "first_day_memory_growth_mb": round((rests[1][0] - rests[0][0]) / 1e6, 2),
        "second_day_memory_growth_mb": round((rests[2][0] - rests[1][0]) / 1e6, 2),
        "second_day_blocks_growth": rests[2][1] - rests[1][1],
    }


def _measure(home: Home, seconds: float) -> dict[str, Any]:
    with engine_of(home) as engine:
        time.sleep(WARM)
        before, resident = _cpu(engine.pid), _resident(engine.pid)
        time.sleep(seconds)
        spent, grown = _cpu(engine.pid) - before, _resident(engine.pid) - resident
        end(engine)
    return {
        "real_seconds": seconds,
        "engine_core_percent": round(100 * spent / seconds, 3),
        "engine_mb": round(resident / 1e6, 1),
        "engine_memory_growth_mb": round(grown / 1e6, 2),
    }


def _rest() -> tuple[int, int]:
    """Bytes of resident memory, and the number of blocks that Python has taken."""
    gc.collect()
    return _resident(os.getpid()), sys.getallocatedblocks()


def _resident(pid: int) -> int:
    """Bytes of resident memory (Linux)."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


def _cpu(pid: int) -> float:
    """Seconds of processor time (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
