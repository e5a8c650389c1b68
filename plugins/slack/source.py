"""A Slack app as a surface for messages."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from sage.plugin_api import (
    Batch,
    Context,
    Health,
    Inbound,
    MessagingSurface,
    Outbound,
    Receipt,
    Refused,
    Unreachable,
    Unsure,
)

from .reading import STAMP, inbound, marked

if TYPE_CHECKING:
    from .looking import Marks
    from .web import Web

LONGEST = 4000
"""Characters of the longest message: Slack cuts longer ones, or shows them as several."""
MOST = 100
"""Members of the largest channel whose members are named."""
_BATCH = 200
_PLACE = re.compile(r"[CDG][A-Z0-9]{2,30}")
_PERSON = re.compile(r"[UW][A-Z0-9]{2,30}")


class Slack(MessagingSurface):
    """One app. A cursor is where reading stands in each conversation (see `looking`)."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self._web: Web | None = None
        self._me = ""
        self._own = frozenset(ctx.own)

    async def open(self) -> None:
        from .web import Web

        await self.close()
        web = Web(self.ctx.config.server, self.ctx.secret("token").reveal())
        try:
            self._me = str((await web.ask("auth.test"))["user_id"])
        except BaseException:
            await web.close()
            raise
        self._web = web

    async def health(self) -> Health:
        await self._there().ask("auth.test")
        return Health()

    async def close(self) -> None:
        web, self._web = self._web, None
        if web:
            await web.close()

    def _there(self) -> Web:
        if self._web is None:
            raise Unreachable("The account is not open.")
        return self._web

    # --- messages

    async def events(self, cursor: str) -> AsyncIterator[Batch]:
        """See `MessagingSurface.events`. Slack keeps all messages, so that nothing has to be told to it."""
        from .looking import Marks, begin

        web = self._there()
        marks = Marks.read(cursor) if cursor else await begin(web)
        if not cursor:
            yield Batch((), marks.cursor())
        while True:
            async for batch in self._round(web, marks):
                yield batch
            await asyncio.sleep(self.ctx.config.poll_seconds)

    async def _round(self, web: Web, marks: Marks) -> AsyncIterator[Batch]:
        from .looking import conversations, look

        async for place in conversations(web):
            name = place["id"]
            try:
                found, until = await look(web, name, marks.of(name))
                members = None if place.get("is_im") or not found else await self._members(web, name)
            except Refused:
                continue  # the app was taken out of it meanwhile
            while found:
                some, found = found[:_BATCH], found[_BATCH:]
                marks.at[name] = some[-1]["ts"] if found else until
                yield Batch(self._read(some, name, members), marks.cursor())

    def _read(self, found: list[dict[str, Any]], name: str, members: tuple[str, ...] | None) -> tuple[Inbound, ...]:
        read = (inbound(each, name, self._me, self._own, members) for each in found)
        return tuple(each for each in read if each)

    async def _members(self, web: Web, name: str) -> tuple[str, ...]:
        """All others in a channel; () if they are too many."""
        found: set[str] = set()
        async for page in web.pages("conversations.members", channel=name, limit=MOST * 2):
            found |= {str(each) for each in page.get("members", ())}
            if len(found) > MOST + 1:
                return ()
        return tuple(sorted(found - {self._me}))

    # --- what goes out

    async def send(self, out: Outbound, idempotency_key: str) -> Receipt:
        """Sends one message as plain text; nothing in it is a mark, and links are not opened."""
        web = self._there()
        if len(out.text) > LONGEST:
            raise Refused(f"Slack takes {LONGEST} characters in one message, and this one has {len(out.text)}.")
        place = await self._place(web, out)
        told = await web.do("chat.postMessage", **_message(place, out))
        stamp = told.get("ts")
        if not isinstance(stamp, str) or not STAMP.fullmatch(stamp):
            raise Unsure("Slack answered without the message.")
        return Receipt(f"{place}/{stamp}", self.ctx.now().isoformat())

    async def _place(self, web: Web, out: Outbound) -> str:
        """The conversation that exactly those named can read. Raises Refused."""
        name, to = out.conversation, set(out.to)
        if _PERSON.fullmatch(name) and to == {name}:
            try:
                opened = (await web.do("conversations.open", users=name))["channel"]
            except Unsure as error:
                raise Unreachable(error.what) from error
            return str(opened["id"])
        if not _PLACE.fullmatch(name):
            raise Refused("That is no conversation of Slack's.")
        known = (await web.ask("conversations.info", channel=name))["channel"]
        readers = {str(known.get("user"))} if known.get("is_im") else set(await self._members(web, name))
        if not readers or readers - to - self._own or to - readers:
            raise Refused("Others are in that conversation by now, or there are too many.")
        return name


def _message(place: str, out: Outbound) -> dict[str, Any]:
    message: dict[str, Any] = {
        "channel": place,
        "text": marked(out.text),
        "mrkdwn": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }
    return message | ({"thread_ts": out.thread} if STAMP.fullmatch(out.thread) else {})
