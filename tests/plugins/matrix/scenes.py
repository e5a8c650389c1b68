"""What the conformance kit needs of a homeserver: an account, a person who writes to it alone and in a group."""

from __future__ import annotations

import itertools
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Self

from sage.testing.plugins.accounts import GivenAccount
from sage.testing.plugins.messaging_scene import MessagingScene, Received
from sage.testing.plugins.relay import Relay
from tests.plugins.matrix.people import Person, SealedPerson
from tests.servers.matrix import Synapse

_counter = itertools.count()


class MatrixScene(MessagingScene):
    """Rooms of ana (the account), ben (who writes) and cleo; an asynchronous context."""

    longest, nobody = 60_000, "@nobody:sage.test"
    kind: type[Person] = Person

    def __init__(self, server: Synapse, folder: Path) -> None:
        self.server, self.folder, self._open = server, folder, AsyncExitStack()
        self._last = self.group = ""

    async def __aenter__(self) -> Self:
        number = next(_counter)
        self.relay = self.network = await self._open.enter_async_context(Relay(self.server.port))
        self.ana = await self._open.enter_async_context(Person(self.server, f"ana{number}", self.folder))
        self.ben = await self._open.enter_async_context(self.kind(self.server, f"ben{number}", self.folder))
        self.other = self.ben.user
        self.account = self.account_with(token=self.ana.token)
        self.alone = await self.ben.make_room(self.ana, is_direct=True)
        return self

    async def gather(self) -> None:
        """Lets the others come, and makes the group: most tests do without them."""
        if not self.group:
            number = next(_counter)
            self.cleo, self.dora = [
                await self._open.enter_async_context(Person(self.server, f"{name}{number}", self.folder))
                for name in ("cleo", "dora")
            ]
            self.group = await self.ben.make_room(self.ana, self.cleo)

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    def account_with(self, own: tuple[str, ...] = (), **secrets: str) -> GivenAccount:
        config = {"homeserver": f"http://127.0.0.1:{self.relay.port}", "user": self.ana.user}
        return GivenAccount(config, secrets, own)

    async def write(self, text: str, *, group: bool = False, **more: Any) -> None:
        if group:
            await self.gather()
        self._last = await self.ben.say(self.group if group else self.alone, text, **more)

    async def received(self) -> list[Received]:
        heard = [each for room in (self.alone, self.group) if room for each in await self.ben.heard(room)]
        return [
            Received(
                said.text,
                said.content.get("m.relates_to", {}).get("event_id", ""),
                said.content["msgtype"] == "m.notice",
            )
            for said in heard
            if said.sender == self.ana.user
        ]

    async def write_as_self(self, text: str) -> None:
        telephone = await self._open.enter_async_context(self.kind.again(self.ana, self.folder))
        await telephone.say(self.alone, text)

    async def write_auto(self, text: str) -> None:
        await self.write(text, msgtype="m.notice")

    async def write_under_name(self, text: str, name: str) -> None:
        await self.ben.ask("PUT", f"/profile/{self.ben.user}/displayname", {"displayname": name})
        await self.write(text)

    async def forge(self, text: str, sender: str) -> None:
        await self.write(text, sender=sender, user_id=sender, displayname=sender)

    async def write_in_thread(self, text: str) -> None:
        root = await self.ben.say(self.alone, "where it begins")
        await self.write(text, **{"m.relates_to": {"rel_type": "m.thread", "event_id": root}})

    async def edit(self, text: str) -> None:
        relation = {"rel_type": "m.replace", "event_id": self._last}
        new = {"msgtype": "m.text", "body": text}
        await self.write(f"* {text}", **{"m.new_content": new, "m.relates_to": relation})

    async def add_member(self) -> None:
        await self.ben.ask("POST", f"/rooms/{self.group}/invite", {"user_id": self.dora.user})
        await self.dora.ask("POST", f"/rooms/{self.group}/join", {})

    def refused_account(self) -> GivenAccount:
        return self.account_with(token="syt_of_nobody")

    async def kill_server(self) -> None:
        self.server.kill()

    async def start_server(self) -> None:
        self.server.start()


class SealedScene(MatrixScene):
    """The same where all rooms are encrypted, and everybody's program trusts only signed devices."""

    longest, many = 40_000, 60
    kind = SealedPerson
