"""What the conformance kit needs of Slack: an app, and people who write to it alone and in a channel."""

from __future__ import annotations

import asyncio
import html
import itertools
from contextlib import AsyncExitStack
from typing import Any, Self

from sage.testing.plugins import GivenAccount, MessagingScene, Received, Relay
from tests.plugins.slack.front import NOBODY, SlackFront
from tests.servers.crabline import TOKEN, Crabline
from tests.servers.slack_socket import APP_TOKEN, SocketMode

_numbers = itertools.count(1000)


class SlackScene(MessagingScene):
    """An app, the aunt who writes to it, and the person; an asynchronous context."""

    longest, nobody = 4000, NOBODY

    def __init__(self, server: Crabline) -> None:
        number = next(_numbers)
        self.server, self._open, self._since = server, AsyncExitStack(), server.written
        self.aunt, self.person, self.cousin, self.niece = [f"U{name}{number}" for name in ("A", "P", "C", "N")]
        self.alone, self.mine, self.group = f"DA{number}", f"DP{number}", f"C{number}"
        self.other = self.aunt

    async def __aenter__(self) -> Self:
        self.front = await self._open.enter_async_context(SlackFront(self.server.port))
        self.front.places = [self.alone, self.mine, self.group]
        self.front.members[self.group] = ["UCRABBOT", self.aunt, self.cousin, self.person]
        self.relay = self.network = await self._open.enter_async_context(Relay(self.front.port))
        self.account = self.account_with(TOKEN)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    def account_with(self, token: str) -> GivenAccount:
        config = {"server": f"http://127.0.0.1:{self.relay.port}", "poll_seconds": 0.2}
        return GivenAccount(config, {"token": token}, (self.person,))

    async def put(self, text: str, **told: Any) -> str:
        """Something is written, by the aunt to the app if nothing else is told; its moment."""
        given = {"channel": self.alone, "user": self.aunt, "text": html.escape(text, quote=False), **told}
        answer = await asyncio.to_thread(self.server.put, **given)
        return str(answer["message"]["ts"])

    async def write(self, text: str, *, group: bool = False) -> None:
        await self.put(text, channel=self.group if group else self.alone)

    async def received(self) -> list[Received]:
        asked = await asyncio.to_thread(self.server.asked, self._since)
        sent = [each["body"] for each in asked if each["path"].endswith("/chat.postMessage")]
        return [
            Received(html.unescape(body["text"]), body.get("thread_ts", ""))
            for body in sent
            if body["channel"] in (self.alone, self.group)
        ]

    async def write_as_self(self, text: str) -> None:
        await self.put(text, user=self.person, channel=self.mine)

    async def write_auto(self, text: str) -> None:
        last = await self.put("before that")
        seconds, parts = last.split(".")
        self.front.bots.add(f"{seconds}.{int(parts) + 1:06}")
        await self.put(text)

    async def write_under_name(self, text: str, name: str) -> None:
        await self.put(text, username=name)

    async def forge(self, text: str, sender: str) -> None:
        await self.put(text, username=sender)

    async def write_in_thread(self, text: str) -> None:
        root = await self.put("where it begins")
        self.front.replies[root] = await self.put(text, threadTs=root)

    async def add_member(self) -> None:
        self.front.members[self.group].append(self.niece)

    def refused_account(self) -> GivenAccount:
        return self.account_with("xoxb-revoked")

    async def kill_server(self) -> None:
        await asyncio.to_thread(self.server.kill)

    async def start_server(self) -> None:
        await asyncio.to_thread(self.server.start)
        await self.put("so that the stand-in knows the conversation again")


class SocketScene(SlackScene):
    """The same for an app that listens over Socket Mode: what is written is also told there, and nothing is polled for."""

    async def __aenter__(self) -> Self:
        self.socket = await self._open.enter_async_context(SocketMode())
        self.wire = await self._open.enter_async_context(Relay(self.socket.port))
        await super().__aenter__()
        self.front.socket = lambda: f"ws://127.0.0.1:{self.wire.port}{self.socket.path()}"
        return self

    def account_with(self, token: str, app_token: str = APP_TOKEN) -> GivenAccount:
        config = {"server": f"http://127.0.0.1:{self.relay.port}", "poll_seconds": 3600}
        return GivenAccount(config, {"token": token, "app_token": app_token}, (self.person,))

    async def put(self, text: str, **told: Any) -> str:
        stamp = await super().put(text, **told)
        place = told.get("channel", self.alone)
        thread = {"thread_ts": told["threadTs"]} if "threadTs" in told else {}
        if thread:
            self.front.replies[told["threadTs"]] = stamp
        event = {"type": "message", "channel": place, "user": told.get("user", self.aunt), "text": text, "ts": stamp}
        kind = "channel" if place == self.group else "im"
        await self.socket.tell({**event, **thread, "event_ts": stamp, "channel_type": kind})
        return stamp

    async def stop(self) -> None:
        await super().stop()
        await self.wire.cut()

    async def start(self) -> None:
        await self.wire.mend()
        await super().start()

    async def kill_server(self) -> None:
        await super().kill_server()
        await self.socket.hang_up()
