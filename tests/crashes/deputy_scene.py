"""Scenes of answers: messages come in, are decided of, approved, denied or taken back, and sent to somebody who counts; whatever
ends it, no answer is sent twice, none that was approved is lost, and none that was denied leaves."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from contextlib import closing
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from typing import Any, Literal, NamedTuple

from msgspec import Struct

from sage import wire
from sage.adapters.journal.journal_outbox import OutboxPages
from sage.core.deputy.replies import ReplyState
from sage.core.passages import Hit
from sage.core.plugins.outbox import State
from sage.locations import Home
from sage.plugin_api import Outbound
from tests.crashes.channel_scene import Outside
from tests.crashes.deputy_house import Passages, SmallHouse, make_small_home
from tests.crashes.scene import NOW, Scene

ACCOUNT = "letters/me"
Kind = Literal["auto", "approve", "take back", "edit", "deny"]
KINDS: tuple[Kind, ...] = ("auto", "approve", "take back", "edit", "deny", "auto")
"""What the person makes of each message's answer."""
AFTER = timedelta(minutes=3)
"""When the next engine starts, after the beginning."""
UNCERTAIN = get_context("fork").Value("i", 0)
"""How many answers were uncertain at the end of a point; counted over all processes of a run."""


def settings_of(kinds: Sequence[Kind], more: str = "") -> str:
    """A contact for each message, whose grant is as its kind needs it."""
    names = [f"p{number}" for number in range(len(kinds))]
    people = "".join(f'[people.{name}]\naddresses = ["letters:{name}"]\n' for name in names)
    grants = "".join(
        f'[grants.{name}]\nfaq = "{"auto" if kind in ("auto", "take back") else "draft"}"\n'
        for name, kind in zip(names, kinds, strict=True)
    )
    allow = ", ".join(f'"{name}"' for name in names)
    return (
        f"{more}[deputy]\nhold_seconds = 2\n{people}{grants}"
        f'[plugins.letters.me]\nenabled = true\nowner = ["me"]\nallow = [{allow}]\ndeputy = true\n'
    )


def passage(number: int, audience: str) -> Hit:
    text = f"The code of the gate number {number} is {4000 + number}."
    return Hit(f"h{number}", "faq.md", "", 1, 0, len(text), text, audience=(audience,), confidence=0.95)


class Addressed(NamedTuple):
    """Who receives, by key and conversation, in a file that is never lost (see `Outside`)."""

    outside: Outside

    async def ask(self, account: str, do: str, *given: Any) -> Any:
        out, key = given
        assert isinstance(out, Outbound)
        return await self.outside.ask(account, do, out, f"{key} {out.conversation}")


class Found(Struct):
    """What the next engine made of it, by conversation: how often each was answered, and what the person is told."""

    received: dict[str, int]
    replies: dict[str, ReplyState]
    told: dict[str, list[State]]
    was_sending: frozenset[str]


class AnsweringScene(Scene):
    """A message each is answered by itself, approved, taken back, changed, or denied."""

    name = "answering"
    live = False
    knows_keys = False

    def open(self, home: Home) -> SmallHouse:
        return self.house(home)

    def house(self, home: Home) -> SmallHouse:
        outside = Outside(home.path.parent / "received", self.knows_keys)
        memory = Passages([passage(number, f"p{number}") for number in range(len(KINDS))])
        return SmallHouse(home, Addressed(outside), memory, [ACCOUNT], NOW)

    def prepare(self, home: Home) -> None:
        make_small_home(home, settings_of(KINDS), knows_keys=self.knows_keys)
        (home.path.parent / "received").touch()
        with closing(self.house(home)) as house:
            asyncio.run(house.call(wire.GoAway()))

    def steps(self, world: SmallHouse) -> Sequence[Callable[[], object]]:
        return [
            partial(play, step, world, number)
            for number in range(len(KINDS))
            for step in (ask, decide, settle, pass_time)
        ]

    def state(self, world: SmallHouse) -> Any:
        rows = world.database.rows(
            "SELECT i.conversation, ifnull(r.state, '') FROM inbound i LEFT JOIN replies r ON r.arrival = i.id"
        )
        return dict(rows)

    def look(self, home: Home, *, power: bool) -> Found:
        with closing(self.house(home)) as house:
            assert not (trouble := house.database.trouble()), trouble
            pages = OutboxPages(house.database)
            was_sending = frozenset(each.conversation for each in pages.in_state("sending"))
            asyncio.run(recover(house))
            told: dict[str, list[State]] = {}
            for message in pages.latest():
                told.setdefault(message.conversation, []).append(message.state)
            with UNCERTAIN.get_lock():
                UNCERTAIN.value += sum(states.count("uncertain") for states in told.values())
            outside = Outside(home.path.parent / "received", self.knows_keys)
            received = Counter(line.split()[1] for line in outside.received)
            return Found(dict(received), self.state(house), told, was_sending)

    def judge(self, found: Any, states: Sequence[Any], acknowledged: int, steps: int) -> str:
        known = states[acknowledged - 1] if acknowledged else {}
        return "; ".join(
            f"{conversation}: {trouble}"
            for conversation in sorted({*known, *found.replies, *found.received})
            if (trouble := wrong(found, conversation, known.get(conversation), self.knows_keys))
        )


