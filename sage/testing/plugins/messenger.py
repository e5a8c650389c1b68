"""A messenger in memory, with everything that a messaging plugin may claim: for the kit's own tests and the host's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from msgspec.structs import replace

from sage.core.plugins.manifest import Manifest
from sage.plugin_api import (
    Address,
    AuthRefused,
    Batch,
    Context,
    DraftRef,
    Inbound,
    MessagingSurface,
    Outbound,
    Receipt,
    Refused,
    Unreachable,
    Unsure,
)
from sage.testing.plugins.accounts import GivenAccount
from sage.testing.plugins.messaging_scene import BATCH, MessagingScene, Received

OTHER, THIRD, ME, NOBODY = "other@fake", "third@fake", "me@fake", "nobody@fake"
PASSWORD = "open sesame"  # noqa: S105 - of a service that is none
AT = "2026-11-23T10:00:00+01:00"

MANIFEST = Manifest(
    name="fake",
    title="Fake",
    about="A messenger in memory",
    api=1,
    kinds=("messaging",),
    runtime=f"{__name__}:FakeSurface",
    config=f"{__name__}:FakeConfig",
    capabilities=("RECEIVE", "SEND", "DRAFT", "THREADS", "GROUPS", "EDIT", "RESUME", "IDEMPOTENT_SEND"),
    secrets=("password",),
)


@dataclass
class FakeService:
    """What the service has: everything that was written to the account or by it, in order."""

    events: list[Inbound] = field(default_factory=list)
    sent: list[tuple[str, Outbound]] = field(default_factory=list)
    drafts: dict[str, Outbound] = field(default_factory=dict)
    members: tuple[str, ...] = (OTHER, THIRD)
    down: bool = False
    losing: int = 0
    lost: bool = False
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, text: str, **more: Any) -> Inbound:
        """Something was written; without more words by the other, to the account alone."""
        found = Inbound(f"m{len(self.events) + 1}", more.pop("conversation", "c1"), Address(OTHER, "Other"), text, AT)
        self.events.append(replace(found, **more))
        self.wake()
        return self.events[-1]

    def wake(self) -> None:
        self.news.set()
        self.news = asyncio.Event()

    async def cut(self) -> None:
        self.down = True
        self.wake()

    async def mend(self) -> None:
        self.down = False

    def lose_answer(self, number: int) -> None:
        self.losing, self.lost = number, False


@dataclass(frozen=True)
class FakeConfig:
    """The settings: the service itself."""

    service: FakeService

    @classmethod
    def model_validate(cls, given: Mapping[str, Any]) -> Self:
        return cls(**given)


class FakeSurface(MessagingSurface):
    """The account's end of it. A cursor is the number of messages before it."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self.service: FakeService = ctx.config.service
        self.closed = asyncio.Event()

    async def open(self) -> None:
        self.reach()
        if self.ctx.secret("password").reveal() != PASSWORD:
            raise AuthRefused("The service refuses the password.")

    def reach(self) -> None:
        """Raises Unreachable when the service is."""
        if self.service.down:
            raise Unreachable("The service does not answer.")

    async def events(self, cursor: str) -> AsyncIterator[Batch]:
        seen = int(cursor or len(self.service.events))
        yield Batch((), str(seen))
        while not self.closed.is_set():
            self.reach()
            found = tuple(self.service.events[seen : seen + BATCH])
            seen += len(found)
            if found:
                yield Batch(found, str(seen))
                continue
            news = asyncio.ensure_future(self.service.news.wait())
            ended = asyncio.ensure_future(self.closed.wait())
            await asyncio.wait([news, ended], return_when=asyncio.FIRST_COMPLETED)
            news.cancel()
            ended.cancel()

    async def send(self, out: Outbound, idempotency_key: str) -> Receipt:
        self.reach()
        if out.conversation == "group" and set(out.to) != set(self.service.members):
            raise Refused("Others are in that group by now.")
        if NOBODY in out.to:
            raise Refused("There is nobody of that name.")
        known = [number for number, (key, _) in enumerate(self.service.sent) if key == idempotency_key]
        if not known:
            self.service.sent.append((idempotency_key, out))
            self.service.put(out.text, conversation=out.conversation, own=True, sender=Address(ME))
            known = [len(self.service.sent) - 1]
        if self.service.losing == 1:
            self.service.losing, self.service.lost = 0, True
            raise Unsure("The connection ended before the service answered.")
        return Receipt(f"s{known[0]}", AT)

    async def draft(self, out: Outbound, idempotency_key: str) -> DraftRef:
        self.reach()
        self.service.drafts.setdefault(idempotency_key, out)
        return DraftRef(idempotency_key, "Drafts")

    async def close(self) -> None:
        self.closed.set()


class FakeScene(MessagingScene):
    """The other person on that service."""

    other, nobody, longest = OTHER, NOBODY, 1_000_000

    def __init__(self, service: FakeService) -> None:
        self.service = self.network = service
        self.account = GivenAccount({"service": service}, {"password": PASSWORD})

    async def write(self, text: str, *, group: bool = False) -> None:
        in_group: dict[str, Any] = {"conversation": "group", "group": True, "members": self.service.members}
        self.service.put(text, **in_group if group else {})

    async def received(self) -> list[Received]:
        return [Received(out.text, out.thread, out.auto) for _, out in self.service.sent]

    async def write_as_self(self, text: str) -> None:
        self.service.put(text, own=True, sender=Address(ME))

    async def write_auto(self, text: str) -> None:
        self.service.put(text, auto=True)

    async def write_under_name(self, text: str, name: str) -> None:
        self.service.put(text, sender=Address(OTHER, name))

    async def forge(self, text: str, sender: str) -> None:
        self.service.put(text, sender=Address(sender), verified="no")

    async def write_in_thread(self, text: str) -> None:
        self.service.put(text, thread="t1")

    async def edit(self, text: str) -> None:
        last = [each for each in self.service.events if each.sender.id == OTHER][-1]
        self.service.put(text, edits=last.id)

    async def add_member(self) -> None:
        self.service.members += ("fourth@fake",)

    async def drafts(self) -> list[str]:
        return [out.text for out in self.service.drafts.values()]

    def refused_account(self) -> GivenAccount:
        return GivenAccount({"service": self.service}, {"password": "wrong horse"})

    async def kill_server(self) -> None:
        await self.service.cut()

    async def start_server(self) -> None:
        await self.service.mend()
