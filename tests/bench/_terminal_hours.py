"""Hours of use, sped up: each minute something is asked, its answer streams, is read back, and another place is looked at; each
hour a new conversation is begun. The engine is played. `--with leak` or `task` puts a fault in, which must be seen."""

from __future__ import annotations

import argparse
import asyncio
import gc
import tempfile
import threading
from pathlib import Path
from typing import Any

from sage import wire
from sage.core.messages import TextDelta
from sage.core.turns import Answer, TurnStarted
from sage.locations import Home
from tests.bench._terminal_transcript import _resident, answer
from tests.played_door import Emit
from tests.tui.every_screen import View, showing
from tests.tui.made_up import Words

MINUTES = 60
PLACES = ("f4", "f5", "f6", "f5")


def measure(args: argparse.Namespace) -> dict[str, Any]:
    """Memory after the first hour and after the last, in MB; tasks and threads then."""
    return asyncio.run(_live(args.hours, args.fault))


def _engine(words: Words) -> dict[type, Any]:
    text = "".join(answer("prose", 300))

    async def say(request: wire.Ask, emit: Emit) -> Answer:
        await emit(TurnStarted("t1", "c1", "a model"))
        for start in range(0, len(text), 200):
            await emit(TextDelta(text[start : start + 200]))
        return Answer("t1", "c1", text, model="a model")

    return {wire.Ask: say}


async def _live(hours: int, fault: str) -> dict[str, Any]:
    kept: list[bytes] = []
    left: list[asyncio.Task[None]] = []
    at_end: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory(prefix="sage-hours-") as folder:
        async with showing(View("Talk", replies=_engine), Home(Path(folder) / "home")) as pilot:
            for _ in range(hours):
                for minute in range(MINUTES):
                    await _use(pilot, minute)
                    if fault == "leak":
                        kept.append(bytes(range(256)) * 400)
                    if fault == "task":
                        left.append(asyncio.create_task(asyncio.sleep(10_000)))
                await pilot.press("ctrl+n")
                await pilot.pause(0.5)
                gc.collect()
                at_end.append({"mb": _resident(), "tasks": len(asyncio.all_tasks()), "threads": threading.active_count(),
                               "workers": len(list(pilot.app.workers))})  # fmt: skip
    first, last = at_end[0], at_end[-1]
    return {
        "hours": hours,
        "after the first": first,
        "after the last": last,
        "growth_percent": round(100 * (last["mb"] / first["mb"] - 1), 1),
        "more tasks": last["tasks"] - first["tasks"],
        "each_mb": [round(one["mb"], 1) for one in at_end],
    }


async def _use(pilot: Any, minute: int) -> None:
    """One minute of use: asked, answered, read back, another place and back."""
    talk = pilot.app._talk
    await pilot.press(*"what is due", "enter")
    for _ in range(500):
        await asyncio.sleep(0.01)
        entries = talk.transcript.entries
        if entries and entries[-1].footer:
            break
    await pilot.press("pageup", "pageup", "ctrl+end", PLACES[minute % len(PLACES)])
    await pilot.pause(0.05)
    await pilot.press("down", "up", "f3")
    await pilot.pause()
