"""Contacts, channels and a group all at once, with a person who approves, changes, denies, takes over, comes and goes, reminders
to their own address, and restarts in between: no text may reach a conversation that it was not made for."""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sage import wire
from sage.core.errors import SageError
from sage.core.passages import Hit
from sage.core.schedules.schedule import Occurrence, Ring, Rule, Schedule
from sage.engine.channel_surface import ChannelSurface
from sage.locations import Home
from sage.plugin_api import Outbound, Receipt
from tests.crashes.deputy_house import Passages, SmallHouse, make_small_home
from tests.crashes.scene import NOW

CONTACTS = ("tom", "eve", "kim")
ACCOUNTS = ("letters/me", "cards/me")
GROUP, IN_GROUP = "!garden", ("tom", "eve")
ME = "me"
DOORS: dict[str, tuple[str, ...]] = {
    "amber": ("tom",), "brown": ("tom",), "copper": ("eve",), "dun": ("eve",), "ebony": ("kim",), "fawn": ("kim",),
    "golden": ("tom", "eve"), "hazel": ("friends",), "ivory": ("private",), "jade": ("private",),
}  # fmt: skip
"""Doors and who may be told their codes."""
STEPS = 40
"""Things that happen in a run; up to three of them at once."""
ENDS_WITHIN = 0.06
"""Seconds in which an engine ends that ends in the middle of something: it happens in less than that."""
SETTINGS = """
[person]
name = "Demo Ana"
[deputy]
names = ["Ana"]
handoff = "sentence"
hold_seconds = 5
per_contact_a_day = 100
[grants.friends]
doors = "auto"
"""


def code_of(door: str) -> str:
    return str(4000 + list(DOORS).index(door))


def may_know(door: str, who: str) -> bool:
    return who in DOORS[door] or "friends" in DOORS[door]


def passages() -> Passages:
    found = []
    for door, audience in DOORS.items():
        text = f"The code of the {door} door is {code_of(door)}."
        hit = Hit(f"h {door}", "doors.md", "", 1, 0, len(text), text, audience=audience, confidence=0.95)
        found.append(hit)
    return Passages(found)


@dataclass
class Asked:
    """A message that came in, and what the person wrote as its answer."""

    account: str
    conversation: str
    sender: str
    own_text: str = ""
    denied: bool = False


@dataclass
class Outcome:
    """What came of runs."""

    runs: int = 0
    restarts: int = 0
    asked: int = 0
    answers: int = 0
    approved: int = 0
    handoffs: int = 0
    reminders: int = 0
    uncertain: int = 0
    troubles: list[str] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


def run_crossing(number: int, seed: str, put_in: Callable[[SmallHouse], None] = lambda house: None) -> Outcome:
    """So many random interleavings; `put_in` puts a fault into each engine."""
    sum_ = Outcome()
    room = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # a disk in memory, where there is one
    for each in range(number):
        with tempfile.TemporaryDirectory(prefix="sage-crossing-", dir=room) as folder:
            sum_.add(_Run(Path(folder), random.Random(f"{seed} {each}"), put_in).play())
    return sum_


