"""The door for messages: each is cleaned once, let in or not, and on disk before the service is told that it was taken.

Nothing here answers, and nothing here reaches a model: what was let in is a remembered text of a contact, no more.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime

from sage.adapters.journal.journal_channels import ChannelPages, Judged
from sage.core.errors import NotFound
from sage.core.plugins.admission import decide
from sage.core.plugins.arrivals import Arrival, cleaned
from sage.plugin_api import Batch
from sage.profile_plugins import AccountSettings

log = logging.getLogger(__name__)


class Channels:
    """What accounts bring. `settings` finds an account's, as they are now (None: it is not enabled, or they cannot be read;
    then nothing is taken, as it is not known who is a stranger); `remembered` is called when memory has new texts, `news`
    with a sentence for the person that has nobody's words in it."""

    def __init__(
        self,
        pages: ChannelPages,
        settings: Callable[[str], AccountSettings | None],
        now: Callable[[], datetime],
        *,
        remembered: Callable[[], None],
        news: Callable[[str], Awaitable[None]],
    ) -> None:
        self._pages, self._settings, self._now = pages, settings, now
        self._remembered, self._news = remembered, news

    def cursor(self, account: str) -> str:
        """From where an account goes on."""
        return self._pages.cursor(account)

    async def take(self, account: str, batch: Batch) -> None:
        """Keeps a batch; on disk when it returns. Raises SageError when it could not be kept: then it comes again, and no
        words of anybody are lost while the settings are being edited."""
        kept = await asyncio.to_thread(self._take, account, batch)
        if kept:
            await self._news(_news_of(account, kept))

    def _take(self, account: str, batch: Batch) -> list[Arrival]:
        settings = self._settings(account)
        if settings is None:
            raise NotFound(f"{account} is not enabled.", safe="What came stays with its service.")
        now = self._now()
        messages = []
        for event in batch.events:
            clean = cleaned(event, now)
            messages.append(
                Judged(clean, decide(clean, plugin=settings.plugin, owner=settings.owner, allow=settings.allow))
            )
        new = self._pages.take(account, messages, batch.cursor, now)
        found = [arrival for name in new if (arrival := self._pages.find(name)) and arrival.state == "kept"]
        log.info("account %s: %d messages came, %d new, %d kept", account, len(batch.events), len(new), len(found))
        if found:
            self._remembered()
        return found


def _news_of(account: str, kept: list[Arrival]) -> str:
    by_sender = Counter(arrival.sender for arrival in kept)
    senders = ", ".join(f"{sender} ({count})" if count > 1 else sender for sender, count in by_sender.most_common(3))
    more = f" and {len(by_sender) - 3} others" if len(by_sender) > 3 else ""
    return f"New in {account} from {senders}{more}: F4, or sage inbox list"
