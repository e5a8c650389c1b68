"""A house that is small enough to be opened ten thousand times: the deputy's real parts over a real journal, with a memory that
is a list of passages, a clock that is told to go on, and an outside that counts."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_pauses import PausePages
from sage.core.errors import NotFound
from sage.core.labels import Reader, visible_to
from sage.core.passages import Hit
from sage.core.ports import Accounts
from sage.core.words import content_stems
from sage.engine.handlers import Desk
from sage.engine.pausing import Pausing
from sage.locations import Home
from sage.plugin_api import Address, Batch, Inbound
from sage.testing.fakes import FakeBudget, FakeCalendar, FakeClock

PLUGIN = """
name = "{name}"
title = "Letters"
about = "Letters of a test"
api = 1
kinds = ["messaging"]
runtime = "sage_plugins.{name}.source:Letters"
config = "sage_plugins.{name}.config:Config"
capabilities = [{capabilities}]
"""


def make_small_home(
    home: Home, settings: str, *, plugins: Sequence[str] = ("letters",), knows_keys: bool = False
) -> None:
    """A home with settings, and the plugins of its accounts."""
    home.prepare()
    home.settings.write_text(settings)
    capabilities = '"RECEIVE", "SEND"' + (', "IDEMPOTENT_SEND"' if knows_keys else "")
    for name in plugins:
        folder = home.plugins / name
        folder.mkdir(parents=True)
        (folder / "plugin.toml").write_text(PLUGIN.format(name=name, capabilities=capabilities))


class Passages:
    """A memory of passages: those with most of a question's words, of what its readers may see."""

    def __init__(self, hits: Sequence[Hit]) -> None:
        self.hits = list(hits)

    def recall(self, question: str, *, k: int, recipients: Sequence[Reader] | None, now: datetime) -> list[Hit]:
        asked = set(content_stems(question))
        seen = [hit for hit in self.hits if visible_to(hit.audience, recipients)]
        found = [(len(asked & set(content_stems(hit.text))), hit) for hit in seen]
        best = max((score for score, _ in found), default=0)
        return [hit for score, hit in found if score == best and score >= 2][:k]

    def around(self, name: str, recipients: Sequence[Reader] | None = None) -> tuple[list[Hit], int]:
        found = [hit for hit in self.hits if hit.id == name and visible_to(hit.audience, recipients)]
        if not found:
            raise NotFound("This passage is not there any more.")
        return found, 0

    def catch_up(self) -> None:
        """It holds no messages."""


class SmallHouse:
    """What the deputy, the outbox and their requests need of a house."""

    def __init__(self, home: Home, outside: Accounts, memory: Passages, accounts: Sequence[str], now: datetime) -> None:
        self.home, self.memory, self._accounts = home, memory, tuple(accounts)
        self.clock, self.calendar, self.budget = FakeClock(now), FakeCalendar(), FakeBudget()
        self.database = open_journal(home.journal)
        self.pausing = Pausing(PausePages(self.database))
        self.accounts = SimpleNamespace(ask=outside.ask, host=SimpleNamespace(starts=lambda account: False))
        self.brains = SimpleNamespace(bare=lambda profile: [])
        self.desk = Desk(self)  # type: ignore[arg-type]
        self.deputy, self.messaging = self.desk.deputy, self.desk.messaging
        self.messaging.settled = self._settled  # type: ignore[method-assign]

    def enabled_accounts(self) -> tuple[str, ...]:
        return self._accounts

    async def _settled(self, name: str, within: float) -> None:
        """Whoever approves does not wait: sending is a step of its own."""

    async def call(self, request: Any) -> Any:
        return await self.desk.handle(request, None, None)  # type: ignore[arg-type]

    async def take(self, account: str, name: str, sender: str, text: str, **more: Any) -> None:
        """A message comes in; nothing is decided yet."""
        given = {"conversation": sender, "verified": "yes", "at": self.clock.now().isoformat(), **more}
        await self.messaging.channels.take(
            account, Batch((Inbound(id=name, sender=Address(sender), text=text, **given),), name)
        )

    async def send(self) -> None:
        """What may leave leaves; what the deputy hears of it is looked at."""
        while True:
            await self.messaging.sending.look()
            await self.messaging.sending.quiet()
            if not self.messaging.sending._wake.is_set():
                break
            self.messaging.sending._wake.clear()
        await self.deputy.look()

    def close(self) -> None:
        with suppress(RuntimeError):
            self.database.close()
