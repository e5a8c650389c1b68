"""Messages and crashes: nothing is lost, nothing is doubled; and faults that were put in are found."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from sage.adapters.journal.journal_channels import ChannelPages
from sage.core.plugins.outbox import Outcome
from sage.engine.sending import Sending
from sage.locations import Home
from tests.crashes.channel_scene import ACCOUNT, ArrivalScene, Post, SafeSendingScene, SendingScene, batch
from tests.crashes.points import run_points
from tests.crashes.scene import NOW, Scene, World

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("scene", [ArrivalScene, SendingScene, SafeSendingScene])
def test_a_crash_at_any_step_loses_and_doubles_nothing(scene: type[Scene]) -> None:
    (tally,) = run_points(200, 7, [scene])
    assert tally.troubles == [] and tally.total == 200


class CursorFirst(ArrivalScene):
    """Tells where it is before the messages are kept."""

    def take(self, world: World, number: int) -> None:
        pages = ChannelPages(world.database)
        pages.take(ACCOUNT, [], str(number), NOW)
        pages.take(ACCOUNT, batch(number), str(number), NOW)


class OneByOne(ArrivalScene):
    """Keeps each message in a commit of its own."""

    def take(self, world: World, number: int) -> None:
        for each in batch(number):
            ChannelPages(world.database).take(ACCOUNT, [each], str(number), NOW)


class SendsAgain(Sending):
    """Takes what was being sent for not sent."""

    async def resume(self) -> None:
        for message in self._pages.in_state("sending"):
            self._pages.settle(message, "sending", Outcome("waiting"), NOW)


class Forgets(Sending):
    """Takes what was being sent for sent."""

    async def resume(self) -> None:
        for message in self._pages.in_state("sending"):
            self._pages.settle(message, "sending", Outcome("sent"), NOW)


class _Faulty(SendingScene):
    kind: type[Sending]

    def post(self, home: Home) -> Post:
        made = super().post(home)
        made.sending.__class__ = self.kind
        return made


class AgainScene(_Faulty):
    kind = SendsAgain


class ForgetScene(_Faulty):
    kind = Forgets


class Unwritten(SendingScene):
    """Sends before it is written that it does."""

    def post(self, home: Home) -> Post:
        made = super().post(home)
        claim = made.sending._pages.claim

        def late(message: Any, at: Any) -> bool:
            asyncio.run(made.outside.ask(ACCOUNT, "send", message.out, message.key))
            return claim(message, at)

        made.sending._pages.claim = late  # type: ignore[method-assign]
        return made


@pytest.mark.parametrize("scene", [CursorFirst, OneByOne, AgainScene, ForgetScene, Unwritten])
def test_a_fault_that_was_put_in_is_found(scene: type[Scene]) -> None:
    (tally,) = run_points(200, 3, [scene])
    assert tally.lost + tally.failed_starts > 0
