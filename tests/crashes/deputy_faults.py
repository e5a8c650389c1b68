"""Faults that are put into answering on purpose: each must be found by the figures."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import nullcontext
from typing import Any

from sage.core.plugins.outbox import Outcome, Send
from sage.locations import Home
from sage.plugin_api import Receipt
from tests.crashes.deputy_house import SmallHouse
from tests.crashes.deputy_scene import ACCOUNT, AnsweringScene, SafeAnsweringScene
from tests.crashes.scene import NOW


class _Faulty(AnsweringScene):
    def house(self, home: Home) -> SmallHouse:
        made = super().house(home)
        self.put_in(made)
        return made

    def put_in(self, house: Any) -> None:
        raise NotImplementedError


class Unclaimed(_Faulty):
    """Sends before it is written that it does."""

    def put_in(self, house: Any) -> None:
        claim, ask = house.messaging.outbox.claim, house.accounts.ask

        def late(message: Any, at: Any) -> bool:
            asyncio.run(ask(message.account, "send", message.out, message.key))
            return bool(claim(message, at))

        async def nothing(account: str, do: str, *given: Any) -> Any:
            return Receipt("s1")

        house.messaging.outbox.claim = late
        house.accounts.ask = house.messaging.sending._accounts.ask = nothing


class SentEarly(_Faulty):
    """Takes for sent what it only claims."""

    def put_in(self, house: Any) -> None:
        claim = house.messaging.outbox.claim

        def early(message: Any, at: Any) -> bool:
            done = bool(claim(message, at))
            house.messaging.outbox.settle(message, "sending", Outcome("sent"), at)
            return done

        house.messaging.outbox.claim = early


class SendsAgain(_Faulty):
    """The next engine takes what was being sent for not sent."""

    def put_in(self, house: Any) -> None:
        async def resume() -> None:
            for message in house.messaging.outbox.in_state("sending"):
                house.messaging.outbox.settle(message, "sending", Outcome("waiting"), NOW)

        house.messaging.sending.resume = resume


class Forgets(_Faulty):
    """The next engine takes what was being sent for sent."""

    def put_in(self, house: Any) -> None:
        async def resume() -> None:
            for message in house.messaging.outbox.in_state("sending"):
                house.messaging.outbox.settle(message, "sending", Outcome("sent"), NOW)

        house.messaging.sending.resume = resume


class TwoCommits(_Faulty):
    """What is decided, and that it goes out, are written one after the other."""

    def put_in(self, house: Any) -> None:
        class Apart:
            def __getattr__(self, name: str) -> Any:
                return nullcontext if name == "transaction" else getattr(database, name)

        database, house.database = house.database, Apart()


class DecidesAgain(_Faulty):
    """Each engine decides anew, and an answer's key is its own."""

    def put_in(self, house: Any) -> None:
        pages, sending = house.deputy.pages, house.messaging.sending
        put, decided = sending.put, set[str]()

        def unanswered(*_: Any, **__: Any) -> list[Any]:
            found = house.messaging.arrivals.arrivals()
            return [each for each in found if each.id not in decided and each.account == ACCOUNT]

        def add(kept: Any) -> bool:
            decided.add(kept.arrival)
            house.database.run("DELETE FROM replies WHERE arrival = ?", (kept.arrival,))
            return bool(type(pages).add(pages, kept))

        pages.unanswered, pages.add = unanswered, add
        sending.put = lambda message: put(
            type(message)(
                **{name: getattr(message, name) for name in message.__struct_fields__} | {"key": uuid.uuid4().hex}
            )
        )


class TakesBackInWords(_Faulty):
    """What was taken back is only said to be, and nobody asks again."""

    def put_in(self, house: Any) -> None:
        def take_back(kept: Any) -> bool:
            return bool(house.deputy.pages.settle(kept.id, "going", "taken back", house.clock.now()))

        house.deputy.take_back = take_back
        house.messaging.sending.allows = lambda message: Send()


class OtherKeys(SafeAnsweringScene):
    """A service that knows keys gets another one at each try."""

    def house(self, home: Home) -> SmallHouse:
        made: Any = super().house(home)
        ask = made.accounts.ask

        async def anew(account: str, do: str, *given: Any) -> Any:
            return await ask(account, do, given[0], f"{given[1]}/{uuid.uuid4().hex}")

        made.accounts.ask = anew
        return made  # type: ignore[no-any-return]


FAULTS = (Unclaimed, SentEarly, SendsAgain, Forgets, TwoCommits, DecidesAgain, TakesBackInWords, OtherKeys)
