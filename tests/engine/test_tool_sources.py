"""What accounts bring, and the person's word on it, which stays in the journal."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_tools import ToolPages
from sage.core.errors import BadInput, NotFound
from sage.engine import tool_sources
from sage.engine.tool_sources import ToolSources
from sage.plugin_api import Tool
from sage.testing.fakes import FakeAccounts, FakeClock

LOOK = Tool("look", "Looks something up.", {"type": "object"})


class Shop:
    def __init__(self, journal: Path) -> None:
        self.accounts = FakeAccounts({"mcp/shop": (LOOK,)})
        self.database = open_journal(journal)
        looked = asyncio.Event()
        looked.set()
        self.sources = ToolSources(
            self.accounts, looked, lambda: list(self.accounts.offered), ToolPages(self.database), FakeClock().now
        )

    async def change(self, *tools: Tool) -> None:
        self.accounts.offered["mcp/shop"] = tools
        self.sources.look_again("mcp/shop")
        await self.sources.settled()


async def test_a_word_on_a_tool_outlives_the_engine_and_ends_with_a_change(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "journal.db")
    await shop.sources.settled()
    [tool] = shop.sources.all()
    assert (tool.name, tool.leave) == ("shop__look", "ask")
    assert shop.sources.say("shop__look", "read", tool.digest).leave == "read"
    shop.database.close()
    again = Shop(tmp_path / "journal.db")
    await again.sources.settled()
    assert again.sources.all()[0].leave == "read"
    await again.change(Tool("look", "Looks up all that you have.", {"type": "object"}))
    assert (again.sources.all()[0].leave, again.sources.all()[0].changed) == ("ask", True)
    await again.change(LOOK)
    assert again.sources.all()[0].leave == "read"
    assert again.sources.say("shop__look", "ask").leave == "ask"
    again.database.close()


async def test_only_the_tool_that_was_shown_is_allowed(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "journal.db")
    await shop.sources.settled()
    digest = shop.sources.all()[0].digest
    await shop.change(Tool("look", "Another.", {"type": "object"}))
    with pytest.raises(BadInput, match="changed"):
        shop.sources.say("shop__look", "read", digest)
    with pytest.raises(NotFound):
        shop.sources.say("shop__other", "read", digest)
    assert shop.sources.all()[0].leave == "ask"
    shop.database.close()


async def test_an_account_that_does_not_run_brings_nothing(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "journal.db")
    await shop.sources.settled()
    del shop.accounts.offered["mcp/shop"]
    assert shop.sources.all() == ()
    shop.sources.look_again("mcp/shop")
    await shop.sources.close()
    shop.database.close()


async def test_whoever_waits_gets_what_an_account_says_when_it_is_asked_anew(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "journal.db")
    answer, first = shop.accounts.ask, asyncio.Event()

    async def slowly(account: str, do: str, *given: Any) -> Any:
        if not first.is_set():
            first.set()
            await asyncio.Event().wait()
        return await answer(account, do, *given)

    shop.accounts.ask = slowly  # type: ignore[method-assign]
    waiting = asyncio.create_task(shop.sources.settled())
    await first.wait()
    shop.sources.look_again("mcp/shop")
    await waiting
    assert [tool.name for tool in shop.sources.all()] == ["shop__look"]
    shop.database.close()


async def test_a_turn_waits_for_an_account_that_starts_slowly_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tool_sources, "SOON", 0.05)
    shop = Shop(tmp_path / "journal.db")
    starts = asyncio.Event()

    async def slowly(account: str, do: str, *given: Any) -> Any:
        await starts.wait()
        return shop.accounts.offered[account]

    shop.accounts.ask = slowly  # type: ignore[method-assign]
    await shop.sources.ready()
    monkeypatch.setattr(tool_sources, "SOON", 600.0)
    async with asyncio.timeout(30):
        await shop.sources.ready()
    starts.set()
    await shop.sources.settled()
    assert [tool.name for tool in shop.sources.all()] == ["shop__look"]
    shop.database.close()


async def test_a_server_with_tools_without_end_brings_so_many(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "journal.db")
    await shop.change(*(Tool(f"tool-{number}", "One of many.", {}) for number in range(tool_sources.MOST_TOOLS + 1)))
    assert len(shop.sources.all()) == tool_sources.MOST_TOOLS
    shop.database.close()
