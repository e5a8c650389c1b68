"""The tour of the demo over a real engine: each thing that it names can be done as it says, and then it goes on."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from sage import wire
from sage.cli.demo import demo_home
from sage.client import Client
from sage.locations import Home
from sage.tui.app import SageApp
from sage.tui.screens.capture import Capture
from sage.tui.screens.forgetting import Forgotten
from sage.tui.screens.talk import Talk
from sage.tui.tour import LAST, STEPS, TourLine
from sage.tui.widgets.approval import GRACE
from tests.homes import make_home


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.setenv("SAGE_HOME", str(make_home(tmp_path).path))
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setenv("TMPDIR", folder)
        monkeypatch.setattr(tempfile, "tempdir", None)
        with demo_home() as made:
            yield made


@asynccontextmanager
async def touring(home: Home) -> AsyncIterator[tuple[Pilot[Any], Callable[[], str]]]:
    app = SageApp(home, "demo")

    def line() -> str:
        lines = app.screen.query(TourLine)
        return str(lines.first().render()) if lines else ""

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: line().startswith("1/"))
        yield pilot, line


async def until(pilot: Pilot[Any], holds: Callable[[], object]) -> None:
    for _ in range(1500):
        await asyncio.sleep(0.02)
        if holds():
            return
    raise TimeoutError(f"{pilot.app.screen}: {[str(one.render()) for one in pilot.app.screen.query(TourLine)]}")


async def test_each_step_can_be_done_as_it_says_and_leads_to_the_next(home: Home) -> None:
    async with touring(home) as (pilot, line):
        with Client(home, profile="demo") as client:
            for _ in range(200):
                if len(client.call(wire.ListReplies(("open",))).items) == 3:
                    break
                await asyncio.sleep(0.05)
        for step, typed in enumerate(
            ("how much sun do tomatoes want", "/why", "water tomatoes tomorrow", "/nudges"), 1
        ):
            assert typed in line()
            if "F8" in line():
                await pilot.press("f8")
                await until(pilot, lambda: isinstance(pilot.app.screen, Capture))
            await pilot.press(*typed, "enter")
            await until(pilot, lambda step=step: line().startswith(f"{step + 1}/"))
        assert "water tomatoes 📅" in home.tasks.read_text()
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, Talk))
        await pilot.press("f4")
        await until(pilot, lambda: line().startswith("6/"))
        await pilot.press("w")
        await until(pilot, lambda: line().startswith("7/"))
        await pilot.press("escape", "f5", *"safe")
        await until(pilot, lambda: "4711" in _shown(pilot))
        await pilot.press("enter", "f")
        await until(pilot, lambda: "y forgets it" in _shown(pilot))
        await pilot.press("y")
        await until(pilot, lambda: line().startswith("8/"))
        assert not (home.notes / "Home" / "Safe.md").exists()
        await pilot.press("u")
        await until(pilot, lambda: isinstance(pilot.app.screen, Forgotten) and "in the trash" in _shown(pilot))
        await pilot.press("u")
        await until(pilot, lambda: line().startswith("9/"))
        assert (home.notes / "Home" / "Safe.md").exists()
        before = home.settings.read_bytes()
        await pilot.press("f6")
        await until(pilot, lambda: "librarian" in _shown(pilot))
        await pilot.press("r", "down", "u")
        await until(pilot, lambda: "y lets it answer" in _shown(pilot))
        await asyncio.sleep(GRACE)
        await pilot.press("y")
        await until(pilot, lambda: line().startswith("10/"))
        assert home.settings.read_bytes() != before
        await pilot.press("b")
        await until(pilot, lambda: line() == LAST)
        assert home.settings.read_bytes() == before


async def test_it_can_be_left_and_begun_again_at_any_time(home: Home) -> None:
    async with touring(home) as (pilot, line):
        await pilot.press("f5")
        await until(pilot, lambda: pilot.app.current_mode == "memory" and line().startswith("1/"))
        await pilot.press("f3")
        await pilot.press(*"/tour next", "enter")
        await until(pilot, lambda: line().startswith("2/"))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: line() == "")
        await pilot.press("f5")
        await until(pilot, lambda: pilot.app.current_mode == "memory" and line() == "")
        await pilot.press("f3", *"/tour", "enter")
        await until(pilot, lambda: line().startswith("1/"))
        await pilot.press(*"/tour off", "enter")
        await until(pilot, lambda: line() == "")


def test_every_step_is_one_line_of_80_cells() -> None:
    lines = [f"{number}/{len(STEPS)} {step.text} · /tour off" for number, step in enumerate(STEPS, 1)]
    assert [line for line in lines if len(line) > 76] == []
    assert len(LAST) <= 76


def _shown(pilot: Pilot[Any]) -> str:
    """All that the screen shows, as text."""
    size = pilot.app.size
    lines = pilot.app.screen._compositor.render_strips(size) if size else []
    return "\n".join("".join(segment.text for segment in strip) for strip in lines)
