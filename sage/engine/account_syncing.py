"""Tasks and calendars of accounts, kept up to date while the engine runs."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from sage.core.errors import SageError
from sage.core.plans import account_name
from sage.core.plugins.plugin_words import Standing
from sage.core.plugins.task_conflicts import TaskChange
from sage.engine.calendar_syncing import CalendarSyncing
from sage.engine.plugin_host import AccountState
from sage.engine.task_syncing import TaskAccount, TaskSyncing

if TYPE_CHECKING:
    from sage.engine.bootstrap import House

log = logging.getLogger(__name__)

LOOK_EVERY = 5.0
"""Seconds between two looks at which accounts there are, and between two writings of what is known."""


class AccountSyncing:
    """`say` tells the person something once; `changed` is called when other events may stand in calendars."""

    def __init__(self, house: House, say: Callable[[str], Awaitable[None]], changed: Callable[[], None]) -> None:
        running = house.accounts
        self._house, self._running, self._say = house, running, say
        self._asked: list[TaskChange] = []
        self._enabled_last: tuple[str, ...] = ()
        self._known: object = None
        self.tasks = TaskSyncing(
            running, self._task_accounts, self._enabled, house.mirrors, house.notebook.changes, house.clock.now,
            self._asked.append,
        )  # fmt: skip
        self.calendars = CalendarSyncing(
            running, lambda: running.accounts("calendar"), house.account_calendars, house.clock.now, changed
        )
        house.notebook.send, house.notebook.standings = self.tasks.send_now, self._standings
        running.ears.changed.append(self._look_soon)
        running.ears.state.append(self._note)

    async def run(self) -> None:
        """Follows the settings until it is cancelled."""
        while True:
            try:
                await self._follow()
            except Exception:
                log.exception("tasks and calendars of accounts are looked at again in %d s", LOOK_EVERY)
            await asyncio.sleep(LOOK_EVERY)

    async def _follow(self) -> None:
        now = (self._task_accounts(), self._running.accounts("calendar"), self._enabled())
        if now != self._known:
            self._look_again()
            self._known = now
        await asyncio.to_thread(self.tasks.write)
        await self._tell()

    async def close(self) -> None:
        """Ends all looking and sending, and writes what is known; what was not sent stays on disk."""
        await self.tasks.close()
        await self.calendars.close()

    def _task_accounts(self) -> tuple[TaskAccount, ...]:
        launches = self._running.host.launches()
        return tuple(TaskAccount(one.account, one.capabilities) for one in launches if "tasks" in one.kinds)

    def _look_again(self) -> None:
        self.tasks.look_again()
        self.calendars.look_again()

    def _look_soon(self, account: str) -> None:
        self.tasks.look_soon(account)
        self.calendars.look_soon(account)

    def _note(self, state: AccountState) -> None:
        self._look_again()
        self._look_soon(state.account)

    def _standings(self) -> list[Standing]:
        """How each account is that has tasks, or had some; what cannot even be started says itself what to do."""
        launched = {launch.account for launch in self._running.host.launches()}
        known = {mirror.account for mirror in self._house.mirrors.all()}
        return [
            Standing(state.account, state.state, _with_remedy(state) if state.account in launched else state.words)
            for state in self._running.host.states()
            if "tasks" in state.kinds or state.account in known
        ]

    async def _tell(self) -> None:
        """Changes of the person's met others while nobody waited for them."""
        while self._asked:
            change = self._asked.pop(0)
            where = account_name(change.account)
            await self._say(f"“{change.text}” could not be changed in {where} as you wanted. See: /conflicts")

    def _enabled(self) -> tuple[str, ...]:
        """Of settings that cannot be read now, those that were read last."""
        with contextlib.suppress(SageError):
            self._enabled_last = self._house.enabled_accounts()
        return self._enabled_last


def _with_remedy(state: AccountState) -> str:
    return (
        f"{state.words} When that is mended: sage plugin start {state.account}"
        if state.state == "parked"
        else state.words
    )
