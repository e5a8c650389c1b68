"""What the Inbox opens to be read: the digest, the figures, what somebody could learn; and an answer to be kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sage import wire
from sage.core.deputy.digest import digest_lines
from sage.tui.inbox_items import Came, Decided, Offered, Row
from sage.tui.learnable import learnable
from sage.tui.screens.told import Told

if TYPE_CHECKING:
    from sage.tui.screens.inbox import Inbox
    from sage.tui.screens.talk import Talk

WEEK = timedelta(days=7)


class Looks:
    """Each is run beside the keys, for what is chosen (or nothing)."""

    def __init__(self, inbox: Inbox, talk: Talk) -> None:
        self._inbox, self._talk = inbox, talk

    async def news(self, row: Row | None) -> None:
        """The digest; who reads it has looked. What was shown before is there when it is asked for."""
        week = (datetime.now(UTC) - WEEK).isoformat()
        earlier = {
            "y": ("since yesterday", partial(self._digest, "yesterday")),
            "w": ("the week", partial(self._digest, week)),
        }
        await self._inbox.app.push_screen_wait(Told("News", partial(self._digest, ""), earlier))

    async def _digest(self, since: str) -> list[str]:
        return digest_lines(await self._talk.call(wire.ShowDigest(since=since)))

    async def figures(self, row: Row | None) -> None:
        """How much Sage could answer, and how often it was right."""
        await self._inbox.app.push_screen_wait(Told("How often Sage was right", self._figures))

    async def _figures(self) -> list[str]:
        shown = await self._talk.call(wire.ShowFigures())
        offers = [f"{each.contact} on {each.topic}: an offer waits for you in the Inbox." for each in shown.offers]
        return [*(figure.words for figure in shown.figures), *offers] or ["Nobody asked anything yet."]

    async def learnable(self, row: Row | None) -> None:
        """What everybody could learn who takes part in it."""
        if row is None:
            return
        await self._inbox.app.push_screen_wait(Told("What could they learn?", partial(self._learnable, row)))

    async def _learnable(self, row: Row) -> list[str]:
        lines: list[str] = []
        for name in _people_of(row):
            lines += [*await learnable(self._talk, name), ""]
        return lines[:-1]

    async def remember(self, row: Row | None) -> None:
        """What the person answered becomes a note that those may be told whom they name."""
        from sage.tui.screens.keeping import Keeping

        if not isinstance(row, Decided) or row.group != "done":
            self._inbox.tell("Only what was answered or denied can be kept.")
            return
        if done := await self._inbox.app.push_screen_wait(Keeping(self._talk, row.reply)):
            await self._inbox.look_now(done)


def _people_of(row: Row) -> list[str]:
    """Who would read an answer, by the names or addresses of contacts."""
    match row:
        case Offered(offer=offer):
            return [offer.contact]
        case Decided(reply=reply):
            return list(dict.fromkeys((reply.contact, *reply.audience)))
        case Came(message=message):
            plugin = message.account.partition("/")[0]
            return [f"{plugin}:{each}" for each in dict.fromkeys((message.sender, *message.members))]
