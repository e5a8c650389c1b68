"""What the conformance kit needs of Discord: a bot, and people who write to it alone and in a channel."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import AsyncExitStack
from typing import Any, Self

from sage.testing.plugins import GivenAccount, MessagingScene, Received, Relay
from tests.servers.discord_world import StandIn


class DiscordScene(MessagingScene):
    """A bot, the aunt who writes to it, and the person; an asynchronous context."""

    longest, many, nobody = 1990, 120, "404404"

    def __init__(self, server: StandIn) -> None:
        self.server, self._open, self.token = server, AsyncExitStack(), f"demo.{uuid.uuid4().hex}.token"
        self._last = 0

    async def __aenter__(self) -> Self:
        self.who: dict[str, int] = await self.ask("world")
        self.other = str(self.who["aunt"])
        self.relay = self.network = await self._open.enter_async_context(Relay(self.server.port))
        self.account = self.account_with(self.token)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    def account_with(self, token: str) -> GivenAccount:
        config = {"server": f"http://127.0.0.1:{self.relay.port}/api/v10", "people": [self.other]}
        return GivenAccount(config, {"token": token}, (str(self.who["person"]),))

    async def ask(self, do: str, **told: Any) -> Any:
        return await asyncio.to_thread(self.server.ask, self.token, do, **told)

    async def write(self, text: str, *, group: bool = False) -> None:
        place = {"channel": self.who["family"]} if group else {}
        self._last = await self.ask("write", author=self.who["aunt"], text=text, **place)

    async def received(self) -> list[Received]:
        return [Received(text, thread) for text, thread in await self.ask("sent")]

    async def write_as_self(self, text: str) -> None:
        await self.ask("write", author=self.who["person"], text=text)

    async def write_auto(self, text: str) -> None:
        await self.ask("join", user=self.who["program"], channel=self.who["garden"])
        await self.ask("write", author=self.who["program"], text=text, channel=self.who["garden"])

    async def write_under_name(self, text: str, name: str) -> None:
        await self.ask("rename", user=self.who["aunt"], name=name)
        await self.write(text)

    async def forge(self, text: str, sender: str) -> None:
        await self.write_under_name(text, sender)

    async def write_in_thread(self, text: str) -> None:
        thread = await self.ask("thread", channel=self.who["garden"], owner=self.who["aunt"])
        await self.ask("write", author=self.who["aunt"], text=text, channel=thread)

    async def edit(self, text: str) -> None:
        channel = await self.ask("direct", user=self.who["aunt"])
        await self.ask("edit", message=self._last, channel=channel, text=text)

    async def add_member(self) -> None:
        await self.ask("join", user=self.who["niece"], channel=self.who["family"])

    def refused_account(self) -> GivenAccount:
        return self.account_with("demo.revoked.token")

    async def kill_server(self) -> None:
        await asyncio.to_thread(self.server.kill)

    async def start_server(self) -> None:
        await asyncio.to_thread(self.server.start)
