"""Talk over a real engine: what is typed early waits, answers stream, Esc stops, approvals are asked, a lost engine comes back."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from sage import wire
from sage.client import Client, running_engine, stop_engine
from sage.locations import Home
from sage.tui.app import SageApp
from sage.tui.screens.choice import Choice
from sage.tui.screens.first_run import NotesFolder
from sage.tui.screens.talk import Talk
from sage.tui.widgets.approval import GRACE, Approval
from sage.tui.widgets.composer import Composer
from sage.tui.widgets.entry import Entry
from sage.tui.widgets.question import Question
from tests.homes import make_home, make_notes
from tests.openai_stand_in import Answer, StandIn


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home whose first questions are answered; no engine runs yet."""
    made = make_home(tmp_path, linger=20)
    with Client(made) as client:
        client.call(wire.ImportNotes(str(make_notes(tmp_path))))
        for step in ("model", "notes"):
            client.call(wire.CloseSetup(step))
    stop_engine(made)
    yield made
    stop_engine(made)


@asynccontextmanager
async def talking(
    home: Home, size: tuple[int, int] = (90, 30)
) -> AsyncIterator[tuple[Pilot[Any], Callable[[], tuple[Entry, ...]]]]:
    app = SageApp(home)

    def entries() -> tuple[Entry, ...]:
        talk = app.screen_stack[0]
        assert isinstance(talk, Talk)
        return talk.transcript.entries or (Entry("notice", ""),)

    async with app.run_test(size=size) as pilot:
        yield pilot, entries


async def until(pilot: Pilot[Any], holds: Callable[[], object], seconds: float = 20) -> None:
    for _ in range(int(seconds / 0.02)):
        await asyncio.sleep(0.02)
        if holds():
            return
    talk = pilot.app.screen_stack[0]
    seen = (
        [(entry.role, entry.text[-200:], entry.footer) for entry in talk.transcript.entries[-4:]]
        if isinstance(talk, Talk)
        else ""
    )
    raise TimeoutError(f"it did not come to hold: {seen}")


async def say(pilot: Pilot[Any], text: str) -> None:
    await pilot.press(*text, "enter")


async def test_what_is_typed_before_the_engine_is_there_is_answered(home: Home) -> None:
    async with talking(home) as (pilot, entries):
        assert not running_engine(home)
        await say(pilot, "how much sun do tomatoes want")
        await until(pilot, lambda: entries()[0] == Entry("user", "how much sun do tomatoes want"))
        await until(pilot, lambda: entries()[-1].sources)
        assert entries()[-1].sources[0].place == "Garden.md#Tomatoes:3"
        assert "six hours of sun" in entries()[-1].text and entries()[-1].footer == "librarian"


async def test_a_command_that_is_typed_before_the_engine_is_there_waits_for_it(home: Home) -> None:
    async with talking(home) as (pilot, entries):
        assert not running_engine(home)
        await say(pilot, "/resume")
        await until(pilot, lambda: entries()[-1].text)
        assert entries()[-1].text == "There is no earlier conversation yet."


async def test_what_is_typed_before_there_is_an_app_to_see_is_said_in_it(home: Home) -> None:
    app = SageApp(home)
    for key in ("h", "i", "enter"):
        await app.on_event(events.Key(key, "\r" if key == "enter" else key))
    async with app.run_test() as pilot:
        talk = app.screen_stack[0]
        assert isinstance(talk, Talk)
        await until(pilot, lambda: talk.transcript.entries)
        assert talk.transcript.entries[0] == Entry("user", "hi")
        await pilot.press("x", "ctrl+j", "y")
        assert app.screen.query_one(Composer).text == "x\ny"
        await until(pilot, lambda: talk.transcript.entries[-1].footer)


async def test_the_conversation_goes_on_and_can_be_resumed(home: Home) -> None:
    async with talking(home) as (pilot, entries):
        for text in ("boiler pressure", "and beans"):
            await say(pilot, text)
            await until(pilot, lambda: entries()[-1].footer)
    async with talking(home) as (pilot, entries):
        await until(pilot, lambda: running_engine(home))
        await say(pilot, "/resume")
        await until(pilot, lambda: isinstance(pilot.app.screen, Choice))
        await pilot.press("enter")
        await until(pilot, lambda: len(entries()) == 4)
        assert [entry.text for entry in entries() if entry.role == "user"] == ["boiler pressure", "and beans"]