class _Run:
    """One home. `received` is what left, and outlives each engine."""

    def __init__(self, folder: Path, chance: random.Random, put_in: Callable[[SmallHouse], None]) -> None:
        self._home, self._chance, self._put_in = Home(folder / "home"), chance, put_in
        self._received: list[tuple[str, str, Outbound]] = []
        self._asked: dict[str, Asked] = {}
        self._told: set[str] = set()
        self._now = NOW
        self._outcome = Outcome(1)
        self._late = 0
        self._is_back = True
        people = "".join(
            f'[people.{who}]\naddresses = ["letters:{who}", "cards:{who}"]\ncircles = ["friends"]\n' for who in CONTACTS
        )
        allow = ", ".join(f'"{each}"' for each in (*CONTACTS, GROUP))
        accounts = "".join(
            f'[plugins.{account.replace("/", ".")}]\nenabled = true\nowner = ["{ME}"]\nallow = [{allow}]\ndeputy = true\n'
            for account in ACCOUNTS
        )
        make_small_home(self._home, SETTINGS + people + accounts, plugins=("letters", "cards"))

    def play(self) -> Outcome:
        steps = STEPS
        while steps > 0:
            steps -= self._live(steps)
        house = self._open()
        try:
            asyncio.run(self._end(house))
            self._outcome.uncertain = len(house.messaging.outbox.in_state("uncertain"))
        finally:
            house.close()
        self._judge()
        return self._outcome

    def _open(self) -> SmallHouse:
        house = SmallHouse(self._home, self, passages(), ACCOUNTS, self._now)
        self._put_in(house)
        return house

    def _live(self, steps: int) -> int:
        """An engine's life, which ends in the middle of something; returns how much happened."""
        house = self._open()
        done = 0
        try:
            asyncio.run(self._resume(house))
            for _ in range(self._chance.randint(1, steps)):
                done += 1
                ends = self._chance.random() < 0.1
                asyncio.run(self._at_once(house, ends=ends))
                self._now = house.clock.time
                if ends:
                    self._outcome.restarts += 1
                    break
        finally:
            house.close()
        return done

    async def _resume(self, house: SmallHouse) -> None:
        await house.messaging.sending.resume()

    async def _at_once(self, house: SmallHouse, *, ends: bool) -> None:
        """Some things at the same time; with `ends` the engine ends before they do."""
        deeds = self._chance.choices(_DEEDS, _WEIGHTS, k=self._chance.randint(1, 3))
        was_back, before = self._is_back and house.deputy.absence() is None, len(self._received)
        tasks = [asyncio.create_task(self._do(deed, house)) for deed in deeds]
        if ends:
            await asyncio.sleep(self._chance.uniform(0, ENDS_WITHIN))
            for task in tasks:
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=ends)
        if was_back and _go_away not in deeds:
            self._late += sum(out.auto and out.conversation != ME for _, _, out in self._received[before:])

    async def _do(self, deed: Callable[[_Run, SmallHouse], Coroutine[Any, Any, None]], house: SmallHouse) -> None:
        with suppress(SageError):  # as a person is told that it cannot be done any more
            await deed(self, house)

    async def _end(self, house: SmallHouse) -> None:
        await house.messaging.sending.resume()
        for _ in range(3):
            house.clock.go_on(seconds=30)
            await house.deputy.look()
            await house.send()

    # as an account

    async def ask(self, account: str, do: str, *given: Any) -> Any:
        out, key = given
        for _ in range(self._chance.randint(0, 3)):
            await asyncio.sleep(0)
        self._received.append((account, key, out))
        return Receipt(f"s-{key}")

    # what must hold

    def _judge(self) -> None:
        answered = Counter[str]()
        for account, key, out in self._received:
            if key.startswith("r") and out.text.startswith("REMINDER"):
                self._outcome.reminders += 1
                if (account, out.conversation, out.to) != (ACCOUNTS[0], ME, (ME,)):
                    self._trouble(f"nudge: a reminder went to {out.conversation}")
                continue
            self._judge_answer(account, key, out, answered)
        for name, count in answered.items():
            if count > 1:
                self._trouble(f"doubled: {name} was answered {count} times")
            if count and self._asked[name].denied:
                self._trouble(f"denied: {name} was answered")
        if self._late:
            self._trouble(f"late: {self._late} went out by themselves while the person was there")
        self._outcome.asked = len(self._asked)

    def _judge_answer(self, account: str, key: str, out: Outbound, answered: Counter[str]) -> None:
        asked = self._asked.get(out.reply_to)
        if asked is None:
            return self._trouble(f"crossing: a text went to {out.conversation} that answers nothing")
        to = IN_GROUP if asked.conversation == GROUP else (asked.sender,)
        if (account, out.conversation, set(out.to)) != (asked.account, asked.conversation, set(to)):
            self._trouble(f"crossing: the answer to {asked.conversation} went to {account} {out.conversation} {out.to}")
        for door in DOORS:
            if code_of(door) in out.text and not all(may_know(door, who) for who in out.to):
                self._trouble(f"crossing: {out.to} were told of the {door} door")
        if ME in out.to or "REMINDER" in out.text:
            self._trouble(f"nudge: {out.to}")
        if out.text.startswith("OWN") and out.text != asked.own_text:
            self._trouble(f"crossing: what was written for another went to {out.conversation}")
        handoff = key.startswith("h")
        self._outcome.handoffs += handoff
        self._outcome.answers += not handoff and out.auto
        self._outcome.approved += not out.auto
        answered[out.reply_to] += not handoff
        return None

    def _trouble(self, words: str) -> None:
        self._outcome.troubles.append(words)


# what happens


