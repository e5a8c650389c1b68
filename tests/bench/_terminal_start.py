"""How soon Sage is there: the app's first paint and first typed letter, commands, and what each side weighs.

Everything is measured beside its baseline in the same run, interleaved, as medians of wall-clock seconds in a real
pseudo-terminal of 80 x 24, with all modules compiled, as `pip install` leaves them. The baselines are whole processes:
`import textual` (which loads only a part of Textual), `from textual.app import App` (what any app loads), and a minimal
Textual app with one input, painted. Typeable is measured twice: from when on what is typed stands in the composer's frame,
which the terminal itself shows until the app is loaded; and until the app has drawn a letter typed before, where the
terminal shows none.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sage
from sage import wire
from sage.client import Client, stop_engine
from sage.locations import Home
from tests.homes import make_home, make_notes
from tests.pty_app import PtyApp

MINIMAL = """
from textual.app import App
from textual.widgets import Input
class Minimal(App):
    def compose(self):
        yield Input("painted")
Minimal().run()
"""
LONGEST = 20.0
"""Seconds after which something that does not paint is given up."""
FORBIDDEN = ("litellm", "chromadb", "onnxruntime", "numpy", "openai")


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """All figures; times in milliseconds, memory in MB (resident)."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run([sys.executable, "-m", "compileall", "-q", *sage.__path__], check=True)
    with tempfile.TemporaryDirectory(prefix="sage-bench-") as folder:
        home = make_home(Path(folder), linger=30)
        try:
            return _measure(home, Path(folder), args.runs)
        finally:
            stop_engine(home)


def _measure(home: Home, folder: Path, runs: int) -> dict[str, Any]:
    with Client(home) as client:  # the engine runs; the first run's questions are answered
        client.call(wire.ImportNotes(str(make_notes(folder))))
        for step in ("model", "notes"):
            client.call(wire.CloseSetup(step))
        client.call(wire.Recall("tomatoes"))
    command = [sys.executable, "-m", "sage", "--home", str(home.path)]
    python = [sys.executable, "-c"]
    wall: dict[str, Callable[[], float]] = {
        "import textual": lambda: _process([*python, "import textual"]),
        "import textual.app": lambda: _process([*python, "from textual.app import App"]),
        "minimal app painted": lambda: _painted([*python, MINIMAL], b"painted"),
        "sage typeable": lambda: _typeable(command),
        "sage painted": lambda: _painted(command, b"/help shows the rest"),
        "sage has drawn a letter": lambda: _painted(command, "ж".encode(), typed="ж".encode()),
        "sage recall": lambda: _process([*command, "recall", "tomatoes"]),
    }
    cpu: dict[str, Callable[[], float]] = {
        "python": lambda: _cpu([*python, "pass"]),
        "sage --help": lambda: _cpu([sys.executable, "-m", "sage", "--help"]),
    }
    taken: dict[str, list[float]] = {name: [] for name in (*wall, *cpu)}
    for round_ in range(runs + 1):
        for name, measure in (*wall.items(), *cpu.items()):
            seconds = measure()
            if round_:  # the first round warms the caches of the file system
                taken[name].append(seconds)
    median = {name: round(1000 * statistics.median(times), 1) for name, times in taken.items()}
    stop_engine(home)
    return {
        "runs": runs,
        "wall_ms": {name: median[name] for name in wall},
        "cpu_ms": {name: median[name] for name in cpu},
        "ratios": {
            "typeable / import textual": round(median["sage typeable"] / median["import textual"], 2),
            "typeable / import textual.app": round(median["sage typeable"] / median["import textual.app"], 2),
            "typeable / minimal app painted": round(median["sage typeable"] / median["minimal app painted"], 2),
            "drawn / import textual": round(median["sage has drawn a letter"] / median["import textual"], 2),
            "drawn / minimal app painted": round(median["sage has drawn a letter"] / median["minimal app painted"], 2),
        },
        "memory_mb": {"app": _app_memory(command), "engine without a model": _engine_memory(home)},
        "app loads": [name for name in FORBIDDEN if name in _app_modules()],
    }


def _process(command: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def _cpu(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _painted(command: list[str], mark: bytes, typed: bytes = b"") -> float:
    """Seconds from the start of the process until `mark` is on the terminal; `typed` is typed at once."""
    with PtyApp(command) as app:
        if typed:
            app.write(typed)
        app.wait(mark, LONGEST)
        return time.perf_counter() - app.began


def _typeable(command: list[str]) -> float:
    """Seconds from the start of the process until a letter typed into the composer's frame is on the terminal."""
    with PtyApp(command, echoes=True) as app:
        app.wait("╯".encode(), LONGEST)
        app.forget()
        app.write("ж".encode())
        app.wait("ж".encode(), LONGEST)
        return time.perf_counter() - app.began


def _app_memory(sage: list[str]) -> float:
    """Resident memory of the app, two and a half seconds after it was started."""
    with PtyApp(sage) as app:
        while time.perf_counter() - app.began < 2.5:
            app.read(0.1)
        return app.resident_mb()


def _engine_memory(home: Home) -> float:
    """Resident memory of a fresh engine that has answered one recall and been left alone for a second."""
    with Client(home) as client:
        client.call(wire.Recall("tomatoes"))
        time.sleep(1)
        return _resident(client.call(wire.ShowStatus()).pid)


def _resident(pid: int) -> float:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS"))
    return round(int(line.split()[1]) / 1024, 1)


def _app_modules() -> list[str]:
    code = "import json, sys; import sage.tui.app; print(json.dumps(sorted(sys.modules)))"
    loaded: list[str] = json.loads(
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    )
    return loaded
