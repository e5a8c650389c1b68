"""What the suite for messaging plugins needs of a service, and how it reads an account: as Sage does, batch by batch."""

from __future__ import annotations

import asyncio
import contextlib
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from sage.core.plugins.manifest import Manifest
from sage.plugin_api import Batch, Inbound, MessagingSurface, Outbound
from sage.testing.plugins.accounts import GivenAccount, made
from sage.testing.plugins.relay import Network

BATCH = 200
"""Messages that one batch may have."""


def not_given(what: str) -> Any:
    """Fails a test that needs more than its scene gives."""
    pytest.fail(
        f"The scene has no {what}. Write it, or name this test in plugin.toml, without `test_` and with the reason: "
        'exempt = { NAME = "why" }.'
    )


@dataclass(frozen=True)
class Received:
    """What reached the other person. `auto`: the service shows that a program wrote it."""

    text: str
    thread: str = ""
    auto: bool = False


class MessagingScene(ABC):
    """An account, and another person who writes to it with a program of their own: never with the plugin's code.

    Write `account`, `other`, `write` and `received`, and of the rest what the service has. A test that needs what is not
    written fails and says so; name it under `exempt` in plugin.toml, with the reason, if the service has no such thing.
    """

    account: GivenAccount
    other: str
    """The other person's id, as the service vouches for it."""
    nobody: str = ""
    """An address at which there certainly is nobody, where the service knows such a thing."""
    conversation: str = ""
    """Where the other is written to; only asked for when nothing comes in (no RECEIVE)."""
    longest: int = 10_000_000
    """Bytes of the longest text that the service takes, if that is less than this."""
    many: int = 250
    """How many messages come at once."""
    network: Network | None = None
    """What stands between the plugin and the service, such as a `Relay`; `account` leads through it."""

    @abstractmethod
    async def write(self, text: str, *, group: bool = False) -> None:
        """The other writes to the account, alone or in a group of at least three; on its way when this returns."""

    @abstractmethod
    async def received(self) -> list[Received]:
        """All that the account ever sent to the other and that has arrived by now, alone or in the group, oldest first."""

    async def write_as_self(self, text: str) -> None:
        """The person writes to the other with another program of theirs."""
        not_given("write_as_self")

    async def write_auto(self, text: str) -> None:
        """A program of the other's answers by itself."""
        not_given("write_auto")

    async def write_under_name(self, text: str, name: str) -> None:
        """The other writes, and calls themselves `name`."""
        not_given("write_under_name")

    async def forge(self, text: str, sender: str) -> None:
        """The other writes and claims to be `sender`, an id that is not theirs."""
        not_given("forge")

    async def write_in_thread(self, text: str) -> None:
        not_given("write_in_thread")

    async def edit(self, text: str) -> None:
        """The other changes what they wrote last."""
        not_given("edit")

    async def add_member(self) -> None:
        """One more person comes into the group."""
        not_given("add_member")

    async def drafts(self) -> list[str]:
        """The texts of all drafts of the account."""
        found: list[str] = not_given("drafts")
        return found

    def refused_account(self) -> GivenAccount:
        """The same account with credentials that the service refuses."""
        found: GivenAccount = not_given("refused_account")
        return found

    async def stop(self) -> None:
        """The service cannot be reached any more."""
        if self.network is None:
            not_given("network, and no stop")
        else:
            await self.network.cut()

    async def start(self) -> None:
        """The service can be reached again."""
        if self.network is None:
            not_given("network, and no start")
        else:
            await self.network.mend()

    async def kill_server(self) -> None:
        """Ends the service's process at once (SIGKILL)."""
        not_given("kill_server")

    async def start_server(self) -> None:
        """Starts it again, with all that it had on disk."""
        not_given("start_server")


Driver = Callable[[Manifest, GivenAccount, Path], MessagingSurface]
"""Makes an account's surface: the plugin's own object, or one that stands for it in a process of its own."""


def in_process(manifest: Manifest, account: GivenAccount, folder: Path) -> MessagingSurface:
    """The plugin in a process of its own."""
    from sage.testing.plugins.messaging_process import ProcessSurface

    return ProcessSurface(manifest, account, folder)


def bare(manifest: Manifest, account: GivenAccount, folder: Path) -> MessagingSurface:
    """The plugin's own object."""
    folder.mkdir(exist_ok=True)
    found = made(manifest, account, folder)
    assert isinstance(found, MessagingSurface), f"{manifest.runtime} does not derive from MessagingSurface"
    return found


