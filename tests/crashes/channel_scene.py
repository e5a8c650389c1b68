"""Scenes of messages: batches that come in, and an outbox that sends to somebody who counts, ended at any step."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from sage.adapters.database import Database
from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_channels import ChannelPages, Judged
from sage.adapters.journal.journal_outbox import OutboxPages
from sage.adapters.journal.journal_pauses import PausePages
from sage.core.plugins.admission import Admission, Admit, Hold, Ignore
from sage.core.plugins.outbox import Message
from sage.engine.pausing import Pausing
from sage.engine.sending import Sending
from sage.locations import Home
from sage.plugin_api import Address, Inbound, Outbound, Receipt
from sage.testing.fakes import FakeClock
from tests.crashes.scene import NOW, Scene, World, dump

ACCOUNT = "fake/me"
_ADMISSIONS: tuple[Admission, ...] = (Admit("fake:aunt", ("fake:aunt",)), Hold("stranger"), Ignore("auto"))


def batch(number: int) -> list[Judged]:
    """Messages of all sorts, some of which came before."""
    return [
        Judged(
            Inbound(f"m{each}", "c1", Address("aunt"), f"Message {each}. " * 200, NOW.isoformat()),
            _ADMISSIONS[each % 3],
        )
        for each in range(3 * number - 2, 3 * number + 4)
        if each > 0
    ]


class ArrivalScene(Scene):
    """Batches are taken: messages, their texts and the cursor are there together or not at all."""

    name = "arrivals"

    def open(self, home: Home) -> World:
        return World(home)

    def steps(self, world: World) -> list[Callable[[], object]]:
        return [partial(self.take, world, number) for number in range(9)]

    def take(self, world: World, number: int) -> None:
        ChannelPages(world.database).take(ACCOUNT, batch(number), str(number), NOW)

    def state(self, world: World) -> Any:
        return dump(world.database)

    def look(self, home: Home, *, power: bool) -> Any:
        """The next start, which also asks for all again from where it is: that changes nothing of what was kept."""
        with closing(open_journal(home.journal)) as database:
            assert not (trouble := database.trouble()), trouble
            found, pages = dump(database), ChannelPages(database)
            cursor = int(pages.cursor(ACCOUNT) or -1)
            for number in range(cursor + 1):
                assert pages.take(ACCOUNT, batch(number), str(cursor), NOW) == [], "something of before was lost"
        return found


class Outside(NamedTuple):
    """Who receives, in a file that is never lost: it stands for the other side. `knows_keys`: the same key is one message."""

    path: Path
    knows_keys: bool

    async def ask(self, account: str, do: str, *given: Any) -> Any:
        out, key = given
        assert isinstance(out, Outbound)
        if not (self.knows_keys and key in self.received):
            whole = self.path.read_bytes().rfind(b"\n") + 1
            if whole < self.path.stat().st_size:
                os.truncate(self.path, whole)  # half a line of before would be joined to this one
            with self.path.open("a") as file:
                file.write(f"{key}\n")
                file.flush()
                os.fsync(file.fileno())
        return Receipt(f"s-{key}")

    @property
    def received(self) -> list[str]:
        lines = self.path.read_text().splitlines(keepends=True)
        return [line.strip() for line in lines if line.endswith("\n")]  # half a line is none


class Post(NamedTuple):
    """An outbox over a home's journal, and who receives."""

    database: Database
    outside: Outside
    sending: Sending

    def close(self) -> None:
        self.database.close()


class SendingScene(Scene):
    """Messages are put and sent. Whatever ends it, none is sent twice, none is lost, and what nobody knows is said."""

    name = "sending"
    live = False
    knows_keys = False
    messages = 8

    def open(self, home: Home) -> Post:
        return self.post(home)

    def post(self, home: Home) -> Post:
        database, outside = open_journal(home.journal), Outside(home.path.parent / "received", self.knows_keys)
        repeats = self.knows_keys
        pausing = Pausing(PausePages(database))
        sending = Sending(OutboxPages(database), outside, lambda account: repeats, FakeClock(NOW), pausing, _nothing)
        return Post(database, outside, sending)

    def prepare(self, home: Home) -> None:
        home.prepare()
        (home.path.parent / "received").touch()

    def steps(self, world: Post) -> Sequence[Callable[[], object]]:
        return [step for number in range(self.messages) for step in (partial(put, world, number), partial(work, world))]

    def state(self, world: Post) -> Any:
        return len(OutboxPages(world.database).latest())

    def look(self, home: Home, *, power: bool) -> Any:
        """What the next engine makes of it: by key, how often it was received, and what the person is told."""
        with closing(self.post(home)) as world:
            assert not (trouble := world.database.trouble()), trouble
            asyncio.run(_recover(world))
            pages = OutboxPages(world.database)
            return Counter(world.outside.received), {each.key: each.state for each in pages.latest()}

    def judge(self, found: Any, states: Sequence[Any], acknowledged: int, steps: int) -> str:
        received, told = found
        put_for_certain = states[acknowledged - 1] if acknowledged else 0
        if len(told) < put_for_certain:
            return f"{put_for_certain} messages were put, and {len(told)} are there"
        return "; ".join(
            trouble for key in {*received, *told} if (trouble := self._wrong(received[key], told.get(key, "")))
        )

    def _wrong(self, count: int, told: str) -> str:
        if count > 1:
            return f"sent {count} times"
        if told == "uncertain":
            return "uncertain although its key is known" if self.knows_keys else ""
        return "" if (told == "sent") == (count == 1) else f"received {count} times, and said to be {told or 'nothing'}"


class SafeSendingScene(SendingScene):
    """The same to a service that knows a key again: there nothing is ever uncertain."""

    name = "sending, keys known"
    knows_keys = True


def put(world: Post, number: int) -> None:
    world.sending.put(
        Message(
            f"o{number}", f"k{number}", ACCOUNT, f"c{number % 2}", ("aunt",), f"Message {number}", "direct", "typed", ""
        )
    )


def work(world: Post) -> None:
    asyncio.run(_work(world))


async def _work(world: Post) -> None:
    await world.sending.look()
    await world.sending.quiet()


async def _recover(world: Post) -> None:
    await world.sending.resume()
    for _ in range(world.outside.path.stat().st_size + 3):
        await _work(world)
        if not OutboxPages(world.database).in_state("waiting", "repeating"):
            return


async def _nothing(words: str) -> None:
    pass
