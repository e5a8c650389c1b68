"""The person's own address on a messenger, as one more place where reminders are told."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from sage.core.ports import Accounts
from sage.core.schedules.schedule import Ring
from sage.core.terminal_text import clean, clean_line
from sage.plugin_api import Outbound, PluginError, Unsure


class ChannelSurface:
    """Tells the person at `address`, in `conversation`, through an account that is `on` (an `alarms.Surface`)."""

    def __init__(
        self,
        account: str,
        address: str,
        conversation: str,
        accounts: Accounts,
        on: Callable[[], bool],
        *,
        idempotent: bool,
    ) -> None:
        self.name, self.idempotent = account, idempotent
        self._address, self._conversation, self._accounts, self._on = address, conversation, accounts, on

    @property
    def reachable(self) -> bool:
        return self._on()

    async def tell(self, ring: Ring, key: str) -> bool:
        words = "\n".join(filter(None, (clean_line(ring.schedule.text), clean(ring.late))))
        out = Outbound(self._conversation, (self._address,), words)
        try:
            await self._accounts.ask(self.name, "send", out, "r" + hashlib.sha256(key.encode()).hexdigest()[:24])
        except Unsure:
            raise
        except PluginError:
            return False
        return True
