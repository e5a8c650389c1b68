"""Keeps the mirrors of tasks elsewhere up to date, and sends what the person changed: each account in order, one at a time.

A change that was being sent when anything ended is sent again with the revision that the person saw: its source makes nothing
twice for a key, and says when a task has changed; what then becomes of it `core.plugins.task_conflicts` decides. A list that
fails, or comes in part, changes nothing.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec import structs

from sage.adapters.journal.journal_task_changes import ASKED, TaskChangePages
from sage.adapters.plugins.task_mirror import TaskMirror, TaskMirrors
from sage.core.errors import SageError
from sage.core.plugins.foreign_tasks import taken_in
from sage.core.plugins.task_conflicts import Again, Clash, Completion, Settled, State, TaskChange, look
from sage.core.ports import Accounts
from sage.core.terminal_text import clean_line
from sage.engine.account_looks import AccountLooks
from sage.plugin_api import (
    Capability,
    Changes,
    Completed,
    Gone,
    PluginError,
    Refused,
    Stale,
    Task,
)

log = logging.getLogger(__name__)

PATIENCE = 10.0
"""Seconds that the person waits for a change to arrive; after that it arrives by itself."""
MERGES = 3
"""How often a change is made again on a task that keeps changing."""
MOST_TRIES = 5
"""How often a change may fail on an account that could be read just before; then the person decides."""


AWAY = "The service cannot be reached."


@dataclass(frozen=True)
class TaskAccount:
    """An account with tasks, and what its source can."""

    account: str
    capabilities: tuple[Capability, ...] = ()


class TaskSyncing:
    """All accounts with tasks. `sources` names those that run at each look, `enabled` all that are to be known, whether they can
    run now or not. `asks` is told of a change about which the person has to decide, while they do not wait for it."""

    def __init__(
        self,
        accounts: Accounts,
        sources: Callable[[], Sequence[TaskAccount]],
        enabled: Callable[[], Collection[str]],
        mirrors: TaskMirrors,
        pages: TaskChangePages,
        now: Callable[[], datetime],
        asks: Callable[[TaskChange], None] = lambda change: None,
    ) -> None:
        self._accounts, self._sources, self._enabled = accounts, sources, enabled
        self._mirrors, self._pages, self._now, self._asks = mirrors, pages, now, asks
        self._senders: dict[str, _Sender] = {}
        self._looks = AccountLooks(self.look, "tasks")
        self._loop = asyncio.get_running_loop()

    def look_again(self) -> None:
        """Begins with accounts that are new, and ends with those that are gone."""
        wanted = {source.account: source for source in self._sources()}
        self._senders = {
            name: known if (known := self._senders.get(name)) and known.source == source else _Sender(source, self)
            for name, source in wanted.items()
        }
        self._looks.keep_to(wanted.keys())
        self._mirrors.keep_only(self._enabled())

    def look_soon(self, account: str) -> None:
        """Has an account looked at: it says that something changed, or that it can be reached again."""
        self._looks.soon(account)

    async def look(self, account: str) -> bool:
        """Reads an account, then sends what waits for it; False when it could not be read."""
        sender = self._senders.get(account)
        if sender is None or not await sender.look():
            return False
        for change in await sender.send_open():
            self._asks(change)
        return True

    def send_now(self, change: TaskChange) -> None:
        """Sends a change, from another thread; returns when it is settled, when its service is away, or after `PATIENCE`."""
        if sender := self._senders.get(change.account):
            sending = asyncio.run_coroutine_threadsafe(sender.send_soon(), self._loop)
            with contextlib.suppress(concurrent.futures.TimeoutError, concurrent.futures.CancelledError):
                sending.result(PATIENCE)

    async def close(self) -> None:
        """Ends all looking and sending, and writes what is known. What was not sent stays on disk."""
        await self._looks.close()
        self._senders.clear()
        await asyncio.to_thread(self.write)

    def write(self) -> None:
        """Writes what changed of the mirrors."""
        try:
            self._mirrors.write()
        except SageError as error:
            log.warning("the mirrors of tasks were not written: %s", error.kind)


class _Sender:
    """Reads one account and sends to it, never both at once."""

    def __init__(self, source: TaskAccount, syncing: TaskSyncing) -> None:
        self.source = source
        self._of = syncing
        self._turn = asyncio.Lock()

    async def look(self) -> bool:
        """Brings the mirror up to date; False when the account could not be read."""
        mirror = self._mirror
        async with self._turn:
            try:
                changes = await self._changes(mirror.cursor)
            except PluginError as error:
                mirror.trouble = clean_line(error.what) or AWAY
                log.info("tasks of %s were not read (%s)", self.source.account, type(error).__name__)
                return False
            await asyncio.to_thread(mirror.take, changes, self._of._now())
            return True

    async def _changes(self, cursor: str) -> Changes:
        if "CHANGES" in self.source.capabilities:
            changes: Changes = await self._ask("changes", cursor)
            return changes
        return Changes(await self._ask("list"), whole=True)

    async def send_soon(self) -> None:
        """Sends what is not there yet, if the account can be reached."""
        if not self._mirror.trouble or await self.look():
            await self.send_open()

    async def send_open(self) -> list[TaskChange]:
        """Sends what is not there yet, the oldest first, until the account is away; returns what the person has to decide."""
        asked = []
        async with self._turn:
            for change in await asyncio.to_thread(self._of._pages.open, self.source.account):
                after = await self._send(change)
                asked += [after] if after.state in ASKED else []
                if self._mirror.trouble:
                    break
        return asked

    async def _send(self, change: TaskChange) -> TaskChange:
        """Sends one change, and returns it as it is then. When the account is away, that is a trouble of the mirror."""
        for _ in range(MERGES):
            change = structs.replace(change, state="sending", tries=change.tries + 1)
            await self._keep(change)
            try:
                change = await self._sent(change)
            except (Stale, Gone) as error:
                match self._found(change, taken_in(error.theirs) if isinstance(error, Stale) else None):
                    case Again(change=again):
                        change = again
                        continue
                    case Clash(change=change):
                        pass
                    case Settled():
                        change = structs.replace(change, state="done" if isinstance(error, Stale) else "dropped")
            except Refused as error:
                change = structs.replace(change, state="refused", reason=clean_line(error.what))
            except PluginError as error:
                self._mirror.trouble = clean_line(error.what) or AWAY
                state: State = "waiting" if change.tries < MOST_TRIES else "refused"
                return await self._keep(structs.replace(change, state=state, reason=self._mirror.trouble))
            log.info("change %s of %s: %s", change.id, change.account, change.state)
            return await self._keep(change)
        return await self._keep(structs.replace(change, state="waiting"))

    def _found(self, change: TaskChange, theirs: Task | None) -> Settled | Again | Clash:
        """What becomes of a change of a task that is another one by now; the mirror follows."""
        if theirs:
            self._mirror.put(theirs)
        else:
            self._mirror.drop(change.task)
        return look(change, theirs)

    async def _sent(self, change: TaskChange) -> TaskChange:
        """Asks the service. Raises what the plugin raises."""
        match change.wanted:
            case Completion(at):
                completed: Completed = await self._ask(
                    "complete", change.task, change.revision, datetime.fromisoformat(at)
                )
                self._mirror.put(completed.task, *filter(None, [completed.following]))
                return structs.replace(change, state="done")
            case wanted if change.do == "create":
                made: Task = await self._ask("create", wanted, change.id)
                self._mirror.put(made)
                return structs.replace(change, state="done", task=made.id)
            case wanted:
                after: Task = await self._ask("update", change.task, wanted, change.revision)
                self._mirror.put(after)
                return structs.replace(change, state="done")

    async def _ask(self, do: str, *given: Any) -> Any:
        return await self._of._accounts.ask(self.source.account, do, *given)

    async def _keep(self, change: TaskChange) -> TaskChange:
        await asyncio.to_thread(self._of._pages.put, change, self._of._now())
        return change

    @property
    def _mirror(self) -> TaskMirror:
        return self._of._mirrors.of(self.source.account)
