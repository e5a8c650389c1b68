"""Slack's Socket Mode: a WebSocket over which Slack says at once where something is new.

What it says is never taken for a message: the conversation is looked into from its mark, so that whatever a socket loses, or
says twice, changes nothing. It has no task of its own: it is read while somebody waits for news. `aiohttp` and not Slack's own
client, which reads, reconnects and logs what was written in tasks that nobody waits for.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sage.plugin_api import AuthRefused, RateLimited, Refused, Unreachable, Unsure

from .reading import STAMP

if TYPE_CHECKING:
    import aiohttp

    from .web import Web

PING = 20.0
"""Seconds after which a silent connection is asked for a sign of life; half of it later it counts as dead."""
HELLO = 10.0
"""Seconds in which Slack has to greet."""
_MOST = 200
"""News at once."""
_PLACE = re.compile(r"[CDG][A-Z0-9]{2,30}")
_OFF = "Socket Mode is switched off for this Slack app: switch it on, or take `app_token_key` out of the settings."
_ELSEWHERE = "Slack allows this app no more connections: it listens in too many places."


@dataclass(frozen=True)
class News:
    """Something was written in a conversation, `alone`: to the app alone, at this moment ("": nothing that can be read).
    `envelope`: what Slack wants to hear when it was taken."""

    conversation: str
    alone: bool
    at: str
    envelope: str


async def address(web: Web, server: str) -> str:
    """Where to connect, once and soon; `web` has the app-level token. Raises AuthRefused, Unreachable."""
    try:
        told = (await web.do("apps.connections.open")).get("url")
    except Unsure as error:
        raise Unreachable(error.what) from error
    except (AuthRefused, Refused) as error:
        raise AuthRefused(
            "Slack refuses the app-level token (`xapp-…`): it was revoked, is not whole, or has no `connections:write`, "
            "or Socket Mode is off."
        ) from error
    wanted = ("wss",) if server.startswith("https:") else ("wss", "ws")
    if not isinstance(told, str) or urlsplit(told).scheme not in wanted:
        raise Unreachable("Slack named no place to connect to.")
    return told


class Socket:
    """One connection. `ended`: it is over, or will be soon, and another one is to be opened."""

    def __init__(self, session: aiohttp.ClientSession, wire: aiohttp.ClientWebSocketResponse) -> None:
        self._session, self._wire = session, wire
        self._began = time.monotonic()
        self.ended = False

    @classmethod
    async def open(cls, where: str, ping: float = PING, hello: float = HELLO) -> Socket:
        """Connects; Slack has greeted when it returns. Raises Unreachable, RateLimited, AuthRefused."""
        import aiohttp

        session = aiohttp.ClientSession(trust_env=True, timeout=aiohttp.ClientTimeout(None, connect=hello))
        try:
            with _told():
                async with asyncio.timeout(hello):
                    wire = await session.ws_connect(
                        where, heartbeat=ping, timeout=aiohttp.ClientWSTimeout(ws_close=1.0)
                    )
        except BaseException:
            await session.close()
            raise
        found = cls(session, wire)
        try:
            with _told():
                async with asyncio.timeout(hello):
                    await found._greeted()
        except BaseException:
            await found.close()
            raise
        return found

    async def _greeted(self) -> None:
        while (await self._frame()).get("type") != "hello":
            if self.ended:
                raise Unreachable("Slack ended the connection before it greeted.")

    @property
    def age(self) -> float:
        """Seconds since it was opened."""
        return time.monotonic() - self._began

    async def close(self) -> None:
        self.ended = True
        try:
            with contextlib.suppress(Unreachable), _told():
                await self._wire.close()
        finally:
            await self._session.close()

    async def news(self, within: float) -> list[News]:
        """What Slack tells, as soon as it tells something; [] after `within` seconds, or when it ended. Raises AuthRefused
        and RateLimited when Slack says that another connection would not help."""
        found: list[News] = []
        until = asyncio.get_running_loop().time() + within
        with contextlib.suppress(TimeoutError):
            while not self.ended and len(found) < _MOST:
                async with asyncio.timeout_at(0 if found else until):  # 0: only what has already arrived
                    frame = await self._frame()
                found += await self._read(frame)
        return found

    async def taken(self, news: News) -> None:
        """Tells Slack that it need not say it again. On a connection that ended it is nothing: Slack then says it again."""
        if not self.ended:
            await self._acknowledge(news.envelope)

    async def _acknowledge(self, envelope: str) -> None:
        try:
            with _told():
                await self._wire.send_str(json.dumps({"envelope_id": envelope}))
        except Unreachable:
            self.ended = True

    async def _frame(self) -> dict[str, Any]:
        """The next frame; {} for what is none of Slack's, or when it ended."""
        import aiohttp

        got = await self._wire.receive()
        if got.type is not aiohttp.WSMsgType.TEXT:
            self.ended = got.type is not aiohttp.WSMsgType.BINARY
            return {}
        try:
            told = json.loads(got.data)
        except ValueError:
            return {}
        return _heard(told) if isinstance(told, dict) else {}

    async def _read(self, frame: dict[str, Any]) -> list[News]:
        if frame.get("type") == "disconnect":
            self.ended = True
            return []
        envelope = frame.get("envelope_id")
        if not isinstance(envelope, str):
            return []
        if news := _news(frame, envelope):
            return [news]
        await self._acknowledge(envelope)  # a button, a command, an event of another kind
        return []


def _heard(frame: dict[str, Any]) -> dict[str, Any]:
    """A frame, unless it says that another connection would not help."""
    if frame.get("type") == "disconnect":
        if frame.get("reason") == "link_disabled":
            raise AuthRefused(_OFF)
        if frame.get("reason") == "too_many_websockets":
            raise RateLimited(_ELSEWHERE, 60.0)
    return frame


def _news(frame: dict[str, Any], envelope: str) -> News | None:
    payload = frame.get("payload")
    event = payload.get("event") if isinstance(payload, dict) else None
    if not isinstance(event, dict) or event.get("type") not in ("message", "app_mention"):
        return None
    place, at = str(event.get("channel", "")), str(event.get("ts", ""))
    if not _PLACE.fullmatch(place):
        return None
    shown = STAMP.fullmatch(at) and not event.get("hidden")  # a hidden one tells of a change, and stands nowhere
    return News(place, event.get("channel_type") == "im", at if shown else "", envelope)


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Raises this tree's errors for the library's, whose own words can have the address, which is a secret."""
    import aiohttp

    try:
        yield
    except aiohttp.WSServerHandshakeError as error:
        raise Unreachable(f"Slack lets nobody in over Socket Mode ({error.status}).") from None
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise Unreachable(f"Slack cannot be reached over Socket Mode ({type(error).__name__}).") from None
