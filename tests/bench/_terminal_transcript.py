"""The transcript in an app of 140 x 45 in a pseudo-terminal: a history of 10,000 messages, and answers of 20,000 tokens that
stream into it, in frames of their own.

Each figure is the CPU time of the whole process from a change until the next one, with all that it led to (`_ms`), or the
clock's from the change until Textual has handed over what it painted (`_wall_ms`); memory is resident, in MB. Every part runs in
a process of its own. The baseline is Textual's `Log` with the same lines, in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import gc
import json
import os
import random
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from textual.app import App, ComposeResult
from textual.widget import Widget
from textual.widgets import Log

from sage.tui.widgets.entry import Entry, SourceLine
from sage.tui.widgets.transcript import Transcript
from tests.pty_app import PtyApp

SIZE = (140, 45)
FRAME = 0.034
"""Seconds between two changes: each is shown in a frame of its own."""
SHAPES = ("prose", "list", "table", "code", "paragraph")
WORDS = (
    "the memory of a note is a small thing that you can keep near and find again when it matters because what was "
    "written once in your own words says more than any summary of it and the next step is often already there"
).split()


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """The figures of each part."""
    options = [str(args.messages), str(args.tokens), str(args.updates)]
    figures = {part: _in_child(part, options) for part in ("log", "history")}
    return figures | {shape: _in_child(shape, options) for shape in SHAPES}


def _in_child(part: str, options: list[str]) -> Any:
    with tempfile.TemporaryDirectory(prefix="sage-transcript-") as folder:
        told = Path(folder) / "told.json"
        command = [sys.executable, "-m", "tests.bench._terminal_transcript", str(told), part, *options]
        with PtyApp(command, SIZE) as app:
            while app.process.poll() is None:
                app.forget()
                app.read(0.2)
            app.drain(0.2)
            if not told.exists():
                raise SystemExit(f"{part} gave no figures: {app.shown[-2000:].decode(errors='replace')}")
            return json.loads(told.read_text())


class Host(App[None]):
    """One widget, alone, and what is measured of it."""

    def __init__(self, widget: Widget, told: Path, options: list[str]) -> None:
        super().__init__()
        self.widget, self._told, self._options = widget, told, options

    def compose(self) -> ComposeResult:
        yield self.widget

    def on_ready(self) -> None:
        self.run_worker(self._work())

    async def _work(self) -> None:
        part, *numbers = self._options
        self._told.write_text(json.dumps(await _measure_part(self.widget, part, *map(int, numbers))))
        self.exit()


class Taken:
    """Milliseconds of one kind of change, of the processor and on the clock."""

    def __init__(self) -> None:
        self.cpu: list[float] = []
        self.wall: list[float] = []

    async def of(self, widget: Widget, change: Callable[[], object]) -> None:
        """Makes a change, and waits a frame longer than until it is painted."""
        done = asyncio.Event()
        worked, began = time.process_time(), time.perf_counter()
        change()
        widget.call_after_refresh(done.set)
        await done.wait()
        self.wall.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(FRAME)
        self.cpu.append((time.process_time() - worked) * 1000)

    def told(self, name: str) -> dict[str, Any]:
        """Both in figures."""
        return {f"{name}_ms": _summary(self.cpu), f"{name}_wall_ms": _summary(self.wall)}


def _settle() -> None:
    """What the app does soon after its start: the collector leaves alone what stays."""
    gc.collect()
    gc.freeze()


def _summary(times: list[float]) -> dict[str, float]:
    tenth = max(1, len(times) // 10)
    return {
        "median": round(statistics.median(times), 2),
        "p95": round(sorted(times)[int(len(times) * 0.95)], 2),
        "max": round(max(times), 2),
        "last_tenth_over_first": round(_quartile(times[-tenth:]) / _quartile(times[:tenth]), 2),
    }


def _quartile(times: list[float]) -> float:
    """The lower quartile, which other work on the machine moves least."""
    return sorted(times)[len(times) // 4]


def _resident() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def history(count: int) -> list[Entry]:
    """Questions, and answers with lists, code and sources."""
    rng = random.Random(7)
    entries: list[Entry] = []
    for number in range(count // 2):
        entries.append(Entry("user", _sentence(rng, 12)))
        text = f"{_sentence(rng, 40)}\n\n- {_sentence(rng, 9)}\n- **{_sentence(rng, 3)}** `code` [1]\n\n{_sentence(rng, 30)}"
        if number % 10 == 0:
            text += "\n\n```python\ndef f(x):\n    return x + 1\n```"
        entries.append(Entry("assistant", text, "librarian · 0.2 s", (SourceLine(1, "Home.md#Home:1", "first words"),)))
    return entries


def _sentence(rng: random.Random, words: int) -> str:
    return " ".join(rng.choices(WORDS, k=words)).capitalize() + "."


def answer(shape: str, tokens: int) -> list[str]:
    """The tokens of one answer, all of one shape."""
    rng = random.Random(3)
    words = [f"**{word}**" if place % 31 == 0 else word for place, word in enumerate(rng.choices(WORDS, k=tokens))]
    code = ["    total", " = ", "find(notes)", "  # why", "'text'", " + 1.5", " if ", "x", "\n"]
    match shape:
        case "prose":
            return [word + (".\n\n" if place % 60 == 59 else " ") for place, word in enumerate(words)]
        case "list":
            return [
                ("- " if place % 12 == 0 else "") + word + ("\n" if place % 12 == 11 else " ")
                for place, word in enumerate(words)
            ]
        case "table":
            rows = [
                ("| " if place % 4 == 0 else "") + word + (" |\n" if place % 12 == 11 else " ")
                for place, word in enumerate(words)
            ]
            return ["| a | b | c |\n", "|---|---|---|\n", *rows]
        case "code":
            return ["```python\n", *(code[place % len(code)] for place in range(tokens))]
        case _:
            return [word + (". " if place % 15 == 14 else " ") for place, word in enumerate(words)]


async def _measure_history(widget: Transcript | Log, entries: list[Entry]) -> dict[str, Any]:
    """A history, opened, paged through and laid out at other widths."""
    lines = [line for entry in entries for line in entry.text.split("\n")]
    before = _resident()
    load, warm, pages, jumps, sizes = Taken(), Taken(), Taken(), Taken(), Taken()
    await load.of(widget, lambda: widget.load(entries) if isinstance(widget, Transcript) else widget.write_lines(lines))
    loaded = _resident()
    for taken in (warm, pages):
        for _ in range(40):
            await taken.of(widget, widget.action_page_up)
        widget.action_scroll_end()
        await asyncio.sleep(0.2)
    for place in range(1, 30):
        await jumps.of(widget, lambda place=place: widget.scroll_to(y=place * 1000, animate=False))  # type: ignore[misc]
    for width in range(60, 140, 4):
        await sizes.of(widget, lambda width=width: _resize(width))  # type: ignore[misc]
    figures = [
        load.told("opened"),
        warm.told("page_up_first"),
        pages.told("page_up_warm"),
        jumps.told("jump"),
        sizes.told("resize"),
    ]
    return {"messages": len(entries), "more_mb": round(loaded - before, 1), "resident_mb": round(_resident(), 1)} | {
        name: figure for some in figures for name, figure in some.items()
    }


def _resize(width: int) -> None:
    fcntl.ioctl(sys.__stdout__.fileno(), termios.TIOCSWINSZ, struct.pack("HHHH", SIZE[1], width, 0, 0))  # type: ignore[union-attr]
    os.kill(os.getpid(), signal.SIGWINCH)


async def _measure_stream(widget: Transcript, pieces: Iterable[str]) -> dict[str, Any]:
    widget.begin()
    updates, end = Taken(), Taken()
    for piece in pieces:
        await updates.of(widget, lambda piece=piece: widget.feed(piece))  # type: ignore[misc]
    await end.of(widget, lambda: widget.finish("a model"))
    return updates.told("update") | {"updates": len(updates.cpu), "finish_ms": round(end.cpu[0], 1)}


async def _measure_part(widget: Widget, part: str, messages: int, tokens: int, updates: int) -> dict[str, Any]:
    assert isinstance(widget, Transcript | Log)
    await asyncio.sleep(0.5)
    _settle()
    if isinstance(widget, Log):
        figures = await _measure_history(widget, history(messages))
        lines = Taken()
        for _ in range(min(300, updates)):
            await lines.of(widget, lambda: widget.write_line(" ".join(WORDS[:20])))
        return figures | lines.told("update")
    if part == "history":
        return await _measure_history(widget, history(messages))
    widget.load(history(messages))
    await asyncio.sleep(0.5)
    _settle()
    whole = answer(part, tokens)
    size = max(1, len(whole) // updates)
    return await _measure_stream(widget, ("".join(whole[at : at + size]) for at in range(0, len(whole), size)))


if __name__ == "__main__":
    Host(Log() if sys.argv[2] == "log" else Transcript(), Path(sys.argv[1]), sys.argv[2:]).run()
