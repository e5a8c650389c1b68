"""Hours of use, sped up, of the app in a pseudo-terminal: each minute something is asked, its answer streams and is read back,
and another place is looked at, searched in or written in; each hour a new conversation is begun. The engine is played, in a
process of its own. After each hour the app collects its garbage and counts what it holds.

The first hours are its warming: all places have been opened many times then, and what is kept for speed is full. `--with leak`
keeps a widget of each answer, `task` leaves a task behind; both must be seen."""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sage import wire
from sage.core.messages import TextDelta
from sage.core.turns import Answer, TurnStarted
from sage.locations import Home
from tests.bench._terminal_transcript import answer
from tests.played_door import Emit, PlayedDoor, says
from tests.pty_app import PtyApp
from tests.tui.made_up import made_up

SIZE = (120, 40)
MINUTES, WARMING = 60, 2
NOTICE = 6.0
"""Seconds of rest before it counts: a notice is gone by then."""
F2, F3, F4, F5, F6, F8 = b"\x1bOQ", b"\x1bOR", b"\x1bOS", b"\x1b[15~", b"\x1b[17~", b"\x1b[19~"
ESC, DOWN, UP, PAGE_UP, END = b"\x1b", b"\x1b[B", b"\x1b[A", b"\x1b[5~", b"\x1b[1;5F"
ELSEWHERE: tuple[tuple[bytes, ...], ...] = (
    (F2, DOWN, UP), (F4, DOWN, UP, b"\r", ESC), (F5, b"tomato", b"es ", b"in the", DOWN, b"\r", ESC), (F6, DOWN, UP),
    (F6, b"h", DOWN, UP), (F8, b"buy string for the beans", b"\r"), (b"\x10", b"mem", ESC), (F2, b"?", ESC),
)  # fmt: skip
"""What is done in a minute besides: in each place, in the sheets, in the line that captures, in the palette."""
COUNTING = """
import asyncio, gc, json, os, signal, sys, threading
from sage.tui.app import SageApp
from sage.tui.shown_answer import ShownAnswer
kept, finish, ready = [], ShownAnswer.finish, SageApp.on_mount
fault, told = sys.argv[1:3]
del sys.argv[1:3]
def finished(self, answer):
    if fault == "leak":
        from textual.widgets import Static
        kept.append(Static("x" * 50_000))
    if fault == "task":
        kept.append(asyncio.create_task(asyncio.sleep(1e6)))
    return finish(self, answer)
def count():
    from textual.timer import Timer
    from textual.widget import Widget
    gc.collect()
    kinds = [type(one) for one in gc.get_objects()]
    with open(told + ".new", "w") as file:
        json.dump({
            "tasks": len(asyncio.all_tasks()), "threads": threading.active_count(), "files": len(os.listdir("/proc/self/fd")),
            "timers": sum(issubclass(kind, Timer) for kind in kinds),
            "widgets": sum(issubclass(kind, Widget) for kind in kinds), "objects": len(kinds),
        }, file)
    os.rename(told + ".new", told)
def mounted(self):
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, count)
    return ready(self)
ShownAnswer.finish, SageApp.on_mount = finished, mounted
from sage.__main__ import main
sys.exit(main())
"""


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """Memory in MB, and how many tasks, threads, files, timers and widgets there are, after each hour."""
    with tempfile.TemporaryDirectory(prefix="sage-hours-") as folder:
        home = Home(Path(folder) / "home")
        home.prepare()
        engine = subprocess.Popen(
            [sys.executable, "-m", "tests.bench._terminal_hours", str(home.path)], stdout=subprocess.PIPE
        )
        try:
            assert engine.stdout and engine.stdout.readline()
            return _live(home, Path(folder) / "counted", args)
        finally:
            engine.kill()
            engine.wait()
            if engine.stdout:
                engine.stdout.close()


def _live(home: Home, told: Path, args: argparse.Namespace) -> dict[str, Any]:
    sage = [sys.executable, "-c", COUNTING, args.fault or "-", str(told), "--home", str(home.path)]
    hours = []
    with PtyApp(sage, SIZE) as app:
        app.wait(b"today")
        app.drain(1.0, 5.0)
        for _ in range(args.hours):
            for minute in range(args.minutes):
                _use(app, ELSEWHERE[minute % len(ELSEWHERE)])
            app.write(b"\x0e")  # Ctrl+N
            app.drain(NOTICE, 3 * NOTICE)
            hours.append({"mb": app.resident_mb()} | _counted(app, told) | {"mb then": app.resident_mb()})
    warm, last = hours[min(WARMING, len(hours)) - 1], hours[-1]
    return {
        "hours": args.hours,
        "warming, hours": min(WARMING, len(hours)),
        "growth_percent": round(100 * (last["mb then"] / warm["mb then"] - 1), 1),
        "more": {what: last[what] - warm[what] for what in ("tasks", "threads", "files", "timers", "widgets")},
        "after the warming": warm,
        "after the last": last,
        "each_mb": [one["mb then"] for one in hours],
        "each_widgets": [one["widgets"] for one in hours],
    }


def _use(app: PtyApp, elsewhere: tuple[bytes, ...]) -> None:
    """One minute: asked, answered, read back, somewhere else and back."""
    app.forget()
    app.write(b"what is due\r")
    app.wait(b"It ends here")
    for key in (PAGE_UP, PAGE_UP, END, *elsewhere, ESC, F3):
        app.write(key)
        app.drain(0.04, 2)


def _counted(app: PtyApp, told: Path) -> dict[str, int]:
    app.process.send_signal(signal.SIGUSR1)
    until = time.monotonic() + 20
    while not told.exists() and time.monotonic() < until:
        app.read(0.1)
    counted: dict[str, int] = json.loads(told.read_text())
    told.unlink()
    return counted


# --- the engine that is played, in its own process ----------------------------------------------------------------


async def _serve(home: Home) -> None:
    numbers = itertools.count()

    async def say(request: wire.Ask, emit: Emit) -> Answer:
        turn = f"t{next(numbers)}"
        text = "".join(answer("prose", 300))
        await emit(TurnStarted(turn, "c1", "a model"))
        for start in range(0, len(text), 200):
            await emit(TextDelta(text[start : start + 200]))
        await emit(TextDelta("\n\nIt ends here."))
        return Answer(turn, "c1", f"{text}\n\nIt ends here.", model="a model")

    replies = {
        wire.ShowSetup: says(wire.SetupShown((), (), (), "/home/demo/sage")),
        wire.ShowStatus: says(made_up(wire.EngineStatus, theme="dark", paused="", away="", waiting=0)),
        wire.ShowMissed: says(wire.Missed()),
        wire.ReadAround: says(made_up(wire.Passages, at=0)),
        wire.ShowLedger: says(made_up(wire.LedgerShown, days=())),
        wire.Ask: say,
    }
    async with PlayedDoor(home, replies).open():
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(Home(Path(sys.argv[1]))))
