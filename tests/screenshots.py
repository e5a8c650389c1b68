"""Draws the README's pictures: `python -m tests.screenshots`. The life is the demo's, the app and the engine are real."""

from __future__ import annotations

import asyncio
import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from sage import wire
from sage.cli.demo import demo_home
from sage.client import Client, stop_engine
from sage.locations import Home
from sage.tui.app import SageApp
from sage.tui.screens.choice import Choice
from sage.tui.screens.talk import Talk
from sage.tui.tour import TourLine
from sage.tui.widgets.results import Results
from tests.homes import make_home

TARGET = Path(__file__).parent.parent / ".ci" / "screens"
SIZES = ((80, 24), (140, 45))
SETTLED = 0.6
"""Seconds in which what was asked for on a screen is there."""


async def draw(name: str, app: SageApp, size: tuple[int, int]) -> None:
    """Saves what the app shows, without the fonts that the drawing would fetch from elsewhere."""
    await asyncio.sleep(SETTLED)
    drawn = re.sub(r"@font-face \{.*?\}\n?", "", app.export_screenshot(title="Sage"), flags=re.DOTALL)
    TARGET.mkdir(exist_ok=True)
    (TARGET / f"{name}-{size[0]}x{size[1]}.svg").write_text(drawn)
    print(f"{name} {size[0]}x{size[1]}")


async def until(holds: Callable[[], Any]) -> None:
    """Waits until something is so."""
    for _ in range(1500):
        if holds():
            return
        await asyncio.sleep(0.02)
    raise TimeoutError("it was not shown")


async def draw_places(home: Home, size: tuple[int, int]) -> None:
    """The five places, and the tour at its first step."""
    app = SageApp(home, "demo")
    async with app.run_test(size=size) as pilot:
        await until(lambda: app.screen.query(TourLine))
        await draw("tour", app, size)
        await pilot.press(*"/tour off", "enter")
        await ask(app, pilot, "how much sun do tomatoes want")
        talk = talk_of(app)
        first = next(place for place, entry in enumerate(talk.transcript.entries) if entry.sources)
        talk.transcript.fold_sources(first, folded=False)
        await draw("talk", app, size)
        for name, key in (("today", "f2"), ("inbox", "f4"), ("models", "f6"), ("memory", "f5")):
            await pilot.press(key)
            if name == "memory":
                await pilot.press(*"what helps the knee", "down")
            await until(lambda: not app.screen.query(Results) or app.screen.query_one(Results).count)
            await draw(name, app, size)


async def draw_first_run(size: tuple[int, int]) -> None:
    """What a new home is asked first."""
    with tempfile.TemporaryDirectory(prefix="sage-picture-") as folder:
        home = make_home(Path(folder), linger=2)
        app = SageApp(home)
        async with app.run_test(size=size):
            await until(lambda: isinstance(app.screen, Choice))
            await draw("first-run", app, size)
        stop_engine(home)


def talk_of(app: SageApp) -> Talk:
    """The conversation, wherever the app is."""
    talk = app.screen
    assert isinstance(talk, Talk)
    return talk


async def ask(app: SageApp, pilot: Pilot[Any], text: str) -> None:
    """Asks, and waits for the whole answer."""
    await pilot.press(*text, "enter")
    await until(lambda: talk_of(app).transcript.entries and talk_of(app).transcript.entries[-1].footer)


def main() -> None:
    """All pictures, in both sizes."""
    for size in SIZES:
        asyncio.run(draw_first_run(size))
        with demo_home() as home:
            with Client(home, profile="demo") as client:
                while len(client.call(wire.ListReplies(("open",))).items) < 3:
                    time.sleep(0.05)
            asyncio.run(draw_places(home, size))


if __name__ == "__main__":
    main()
