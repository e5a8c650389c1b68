"""`sage acp` over a real pipe, with the protocol's own client as the editor."""

from __future__ import annotations

import asyncio
import os
import pty
import subprocess
import sys
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from sage import wire
from sage.client import Client
from sage.locations import Home
from tests.homes import engine_of, make_home, make_notes

pytest.importorskip("acp", reason="the extra `acp` is not installed")

from acp import RequestError, spawn_agent_process, text_block
from acp.helpers import image_block, resource_link_block
from acp.schema import AllowedOutcome, DeniedOutcome, RequestPermissionResponse

ASKS = "[agent]\neffects = 'read'\n"
"""Settings with which every action asks."""


class Editor:
    """Keeps what it is shown, and answers what it is asked with `decide`."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, Any]] = []
        self.asked: list[Any] = []
        self.decide: Callable[[], Any] = lambda: AllowedOutcome(outcome="selected", option_id="yes")

    def on_connect(self, agent: Any) -> None:
        """There is nothing to say to it."""

    async def session_update(self, session_id: str, update: Any, **_: Any) -> None:
        self.shown.append((session_id, update))

    async def request_permission(self, session_id: str, tool_call: Any, options: Any, **_: Any) -> Any:
        self.asked.append((tool_call, options))
        found = self.decide()
        return RequestPermissionResponse(outcome=await found if asyncio.iscoroutine(found) else found)

    def said(self, kind: str = "agent_message_chunk") -> str:
        return "".join(update.content.text for _, update in self.shown if update.session_update == kind)

    def calls(self) -> list[Any]:
        return [update for _, update in self.shown if update.session_update == "tool_call"]


@pytest.fixture
def home(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Home]:
    made = make_home(tmp_path, settings=getattr(request, "param", ""))
    with engine_of(made):
        with Client(made) as client:
            client.call(wire.ImportNotes(str(make_notes(tmp_path))))
        yield made


@asynccontextmanager
async def talking(home: Home, editor: Editor) -> AsyncGenerator[Any, None]:
    words = ("-m", "sage", "acp", "--home", str(home.path))
    async with spawn_agent_process(editor, sys.executable, *words, env=dict(os.environ)) as (agent, _):
        answer = await agent.initialize(protocol_version=1)
        assert (answer.protocol_version, answer.agent_info.name) == (
            1,
            "sage",
        ) and answer.agent_capabilities.load_session
        yield agent


async def test_an_editor_talks_with_sage_and_sees_the_sources(home: Home) -> None:
    editor = Editor()
    async with talking(home, editor) as agent:
        session = (await agent.new_session(cwd="/", mcp_servers=[])).session_id
        ended = await agent.prompt(session_id=session, prompt=[text_block("How much sun do tomatoes want?")])
        assert ended.stop_reason == "end_turn"
        assert "six hours of sun" in editor.said() and "[1] Garden.md#Tomatoes" in editor.said()
        assert len(editor.shown) > 1 and {name for name, _ in editor.shown} == {session}
    with Client(home) as client:
        [line] = client.call(wire.ListConversations()).conversations
        assert line.id == session and line.title == "How much sun do tomatoes want?"


async def test_what_is_done_is_shown_and_done(home: Home) -> None:
    editor = Editor()
    async with talking(home, editor) as agent:
        session = (await agent.new_session(cwd="/")).session_id
        await agent.prompt(session_id=session, prompt=[text_block("add a task to buy milk")])
        [call] = editor.calls()
        assert (call.title, call.status) == ("add_task", "completed") and not editor.asked
    with Client(home) as client:
        assert [task.text for task in client.call(wire.ListTasks()).tasks] == ["buy milk"]


@pytest.mark.parametrize("home", [ASKS], indirect=True)
@pytest.mark.parametrize(
    ("outcome", "done"),
    [
        (AllowedOutcome(outcome="selected", option_id="yes"), True),
        (AllowedOutcome(outcome="selected", option_id="no"), False),
        (AllowedOutcome(outcome="selected", option_id="always"), False),
        (DeniedOutcome(outcome="cancelled"), False),
    ],
)
async def test_an_approval_is_asked_in_the_editor_with_the_exact_arguments(
    home: Home, outcome: Any, done: bool
) -> None:
    editor = Editor()
    editor.decide = lambda: outcome
    async with talking(home, editor) as agent:
        session = (await agent.new_session(cwd="/")).session_id
        ended = await agent.prompt(session_id=session, prompt=[text_block("add a task to buy milk")])
        [(call, options)] = editor.asked
        assert call.raw_input == {"text": "buy milk"} and {option.kind for option in options} == {
            "allow_once",
            "reject_once",
        }
        assert ended.stop_reason == "end_turn" and editor.calls()[0].status == ("completed" if done else "failed")
    with Client(home) as client:
        assert bool(client.call(wire.ListTasks()).tasks) == done


@pytest.mark.parametrize("home", [ASKS], indirect=True)
async def test_a_turn_is_cancelled_while_it_waits_for_an_approval(home: Home) -> None:
    editor, waits = Editor(), asyncio.Event()

    async def never() -> Any:
        waits.set()
        await asyncio.sleep(600)

    editor.decide = never
    async with talking(home, editor) as agent:
        session = (await agent.new_session(cwd="/")).session_id
        asking = asyncio.create_task(agent.prompt(session_id=session, prompt=[text_block("add a task to buy milk")]))
        async with asyncio.timeout(30):
            await waits.wait()
            with pytest.raises(RequestError, match="still answers"):
                await agent.prompt(session_id=session, prompt=[text_block("and bread")])
            await agent.cancel(session_id=session)
            assert (await asking).stop_reason == "cancelled"
    with Client(home) as client:
        assert not client.call(wire.ListTasks()).tasks


@pytest.mark.parametrize("home", [ASKS], indirect=True)
async def test_a_turn_ends_with_its_editor(home: Home) -> None:
    editor, waits = Editor(), asyncio.Event()

    async def never() -> Any:
        waits.set()
        await asyncio.sleep(600)

    editor.decide = never
    async with talking(home, editor) as agent:
        session = (await agent.new_session(cwd="/")).session_id
        asking = asyncio.create_task(agent.prompt(session_id=session, prompt=[text_block("add a task to buy milk")]))
        async with asyncio.timeout(30):
            await waits.wait()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    with Client(home) as client:
        for _ in range(200):
            shown = client.call(wire.ShowConversation(session))
            if not shown.running:
                break
            await asyncio.sleep(0.05)
        assert not shown.running and shown.turns[0].answer.state in ("stopped", "done")
        assert not client.call(wire.ListTasks()).tasks


async def test_a_session_is_opened_again_with_what_was_said(home: Home) -> None:
    editor = Editor()
    async with talking(home, editor) as agent:
        session = (await agent.new_session(cwd="/")).session_id
        await agent.prompt(session_id=session, prompt=[text_block("How much sun do tomatoes want?")])
    again = Editor()
    async with talking(home, again) as agent:
        await agent.load_session(cwd="/", session_id=session)
        assert again.said("user_message_chunk") == "How much sun do tomatoes want?" and "six hours" in again.said()
        await agent.prompt(session_id=session, prompt=[text_block("And the boiler pressure?")])
        with pytest.raises(RequestError, match="no conversation"):
            await agent.load_session(cwd="/", session_id="c" + "0" * 17)
    with Client(home) as client:
        assert client.call(wire.ListConversations()).conversations[0].turns == 2


async def test_what_is_no_word_of_the_person_is_refused_or_only_named(home: Home) -> None:
    editor = Editor()
    async with talking(home, editor) as agent:
        session = (await agent.new_session(cwd="/")).session_id
        for prompt in ([image_block("AAAA", "image/png")], [text_block("  ")]):
            with pytest.raises(RequestError):
                await agent.prompt(session_id=session, prompt=prompt)
        with pytest.raises(RequestError, match="no session"):
            await agent.prompt(session_id="other", prompt=[text_block("hello")])
        link = resource_link_block("demo.txt", "file:///etc/passwd")
        await agent.prompt(session_id=session, prompt=[text_block("What is "), link])
    with Client(home) as client:
        assert client.call(wire.ShowConversation(session)).turns[0].said == "What is [demo.txt]"


def test_whoever_starts_it_by_hand_is_told_what_it_is_for(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    with (tmp_path / "out").open("w") as file:
        words = [sys.executable, "-m", "sage", "acp", "--home", str(home.path)]
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.PIPE, text=True, timeout=60
        )
    assert done.returncode == 1 and "pipes" in done.stderr and "Traceback" not in done.stderr
    ours, theirs = pty.openpty()
    for command in ("acp", "mcp"):
        words = [sys.executable, "-m", "sage", command, "--home", str(home.path)]
        done = subprocess.run(words, stdin=theirs, capture_output=True, text=True, timeout=60)
        assert done.returncode == 1 and "to start" in done.stderr
    os.close(ours)
    os.close(theirs)