async def _message(run: _Run, house: SmallHouse) -> None:
    sender, account = run._chance.choice(CONTACTS), run._chance.choice(ACCOUNTS)
    await _ask(run, house, account, sender, sender)


async def _group_message(run: _Run, house: SmallHouse) -> None:
    await _ask(run, house, ACCOUNTS[0], GROUP, run._chance.choice(IN_GROUP))


async def _ask(run: _Run, house: SmallHouse, account: str, conversation: str, sender: str) -> None:
    name = f"m{len(run._asked)}"
    run._asked[name] = Asked(account, conversation, sender)
    in_group: dict[str, Any] = {"conversation": GROUP, "group": True, "members": (*IN_GROUP, ME)}
    more = in_group if conversation == GROUP else {}
    called = "Ana, " if conversation == GROUP else ""
    text = run._chance.choice(_QUESTIONS)
    doors = [door for door in DOORS if may_know(door, sender)] if run._chance.random() < 0.6 else list(DOORS)
    question = called + text.format(door=run._chance.choice(doors))
    await house.take(account, name, sender, question[0].upper() + question[1:], **more)


async def _look(run: _Run, house: SmallHouse) -> None:
    await house.deputy.look()


async def _send(run: _Run, house: SmallHouse) -> None:
    await house.send()


async def _pass_time(run: _Run, house: SmallHouse) -> None:
    house.clock.go_on(seconds=run._chance.randint(1, 30))


async def _approve(run: _Run, house: SmallHouse) -> None:
    if found := house.deputy.pages.latest(("open", "taken back")):
        kept = run._chance.choice(found)
        shown = await house.call(wire.ShowReply(kept.id))
        if shown.text:
            await house.call(wire.ApproveReply(kept.id, shown.digest))


async def _change(run: _Run, house: SmallHouse) -> None:
    if found := house.deputy.pages.latest(("open", "taken back")):
        kept = run._chance.choice(found)
        arrival = house.messaging.arrivals.find(kept.arrival)
        assert arrival
        text = f"OWN words for {arrival.event}."
        run._asked[arrival.event].own_text = text
        shown = await house.call(wire.ShowReply(kept.id, text))
        await house.call(wire.ApproveReply(kept.id, shown.digest, text))


async def _deny(run: _Run, house: SmallHouse) -> None:
    if found := house.deputy.pages.latest(("open",)):
        kept = run._chance.choice(found)
        arrival = house.messaging.arrivals.find(kept.arrival)
        await house.call(wire.SettleReply(kept.id, "deny"))
        assert arrival
        run._asked[arrival.event].denied = True


async def _take_back(run: _Run, house: SmallHouse) -> None:
    if found := house.deputy.pages.latest(("going",)):
        await house.call(wire.SettleReply(found[0].id, "take back"))


async def _take_over(run: _Run, house: SmallHouse) -> None:
    account, conversation = run._chance.choice(
        [(ACCOUNTS[0], GROUP), *((a, who) for a in ACCOUNTS for who in CONTACTS)]
    )
    await house.call(wire.TakeOver(account, conversation, run._chance.random() < 0.4))


async def _go_away(run: _Run, house: SmallHouse) -> None:
    run._is_back = False
    await house.call(wire.GoAway())


async def _come_back(run: _Run, house: SmallHouse) -> None:
    await house.call(wire.ComeBack())
    run._is_back = True


async def _remind(run: _Run, house: SmallHouse) -> None:
    name = f"s{len(run._told)}"
    run._told.add(name)
    due = run._now.isoformat()
    schedule = Schedule(name, f"REMINDER {name} code 9999", Rule(f"{run._now:%Y-%m-%dT%H:%M}", "UTC"))
    ring = Ring(schedule, Occurrence(name, due, due, due))
    surface = ChannelSurface(ACCOUNTS[0], ME, ME, house.accounts, lambda: True, idempotent=False)
    await surface.tell(ring, name)


_DEEDS: Sequence[Callable[[_Run, SmallHouse], Coroutine[Any, Any, None]]] = (
    _message, _group_message, _look, _send, _pass_time, _approve, _change, _deny, _take_back, _take_over, _go_away,
    _come_back, _remind,
)  # fmt: skip
_WEIGHTS = (8, 3, 8, 8, 6, 3, 3, 2, 1, 1, 5, 1, 2)
_QUESTIONS = (
    "what is the code of the {door} door?", "do you know the code of the {door} door?", "should we paint the {door} door?",
)  # fmt: skip
