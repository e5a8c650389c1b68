"""When the deputy looks: at once, at several conversations beside each other, and never so that anybody waits for a model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sage.agent.composing import Composed, Quoting
from sage.core.disclosure import Piece
from sage.core.errors import BadInput
from sage.core.messages import ModelRequest
from sage.core.plugins.arrivals import Arrival
from sage.engine.deputy import AT_ONCE, bucketed
from sage.profile import Resolved
from tests.engine.clocked_office import ASKED, ASKED_KEY, EVE, GATE, OTHER, WORK_TOM, DeputyOffice


class SlowComposer:
    """Quotes, when its gate is open. `at_work` are the questions that it was asked and has not answered."""

    def __init__(self) -> None:
        self.gates: dict[str, asyncio.Event] = {}
        self.at_work: list[str] = []
        self.most = 0

    async def compose(self, question: str, pieces: Sequence[Piece], job: str) -> Composed | None:
        self.at_work.append(question)
        self.most = max(self.most, len(self.at_work))
        try:
            if gate := self.gates.get(question):
                await gate.wait()
            return await Quoting().compose(question, pieces, job)
        finally:
            self.at_work.remove(question)


class RunningOffice(DeputyOffice):
    """One whose deputy runs by itself, with a composer that takes its time."""

    def start(self) -> None:
        self.composer = SlowComposer()
        self.deputy._composer = lambda: self.composer  # type: ignore[method-assign,assignment,return-value]
        self.running = asyncio.create_task(self.deputy.run())

    async def take(self, *texts: str, **more: Any) -> list[Arrival]:
        """As an account brings it."""
        found = await super().take(*texts, **more)
        self.deputy.look_soon()
        return found

    async def until(self, count: int) -> list[str]:
        """Waits for so many decisions; the questions that were decided of, oldest first."""
        async with asyncio.timeout(20):  # far less than it would take to look without being told
            while len(found := self.deputy.pages.latest()) < count:  # noqa: ASYNC110 - the disk has no event
                await asyncio.sleep(0.01)
        asked = [self.messaging.arrivals.find(kept.arrival) for kept in reversed(found)]
        return [arrival.text for arrival in asked if arrival]

    async def until_asked(self, *questions: str) -> None:
        async with asyncio.timeout(20):
            while self.composer.at_work != list(questions):  # noqa: ASYNC110
                await asyncio.sleep(0.01)

    async def end(self) -> None:
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)
        await super().end()


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[RunningOffice]:
    found = RunningOffice(tmp_path)
    await found.house.accounts.host.look_again()
    found.start()
    await found.away()
    yield found
    await found.end()


async def test_it_looks_as_soon_as_something_came(office: RunningOffice) -> None:
    await office.take(ASKED)
    assert await office.until(1) == [ASKED]


async def test_a_slow_answer_in_one_conversation_holds_up_no_other_and_keeps_its_order(office: RunningOffice) -> None:
    gate = office.composer.gates[ASKED] = asyncio.Event()
    await office.take(ASKED, ASKED_KEY, sender=EVE)
    await office.until_asked(ASKED)
    await office.take(ASKED_KEY)
    assert await office.until(1) == [ASKED_KEY]
    assert office.composer.at_work == [ASKED]
    gate.set()
    assert (await office.until(3))[1:] == [ASKED, ASKED_KEY]


async def test_what_one_contact_writes_from_several_addresses_is_decided_in_order(office: RunningOffice) -> None:
    gate = office.composer.gates[ASKED] = asyncio.Event()
    await office.take(ASKED)
    await office.until_asked(ASKED)
    await office.take(ASKED_KEY, account=OTHER, sender=WORK_TOM)
    await office.take("Is there anything?", sender=EVE)
    assert await office.until(1) == ["Is there anything?"]
    gate.set()
    assert (await office.until(3))[1:] == [ASKED, ASKED_KEY]


async def test_only_some_are_decided_of_at_once(office: RunningOffice) -> None:
    names = [f"friend{number}@letters" for number in range(AT_ONCE + 3)]
    office.set('"eve@letters", "!garden"]', ", ".join(f'"{name}"' for name in names) + "]")
    people = "".join(
        f'[people.{name.partition("@")[0]}]\naddresses = ["letters:{name}"]\ncircles = ["work"]\n' for name in names
    )
    office.set("[grants.work]", f"{people}[grants.work]")
    gate = office.composer.gates[ASKED] = asyncio.Event()
    for name in names:
        await office.take(ASKED, sender=name)
    await office.until_asked(*[ASKED] * AT_ONCE)
    gate.set()
    await office.until(len(names))
    assert office.composer.most == AT_ONCE


async def test_the_end_does_not_wait_for_a_model_and_the_next_engine_decides(office: RunningOffice) -> None:
    office.composer.gates[ASKED] = asyncio.Event()
    (arrival,) = await office.take(ASKED)
    await office.until_asked(ASKED)
    office.running.cancel()
    async with asyncio.timeout(5):
        await asyncio.gather(office.running, return_exceptions=True)
    assert office.composer.at_work == [] and office.deputy.pages.latest() == []
    await office.house.close()
    office.open()
    office.start()
    assert await office.until(1) == [ASKED]
    kept = office.deputy.pages.find(arrival.id)
    assert kept and kept.reply.text.startswith(GATE)


async def test_a_disk_that_fails_once_is_tried_again(office: RunningOffice) -> None:
    add, failed = office.deputy.pages.add, []

    def fail_once(kept: Any) -> bool:
        if not failed:
            failed.append(kept)
            raise BadInput("The disk is full.")
        return add(kept)

    office.deputy.pages.add = fail_once  # type: ignore[method-assign]
    await office.take(ASKED)
    async with asyncio.timeout(20):
        while not failed:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    await office.take(ASKED, sender=EVE)
    assert sorted(await office.until(2)) == [ASKED, ASKED]


async def test_whether_something_may_go_that_cannot_be_told_keeps_nothing_else_back(office: RunningOffice) -> None:
    allows = office.messaging.sending.allows

    def fail(message: Any) -> Any:
        if message.conversation == EVE:
            raise ZeroDivisionError
        return allows(message)

    office.messaging.sending.allows = fail
    await office.take(ASKED, sender=EVE)
    await office.take(ASKED)
    await office.until(2)
    office.clock.go_on(minutes=2)
    for _ in range(4):
        await office.messaging.sending.look()
        await office.messaging.sending.quiet()
    assert [out.conversation for _, out in office.received] == ["tom@letters"]
    (waits,) = office.messaging.outbox.in_state("waiting")
    assert waits.conversation == EVE


def test_a_step_is_never_before_its_moment() -> None:
    came = datetime(2026, 11, 23, 10, tzinfo=UTC)
    for seconds in (0, 0.001, 1.999, 2, 2.001, 3601):
        moment = came + timedelta(seconds=seconds)
        assert timedelta(0) <= bucketed(came, moment) - moment < timedelta(seconds=2)


class WarmBrains:
    """Brains that are asked to keep a model; the librarian answers."""

    def __init__(self) -> None:
        self.kept = asyncio.Event()

    async def keep_warm(self, profile: Resolved, opening: ModelRequest) -> None:
        assert opening.odds and not opening.messages[-1].text
        self.kept.set()

    async def close(self) -> None: ...


async def test_its_model_is_kept_while_the_person_is_away_and_not_else(tmp_path: Path) -> None:
    office = RunningOffice(tmp_path)
    await office.house.accounts.host.look_again()
    office.house.brains = brains = WarmBrains()
    office.start()
    try:
        await office.take(ASKED)
        await office.until(1)
        assert not brains.kept.is_set()
        await office.away()
        office.deputy.look_soon()
        async with asyncio.timeout(20):
            await brains.kept.wait()
    finally:
        await office.end()
