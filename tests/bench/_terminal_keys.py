"""From a key to its letter on the terminal: at rest, and while an answer streams into a long history; the app and a
minimal Textual app in turns, each in a real pseudo-terminal of 140 x 45. The engine is played, in a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sage import wire
from sage.core.messages import TextDelta
from sage.core.turns import Answer, ConversationLine, PastTurn, TurnStarted
from sage.locations import Home
from tests.bench._terminal_start import MINIMAL
from tests.bench._terminal_transcript import answer, history
from tests.played_door import Emit, PlayedDoor, Reply, says
from tests.pty_app import PtyApp
from tests.tui.made_up import made_up

SIZE = (140, 45)
LETTERS = "абвгджзийклмнопрстуфхцчшщыэюяαβγδζηθλμξπρστφψω"
"""None of them is in any other text that is shown."""
LAST = "And this is its end"
BLOCKED = """
import sys, threading, time
from sage.tui.app import SageApp
ready = SageApp.on_mount
def on_mount(self):
    ready(self)
    self.set_interval(1.0, lambda: time.sleep(0.2))
SageApp.on_mount = on_mount
from sage.__main__ import main
sys.exit(main())
"""


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """Milliseconds from a key to its letter; memory of the app's process in MB."""
    with tempfile.TemporaryDirectory(prefix="sage-keys-") as folder:
        home = Home(Path(folder) / "home")
        home.prepare()
        options = [str(home.path), str(args.messages), str(args.tokens), str(args.seconds)]
        engine = subprocess.Popen(
            [sys.executable, "-m", "tests.bench._terminal_keys", *options], stdout=subprocess.PIPE
        )
        try:
            assert engine.stdout and engine.stdout.readline()
            return _measure(home, args)
        finally:
            engine.kill()
            engine.wait()
            if engine.stdout:
                engine.stdout.close()


def _measure(home: Home, args: argparse.Namespace) -> dict[str, Any]:
    program = ["-c", BLOCKED] if args.fault == "block" else ["-m", "sage"]
    figures: dict[str, Any] = {}
    sage = [sys.executable, *program, "--home", str(home.path)]
    with PtyApp(sage, SIZE) as app, PtyApp([sys.executable, "-c", MINIMAL], SIZE) as small:
        app.wait(b"today")
        small.wait(b"painted")
        for one in (app, small):
            one.drain(3.0, 6.0)  # what is loaded after the first paint, and the collector
        figures["resident_mb"] = {"at start": app.resident_mb(), "minimal app": small.resident_mb()}
        idle, least = _in_turns(app, small, args.presses)
        figures["idle_ms"], figures["idle, minimal app_ms"] = _summary(idle), _summary(least)
        figures["history"] = _open_history(app, args.messages)
        figures["resident_mb"]["with the history"] = app.resident_mb()
        figures["page_up_ms"] = _summary([_page_up(app) for _ in range(30)])
        app.write(b"\x1b[1;5F")  # Ctrl+End
        app.drain(0.3)
        app.write(b"prose\r")
        streamed: list[float] = []
        app.wait(b"Esc stops")
        app.awaited, app.came = LAST.encode(), False
        while not app.came:
            streamed += _in_turns(app, small, 10)[0]
        figures["streaming_ms"] = _summary(streamed) | {"keys": len(streamed)}
        figures["resident_mb"]["after the answer"] = app.resident_mb()
    return figures


def _in_turns(app: PtyApp, small: PtyApp, presses: int) -> tuple[list[float], list[float]]:
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(presses):
        letter = LETTERS[number % len(LETTERS)].encode()
        for one, taken in zip((app, small), times, strict=True):
            taken.append(one.press(letter, letter))
            if number % len(LETTERS) == len(LETTERS) - 1:
                one.write(b"\x15")  # Ctrl+U: the line is empty again
                one.drain(0.03, 0.3)
        time.sleep(0.05)
    for one in (app, small):
        one.write(b"\x15")
        one.drain(0.03, 0.3)
    return times


def _open_history(app: PtyApp, messages: int) -> dict[str, float]:
    """Opens a conversation from the list: the CPU of the app's process, from the key until its last words are there."""
    app.forget()
    app.write(b"/resume\r")
    app.wait(b"Go on with")
    app.drain(0.5)
    app.forget()
    before, memory = app.cpu_seconds(), app.resident_mb()
    app.write(b"\r")
    seconds = app.wait(LAST.encode())
    app.drain(0.5, 3)
    return {"messages": messages, "wall_ms": round(1000 * seconds, 1), "cpu_ms": round(1000 * (app.cpu_seconds() - before), 1),
            "more_mb": round(app.resident_mb() - memory, 1)}  # fmt: skip


def _page_up(app: PtyApp) -> float:
    """Seconds from Page Up until something is drawn."""
    app.drain(0.1)
    app.forget()
    began = time.perf_counter()
    app.write(b"\x1b[5~")
    app.wait(lambda shown: shown)
    return time.perf_counter() - began


def _summary(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(1000 * one for one in seconds)
    return {"median": round(statistics.median(ordered), 2), "95th": round(ordered[int(0.95 * len(ordered))], 2),
            "worst": round(ordered[-1], 2)}  # fmt: skip


# --- the engine that is played, in its own process ----------------------------------------------------------------


def _replies(messages: int, tokens: int, seconds: float) -> dict[type, Reply]:
    entries = history(messages)
    turns = [
        PastTurn(said.text, "2024-03-05T10:00:00+01:00", Answer(f"t{n}", "c1", told.text, model="librarian"))
        for n, (said, told) in enumerate(zip(entries[::2], entries[1::2], strict=True))
    ]
    turns[-1] = PastTurn("And then?", turns[-1].said_at, Answer("tn", "c1", f"{LAST} of it.", model="librarian"))
    line = ConversationLine("c1", "A long talk", turns[0].said_at, turns[0].said_at, len(turns))

    async def stream(request: wire.Ask, emit: Emit) -> Answer:
        pieces = answer(request.text if request.text in ("list", "table", "code", "paragraph") else "prose", tokens)
        await emit(TurnStarted("t1", "c1", "a model"))
        began = time.perf_counter()
        for number, piece in enumerate(pieces):
            await emit(TextDelta(piece))
            ahead = began + seconds * number / len(pieces) - time.perf_counter()
            if ahead > 0.002:
                await asyncio.sleep(ahead)
        await emit(TextDelta(f"\n\n{LAST}."))
        return Answer("t1", "c1", "".join(pieces), model="a model")

    return {
        wire.ShowSetup: says(wire.SetupShown((), (), (), "/home/demo/sage")),
        wire.ShowStatus: says(made_up(wire.EngineStatus, theme="dark", paused="", away="", waiting=0)),
        wire.ShowMissed: says(wire.Missed()),
        wire.ListConversations: says(wire.Conversations((line,))),
        wire.ShowConversation: says(wire.ConversationShown("c1", tuple(turns), "")),
        wire.Ask: stream,
    }


async def _serve(home: Home, messages: int, tokens: int, seconds: float) -> None:
    async with PlayedDoor(home, _replies(messages, tokens, seconds)).open():
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(Home(Path(sys.argv[1])), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))
