"""The accounts of plugins while the engine runs: the host, what it remembers between runs, and the look at the settings."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from sage.adapters.database import Database
from sage.adapters.home.secret_store import SecretStore
from sage.adapters.journal.journal_plugins import AccountPages
from sage.core.errors import SageError
from sage.engine.plugin_host import AccountState, Launch, Listeners, PluginHost
from sage.engine.plugin_launches import PluginLaunches
from sage.locations import Home
from sage.plugin_api import Batch, Kind

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""Between two looks at whether the settings changed."""
LOOKS_ANYWAY = 30
"""After so many looks, code and secrets are looked at as well."""


class RunningAccounts:
    """Implements `ports.Accounts`. `ears` may be given others by whoever listens: each field is called as it is then."""

    def __init__(self, home: Home, database: Database, secrets: SecretStore, now: Callable[[], datetime]) -> None:
        self._home, self._now = home, now
        self.pages = AccountPages(database)
        self.ears = Ears()
        self.looked = asyncio.Event()
        """Set once the settings were read and what they enable is about to run."""
        self.host = PluginHost(
            PluginLaunches(home, secrets, self.pages, now),
            Listeners(
                lambda account, batch: self.ears.batch(account, batch),
                lambda account: self.ears.cursor(account),
                self._changed,
                self._state,
                self._park,
            ),
        )

    async def ask(self, account: str, do: str, *given: Any) -> Any:
        """See `ports.Accounts.ask`."""
        return await self.host.ask(account, do, *given)

    def accounts(self, kind: Kind) -> tuple[str, ...]:
        """The ids of the accounts of a kind that are to run."""
        return tuple(launch.account for launch in self.host.launches() if kind in launch.kinds)

    def is_on(self, account: str) -> bool:
        """Whether it runs and reaches its service."""
        return any(state.account == account and state.state == "on" for state in self.host.states())

    async def start_again(self, account: str) -> None:
        """Tries an account anew, parked or not."""
        await asyncio.to_thread(self.pages.unpark, account)
        await self.host.start_again(account)

    async def run(self) -> None:
        """Keeps to the settings until it is cancelled."""
        before, looks = _mark(self._home), LOOKS_ANYWAY
        while True:
            mark = _mark(self._home)
            looks += 1
            if mark != before or looks > LOOKS_ANYWAY:
                before, looks = mark, 0
                try:
                    await self.host.look_again()
                except (SageError, OSError) as error:
                    log.warning("accounts of plugins were not looked at (%s)", type(error).__name__)
                self.looked.set()
            await asyncio.sleep(LOOK_SECONDS)

    async def close(self) -> None:
        await self.host.close()

    def _changed(self, account: str) -> None:
        for listener in self.ears.changed:
            listener(account)

    def _park(self, launch: Launch, words: str) -> None:
        with contextlib.suppress(SageError):  # a full disk: then it is tried again at the next start
            self.pages.park(launch.account, launch.digest, words, self._now())

    def _state(self, state: AccountState) -> None:
        for listener in self.ears.state:
            listener(state)


class Ears:
    """Who hears accounts. Until somebody keeps messages, none is taken."""

    def __init__(self) -> None:
        self.batch: Callable[[str, Batch], Awaitable[None]] = _keeps_nothing
        self.cursor: Callable[[str], str] = lambda account: ""
        self.changed: list[Callable[[str], None]] = []
        """Each is called in the event loop when something changed on an account's other side."""
        self.state: list[Callable[[AccountState], None]] = []


async def _keeps_nothing(account: str, batch: object) -> None:
    raise RuntimeError("nobody keeps messages")


def _mark(home: Home) -> tuple[int, int, int]:
    try:
        found = home.settings.stat()
    except OSError:
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)