async def test_an_answer_goes_on_without_being_shown_when_its_conversation_is_left(home: Home) -> None:
    slow = Answer(pieces=tuple(f"word{number} " for number in range(200)), pause=0.02)
    with StandIn(slow, Answer(pieces=("Another.",))) as model:
        with Client(home) as client:
            client.call(wire.UseModel("openai/qwen-local", model.base_url))
        async with talking(home) as (pilot, entries):
            await say(pilot, "tell me a long story")
            await until(pilot, lambda: "word3" in entries()[-1].text)
            await pilot.press("ctrl+n")
            await until(pilot, lambda: entries()[-1].text == "")
            await say(pilot, "and another")
            await until(pilot, lambda: entries()[-1].footer)
            assert [entry.text for entry in entries()] == ["and another", "Another."]
            await say(pilot, "/resume")
            await until(pilot, lambda: isinstance(pilot.app.screen, Choice))
            await pilot.press("down", "enter")
            await until(pilot, lambda: "word199" in entries()[-1].text and entries()[-1].footer)
            assert [entry.role for entry in entries()] == ["user", "assistant"]


async def test_a_killed_engine_is_started_again_and_the_talk_goes_on(home: Home) -> None:
    async with talking(home) as (pilot, entries):
        await say(pilot, "what time is it")
        await until(pilot, lambda: entries()[-1].footer)
        with Client(home) as client:
            pid = client.call(wire.ShowStatus()).pid
        os.kill(pid, signal.SIGKILL)
        await say(pilot, "boiler pressure")
        await until(pilot, lambda: entries()[-1].sources)
        assert [entry.text for entry in entries() if entry.role == "user"] == ["what time is it", "boiler pressure"]


async def test_a_command_that_is_none_and_a_folder_that_is_none_are_told(home: Home) -> None:
    async with talking(home) as (pilot, entries):
        await until(pilot, lambda: running_engine(home))
        await say(pilot, "/fly")
        await until(pilot, lambda: "no command /fly" in entries()[-1].text)
        await say(pilot, "/import /no/such/folder")
        await until(pilot, lambda: entries()[-1].role == "error")
        assert "/no/such/folder" in entries()[-1].text


async def test_keys_that_write_are_known_to_the_engine(home: Home) -> None:
    async with talking(home) as (pilot, _):
        talk = pilot.app.screen_stack[0]
        assert isinstance(talk, Talk)
        await until(pilot, lambda: talk.is_ready)
        said: list[str] = []
        talk.typing = lambda: said.append("typing")  # type: ignore[method-assign]
        await pilot.press("left", "f5", "x", "escape")
        assert said == ["typing"]


async def test_retry_opens_no_second_line_while_one_holds(home: Home) -> None:
    async with talking(home) as (pilot, entries):
        await until(pilot, lambda: running_engine(home))
        await say(pilot, "boiler pressure")
        await until(pilot, lambda: entries()[-1].sources)
        await say(pilot, "/retry")
        await until(pilot, lambda: entries()[-1].text == "The engine is there.")
        with Client(home) as client:
            assert client.call(wire.ShowStatus()).clients == 2  # the app, and this one


async def test_the_home_folder_of_nobody_is_told_and_goals_are_no_notes(home: Home) -> None:
    with Client(home) as client:
        client.call(wire.AddGoal("Grow beans"))
        client.call(wire.AddTask("buy string"))
        assert client.call(wire.ShowStatus()).notes == 3
    async with talking(home) as (pilot, entries):
        await say(pilot, "/import ~nobody-at-all/notes")
        await until(pilot, lambda: entries()[-1].role == "error")
        assert "nobody-at-all" in entries()[-1].text


async def test_the_first_run_asks_two_things_once_and_both_can_be_skipped(tmp_path: Path) -> None:
    home = make_home(tmp_path, linger=20)
    try:
        async with talking(home) as (pilot, entries):
            await until(pilot, lambda: isinstance(pilot.app.screen, Choice))
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(pilot.app.screen, NotesFolder))
            await pilot.press(*str(make_notes(tmp_path)), "enter")
            await until(pilot, lambda: any("3 added" in entry.text for entry in entries()))
        async with talking(home) as (pilot, entries):
            await say(pilot, "boiler pressure")
            await until(pilot, lambda: entries()[-1].sources)
            assert isinstance(pilot.app.screen, Talk)
    finally:
        stop_engine(home)


