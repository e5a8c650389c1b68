"""What every source of tools must hold.

    class TestMine(ToolSourceConformance):
        plugin = "mine"
        harmless = ToolUse("add", {"a": 2, "b": 3}, "5")

        @pytest.fixture
        def account(self) -> GivenAccount:
            return GivenAccount(config={"url": "http://localhost:8000"})

What a suite is given no call for is skipped, and says so.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from sage.plugin_api import PluginError, Tool, ToolResult
from sage.testing.plugins.accounts import Conformance, Driver, needs

LARGEST_RESULT = 51_000
"""Bytes of a result, with a word on what was left out."""


@dataclass(frozen=True)
class ToolUse:
    """A call, and words that its result holds."""

    name: str
    arguments: dict[str, Any]
    says: str = ""


class ToolSourceConformance(Conformance):
    """All of it."""

    harmless: ClassVar[ToolUse]
    """A call that changes nothing."""
    echo: ClassVar[ToolUse | None] = None
    """A call whose result holds a text of its arguments, written in several scripts."""
    wrong: ClassVar[ToolUse | None] = None
    """A call whose arguments do not fit."""
    endless: ClassVar[ToolUse | None] = None
    """A call that takes minutes."""

    @needs()
    async def test_each_tool_has_a_name_of_its_own_and_a_schema(self, driver: Driver) -> None:
        async with _open(driver):
            tools = await _tools(driver)
        assert tools and len({tool.name for tool in tools}) == len(tools)
        assert all(tool.name and tool.parameters.get("type") == "object" for tool in tools)
        assert self.harmless.name in {tool.name for tool in tools}

    @needs()
    async def test_tools_are_the_same_when_they_are_asked_for_again(self, driver: Driver) -> None:
        async with _open(driver):
            before = await _tools(driver)
            assert await _tools(driver) == before
        async with _open(driver):
            assert await _tools(driver) == before

    @needs()
    async def test_a_call_answers(self, driver: Driver) -> None:
        async with _open(driver):
            result = await _use(driver, self.harmless)
        assert self.harmless.says in result.text and not result.failed

    @needs()
    async def test_calls_at_the_same_time_each_get_their_answer(self, driver: Driver) -> None:
        async with _open(driver):
            results = await asyncio.gather(*(_use(driver, self.harmless, f"k{n}") for n in range(5)))
        assert all(self.harmless.says in result.text for result in results)

    @needs()
    async def test_a_tool_that_is_not_there_is_refused(self, driver: Driver) -> None:
        async with _open(driver):
            with pytest.raises(PluginError):
                await driver.ask("call", "no such tool", {}, "k1")
            assert self.harmless.says in (await _use(driver, self.harmless)).text

    @needs()
    async def test_arguments_that_do_not_fit_fail_and_harm_nothing(self, driver: Driver) -> None:
        wrong = _given(self.wrong, "wrong")
        async with _open(driver):
            assert await _fails(driver, wrong)
            assert self.harmless.says in (await _use(driver, self.harmless)).text

    @needs()
    async def test_letters_of_every_script_arrive(self, driver: Driver) -> None:
        echo = _given(self.echo, "echo")
        async with _open(driver):
            assert echo.says in (await _use(driver, echo)).text

    @needs()
    async def test_a_call_that_nobody_waits_for_any_more_hinders_no_other(self, driver: Driver) -> None:
        endless = _given(self.endless, "endless")
        async with _open(driver):
            running = asyncio.create_task(_use(driver, endless))
            await asyncio.sleep(0.1)
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
            assert self.harmless.says in (await _use(driver, self.harmless, "k2")).text

    @needs()
    async def test_results_are_bounded_text(self, driver: Driver) -> None:
        async with _open(driver):
            for use in filter(None, (self.harmless, self.echo)):
                assert len((await _use(driver, use)).text.encode()) <= LARGEST_RESULT

    @needs()
    async def test_closing_twice_is_no_fault(self, driver: Driver) -> None:
        async with _open(driver):
            await driver.ask("health")
        await driver.close()


@asynccontextmanager
async def _open(driver: Driver) -> AsyncGenerator[None, None]:
    try:
        await driver.open("UTC")
        yield
    finally:
        await driver.close()


async def _tools(driver: Driver) -> tuple[Tool, ...]:
    found: tuple[Tool, ...] = await driver.ask("tools")
    return found


async def _use(driver: Driver, use: ToolUse, key: str = "k1") -> ToolResult:
    result: ToolResult = await driver.ask("call", use.name, dict(use.arguments), key)
    return result


async def _fails(driver: Driver, use: ToolUse) -> bool:
    try:
        return (await _use(driver, use)).failed
    except PluginError:
        return True


def _given(use: ToolUse | None, name: str) -> ToolUse:
    if use is None:
        pytest.skip(f"this source names no call for `{name}`")
    return use
