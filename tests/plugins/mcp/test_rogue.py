"""A server that crashes, hangs, floods, changes its tools or leaves processes behind harms nothing else."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from sage.plugin_api import BadConfig, Context, Secret, Unreachable, Unsupported, Unsure
from sage.testing.plugins import GivenAccount, ToolSourceConformance, ToolUse

pytest.importorskip("mcp", reason="the extra `mcp` is not installed")

from sage_plugins.mcp.config import Config
from sage_plugins.mcp.source import McpTools

ROGUE = (sys.executable, str(Path(__file__).with_name("rogue.py")))


def source(place: Path, *, seconds: float = 20, secrets: dict[str, Secret] | None = None, **more: Any) -> McpTools:
    given = {"command": ROGUE, "seconds": seconds, **more}
    return McpTools(Context("mcp/rogue", Config(**given), place, secrets=secrets or {}))


@asynccontextmanager
async def opened(one: McpTools) -> AsyncGenerator[McpTools, None]:
    """The source itself, while it is open."""
    try:
        await one.open()
        yield one
    finally:
        await one.close()


@asynccontextmanager
async def rogue(place: Path, **given: Any) -> AsyncGenerator[McpTools, None]:
    async with opened(source(place, **given)) as one:
        yield one


def runs(process: int) -> bool:
    """Whether a process is there, and no zombie."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def gone(process: int) -> bool:
    for _ in range(500):
        if not runs(process):
            return True
        await asyncio.sleep(0.02)
    return False


async def pid_of(one: McpTools) -> int:
    return int((await one.call("answer", {}, "k1")).text.split()[-1])


class TestRogue(ToolSourceConformance):
    """While it behaves."""

    plugin = "mcp"
    harmless = ToolUse("answer", {}, "answer from")
    endless = ToolUse("hang", {})

    @pytest.fixture
    def account(self) -> GivenAccount:
        return GivenAccount(config={"command": list(ROGUE), "seconds": 15.0})


async def test_a_call_that_was_cut_by_a_crash_may_have_run_and_the_next_one_finds_a_new_server(tmp_path: Path) -> None:
    async with rogue(tmp_path) as one:
        first = await pid_of(one)
        with pytest.raises(Unsure):
            await one.call("crash", {}, "k2")
        assert await pid_of(one) != first


async def test_a_server_that_hangs_is_ended(tmp_path: Path) -> None:
    async with rogue(tmp_path, seconds=2) as one:
        hung = await pid_of(one)
        with pytest.raises(Unsure):
            await one.call("hang", {}, "k2")
        assert await pid_of(one) != hung
        assert await gone(hung)


@pytest.mark.parametrize("tool", ["flood", "big"])
async def test_a_server_that_says_too_much_at_once_is_ended(tmp_path: Path, tool: str) -> None:
    async with rogue(tmp_path) as one:
        flooding = await pid_of(one)
        with pytest.raises(Unsure):
            await one.call(tool, {}, "k2")
        assert await pid_of(one) != flooding
        assert await gone(flooding)


async def test_news_of_other_tools_are_passed_on(tmp_path: Path) -> None:
    made = source(tmp_path)
    told = asyncio.Event()
    made.ctx.changed = told.set
    async with opened(made) as one:
        before = await one.tools()
        await one.call("change", {}, "k1")
        async with asyncio.timeout(10):
            await told.wait()
        assert {tool.name for tool in await one.tools()} - {tool.name for tool in before} == {"new"}


async def test_news_of_other_tools_are_heard_in_the_newer_protocol_too(tmp_path: Path) -> None:
    made = source(tmp_path, command=(sys.executable, str(Path(__file__).with_name("growing.py"))))
    told = asyncio.Event()
    made.ctx.changed = told.set
    async with opened(made) as one:
        assert [tool.name for tool in await one.tools()] == ["grow"]
        async with asyncio.timeout(20):
            while not told.is_set():  # it is heard only by whoever listens already
                assert (await one.call("grow", {}, "k1")).text == "grown"
                await asyncio.sleep(0.1)
        assert {tool.name for tool in await one.tools()} == {"grow", "another"}


async def test_a_look_at_its_health_finds_other_tools_too(tmp_path: Path) -> None:
    made = source(tmp_path)
    async with opened(made) as one:
        await one.tools()
        made.ctx.changed = lambda: None
        await one.call("change", {}, "k1")
        told: list[bool] = []
        made.ctx.changed = lambda: told.append(True)
        assert (await one.health()).state == "ok" and told


