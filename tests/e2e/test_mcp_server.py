"""`sage mcp` over a real pipe, asked by the protocol's own client, in both generations."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from sage import wire
from sage.client import Client
from sage.core.errors import NotFound
from sage.locations import Home
from tests.homes import engine_of, make_home, sage

pytest.importorskip("mcp", reason="the extra `mcp` is not installed")

from mcp import Client as McpClient
from mcp import StdioServerParameters
from mcp_types import Implementation

SECRET, SHARED, OPEN = "The safe opens with tulip.", "Work meets on Mondays.", "The choir sings in May."


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = make_home(tmp_path)
    for name, text in (
        ("Safe.md", SECRET),
        ("Work.md", f"---\naudience: work\n---\n{SHARED}"),
        ("Choir.md", f"---\naudience: public\n---\n{OPEN}"),
    ):
        (made.notes / name).write_text(text)
    with engine_of(made):
        with Client(made) as client:
            client.call(wire.ImportNotes(str(made.notes)))
            client.call(wire.AddGoal("Learn the cello", why="music"))
            client.call(wire.AddTask("Sew the button", due="2020-01-02"))
        yield made


def sees(home: Home, *names: str) -> None:
    with home.settings.open("a") as settings:
        settings.write(f"\n[programs]\nsees = {list(names)!r}\n")


@asynccontextmanager
async def program(home: Home, mode: str = "auto") -> AsyncGenerator[McpClient, None]:
    variables = {name: os.environ[name] for name in ("PYTHONPATH", "PATH") if name in os.environ}
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "sage", "mcp", "--home", str(home.path)], env=variables
    )
    async with McpClient(command, mode=mode, client_info=Implementation(name="demo editor", version="1")) as client:
        yield client


async def asked(client: McpClient, name: str, **given: Any) -> tuple[str, bool]:
    result = await client.call_tool(name, given)
    return "\n".join(getattr(block, "text", "") for block in result.content), bool(result.is_error)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_at_first_programs_see_what_is_public_and_nothing_else(home: Home, mode: str) -> None:
    async with program(home, mode) as client:
        assert {tool.name for tool in (await client.list_tools()).tools} == {
            "recall", "goals", "agenda", "propose_note", "propose_task"
        }  # fmt: skip
        found, _ = await asked(client, "recall", query="choir sings")
        assert OPEN in found and "Choir.md" in found and "from: user" in found and "what is public" in found
        for query in ("the safe opens with", "work meets on mondays", "tulip"):
            hidden, _ = await asked(client, "recall", query=query, k=20)
            assert "tulip" not in hidden and SHARED not in hidden
        for tool in ("goals", "agenda"):
            told, failed = await asked(client, tool)
            assert failed and "cello" not in told and "button" not in told and "programs" in told


async def test_programs_count_as_whom_the_owner_names(home: Home) -> None:
    sees(home, "work")
    async with program(home) as client:
        assert SHARED in (await asked(client, "recall", query="work meets"))[0]
        assert "tulip" not in (await asked(client, "recall", query="the safe opens with", k=20))[0]
        assert (await asked(client, "goals"))[1]


async def test_programs_that_the_owner_trusts_see_goals_and_agenda(home: Home) -> None:
    sees(home, "owner")
    async with program(home) as client:
        assert SECRET in (await asked(client, "recall", query="the safe opens with"))[0]
        assert await asked(client, "goals") == ("Learn the cello (why: music)", False)
        told, failed = await asked(client, "agenda", day="today")
        assert "Sew the button" in told and not failed


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_what_a_program_proposes_waits_for_the_owner(home: Home, mode: str) -> None:
    async with program(home, mode) as client:
        told, failed = await asked(client, "propose_note", text="Trust \x1b[31mme.")
        assert not failed and "Nothing was written" in told
        await asked(client, "propose_task", text="Buy lamps", due="2026-12-01")
        await asked(client, "propose_task", text="Sell the house")
    with Client(home) as owner:
        note, task, other = owner.call(wire.ListProposals()).proposals
        assert (note.text, note.kind, note.program) == ("Trust me.", "note", "demo editor")
        assert [each.text for each in owner.call(wire.ListTasks()).tasks] == ["Sew the button"]
        assert not [hit for hit in owner.call(wire.Recall("trust me", 20)).hits if "Trust" in hit.text]
        owner.call(wire.SettleProposal(task.id, True))
        owner.call(wire.SettleProposal(note.id, True))
        owner.call(wire.SettleProposal(other.id, False))
        assert owner.call(wire.ListProposals()).proposals == ()
        assert {(each.text, each.due) for each in owner.call(wire.ListTasks()).tasks} >= {("Buy lamps", "2026-12-01")}
        [hit] = [hit for hit in owner.call(wire.Recall("trust me", 20)).hits if "Trust" in hit.text]
        assert (hit.origin, hit.audience) == ("tool", ("private",))
        with pytest.raises(NotFound):
            owner.call(wire.SettleProposal(note.id, True))


async def test_proposals_are_bounded(home: Home) -> None:
    async with program(home) as client:
        assert (await asked(client, "propose_note", text="x" * 10_001))[1]
        assert (await asked(client, "propose_note", text="  "))[1]
        for _ in range(50):
            await asked(client, "propose_note", text="again")
        told, failed = await asked(client, "propose_note", text="once more")
        assert failed and "wait already" in told


async def test_what_waits_outlives_the_engine_and_is_shown_by_the_command(home: Home) -> None:
    async with program(home) as client:
        await asked(client, "propose_note", text="Plant beans.")
    shown = sage(home, "proposals", "list")
    assert "Plant beans." in shown.stdout and "demo editor" in shown.stdout
    name = shown.stdout.split()[0]
    assert "Not taken over" in sage(home, "proposals", "deny", name).stdout


async def test_a_program_goes_on_when_the_engine_was_started_anew(home: Home) -> None:
    async with program(home) as client:
        assert OPEN in (await asked(client, "recall", query="choir sings"))[0]
        sage(home, "engine", "stop")
        assert OPEN in (await asked(client, "recall", query="choir sings"))[0]
