"""What the conformance kit needs of Telegram: a bot, and people who write to it alone and in a group."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import AsyncExitStack
from typing import Any, Self

from sage.testing.plugins import GivenAccount, MessagingScene, Received, Relay
from tests.plugins.telegram.front import NOBODY, TelegramFront
from tests.servers.crabline import TOKEN, Crabline

_numbers = itertools.count(1000, 10)


class TelegramScene(MessagingScene):
    """A bot, the aunt who writes to it, and the person; an asynchronous context."""

    longest, many, nobody = 4000, 120, str(NOBODY)

    def __init__(self, server: Crabline) -> None:
        number = next(_numbers)
        self.server, self._open, self._since = server, AsyncExitStack(), server.written
        self.aunt, self.person, self.cousin, self.niece = range(number, number + 4)
        self.group, self.other = -number, str(self.aunt)
        self._last = 0

    async def __aenter__(self) -> Self:
        self.front = await self._open.enter_async_context(TelegramFront(self.server.port))
        self.front.members[self.group] = [self.aunt, self.cousin, self.person]
        self.relay = self.network = await self._open.enter_async_context(Relay(self.front.port))
        self.account = self.account_with(TOKEN)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    def account_with(self, token: str) -> GivenAccount:
        return GivenAccount({"server": f"http://127.0.0.1:{self.relay.port}"}, {"token": token}, (str(self.person),))

    async def put(self, **told: Any) -> dict[str, Any]:
        """Something is written, by the aunt to the bot if nothing else is told."""
        given = {"chatId": self.aunt, "fromId": self.aunt, "fromName": "Demo Aunt", **told}
        update: dict[str, Any] = (await asyncio.to_thread(self.server.put, **given))["update"]
        return update

    async def write(self, text: str, *, group: bool = False) -> None:
        if group:
            await self.put(text="hello from me", chatId=self.group, chatType="group", fromId=self.cousin)
            await self.put(text=text, chatId=self.group, chatType="group")
        else:
            self._last = (await self.put(text=text))["message"]["message_id"]

    async def received(self) -> list[Received]:
        asked = await asyncio.to_thread(self.server.asked, self._since)
        sent = [each["body"] for each in asked if each["path"].endswith("/sendMessage")]
        return [
            Received(body["text"], str(body.get("message_thread_id", "")))
            for body in sent
            if body["chat_id"] in (self.aunt, self.group)
        ]

    async def write_as_self(self, text: str) -> None:
        await self.put(text=text, chatId=self.person, fromId=self.person)

    async def write_auto(self, text: str) -> None:
        number = (await asyncio.to_thread(self.server.put, chatId=NOBODY, text="x"))["update"]["update_id"] + 1
        self.front.changes[number] = {"is_bot": True}
        assert (await self.put(text=text))["update_id"] == number

    async def write_under_name(self, text: str, name: str) -> None:
        await self.put(text=text, fromName=name)

    async def forge(self, text: str, sender: str) -> None:
        await self.put(text=text, fromName=sender, fromUsername="aunt_example")

    async def write_in_thread(self, text: str) -> None:
        await self.put(text=text, messageThreadId=7)

    async def edit(self, text: str) -> None:
        number = (await asyncio.to_thread(self.server.put, chatId=NOBODY, text="x"))["update"]["update_id"] + 1
        self.front.edits[number] = self._last
        assert (await self.put(text=text))["update_id"] == number

    async def add_member(self) -> None:
        self.front.members[self.group].append(self.niece)

    def refused_account(self) -> GivenAccount:
        return self.account_with("424242:AAH-revoked")

    async def kill_server(self) -> None:
        await asyncio.to_thread(self.server.kill)

    async def start_server(self) -> None:
        await asyncio.to_thread(self.server.start)
