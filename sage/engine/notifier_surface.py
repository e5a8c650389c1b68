"""A notifier of a plugin, as one more place where reminders are told."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from sage.core.ports import Accounts
from sage.core.schedules.schedule import Ring
from sage.core.terminal_text import clean, clean_line
from sage.plugin_api import PluginError, Unsure

LONGEST = 400
"""Characters of a text that are shown."""


class NotifierSurface:
    """Tells the person through an account that is `on` (an `alarms.Surface`); `quiet` is asked each time. Sent twice with one
    key, a notification takes its own place."""

    idempotent = True

    def __init__(self, account: str, accounts: Accounts, on: Callable[[], bool], quiet: Callable[[], bool]) -> None:
        self.name = account
        self._accounts, self._on, self._quiet = accounts, on, quiet

    @property
    def reachable(self) -> bool:
        return self._on()

    async def tell(self, ring: Ring, key: str) -> bool:
        title, more = clean_line(ring.schedule.text)[:LONGEST], clean(ring.late)[:LONGEST]
        named = "r" + hashlib.sha256(key.encode()).hexdigest()[:24]
        try:
            shown: bool = await self._accounts.ask(self.name, "tell", title, more, named, self._quiet())
        except Unsure:
            raise
        except PluginError:
            return False
        return shown
