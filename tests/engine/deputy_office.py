"""A desk for tests of the deputy: a real home, a journal and a memory, with an account that is a fake one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec.structs import replace

from sage.adapters.journal.journal_replies import KeptReply
from sage.core.deputy.replies import Reply, ReplyState
from sage.core.disclosure import Piece
from sage.engine.bootstrap import House
from sage.engine.handlers import Desk
from sage.plugin_api import Address, Batch, Inbound, Outbound, Receipt
from tests.homes import make_home

SETTINGS = """
[person]
name = "Demo Ana"
[deputy]
hold_seconds = 0
# those whom I know
[people.tom]  # from work
called = "Demo Tom"
addresses = ["letters:tom@letters"]
circles = ["work"]
card = { phone = "+49 30 1234" }
shared = { phone = ["work"] }
[people.eve]
addresses = ["letters:eve@letters"]
[grants.work]
office-faq = "draft"  # for now
[plugins.letters.me]
enabled = true
deputy = true
owner = ["me@letters"]
allow = ["tom@letters", "eve@letters", "aunt@letters", "!garden"]
"""
MANIFEST = """
name = "letters"
title = "Letters"
about = "Letters of a test"
api = 1
kinds = ["messaging"]
runtime = "sage_plugins.letters.source:Letters"
config = "sage_plugins.letters.config:Config"
capabilities = ["RECEIVE", "SEND"]
"""
FAQ = """---
audience: work
---
# Office

## Garden gate

The code of the garden gate is 4711.
"""
DIARY = """# Diary

## Safe

The code of the safe in the cellar is 9999.

## Party

The party for Demo Eve begins at nine.
"""
ACCOUNT = "letters/me"


class Office:
    """An engine's desk over a real home; the account is a fake one."""

    def __init__(self, folder: Path) -> None:
        home = make_home(folder, settings=SETTINGS)
        plugin = home.path / "plugins" / "letters"
        plugin.mkdir(parents=True)
        (plugin / "plugin.toml").write_text(MANIFEST)
        (home.notes / "office-faq.md").write_text(FAQ)
        (home.notes / "diary.md").write_text(DIARY)
        self.house: Any = House.open(home)
        self.house.memory.import_path(home.notes)
        self.sent: list[Outbound] = []
        self.trouble: Exception | None = None
        self.house.accounts.ask = self._ask
        self.desk = Desk(self.house)
        self.messaging, self.pages = self.desk.messaging, self.desk.deputy.pages

    async def _ask(self, account: str, do: str, *given: Any) -> Any:
        if self.trouble:
            raise self.trouble
        self.sent.append(given[0])
        return Receipt("s1")

    async def call(self, request: Any) -> Any:
        return await self.desk.handle(request, None, None)  # type: ignore[arg-type]

    async def bring(self, text: str, sender: str = "tom@letters", **more: Any) -> str:
        """A message that comes in; the deputy has not looked at it yet."""
        event = Inbound(f"m {text}", sender, Address(sender), text, "2026-11-23T09:00:00+01:00", verified="yes")
        await self.messaging.channels.take(ACCOUNT, Batch((replace(event, **more),), text))
        return self.messaging.arrivals.arrivals()[0].id

    async def ask(self, text: str, sender: str = "tom@letters", **more: Any) -> str:
        """A message that comes in, and that the deputy decides of; returns the decision's id."""
        arrival = await self.bring(text, sender, **more)
        await self.desk.deputy.look()
        kept = self.pages.find(arrival)
        assert kept
        return kept.id

    async def decided(self, asked: str, state: ReplyState, **more: Any) -> str:
        """A decision as if it had been made and settled, on a message of its own."""
        arrival = await self.bring(asked)
        fields: dict[str, Any] = {
            "decision": "draft",
            "reason": "ask",
            "text": "Four.",
            "contact": "tom",
            "how": "draft",
        }
        fields |= {
            "topics": ("office-faq",),
            "sources": (Piece("p1", "office-faq.md#:8", "It is four.", "office-faq"),),
        }
        reply = Reply(**(fields | more))
        name = f"y{arrival}"
        kept = KeptReply(
            name, arrival, ACCOUNT, "tom@letters", reply, "open", made_at=self.house.clock.now().isoformat()
        )
        assert self.pages.add(kept)
        if state != "open":
            self.pages.settle(name, "open", state, self.house.clock.now(), reply.text if state == "approved" else "")
        return name

    def settings(self) -> str:
        return str(self.house.home.settings.read_text())