async def test_what_a_server_started_ends_with_it(tmp_path: Path) -> None:
    async with rogue(tmp_path) as one:
        lingering = int((await one.call("linger", {}, "k1")).text)
        assert runs(lingering)
    assert await gone(lingering)


async def test_no_server_outlives_whoever_is_killed(tmp_path: Path) -> None:
    script = f"""
import asyncio, sys
from pathlib import Path
from sage.adapters.plugins.loading import reach
from sage.locations import bundled
reach(bundled("plugins"))
from tests.plugins.mcp.test_rogue import pid_of, source
async def main():
    one = source(Path({str(tmp_path)!r}))
    await one.open()
    print(await pid_of(one), (await one.call("linger", {{}}, "k2")).text, flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""
    holder = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220
    try:
        assert holder.stdout
        processes = [int(word) for word in (await asyncio.to_thread(holder.stdout.readline)).split()]
        assert len(processes) == 2 and all(map(runs, processes))
    finally:
        os.kill(holder.pid, signal.SIGKILL)
        holder.communicate()
    assert all([await gone(process) for process in processes])


async def test_closing_takes_less_than_three_seconds_even_of_a_server_that_hangs(tmp_path: Path) -> None:
    one = source(tmp_path)
    await one.open()
    hung = await pid_of(one)
    waiting = asyncio.create_task(one.call("hang", {}, "k2"))
    await asyncio.sleep(0.2)
    began = time.monotonic()
    await one.close()
    assert time.monotonic() - began < 3 + 2  # with room for a busy machine
    assert await gone(hung)
    await one.close()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_a_long_result_is_cut_and_says_so(tmp_path: Path) -> None:
    async with rogue(tmp_path) as one:
        result = (await one.call("long", {}, "k1")).text
    assert len(result.encode()) < 50_100 and result.endswith("\n[70000 bytes more, left out]")


async def test_nothing_of_a_result_is_followed(tmp_path: Path) -> None:
    async with rogue(tmp_path) as one:
        result = (await one.call("pictures", {}, "k1")).text
    assert result == (
        "[image, image/png, not shown]\n\n[a link that was not followed: secret file:///etc/passwd]\n\nthe text of it"
    )


async def test_a_server_sees_the_usual_variables_and_its_own_secret_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAGE_OTHER_KEY", "not yours")
    given = {"secrets": {"token": Secret("mine")}, "token_variable": "DEMO_TOKEN", "environment": {"DEMO": "1"}}
    async with rogue(tmp_path, **given) as one:
        seen = json.loads((await one.call("environment", {}, "k1")).text)
    assert seen["DEMO_TOKEN"] == "mine" and seen["DEMO"] == "1" and "PATH" in seen
    assert "SAGE_OTHER_KEY" not in seen and "not yours" not in seen.values()


async def test_what_is_no_message_is_passed_over(tmp_path: Path) -> None:
    async with rogue(tmp_path) as one:
        assert "prints from" in (await one.call("prints", {}, "k1")).text


async def test_only_the_wanted_tools_are_there(tmp_path: Path) -> None:
    async with rogue(tmp_path, only=("answer",)) as one:
        assert [tool.name for tool in await one.tools()] == ["answer"]
        with pytest.raises(Unsupported):
            await one.call("crash", {}, "k1")


async def test_a_program_that_is_not_there_or_no_server_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="not installed"):
        await source(tmp_path, command=("no-such-program-anywhere",)).open()
    with pytest.raises(Unreachable):
        await source(tmp_path, command=("true",)).open()
    with pytest.raises(Unreachable):
        await source(tmp_path, command=("sleep", "600"), seconds=0.5).open()
    with pytest.raises(Unreachable):
        await source(tmp_path, folder=str(tmp_path / "nowhere")).open()


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"command": ("a",), "url": "https://demo.example/mcp"},
        {"url": "http://demo.example/mcp"},
        {"url": "https://ana:secret@demo.example/mcp"},
        {"url": "file:///etc/passwd"},
        {"command": ("a",), "colour": "red"},
    ],
)
def test_settings_that_name_no_server_or_a_careless_one_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Config(**given)
