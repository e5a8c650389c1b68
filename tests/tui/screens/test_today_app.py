"""Today and the kept line in the app over a real engine: fast keys, while it starts, while an answer comes, after a kill."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.widgets import Static

from sage import wire
from sage.client import Client, running_engine, stop_engine
from sage.locations import Home
from sage.tui.screens.capture import Capture
from sage.tui.screens.talk import Talk
from sage.tui.screens.today import Today
from sage.tui.screens.told import Told
from sage.tui.widgets.composer import Composer
from tests.homes import make_home
from tests.tui.screens.test_talk import say, talking, until


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home whose first questions are answered; no engine runs yet."""
    made = make_home(tmp_path, linger=20)
    with Client(made) as client:
        for step in ("model", "notes"):
            client.call(wire.CloseSetup(step))
    stop_engine(made)
    yield made
    stop_engine(made)


def at_once(pilot: Pilot[Any], *keys: str) -> None:
    """Presses keys without waiting for what each of them does; words are written letter by letter."""
    for key in keys:
        named = (
            [(key, None)] if key in ("f2", "f3", "f8", "enter", "escape", "tab") else [(_key(one), one) for one in key]
        )
        for name, character in named:
            pilot.app.post_message(events.Key(name, "\r" if name == "enter" else character))


def _key(character: str) -> str:
    return _character_to_key(character)


def tasks(home: Home) -> str:
    return home.tasks.read_text() if home.tasks.exists() else ""


async def test_keys_that_come_at_once_while_the_engine_starts_are_kept_in_their_order(home: Home) -> None:
    async with talking(home) as (pilot, _):
        await until(pilot, lambda: isinstance(pilot.app.focused, Composer))
        assert not running_engine(home)
        at_once(pilot, "f8", "call the demo bank tomorrow at 9", "enter", "and this goes to talk")
        await until(pilot, lambda: "call the demo bank 📅" in tasks(home))
        assert isinstance(pilot.app.screen, Talk)
        assert pilot.app.screen.query_one(Composer).text == "and this goes to talk"


async def test_a_line_is_kept_while_an_answer_comes_and_in_every_place(home: Home) -> None:
    async with talking(home) as (pilot, entries):
        await say(pilot, "how much sun do tomatoes want")
        for number, key in enumerate(("f2", "f4", "f5", "f6"), 1):
            await pilot.press(key)
            await pilot.pause()
            at_once(pilot, "f8", f"thing {number} tomorrow", "enter")
            await until(pilot, lambda number=number: f"thing {number} 📅" in tasks(home))
            assert not isinstance(pilot.app.screen, Capture)
        await pilot.press("f3")
        await until(pilot, lambda: entries()[-1].footer)
        await say(pilot, "/capture buy string on friday")
        await until(pilot, lambda: "buy string 📅" in tasks(home))
        await until(pilot, lambda: "/capture undo k" in entries()[-1].text)
        await say(pilot, _undo(entries()[-1].text))
        await until(pilot, lambda: "[-] buy string" in tasks(home))


def _undo(text: str) -> str:
    return "/capture undo " + text.rpartition(" ")[2]


async def test_the_app_begins_in_today_where_that_is_set_unless_somebody_writes_already(home: Home) -> None:
    home.settings.write_text(home.settings.read_text() + '[ui]\nstart = "today"\n')
    async with talking(home) as (pilot, _):
        await until(pilot, lambda: isinstance(pilot.app.screen, Today))
    async with talking(home) as (pilot, _):
        await pilot.press(*"hello")
        await until(pilot, lambda: "librarian" in str(pilot.app.screen_stack[0].query_one("#status", Static).render()))
        await pilot.pause(0.3)
        assert isinstance(pilot.app.screen, Talk) and pilot.app.screen.query_one(Composer).text == "hello"


async def test_today_shows_the_day_and_again_after_its_engine_was_killed(home: Home) -> None:
    with Client(home) as client:
        client.call(wire.AddTask("Send the form", "2020-01-02"))
    async with talking(home) as (pilot, _):
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(pilot.app.screen, Today) and pilot.app.screen.day)
        screen = pilot.app.screen
        assert (
            isinstance(screen, Today) and screen.day and screen.day.focus and screen.day.focus.text == "Send the form"
        )
        with Client(home) as client:
            os.kill(client.call(wire.ShowStatus()).pid, signal.SIGKILL)
        at_once(pilot, "f8", "after the fall tomorrow", "enter")
        await until(pilot, lambda: tasks(home).count("after the fall") == 1, 40)
        await pilot.press("d")
        await until(pilot, lambda: "[x] Send the form" in tasks(home), 40)
        await until(pilot, lambda: "Done: Send the form." in str(screen.query_one("#hints", Static).render()))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, Talk))


async def test_keys_that_come_at_once_in_today_find_what_those_before_them_opened(home: Home) -> None:
    with Client(home) as client:
        client.call(wire.AddTask("Send the form", "2020-01-02"))
    async with talking(home) as (pilot, _):
        await until(pilot, lambda: isinstance(pilot.app.focused, Composer))
        at_once(pilot, "f2", "f", "enter", "t", "feed the cat tomorrow", "enter", "g", "learn the cello", "enter", "?")
        await until(pilot, lambda: isinstance(pilot.app.screen, Told), 40)
        assert "feed the cat 📅" in tasks(home)
        with Client(home) as client:
            assert [goal.title for goal in client.call(wire.ListGoals()).goals] == ["learn the cello"]
            session = client.call(wire.ShowToday(False)).session
        assert session is not None
        assert "[x]" not in tasks(home)
        at_once(pilot, "escape", "f3", "words", "f8", "a thing tomorrow", "enter", " and more")
        await until(pilot, lambda: "a thing 📅" in tasks(home))
        talk = pilot.app.screen
        await until(pilot, lambda: talk.query_one(Composer).text == "words and more")
