"""Words that are sent while an answer comes: they wait in sight, come back by Up, and Esc then Enter sends them now."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from sage import wire
from sage.client import Client
from sage.locations import Home
from sage.tui.widgets.composer import Composer
from tests.openai_stand_in import Answer, StandIn
from tests.tui.screens.test_talk import home as home
from tests.tui.screens.test_talk import say, talking, until

LONG = Answer(pieces=tuple(f"word{number} " for number in range(400)), pause=0.05)


def _line(pilot: Pilot[Any], name: str) -> Callable[[], str]:
    line = pilot.app.screen.query_one(f"#{name}", Static)
    return lambda: str(line.render()) if line.display else ""


@pytest.fixture
def model(home: Home) -> Iterator[StandIn]:
    with StandIn(LONG, Answer(pieces=("Second.",)), Answer(pieces=("Third.",))) as server:
        with Client(home) as client:
            client.call(wire.UseModel("openai/qwen-local", server.base_url))
        yield server


def _said(entries: tuple[Any, ...]) -> list[str]:
    return [entry.text for entry in entries if entry.role == "user"]


async def test_what_waits_is_seen_and_comes_back_into_the_composer(home: Home, model: StandIn) -> None:
    async with talking(home) as (pilot, entries):
        waiting, status = _line(pilot, "waiting"), _line(pilot, "status")
        await say(pilot, "tell me a long story")
        await until(pilot, lambda: "word3" in entries()[-1].text)
        await say(pilot, "and the cat?")
        await say(pilot, "and the dog?")
        await until(pilot, lambda: waiting().startswith("waits: and the cat?\nwaits: and the dog?\n"))
        assert "2 of yours wait" in status() and "Esc, then Enter, sends now" in waiting()
        assert _said(entries()) == ["tell me a long story"]
        await pilot.press("up")
        await until(pilot, lambda: pilot.app.screen.query_one(Composer).text == "and the dog?")
        assert waiting().startswith("waits: and the cat?\nUp")
        await pilot.press("escape")
        await until(pilot, lambda: entries()[-1].footer.endswith("stopped"))
        await until(pilot, lambda: "Enter sends what waits" in status())
        assert len(model.asked) == 1 and waiting() == "waits: and the cat?\nUp takes back · Enter sends"


async def test_escape_then_enter_stops_and_sends_what_waits_now(home: Home, model: StandIn) -> None:
    async with talking(home) as (pilot, entries):
        waiting = _line(pilot, "waiting")
        await say(pilot, "tell me a long story")
        await until(pilot, lambda: "word3" in entries()[-1].text)
        await say(pilot, "rather a short one")
        await until(pilot, waiting)
        await pilot.press("escape")
        await until(pilot, lambda: entries()[-1].footer.endswith("stopped"))
        await pilot.press("enter")
        await until(pilot, lambda: entries()[-1].text == "Second." and entries()[-1].footer)
        assert [entry.role for entry in entries()] == ["user", "assistant", "user", "assistant"]
        assert "word3" in entries()[1].text and "word300" not in entries()[1].text
        assert _said(entries()) == ["tell me a long story", "rather a short one"] and not waiting()


async def test_what_waits_is_not_sent_to_another_conversation_by_itself(home: Home, model: StandIn) -> None:
    async with talking(home) as (pilot, entries):
        waiting = _line(pilot, "waiting")
        await say(pilot, "tell me a long story")
        await until(pilot, lambda: "word3" in entries()[-1].text)
        await say(pilot, "and then?")
        await until(pilot, waiting)
        await pilot.press("ctrl+n")
        await until(pilot, lambda: _said(entries()) == [])
        await pilot.pause(0.3)
        assert len(model.asked) == 1 and waiting().startswith("waits: and then?")
        await pilot.press("enter")
        await until(pilot, lambda: entries()[-1].text == "Second." and entries()[-1].footer)
        assert _said(entries()) == ["and then?"]
