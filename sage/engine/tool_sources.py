"""The tools of all accounts that bring some, as they are now and as the person allowed them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from sage.adapters.journal.journal_tools import ToolPages
from sage.agent.outside import WithOutside
from sage.core.errors import BadInput, NotFound
from sage.core.plugins.outside_tools import Leave, OutsideTool, Pin, digest_of, name_of, shown
from sage.core.ports import Accounts, Tools
from sage.plugin_api import PluginError, Tool

log = logging.getLogger(__name__)

FRESH_WITHIN, SOON = 30.0, 10.0
"""Seconds that whoever asks for all tools, and a turn that begins, wait for those that are not known yet."""
MOST_TOOLS = 500
"""Of one account; whatever a turn does with them must not keep the engine from all else."""


class ToolSources:
    """Asks accounts for their tools when they begin to run and when they say that something changed.

    `looked` is set once it is known which accounts are to run; `running` names those that bring tools and run; `now` is the wall
    time. All but `say`, which writes to the disk, runs on the engine's loop.
    """

    def __init__(
        self,
        accounts: Accounts,
        looked: asyncio.Event,
        running: Callable[[], Sequence[str]],
        pages: ToolPages,
        now: Callable[[], datetime],
    ) -> None:
        self._accounts, self._looked, self._running, self._pages, self._now = accounts, looked, running, pages, now
        self._known: dict[str, tuple[Tool, ...]] = {}
        self._pins = pages.pins()
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._late: set[str] = set()
        """Accounts that a turn has waited for in vain: the next one does not."""

    def look_again(self, account: str) -> None:
        """An account began to run, or its tools changed: asks it soon. (`PluginHost`'s `changed` and `state` end here.)"""
        if account in self._running():
            before = self._asking.get(account)
            self._asking[account] = asyncio.create_task(self._ask(account, before), name=f"tools of {account}")

    async def settled(self, within: float = FRESH_WITHIN) -> None:
        """Waits until all accounts were asked that were to be, for at most so many seconds."""
        await self._wait(within, ())

    async def ready(self) -> None:
        """Waits a moment for accounts that are starting, once for each: a turn begins, and could do without them."""
        await self._wait(SOON, self._late)
        self._late |= set(self._asking)

    async def _wait(self, within: float, without: Collection[str]) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._looked.wait()
                for account in self._running():
                    if account not in self._known and account not in self._asking:
                        self.look_again(account)
                while wanted := [task for account, task in self._asking.items() if account not in without]:
                    await asyncio.wait(wanted)  # one that is asked anew meanwhile is waited for as well

    def all(self) -> tuple[OutsideTool, ...]:
        """Every tool of the accounts that run, also those that no model gets to see, by name."""
        found: dict[str, OutsideTool] = {}
        for account in self._running():
            for tool in self._known.get(account, ()):
                found[name_of(account, tool.name)] = shown(account, tool, self._pins.get((account, tool.name)))
        return tuple(found[name] for name in sorted(found))

    def beside(self, own: Tools, *, short: bool) -> Tools:
        """Sage's own tools with those from outside, for one turn (see `WithOutside`)."""
        offered = [tool for tool in self.all() if tool.leave != "never"]
        return WithOutside(own, offered, self._accounts, self.find, short=short) if offered else own

    def find(self, name: str) -> OutsideTool | None:
        """A tool by its name here."""
        return next((tool for tool in self.all() if tool.name == name), None)

    def say(self, name: str, leave: Leave, digest: str = "") -> OutsideTool:
        """Keeps the person's word on a tool. Raises NotFound, and BadInput when it is no longer the one with that `digest`."""
        tool = self.find(name)
        if tool is None:
            raise NotFound(f"There is no tool {name!r}.", safe="Nothing was changed.", do="See them: sage tools list")
        if digest and tool.digest != digest:
            raise BadInput(f"{name} has changed meanwhile.", safe="Nothing was allowed.", do="See it: sage tools list")
        there = next(one for one in self._known[tool.account] if digest_of(one) == tool.digest)
        if leave == "ask":
            self._pages.forget(tool.account, there.name)
            self._pins.pop((tool.account, there.name), None)
        else:
            pin = Pin(tool.account, there.name, tool.digest, leave)
            self._pages.pin(pin, self._now())
            self._pins[tool.account, there.name] = pin
        return self.find(name) or tool

    async def close(self) -> None:
        """Waits for nobody any more."""
        for task in self._asking.values():
            task.cancel()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    async def _ask(self, account: str, before: asyncio.Task[None] | None) -> None:
        if before:
            before.cancel()
        try:
            brought = await self._accounts.ask(account, "tools")
            self._known[account] = brought[:MOST_TOOLS]
            self._late.discard(account)
            log.info("%s brings %d tools", account, len(brought))
        except PluginError as error:
            log.info("%s does not tell its tools (%s)", account, type(error).__name__)
        finally:
            if self._asking.get(account) is asyncio.current_task():
                del self._asking[account]
