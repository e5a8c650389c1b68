"""A key in Memory's list of 1,000 results, with the passage beside it, in an app of 120 x 40.

Each figure is the CPU time of the whole process from the key until Textual has painted, in milliseconds. The baseline is
a Textual `OptionList` of as many options of two lines, in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import random
import statistics
import time
from typing import Any

from rich.text import Text
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.pilot import Pilot
from textual.widgets import OptionList

from sage.core.hit_words import search_stems
from sage.core.passages import Hit
from sage.tui.findings import Found
from sage.tui.widgets.reading import Reading
from sage.tui.widgets.results import Results

WORDS = (
    "the tomato beds by the south wall did best when they had water at the roots and six hours of sun while the beans "
    "climbed over the fence and the boiler pressure stayed between the two marks as the old letter said it should"
).split()
KEYS = ("down", "pagedown", "end", "up", "pageup", "home")


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """Milliseconds for a key, in both lists."""
    return {
        "results": args.results,
        "key_ms": asyncio.run(_measure(_Memory(args.results), args.presses)),
        "option_list_key_ms": asyncio.run(_measure(_Options(args.results), args.presses)),
    }


def _hits(count: int) -> list[Found]:
    chance = random.Random(7)
    texts = (" ".join(chance.choices(WORDS, k=chance.randint(20, 200))) for _ in range(count))
    return [
        Found(Hit(f"p_{place}", f"Notes/{place % 97}.md", f"Part {place}", 3, 0, len(text), text, root="/notes", score=1.0,
                  why={"words": 0.7, "meaning": 0.3}))
        for place, text in enumerate(texts)
    ]  # fmt: skip


class _Memory(App[None]):
    """The list and the passage, without an engine."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self._found, self._stems = _hits(count), search_stems("tomato beds sun")

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Results()
            yield Reading()

    def on_mount(self) -> None:
        results = self.query_one(Results)
        results.show(len(self._found), lambda place: self._found[place].item(), self._stems)
        results.focus()

    def on_results_chosen(self) -> None:
        chosen = self._found[self.query_one(Results).chosen]
        self.query_one(Reading).show(chosen.entries(why=False), stems=self._stems)


class _Options(App[None]):
    def __init__(self, count: int) -> None:
        super().__init__()
        self._found = _hits(count)

    def compose(self) -> ComposeResult:
        yield OptionList(*(Text(f"{item.title}\n{item.text[:100]}") for item in (one.item() for one in self._found)))

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()


async def _measure(app: App[None], presses: int) -> dict[str, float]:
    times: list[float] = []
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(0.5)
        gc.freeze()
        for number in range(presses):
            times.append(await _press(pilot, KEYS[number % len(KEYS)] if number % 3 else "down"))
    ordered = sorted(1000 * seconds for seconds in times)
    return {"median": round(statistics.median(ordered), 2), "95th": round(ordered[int(0.95 * len(ordered))], 2),
            "worst": round(ordered[-1], 2)}  # fmt: skip


async def _press(pilot: Pilot[None], key: str) -> float:
    began = time.process_time()
    await pilot.press(key)
    await pilot.pause()
    return time.process_time() - began
