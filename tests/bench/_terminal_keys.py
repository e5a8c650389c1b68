"""From a key to its letter on the terminal: at rest, and while an answer streams into a long history; the app and a
minimal Textual app in turns, each in a real pseudo-terminal of 140 x 45. The engine is played, in a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
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
LAST, END = "And this was its end", "Nothing more came"
"""The last words of the history, and of the answer that streams."""
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
    """Milliseconds on the clock and of the app's process; its memory in MB."""
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
        both = {"": app, ", minimal app": small}
        app.wait(b"today")
        small.wait(b"painted")
        for one in both.values():
            one.drain(3.0, 6.0)  # what is loaded after the first paint, and the collector
        resident = figures["resident_mb"] = {"at start": app.resident_mb(), "minimal app": small.resident_mb()}

        def tell(what: str, times: list[list[float]]) -> None:
            for name, taken in zip(both, times, strict=True):
                figures[f"{what}{name}_ms"] = summary(taken)

        tell("idle", _in_turns(list(both.values()), args.presses))
        figures["history"] = _open_history(app, args.messages)
        resident["with the history"] = app.resident_mb()
        pages = [_drawn(app, lambda: app.write(b"\x1b[5~")) for _ in range(40)][10:]
        figures["page_up_ms"], figures["page_up_cpu_ms"] = (summary(list(each)) for each in zip(*pages, strict=True))
        for name, one in both.items():
            sizes = [_drawn(one, lambda one=one, width=width: _resize(one, width)) for width in range(62, 142, 4)]  # type: ignore[misc]
            figures[f"resize{name}_ms"], figures[f"resize{name}_cpu_ms"] = (
                summary(list(each)) for each in zip(*sizes, strict=True)
            )
        for one in both.values():
            _resize(one, SIZE[0])
            one.drain(0.3)
        app.write(b"\x1b[1;5F")  # Ctrl+End
        app.drain(0.3)
        app.write(b"prose\r")
        app.wait(b"Esc stops")
        app.awaited, app.came = END.encode(), False
        streamed: list[list[float]] = [[], []]
        while not app.came:
            for taken, more in zip(streamed, _in_turns(list(both.values()), 10), strict=True):
                taken += more
        tell("streaming", streamed)
        figures["keys while it streams"] = len(streamed[0])
        resident["after the answer"] = app.resident_mb()
    return figures


def _in_turns(apps: list[PtyApp], presses: int) -> list[list[float]]:
    """Seconds from a key to its letter, in each of the apps."""
    times: list[list[float]] = [[] for _ in apps]
    for number in range(presses):
        letter = LETTERS[number % len(LETTERS)].encode()
        for one, taken in zip(apps, times, strict=True):
            taken.append(one.press(letter, letter))
            if number % len(LETTERS) == len(LETTERS) - 1:
                _empty(one)
        time.sleep(0.05)
    for one in apps:
        _empty(one)
    return times


def _empty(app: PtyApp) -> None:
    app.write(b"\x15")  # Ctrl+U
    app.drain(0.03, 0.3)


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


def _drawn(app: PtyApp, change: Callable[[], None]) -> tuple[float, float]:
    """Seconds from a change until something is drawn, and of the processor until all is."""
    app.drain(0.1)
    app.forget()
    worked, began = app.cpu_seconds(), time.perf_counter()
    change()
    app.wait(lambda shown: shown)
    seconds = time.perf_counter() - began
    app.drain(0.1, 1.0)
    return seconds, app.cpu_seconds() - worked


def _resize(app: PtyApp, width: int) -> None:
    app.resize((width, SIZE[1]))
    app.process.send_signal(signal.SIGWINCH)  # the terminal is not the one that controls its session


def summary(seconds: list[float]) -> dict[str, float]:
    """Median, 95th percentile and worst, in milliseconds."""
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
        await emit(TextDelta(f"\n\n{END}."))
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
