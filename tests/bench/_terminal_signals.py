"""Rounds of use in a real pseudo-terminal, by chance: words, sizes, stops, and an end of any kind, a kill among them. Counted is
what was lost, came twice, or was left behind. `--with deaf`: the app hears no signal, which must be seen."""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sage import wire
from sage.client import Client, stop_engine
from sage.locations import Home
from tests.homes import make_home
from tests.pty_app import PtyApp

DEAF = """
import sys
import sage.tui.terminal as terminal
terminal._ENDS = ()
from sage.__main__ import main
sys.exit(main())
"""
ENDS = ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGKILL", "closed", "quit")
F8, QUIT = b"\x1b[19~", b"\x11"


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """Counts over all rounds; which round ended how follows from the seed."""
    made_up = random.Random(args.seed)
    counts = {"lines given": 0, "lost": 0, "doubled": 0, "drafts lost": 0, "modes that differ": 0, "processes left": 0}
    with tempfile.TemporaryDirectory(prefix="sage-signals-") as folder:
        home = make_home(Path(folder), linger=5)
        try:
            with Client(home) as client:
                for step in ("model", "notes"):
                    client.call(wire.CloseSetup(step))
            for number in range(args.rounds):
                _round(home, number, made_up, counts, args.fault)
            with _open(home, "") as app:
                app.wait(b"librarian")
                _until(lambda: not list(home.drafts.glob("*/*.*.txt")))
            tasks = home.tasks.read_text()
            found = [tasks.count(f"thing{number}x") for number in range(args.rounds)]
            counts["lost"], counts["doubled"] = found.count(0), sum(each > 1 for each in found)
        finally:
            stop_engine(home)
    return {"rounds": args.rounds, **counts}


def _open(home: Home, fault: str) -> PtyApp:
    program = ["-c", DEAF] if fault == "deaf" else ["-m", "sage"]
    return PtyApp([sys.executable, *program, "--home", str(home.path)], (100, 30), controls=True)


def _round(home: Home, number: int, made_up: random.Random, counts: dict[str, int], fault: str) -> None:
    with _open(home, fault) as app:
        before, line, how = app.modes(), f"thing{number}x tomorrow", made_up.choice(ENDS)
        app.wait(b"\x1b[?2004h" if made_up.random() < 0.5 else b"librarian")
        app.write(f"draft{number}x ".encode())
        for _ in range(made_up.randrange(12)):
            app.resize((made_up.randint(1, 200), made_up.randint(1, 60)))
            app.read(0.01)
            if made_up.random() < 0.2:
                app.process.send_signal(signal.SIGTSTP)
                _until(lambda: _state(app.process.pid) == "T", app)
                app.process.send_signal(signal.SIGCONT)
        app.write(F8 + line.encode() + b"\r")
        _until(lambda: any(line[:-9] in text for text in _on_disk(home)) and _has_draft(home, number), app)
        counts["lines given"] += 1
        _end(app, how)
        try:
            app.ends()
        except TimeoutError:
            counts["processes left"] += 1
            return
        if how not in ("SIGKILL", "closed"):
            app.drain(0.1)
            counts["modes that differ"] += app.modes() != before or bool(app.modes_on() - {"25", "7"})
        counts["drafts lost"] += not _has_draft(home, number)


def _end(app: PtyApp, how: str) -> None:
    if how == "quit":
        app.write(QUIT)
    elif how == "closed":
        os.close(app.terminal)
        app.terminal = os.open(os.devnull, os.O_RDWR)
    else:
        app.process.send_signal(getattr(signal, how))


def _on_disk(home: Home) -> list[str]:
    files = [*home.drafts.glob("*/*.txt"), home.tasks]
    return [path.read_text() for path in files if path.exists()]


def _has_draft(home: Home, number: int) -> bool:
    return any(f"draft{number}x" in path.read_text() for path in home.drafts.glob("*/talk.txt") if path.exists())


def _state(process: int) -> str:
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


def _until(holds: Callable[[], object], app: PtyApp | None = None) -> None:
    until = time.monotonic() + 60
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError("it did not come to that")
        if app:
            app.read(0.02)
        else:
            time.sleep(0.02)