async def test_brackets_and_escapes_in_notes_show_as_text(home: Home, tmp_path: Path) -> None:
    (tmp_path / "notes" / "Odd.md").write_text(
        "# Odd\n\n## Zebra\n\nzebra [/foo] [red]x[/red] \x1b[31mred\x1b]0;title\x07 end\n"
    )
    async with talking(home) as (pilot, entries):
        await until(pilot, lambda: running_engine(home))
        await say(pilot, f"/import {tmp_path / 'notes'}")
        await until(pilot, lambda: entries()[-1].text.startswith("Read "))
        await say(pilot, "zebra")
        await until(pilot, lambda: entries()[-1].sources)
        assert "[/foo] [red]x[/red]" in entries()[-1].text and "\x1b" not in entries()[-1].text


async def test_a_hosted_style_model_streams_is_stopped_asks_and_fails_calmly(home: Home) -> None:
    slow = Answer(pieces=tuple(f"word{number} " for number in range(200)), pause=0.05)
    wish = Answer(calls=((0, "c1", "add_task", '{"text": "buy a yacht"}'),), finish="tool_calls")
    with StandIn(Answer(pieces=("Tomatoes want ", "six hours of sun [1].")), slow, wish, Answer(pieces=("Added.",)),
                 Answer(status=401, error="bad key")) as server:  # fmt: skip
        with Client(home) as client:
            client.call(wire.UseModel("openai/qwen-local", server.base_url))
        async with talking(home) as (pilot, entries):
            await say(pilot, "how much sun do tomatoes want")
            await until(pilot, lambda: entries()[-1].sources, 60)
            assert entries()[-1].text == "Tomatoes want six hours of sun. [1]"
            assert entries()[-1].footer.startswith("openai/qwen-local")

            await say(pilot, "tell me a long story")
            await until(pilot, lambda: "word3" in entries()[-1].text)
            await pilot.press("escape")
            await until(pilot, lambda: entries()[-1].footer.endswith("stopped"))
            assert "word150" not in entries()[-1].text

            await say(pilot, "how are the tomatoes")
            await until(pilot, lambda: pilot.app.screen.query(Approval))
            await pilot.press("enter", "y")  # too soon: a key meant for the text decides nothing
            await pilot.pause(0.1)
            assert pilot.app.screen.query(Approval)
            await asyncio.sleep(GRACE)
            await pilot.press("n")
            await until(pilot, lambda: entries()[-1].footer)
            with Client(home) as client:
                assert client.call(wire.ListTasks()).tasks == ()
            assert isinstance(pilot.app.screen.focused, Composer)

            await say(pilot, "and the beans")
            await until(pilot, lambda: entries()[-1].role == "error")
            assert "key" in entries()[-1].text


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (140, 45)])
async def test_it_fits_narrow_and_wide_terminals(home: Home, size: tuple[int, int]) -> None:
    async with talking(home, size) as (pilot, entries):
        await say(pilot, "how much sun do tomatoes want")
        await until(pilot, lambda: entries()[-1].sources)
        for widget in pilot.app.screen.query("Transcript, Composer, #status"):
            assert 0 < widget.region.right <= size[0] and widget.region.bottom <= size[1]


async def test_one_key_says_how_the_last_answer_was_and_makes_a_case(home: Home) -> None:
    async with talking(home) as (pilot, entries):
        await pilot.press("ctrl+g")
        await until(pilot, lambda: entries()[-1].text == "Nothing has been answered yet.")
        await say(pilot, "how much sun do tomatoes want")
        await until(pilot, lambda: entries()[-1].sources)
        await pilot.press("ctrl+g")
        await until(pilot, lambda: pilot.app.screen.query(Question) and pilot.app.screen.query_one(Question).has_focus)
        await asyncio.sleep(GRACE)
        await pilot.press("s")
        await until(pilot, lambda: "It is a case for trying models now" in entries()[-1].text)
        await say(pilot, "/rate wrong")
        await until(pilot, lambda: entries()[-1].text.startswith("Noted: wrong."))
    with Client(home) as client:
        (case,) = client.call(wire.ListEvalCases()).cases
    assert (case.rating, case.said) == ("wrong", "how much sun do tomatoes want")
