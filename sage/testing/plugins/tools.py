"""What every source of tools must hold.

    class TestMine(ToolSourceConformance):
        @pytest.fixture
        def account(self, tmp_path): return lambda: opened(Mine(Context("mine/one", Config(), tmp_path)))

        harmless = Call("add", {"a": 2, "b": 3}, "5")

An account may be the source itself (`opened`) or stand for one that runs in a process of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import pytest

from sage.plugin_api import PluginError, Tool, ToolResult, ToolSource

LARGEST_RESULT = 51_000
"""Bytes of a result, with a word on what was left out."""


class ToolAccount(Protocol):
    """What the suite needs of an account."""

    async def tools(self) -> tuple[Tool, ...]: ...

    async def call(self, name: str, arguments: dict[str, Any], key: str) -> ToolResult: ...


Accounts = Callable[[], AbstractAsyncContextManager[ToolAccount]]


@dataclass(frozen=True)
class Call:
    """A call, and words that its result holds."""

    name: str
    arguments: dict[str, Any]
    says: str


@asynccontextmanager
async def opened(source: ToolSource) -> AsyncGenerator[ToolSource, None]:
    """The source itself, while it is open."""
    try:
        await source.open()
        yield source
    finally:
        await source.close()


class ToolSourceConformance:
    """Give the fixture `account`: it makes and opens an account, the same one each time."""

    harmless: ClassVar[Call]
    """A call that changes nothing."""
    echo: ClassVar[Call | None] = None
    """A call whose result holds a text of its arguments, written in several scripts."""
    wrong: ClassVar[Call | None] = None
    """A call whose arguments do not fit."""
    endless: ClassVar[Call | None] = None
    """A call that takes minutes."""

    @pytest.fixture
    def account(self) -> Accounts:
        raise NotImplementedError("give the fixture `account`")

    async def test_each_tool_has_a_name_of_its_own_and_a_schema(self, account: Accounts) -> None:
        async with account() as one:
            tools = await one.tools()
        assert tools and len({tool.name for tool in tools}) == len(tools)
        assert all(tool.name and tool.parameters.get("type") == "object" for tool in tools)
        assert self.harmless.name in {tool.name for tool in tools}

    async def test_tools_are_the_same_when_they_are_asked_for_again(self, account: Accounts) -> None:
        async with account() as one:
            before = await one.tools()
            assert await one.tools() == before
        async with account() as other:
            assert await other.tools() == before

    async def test_a_call_answers(self, account: Accounts) -> None:
        async with account() as one:
            result = await self._called(one, self.harmless)
        assert self.harmless.says in result.text and not result.failed

    async def test_calls_at_the_same_time_each_get_their_answer(self, account: Accounts) -> None:
        async with account() as one:
            results = await asyncio.gather(*(self._called(one, self.harmless, f"k{n}") for n in range(5)))
        assert all(self.harmless.says in result.text for result in results)

    async def test_a_tool_that_is_not_there_is_refused(self, account: Accounts) -> None:
        async with account() as one:
            with pytest.raises(PluginError):
                await one.call("no such tool", {}, "k1")
            assert self.harmless.says in (await self._called(one, self.harmless)).text

    async def test_arguments_that_do_not_fit_fail_and_harm_nothing(self, account: Accounts) -> None:
        wrong = self._given(self.wrong, "wrong")
        async with account() as one:
            assert await self._fails(one, wrong)
            assert self.harmless.says in (await self._called(one, self.harmless)).text

    async def test_letters_of_every_script_arrive(self, account: Accounts) -> None:
        echo = self._given(self.echo, "echo")
        async with account() as one:
            assert echo.says in (await self._called(one, echo)).text

    async def test_a_call_that_nobody_waits_for_any_more_hinders_no_other(self, account: Accounts) -> None:
        endless = self._given(self.endless, "endless")
        async with account() as one:
            running = asyncio.create_task(self._called(one, endless))
            await asyncio.sleep(0.1)
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
            assert self.harmless.says in (await self._called(one, self.harmless, "k2")).text

    async def test_results_are_bounded_text(self, account: Accounts) -> None:
        async with account() as one:
            for call in filter(None, (self.harmless, self.echo)):
                assert len((await self._called(one, call)).text.encode()) <= LARGEST_RESULT

    async def _called(self, one: ToolAccount, call: Call, key: str = "k1") -> ToolResult:
        return await one.call(call.name, dict(call.arguments), key)

    async def _fails(self, one: ToolAccount, call: Call) -> bool:
        try:
            return (await self._called(one, call)).failed
        except PluginError:
            return True

    def _given(self, call: Call | None, name: str) -> Call:
        if call is None:
            pytest.skip(f"this source names no call for `{name}`")
        return call
