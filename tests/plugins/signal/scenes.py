"""What the conformance kit needs of Signal: an account in the stand-in, and people who write to it."""

from __future__ import annotations

import base64
from contextlib import AsyncExitStack
from typing import Any, Self

from sage.testing.plugins import GivenAccount, MessagingScene, Received, Relay
from tests.servers.signal_cli import ACCOUNT, SignalCli

AUNT, COUSIN, NIECE, NOBODY = (f"{number}1111111-2222-4333-8444-555555555555" for number in range(1, 5))
GROUP = base64.b64encode(bytes(32)).decode()


class SignalScene(MessagingScene):
    """An account, and the aunt who writes to it; an asynchronous context."""

    other, nobody, longest = AUNT, NOBODY, 60_000

    def __init__(self) -> None:
        self._open = AsyncExitStack()
        self._last = 0

    async def __aenter__(self) -> Self:
        known = SignalCli({AUNT, COUSIN, NIECE}, {GROUP: [AUNT, COUSIN]})
        self.server = await self._open.enter_async_context(known)
        self.relay = self.network = await self._open.enter_async_context(Relay(self.server.port))
        self.account = self.account_of(ACCOUNT)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    def account_of(self, number: str) -> GivenAccount:
        return GivenAccount({"account": number, "server": f"http://127.0.0.1:{self.relay.port}"}, {})

    def say(self, text: str, name: str = "Demo Aunt", **more: Any) -> None:
        """The aunt writes."""
        data = {"message": text, "expiresInSeconds": 0, "viewOnce": False, **more}
        self._last = self.server.come(**whom(AUNT, name), dataMessage=data)

    async def write(self, text: str, *, group: bool = False) -> None:
        where = {"groupInfo": {"groupId": GROUP, "revision": 3, "type": "DELIVER"}} if group else {}
        self.say(text, **where)

    async def received(self) -> list[Received]:
        return [Received(each["message"]) for each in self.server.sent]

    async def write_as_self(self, text: str) -> None:
        sent = {"destinationNumber": None, "destinationUuid": AUNT, "timestamp": self.server.moment(), "message": text}
        self.server.come(sourceNumber=ACCOUNT, sourceUuid=NIECE, syncMessage={"sentMessage": sent})

    async def write_under_name(self, text: str, name: str) -> None:
        self.say(text, name)

    async def forge(self, text: str, sender: str) -> None:
        self.say(text, sender)

    async def edit(self, text: str) -> None:
        change = {"targetSentTimestamp": self._last, "dataMessage": {"message": text}}
        self.server.come(**whom(AUNT), editMessage=change)

    async def add_member(self) -> None:
        self.server.groups[GROUP].append(NIECE)

    def refused_account(self) -> GivenAccount:
        return self.account_of("+15550199")

    async def kill_server(self) -> None:
        await self.server.kill()

    async def start_server(self) -> None:
        await self.server.start()


def whom(uuid: str, name: str = "Demo Aunt") -> dict[str, Any]:
    """The sender of an envelope."""
    return {"source": uuid, "sourceNumber": None, "sourceUuid": uuid, "sourceName": name, "sourceDevice": 1}