class SafeAnsweringScene(AnsweringScene):
    """The same to a service that knows a key again: there nothing is ever uncertain."""

    name = "answering, keys known"
    knows_keys = True


def wrong(found: Found, conversation: str, known: str | None, knows_keys: bool) -> str:
    """What is wrong with one conversation ("" for nothing); `known` is how far its answer was for certain (None: it had not
    come in)."""
    count, state = found.received.get(conversation, 0), found.replies.get(conversation, "")
    told = found.told.get(conversation, [])
    kind = KINDS[int(conversation.removeprefix("p"))]
    if count > 1:
        return f"doubled: received {count} times"
    if known is not None and not state:
        return "lost: it came in, and nothing was decided of it"
    if known in ("approved", "edited", "denied", "taken back") and state != known:
        return f"lost: it was {known}, and is {state}"
    if state in ("denied", "taken back", "open", "silent") and (count or "sent" in told):
        return f"wrong: it is {state}, and left"
    if "uncertain" in told:
        why = "its key is known" if knows_keys else "it was not being sent"
        return "" if not knows_keys and conversation in found.was_sending else f"uncertain: although {why}"
    if state in ("approved", "edited") or (state == "going" and kind != "take back"):
        return "" if count == 1 and "sent" in told else f"lost: it is {state}, received {count} times and {told}"
    if kind == "auto" and state:
        return f"lost: it was to be answered, and is {state}"
    return "" if ("sent" in told) == bool(count) else f"wrong: received {count} times, and said to be {told}"


def play(step: Callable[[SmallHouse, int], Coroutine[Any, Any, None]], world: SmallHouse, number: int) -> None:
    asyncio.run(step(world, number))


async def ask(world: SmallHouse, number: int) -> None:
    await world.take(ACCOUNT, f"m{number}", f"p{number}", f"What is the code of the gate number {number}?")


async def decide(world: SmallHouse, number: int) -> None:
    await world.deputy.look()


async def settle(world: SmallHouse, number: int) -> None:
    """What the person makes of the answer."""
    kind = KINDS[number]
    if kind == "auto":
        return
    (kept,) = [each for each in world.deputy.pages.latest() if each.conversation == f"p{number}"]
    text = "It is written on the door." if kind == "edit" else ""
    shown = await world.call(wire.ShowReply(kept.id, text))
    if kind in ("approve", "edit"):
        await world.call(wire.ApproveReply(kept.id, shown.digest, text))
    else:
        await world.call(wire.SettleReply(kept.id, "deny" if kind == "deny" else "take back"))


async def pass_time(world: SmallHouse, number: int = 0) -> None:
    world.clock.go_on(seconds=10)
    await world.send()


async def recover(house: SmallHouse) -> None:
    """What the next engine does: it finds what was being sent, decides of what came, and sends what may go."""
    house.clock.time = max(house.clock.time, NOW + AFTER)
    await house.messaging.sending.resume()
    await house.deputy.look()
    for _ in range(4):
        await pass_time(house)
