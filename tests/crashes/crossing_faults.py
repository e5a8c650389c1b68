"""Faults that are put into answering on purpose, by which a text crosses, comes twice, or comes unasked: each must be found."""

from __future__ import annotations

import uuid
from typing import Any

from msgspec.structs import replace

from sage.core.plugins.outbox import Send
from sage.plugin_api import Outbound
from tests.crashes.deputy_crossing import ACCOUNTS
from tests.crashes.deputy_house import SmallHouse


def owners_view(house: SmallHouse) -> None:
    """Memory is asked as if the person asked."""
    recall: Any = house.memory.recall
    house.memory.recall = lambda *given, **named: recall(*given, **{**named, "recipients": None})  # type: ignore[method-assign]


def last_conversation(house: SmallHouse) -> None:
    """An answer goes to where somebody wrote last."""
    outbound = house.deputy.outbound

    def elsewhere(arrival: Any, text: str, *, auto: bool) -> Outbound:
        last = house.messaging.arrivals.arrivals()[0]
        found = outbound(arrival, text, auto=auto)
        return replace(found, conversation=last.conversation)

    house.deputy.outbound = elsewhere  # type: ignore[method-assign]


def speaks_unasked(house: SmallHouse) -> None:
    """What the person is told goes to whoever wrote last."""

    async def decided(left: int) -> None:
        if found := house.messaging.arrivals.arrivals():
            out = Outbound(found[0].conversation, (found[0].sender,), f"{left} messages wait for you in the Inbox: F4.")
            await house.accounts.ask(ACCOUNTS[0], "send", out, uuid.uuid4().hex)

    house.deputy.decided = decided


def never_asked_again(house: SmallHouse) -> None:
    """What once might go goes, whatever has changed."""
    house.messaging.sending.allows = lambda message: Send()


def sends_again(house: SmallHouse) -> None:
    """What was being sent when it ended is sent again."""

    async def resume() -> None:
        house.database.run("UPDATE outbox SET state = 'waiting' WHERE state = 'sending'")

    house.messaging.sending.resume = resume  # type: ignore[method-assign]


FAULTS = (owners_view, last_conversation, speaks_unasked, never_asked_again, sends_again)
