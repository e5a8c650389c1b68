"""An account is set up in the app: what it gets is agreed to, its settings are typed, and whether it works is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from sage import wire
from sage.client import Client, stop_engine
from sage.locations import Home
from sage.tui.screens.plugin_account import AccountForm, Consent
from sage.tui.screens.plugins import PluginsPanel
from tests.adapters.plugins.plugin_files import CONFIG, write_plugin
from tests.homes import make_home
from tests.tui.screens.test_talk import say, talking, until

SOURCE = """
from sage.plugin_api import AuthRefused, Task, TaskSource


class Demo(TaskSource):
    async def open(self):
        if self.ctx.secret("password").reveal() != "open sesame":
            raise AuthRefused("The server refuses the password.")

    async def list(self):
        yield Task("1", self.ctx.config.path, "r1")
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    made = make_home(tmp_path, linger=20)
    write_plugin(made.plugins, more='secrets = ["password"]\n', config=CONFIG, source=SOURCE)
    with Client(made) as client:
        for step in ("model", "notes"):
            client.call(wire.CloseSetup(step))
    yield made
    stop_engine(made)


def words(pilot: Pilot[Any]) -> str:
    return "\n".join(str(part.render()) for part in pilot.app.screen.query(Static))


async def mark(pilot: Pilot[Any], text: str) -> None:
    """Goes down the list until the marked one says this."""
    await until(pilot, lambda: isinstance(pilot.app.screen, PluginsPanel) and pilot.app.screen._rows)
    for _ in range(20):
        if text in "".join(str(part.render()) for part in pilot.app.screen.query(".about").results(Static)):
            return
        await pilot.press("down")
    raise AssertionError(f"{text} is not in the list")


def account(home: Home) -> wire.PluginAccount:
    with Client(home) as client:
        shown = client.call(wire.ShowPlugin("demo"))
    return shown.plugin.accounts[0]


async def test_an_account_is_set_up_corrected_and_switched_off(home: Home) -> None:
    async with talking(home, (90, 30)) as (pilot, _):
        await say(pilot, "/plugins")
        await mark(pilot, "Tasks of a demo")
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen.query(Input))
        await pilot.press(*"work", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Consent) and "SHA-256" in words(pilot))
        assert "SAGE_DEMO_WORK_PASSWORD" in words(pilot) and "trusted with the account" in words(pilot)
        await pilot.press("y")
        await until(
            pilot, lambda: isinstance(pilot.app.screen, AccountForm) and len(pilot.app.screen.query(Input)) == 4
        )
        assert "Where the demo stands." in words(pilot)

        await pilot.press(*"here", "enter", *"wrong horse", "enter", *"30", "ctrl+s")
        await until(pilot, lambda: "`limit` must be a whole number from 1 to 9." in words(pilot))
        assert "plugins.demo" not in home.settings.read_text()
        await pilot.press("backspace", "ctrl+s")
        await until(pilot, lambda: "demo/work is stopped: The server refuses the password." in words(pilot))
        assert account(home).state == "parked"

        form = pilot.app.screen
        form.set_focus(next(field for field in form.query(Input) if field.name == "password"))
        await pilot.press(*"open sesame", "ctrl+s")
        await until(pilot, lambda: isinstance(pilot.app.screen, PluginsPanel) and "demo/work is on." in words(pilot))
        assert account(home).state == "on"
        assert 'path = "here"\nlimit = 3\n' in home.settings.read_text()
        assert "open sesame" not in home.settings.read_text() + words(pilot)

        await pilot.press("o")
        await until(pilot, lambda: "demo/work is off. Its settings stay." in words(pilot))
        assert account(home).state == "off"


async def test_what_is_not_agreed_to_never_runs_and_changes_nothing(home: Home) -> None:
    before = home.settings.read_text()
    async with talking(home, (60, 20)) as (pilot, _):
        await say(pilot, "/plugins")
        await mark(pilot, "Tasks of a demo")
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen.query(Input))
        await pilot.press(*"work", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Consent))
        await pilot.press("n")
        await until(pilot, lambda: isinstance(pilot.app.screen, PluginsPanel))
        await pilot.press("escape")
    assert home.settings.read_text() == before
    assert not list(home.index.glob("plugins/*")), json.dumps([str(path) for path in home.index.iterdir()])


async def test_what_lacks_its_library_says_the_command_and_cannot_be_agreed_to(home: Home) -> None:
    toml = home.plugins / "demo" / "plugin.toml"
    toml.write_text(toml.read_text() + 'needs = ["no_such_library"]\ninstall = "pip install no-such-library"\n')
    async with talking(home) as (pilot, _):
        await say(pilot, "/plugins")
        await mark(pilot, "Run: pip install no-such-library")
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen.query(Input))
        await pilot.press(*"work", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Consent) and "Run: pip install" in words(pilot))
        await pilot.press("y")
        assert isinstance(pilot.app.screen, Consent)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, PluginsPanel))
