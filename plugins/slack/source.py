"""A Slack app as a surface for messages."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncGenerator, AsyncIterator
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

from .reading import STAMP, inbound, is_after, marked

if TYPE_CHECKING:
    from .looking import Marks
    from .socket_mode import News, Socket
    from .web import Web

LONGEST = 4000
"""Characters of the longest message: Slack cuts longer ones, or shows them as several."""
MOST = 100
"""Members of the largest channel whose members are named."""
_BATCH = 200
_LATE = (0.0, 0.5, 2.0)
"""Seconds before each look for a message that Slack told of."""
_LOOKS, _GAP = 20, 1.5
"""So many looks at once because Slack told of something, then one in so many seconds: it allows about 50 in a minute."""
_UNTOLD = (
    "Slack does not tell what is new, so that it comes late: subscribe the app to the events of the plugin's README."
)
_PLACE = re.compile(r"[CDG][A-Z0-9]{2,30}")
_PERSON = re.compile(r"[UW][A-Z0-9]{2,30}")


class Slack(MessagingSurface):
    """One app. A cursor is where reading stands in each conversation (see `looking`).

    In Socket Mode, `sweep` seconds are between looks into all conversations, and a connection has to last for `shortest`
    seconds so that the next one is opened at once.
    """

    sweep, shortest = 300.0, 60.0

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self._web: Web | None = None
        self._app_web: Web | None = None
        """With the app-level token, if there is one: it only opens sockets."""
        self._address = ""
        self._socket: Socket | None = None
        self._untold = False
        self._paced = 0.0
        """When all looks until now would have been made, one in each gap."""
        self._me = ""
        self._own = frozenset(ctx.own)

    async def open(self) -> None:
        from .web import Web

        await self.close()
        server = self.ctx.config.server
        try:
            self._web = web = Web(server, self.ctx.secret("token").reveal())
            self._me = str((await web.ask("auth.test"))["user_id"])
            if "app_token" in self.ctx.secrets:
                self._app_web = Web(server, self.ctx.secret("app_token").reveal(), "app_token")
                self._address = await self._where()
        except BaseException:
            await self.close()
            raise

    async def health(self) -> Health:
        await self._there().ask("auth.test")
        return Health(words=_UNTOLD if self._untold else "")

    async def close(self) -> None:
        socket, self._socket = self._socket, None
        if socket:
            await socket.close()
        webs, self._web, self._app_web = (self._web, self._app_web), None, None
        for web in webs:
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
            listening = self._told(web, marks) if self._app_web else self._round(web, marks)
            async with contextlib.aclosing(listening):
                async for batch in listening:
                    yield batch
            await asyncio.sleep(0 if self._app_web else self.ctx.config.poll_seconds)

    async def _round(self, web: Web, marks: Marks) -> AsyncGenerator[Batch]:
        from .looking import conversations

        async for place in conversations(web):
            async for batch in self._new(web, marks, place["id"], bool(place.get("is_im"))):
                yield batch

    async def _new(self, web: Web, marks: Marks, name: str, alone: bool) -> AsyncIterator[Batch]:
        """What is new in one conversation."""
        from .looking import look

        try:
            found, until = await look(web, name, marks.of(name))
            members = None if alone or not found else await self._members(web, name)
        except Refused:
            return  # the app was taken out of it meanwhile
        while found:
            some, found = found[:_BATCH], found[_BATCH:]
            marks.at[name] = some[-1]["ts"] if found else until
            yield Batch(self._read(some, name, members), marks.cursor())

    # --- Socket Mode

    async def _where(self) -> str:
        from .socket_mode import address

        if self._app_web is None:
            raise Unreachable("The account is not open.")
        return await address(self._app_web, self.ctx.config.server)

    async def _told(self, web: Web, marks: Marks) -> AsyncGenerator[Batch]:
        """What comes over one connection until it ends. All conversations are looked into once it stands, so that nothing
        falls between two. Raises Unreachable if it ended so soon that the next one would."""
        from .socket_mode import Socket

        where, self._address = self._address, ""
        self._socket = socket = await Socket.open(where or await self._where())
        try:
            async for batch in self._round(web, marks):
                yield batch
            while not socket.ended:
                async for batch in self._next(web, marks, socket):
                    yield batch
        finally:
            await socket.close()
        if socket.age < self.shortest:
            raise Unreachable("Slack ends the connection over Socket Mode again and again.")

    async def _next(self, web: Web, marks: Marks, socket: Socket) -> AsyncIterator[Batch]:
        """Waits until Slack tells something, and brings it; only when it was taken, Slack hears so."""
        news = await socket.news(self.sweep)
        if not news and not socket.ended:
            async for batch in self._round(web, marks):
                self._untold = self._untold or any(not each.own for each in batch.events)
                yield batch
        for name in dict.fromkeys(each.conversation for each in news):
            self._untold = False
            here = [each for each in news if each.conversation == name]
            async for batch in self._of(web, marks, here):
                yield batch
            for each in here:
                await socket.taken(each)

    async def _of(self, web: Web, marks: Marks, news: list[News]) -> AsyncIterator[Batch]:
        """What is new in the conversation of some news, looked for again while it is not there what they tell of."""
        name, alone = news[0].conversation, news[0].alone
        for seconds in _LATE:
            await asyncio.sleep(seconds)
            await self._pace()
            async for batch in self._new(web, marks, name, alone):
                yield batch
            if not any(each.at and is_after(each.at, marks.of(name)) for each in news):
                return

    async def _pace(self) -> None:
        now = time.monotonic()
        self._paced = max(self._paced, now) + _GAP
        await asyncio.sleep(max(0.0, self._paced - now - _LOOKS * _GAP))

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
