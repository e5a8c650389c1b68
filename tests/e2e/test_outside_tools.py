"""A real MCP server in a real engine: its tools are offered, asked about, called and settled, end to end."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sage import wire
from sage.client import Client
from sage.core.errors import SageError
from sage.core.turns import ActionTaken, Answer, ApprovalNeeded
from sage.locations import Home
from tests.homes import engine_of, kill, make_home, sage
from tests.openai_stand_in import Answer as Said
from tests.openai_stand_in import StandIn
from tests.plugins.mcp.test_rogue import ROGUE, runs
from tests.servers.environments import node_server

pytest.importorskip("mcp", reason="the extra `mcp` is not installed")

SUM = "everything__get-sum"


def calls(tool: str, **arguments: Any) -> Said:
    return Said(calls=((0, "call_1", tool, json.dumps(arguments)),), finish="tool_calls")


@contextmanager
def talking(
    folder: Path, name: str, command: list[str], *said: Said, only: tuple[str, ...] = ()
) -> Iterator[tuple[Home, StandIn]]:
    """A home with one MCP server, whose model says what it is told to."""
    account = f"[plugins.mcp.{name}]\nenabled = true\ncommand = {json.dumps(command)}\nseconds = 30\n"
    account += f"only = {json.dumps(only)}\n"
    with StandIn(*said) as server:
        model = f'[model]\nchain = ["openai/qwen-local"]\nbase_url = "{server.base_url}"\n'
        yield make_home(folder, settings=model + account), server


def ask(client: Client, text: str, granted: bool = True) -> tuple[Answer, list[Any]]:
    events: list[Any] = []
    client.call(wire.ListTools())  # waits until the server has told its tools: it starts slowly where much goes on

    def hear(event: Any) -> None:
        events.append(event)
        if isinstance(event, ApprovalNeeded):
            client.post(wire.Decide(event.approval, event.digest, granted))

    return client.call(wire.Ask(text), hear), events


def asked(events: list[Any]) -> list[ApprovalNeeded]:
    return [event for event in events if isinstance(event, ApprovalNeeded)]


@pytest.mark.server
def test_a_tool_of_a_server_asks_runs_and_its_answer_is_told(tmp_path: Path) -> None:
    script = (
        calls(SUM, a=2, b=3), Said(("It is 5.",)),  # asks, is allowed
        calls(SUM, a=2, b=3), Said(("I left it.",)),  # asks, is not
        calls(SUM, a=2, b=3), Said(("It is 5.",)),  # runs by itself, once the person said that it only reads
    )  # fmt: skip
    command = [*node_server("server-everything"), "stdio"]
    some = talking(tmp_path, "everything", command, *script, only=("get-sum", "get-env"))
    with some as (home, server), engine_of(home), Client(home) as client:
        answer, events = ask(client, "what is 2 and 3?")
        [request] = asked(events)
        assert (request.tool, request.arguments) == (SUM, {"a": 2, "b": 3}) and "mcp/everything" in request.why
        [action] = answer.actions
        assert action.state == "done" and action.result.endswith("The sum of 2 and 3 is 5.")
        assert "outside" in action.result and answer.answer == "It is 5."
        told = [message for message in server.asked[1]["messages"] if message["role"] == "tool"]
        assert "The sum of 2 and 3 is 5." in told[0]["content"]

        denied, _ = ask(client, "again?", granted=False)
        assert denied.actions[0].state == "denied"

        assert "asks each time" in sage(home, "tools", "list").stdout
        assert "runs unasked" in sage(home, "tools", "allow", SUM, "--yes").stdout
        allowed, events = ask(client, "what is 2 and 3?")
        assert allowed.actions[0].state == "done" and not asked(events)
        assert any(isinstance(event, ActionTaken) for event in events)

        assert "no model sees it" in sage(home, "tools", "forbid", SUM).stdout
        assert "get-env" in sage(home, "tools", "show", "everything__get-env").stdout
        refused = sage(home, "tools", "allow", "everything__nothing", "--yes")
        assert refused.returncode == 1 and "There is no tool" in refused.stderr


@pytest.mark.server
def test_many_tools_stand_behind_a_search(tmp_path: Path) -> None:
    script = (calls("find_tool", words="the sum of two numbers"), calls(SUM, a=2, b=3), Said(("It is 5.",)))
    command = [*node_server("server-everything"), "stdio"]
    with talking(tmp_path, "everything", command, *script) as (home, server), engine_of(home), Client(home) as client:
        answer, _ = ask(client, "find a program for the sum of 2 and 3")
    offered = [{tool["function"]["name"] for tool in each["tools"]} for each in server.asked if "tools" in each]
    assert "find_tool" in offered[0] and SUM not in offered[0] and SUM in offered[1]
    assert [action.state for action in answer.actions] == ["done", "done"]


def test_a_server_that_changes_its_tools_is_looked_at_again(tmp_path: Path) -> None:
    change = calls("rogue__change")
    changing = talking(tmp_path, "rogue", list(ROGUE), change, Said(("Changed.",)))
    with changing as (home, _), engine_of(home), Client(home) as client:
        assert "rogue__new" not in sage(home, "tools", "list").stdout
        ask(client, "change it")
        for _ in range(100):
            if "rogue__new" in (listed := sage(home, "tools", "list").stdout):
                break
            time.sleep(0.1)
        assert "rogue__new" in listed


def test_a_call_that_was_cut_by_a_crash_may_have_run_and_the_server_comes_back(tmp_path: Path) -> None:
    script = (calls("rogue__crash"), Said(("Hm.",)), calls("rogue__answer"), Said(("There.",)))
    with talking(tmp_path, "rogue", list(ROGUE), *script) as (home, _), engine_of(home), Client(home) as client:
        answer, _ = ask(client, "crash it")
        assert answer.actions[0].state == "uncertain" and "not known" in answer.actions[0].result
        answer, _ = ask(client, "answer")
        assert answer.actions[0].state == "done" and "answer from" in answer.actions[0].result


def test_no_server_outlives_an_engine_that_was_killed(tmp_path: Path) -> None:
    script = (calls("rogue__answer"), Said(("There.",)))
    with talking(tmp_path, "rogue", list(ROGUE), *script) as (home, _):
        with engine_of(home) as engine, Client(home) as client:
            answer, _ = ask(client, "answer")
            server = int(answer.actions[0].result.split()[-1])
            assert runs(server)
            kill(engine)
        for _ in range(300):
            if not runs(server):
                break
            time.sleep(0.02)
        assert not runs(server)


def test_a_skill_is_offered_and_read_when_it_is_chosen(tmp_path: Path) -> None:
    with StandIn(calls("skill", name="garden"), Said(("Water them at the roots.",))) as server:
        model = f'[model]\nchain = ["openai/qwen-local"]\nbase_url = "{server.base_url}"\n'
        home = make_home(tmp_path, settings=model)
        (home.skills / "garden").mkdir(parents=True)
        (home.skills / "garden" / "SKILL.md").write_text(
            "---\nname: garden\ndescription: How I water plants.\n---\nAlways at the roots.\n"
        )
        (home.skills / "broken").mkdir()
        with engine_of(home), Client(home) as client:
            answer, events = ask(client, "how do I water?")
            assert answer.actions[0].result == "Always at the roots." and not asked(events)
            assert "garden: How I water plants." in json.dumps(server.asked[0]["tools"])
            shown = sage(home, "skills", "list")
            assert "How I water plants." in shown.stdout and "broken" in shown.stderr
            assert "Always at the roots." in sage(home, "skills", "show", "garden").stdout
            with pytest.raises(SageError, match="no skill"):
                client.call(wire.ShowSkill("../garden"))
