"""Settings in the app over a real engine: changed in place, told when it does not fit, taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from sage import wire
from sage.client import Client, stop_engine
from sage.locations import Home
from sage.tui.app import SageApp
from sage.tui.screens.ask_line import AskLine
from sage.tui.screens.settings import Settings
from sage.tui.screens.talk import Talk


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    from tests.homes import make_home

    made = make_home(
        tmp_path, linger=20, settings='# mine\n[quiet_hours]\nstart = "21:30"\n[people.tom]\ncalled = "T"\n'
    )
    with Client(made) as client:
        for step in ("model", "notes"):
            client.call(wire.CloseSetup(step))
    yield made
    stop_engine(made)


async def until(holds: Callable[[], object]) -> None:
    for _ in range(1500):
        await asyncio.sleep(0.02)
        if holds():
            return
    raise TimeoutError


def told(screen: Any, name: str = "#hints") -> str:
    return str(screen.query_one(name, Static).render())


async def choose(pilot: Pilot[Any], screen: Settings, key: str) -> None:
    for _ in range(80):
        if screen.chosen and screen.chosen.key == key:
            return
        await pilot.press("down")
    raise AssertionError(key)


async def test_a_setting_is_changed_in_place_told_when_it_does_not_fit_and_taken_back(home: Home) -> None:
    before = home.settings.read_bytes()
    app = SageApp(home)
    async with app.run_test(size=(80, 24)) as pilot:
        await until(lambda: isinstance(app.screen, Talk))
        await pilot.press(*"/settings", "enter")
        await until(lambda: isinstance(app.screen, Settings) and app.screen.chosen)
        screen = app.screen
        assert isinstance(screen, Settings)
        await pilot.press("tab")
        assert screen.chosen and screen.chosen.key == "network" and len(screen.groups) > 10
        while "[quiet_hours]" not in told(screen, "#groups"):
            await pilot.press("tab")
        await choose(pilot, screen, "quiet_hours.start")
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, AskLine))
        app.screen.query_one(Input).value = "late"
        await pilot.press("enter")
        await until(lambda: isinstance(app.screen, AskLine) and "must be" in told(app.screen, ".about"))
        assert home.settings.read_bytes() == before and app.screen.query_one(Input).value == "late"
        app.screen.query_one(Input).value = "20:15"
        await pilot.press("enter")
        await until(lambda: app.screen is screen and "20:15" in told(screen))
        assert home.settings.read_bytes() == before.replace(b"21:30", b"20:15")
        await pilot.press("u")
        await until(lambda: "as it was before" in told(screen))
        assert home.settings.read_bytes() == before and screen.chosen and screen.chosen.value == "21:30"
        await pilot.press("d")
        await until(lambda: "takes that back" in told(screen))
        assert screen.chosen.value == "22:00" and screen.chosen.origin == "built in"
        while "[people]" not in told(screen, "#groups"):
            await pilot.press("tab")
        await pilot.press("enter")
        assert "a table of its own" in told(screen)
        await pilot.press("escape")
        await until(lambda: isinstance(app.screen, Talk))
        await pilot.press("f6")
        await until(lambda: app.current_mode == "models")
        await pilot.press("S")
        await until(lambda: isinstance(app.screen, Settings))