@dataclass
class Stage:
    """A test's account on a scene. `patience`: seconds in which whatever is waited for has to happen."""

    scene: MessagingScene
    manifest: Manifest
    folder: Path
    drive: Driver = bare
    patience: float = 10.0
    _opened: list[MessagingSurface] = field(default_factory=list)
    _listening: list[Listening] = field(default_factory=list)

    def make(self, account: GivenAccount | None = None) -> MessagingSurface:
        """A surface of the account, not opened."""
        made = self.drive(self.manifest, account or self.scene.account, self.folder)
        self._opened.append(made)
        return made

    async def open(self) -> MessagingSurface:
        """A surface of the account, opened; the second time it is what a new start of Sage opens, when the first is gone."""
        await self.end()
        made = self.make()
        async with asyncio.timeout(self.patience):
            await made.open()
        return made

    async def listen(self, cursor: str = "") -> Listening:
        """Opens the account and listens. Whatever is written after this returned has to come in."""
        found = Listening(await self.open(), cursor, self.patience)
        self._listening.append(found)
        if not cursor and "RESUME" in self.manifest.capabilities:
            first = await found.batch()
            assert first.cursor, "the first batch has to come at once, with the cursor of now, also when it is empty"
        return found

    async def meet(self, *, group: bool = False) -> tuple[Listening, Inbound]:
        """Listens, and lets the other write something that can be answered."""
        listening = await self.listen()
        await self.scene.write("Good morning", group=group)
        return listening, await listening.until("Good morning")

    async def answerable(self) -> tuple[MessagingSurface, Outbound]:
        """A surface, and an empty message to the other."""
        if "RECEIVE" not in self.manifest.capabilities:
            return await self.open(), Outbound(self.scene.conversation, (self.scene.other,), "")
        listening, met = await self.meet()
        return listening.surface, Outbound(met.conversation, (met.sender.id,), "")

    async def arrived(self, text: str, *, count: int = 1) -> int:
        """How often the other got a text: waits until it is `count` times."""
        return len(await self.wait_for(text, count=count))

    async def wait_for(self, text: str, *, count: int = 1) -> list[Received]:
        """All that the other got with a text in it, once it is `count` of them or patience ends."""
        found: list[Received] = []
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.patience):
                while len(found := [each for each in await self.scene.received() if text in each.text]) < count:  # noqa: ASYNC110 - the other side has no event
                    await asyncio.sleep(0.02)
        return found

    async def leave(self, listening: Listening) -> str:
        """Sage ends; the cursor that it has on disk."""
        await listening.stop()
        await self.close(listening.surface)
        return listening.cursor

    async def close(self, surface: MessagingSurface) -> None:
        async with asyncio.timeout(self.patience):
            await surface.close()
        self._opened.remove(surface)

    async def end(self) -> None:
        """Lets everything go that a test opened."""
        for listening in self._listening:
            await listening.stop()
        self._listening.clear()
        for surface in list(self._opened):
            await self.close(surface)


class Listening:
    """Reads a surface as Sage does: whatever a batch has is on disk, with its cursor, before the next one is asked for."""

    def __init__(self, surface: MessagingSurface, cursor: str, patience: float) -> None:
        self.surface, self.cursor, self._patience = surface, cursor, patience
        self.kept: list[Inbound] = []
        """What is on disk, each id once."""
        self.batches: list[Batch] = []
        self._events: AsyncIterator[Batch] = surface.events(cursor)
        self._asked: asyncio.Future[Batch] | None = None

    async def batch(self) -> Batch:
        """The next batch, kept. Raises TimeoutError after some patience, and goes on waiting for it the next time."""
        found = await self.look()
        self.keep(found)
        return found

    async def look(self) -> Batch:
        """The next batch, which is not on disk; the one before has to be."""
        self.ask()
        assert self._asked
        await asyncio.wait([self._asked], timeout=self._patience)
        if not self._asked.done():
            raise TimeoutError
        asked, self._asked = self._asked, None
        found = asked.result()
        _check_batch(found)
        return found

    def ask(self) -> None:
        """Begins to wait for the next batch."""
        if self._asked is None:
            self._asked = asyncio.ensure_future(anext(self._events))

    def keep(self, batch: Batch) -> None:
        """It is on disk now."""
        known = {each.id for each in self.kept}
        self.kept += [each for each in batch.events if each.id not in known]
        self.batches.append(batch)
        self.cursor = batch.cursor

    async def again(self) -> None:
        """Listens anew on the same surface, from the cursor that is on disk, as Sage does when the service was away."""
        await self.stop()
        self._events = self.surface.events(self.cursor)

    async def until(self, text: str) -> Inbound:
        """The first message with this text, whoever wrote it; all before it are kept as well."""
        seen, waits_until = 0, time.monotonic() + self._patience
        while True:
            for each in self.kept[seen:]:
                if each.text.strip() == text.strip():
                    return each
                waits_until = time.monotonic() + self._patience
            seen = len(self.kept)
            try:
                if time.monotonic() > waits_until:
                    raise TimeoutError
                await self.batch()
            except TimeoutError:
                raise AssertionError(f"{text[:60]!r} did not come in; what came: {self.texts!r:.400}") from None

    @property
    def texts(self) -> list[str]:
        """What came from others, in order."""
        return [each.text.strip() for each in self.kept if not each.own]

    async def stop(self) -> None:
        """Listens no more."""
        if self._asked is not None:
            asked, self._asked = self._asked, None
            asked.cancel()
            await asyncio.wait([asked], timeout=self._patience)
            with contextlib.suppress(asyncio.CancelledError):
                asked.exception()
        if isinstance(self._events, AsyncGenerator):
            await self._events.aclose()


def _check_batch(batch: Batch) -> None:
    assert len(batch.events) <= BATCH, f"a batch has {len(batch.events)} messages, more than {BATCH}"
    for each in batch.events:
        assert each.id, "a message without an id"
        assert each.conversation, "a message without a conversation"
        assert each.own or each.sender.id, "a message of others without a sender"
        at = datetime.fromisoformat(each.at)
        assert at.utcoffset() is not None, f"a moment without an offset: {each.at}"
