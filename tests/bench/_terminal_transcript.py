"""The transcript in an app of 140 x 45: a history of 10,000 messages, and answers of 20,000 tokens that stream into it.

Each figure is the CPU time of the whole process from the call until Textual has painted, in milliseconds; memory is
resident, in MB. Every part runs in a process of its own. The baseline is Textual's `Log` with a line written for each
update, in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Log

from sage.tui.widgets.entry import Entry, SourceLine
from sage.tui.widgets.transcript import Transcript

SIZE = (140, 45)
SHAPES = ("prose", "list", "table", "code", "paragraph")
WORDS = (
    "the memory of a note is a small thing that you can keep near and find again when it matters because what was "
    "written once in your own words says more than any summary of it and the next step is often already there"
).split()


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """The figures of each part."""
    options = [str(args.messages), str(args.tokens), str(args.updates)]
    figures = {part: _in_child(part, options) for part in ("log", "history")}
    return figures | {"stream": {shape: _in_child(shape, options) for shape in SHAPES}}


def _in_child(part: str, options: list[str]) -> Any:
    command = [sys.executable, "-m", "tests.bench._terminal_transcript", part, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    return json.loads(done.stdout.splitlines()[-1])


class Host(App[None]):
    """One widget, alone."""

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget

    def compose(self) -> ComposeResult:
        yield self.widget


async def _painted(widget: Widget, change: Callable[[], object]) -> float:
    """The CPU milliseconds from a change until it is painted."""
    done = asyncio.Event()
    start = time.process_time()
    change()
    widget.call_after_refresh(done.set)
    await done.wait()
    return (time.process_time() - start) * 1000


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


async def _measure_history(pilot: Pilot[None], widget: Transcript, entries: list[Entry]) -> dict[str, Any]:
    before = _resident()
    load = await _painted(widget, lambda: widget.load(entries))
    loaded = _resident()
    for _ in range(30):
        widget.action_page_up()
    widget.action_scroll_end()
    await pilot.pause()
    pages = [await _painted(widget, widget.action_page_up) for _ in range(30)]
    far = [await _painted(widget, lambda place=place: widget.scroll_to(y=place * 1000)) for place in range(1, 30)]  # type: ignore[misc]
    resizes = []
    for width in range(60, 140, 4):
        start = time.process_time()
        await pilot.resize_terminal(width, SIZE[1])
        resizes.append((time.process_time() - start) * 1000)
    return {
        "messages": len(entries),
        "load_ms": round(load, 1),
        "load_mb": round(loaded - before, 1),
        "page_up": _summary(pages),
        "jump": _summary(far),
        "resize": _summary(resizes),
        "resident_mb": round(_resident(), 1),
    }


async def _measure_stream(widget: Transcript, pieces: Iterable[str]) -> dict[str, Any]:
    widget.begin()
    times = []
    for piece in pieces:
        times.append(await _painted(widget, lambda piece=piece: widget.feed(piece)))  # type: ignore[misc]
        await asyncio.sleep(0.034)  # the next piece is shown in a frame of its own
    start = time.process_time()
    widget.finish("a model")
    return _summary(times) | {"finish_ms": round((time.process_time() - start) * 1000, 1)}


async def _measure_part(part: str, messages: int, tokens: int, updates: int) -> dict[str, Any]:
    widget: Widget = Log() if part == "log" else Transcript()
    app = Host(widget)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        _settle()
        if isinstance(widget, Log):
            return _summary(
                [await _painted(widget, lambda: widget.write_line(" ".join(WORDS[:20]))) for _ in range(300)]
            )
        assert isinstance(widget, Transcript)
        if part == "history":
            return await _measure_history(pilot, widget, history(messages))
        widget.load(history(messages))
        await pilot.pause()
        _settle()
        whole = answer(part, tokens)
        size = max(1, len(whole) // updates)
        return await _measure_stream(widget, ("".join(whole[at : at + size]) for at in range(0, len(whole), size)))


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_measure_part(sys.argv[1], *map(int, sys.argv[2:])))))
