"""A model reads facts when it is asked, and in the background only as far as the cap goes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sage import wire
from sage.core.errors import BadInput, OverBudget, ProviderDown
from sage.core.messages import Usage
from sage.core.ports import ChatModel
from sage.engine.background import READING_FACTS
from sage.engine.bootstrap import House
from sage.engine.fact_reading import IdleReading, read_when_asked
from sage.engine.turns import Turns
from sage.profile import Resolved, resolve
from sage.testing.scripted_model import ScriptedModel, Step
from tests.homes import make_home

NOTES = ("Tea? Always, in the garden.", "Cake with cherries forever.", "Rain makes the garden glad.")


def answer(value: str, quote: str) -> str:
    return json.dumps({"facts": [{"subject": "me", "attribute": "likes", "value": value, "quote": quote}]})


ANSWERS: list[list[Step]] = [
    [answer("glad", "garden glad")], [answer("cherries", "Cake with cherries")], [answer("tea", "Tea? Always")],
]  # fmt: skip


class OneBrain:
    """Brains that know one model."""

    def __init__(self, model: ChatModel) -> None:
        self.model = model

    def chain(self, profile: Resolved) -> list[ChatModel]:
        return [self.model]

    async def close(self) -> None:
        await self.model.close()


class BusyTurns(Turns):
    """Somebody asks something."""

    @property
    def busy(self) -> bool:
        return True


async def begun(model: ScriptedModel) -> None:
    """Waits until the model was asked."""
    async with asyncio.timeout(20):
        while not model.requests:  # noqa: ASYNC110 - it has no event to wait for
            await asyncio.sleep(0.01)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House.open(make_home(tmp_path))
    for day, text in enumerate(NOTES, 1):
        made.memory.remember(text, source="diary", when=f"2026-11-0{day}")
    yield made
    await made.close()


def use(house: House, model: ChatModel, settings: str = "") -> None:
    house.brains = OneBrain(model)  # type: ignore[assignment]
    house.home.settings.write_text(settings)


async def ask(house: House, **given: object) -> tuple[wire.FactsRead, list[wire.FactsReading]]:
    told: list[wire.FactsReading] = []

    async def tell(step: wire.FactsReading) -> None:
        told.append(step)

    request = wire.ReadFacts(**given)  # type: ignore[arg-type]
    return await read_when_asked(house, resolve("default", house.home), request, "", tell), told


def costs(house: House) -> list[tuple[str, float]]:
    return [(str(row[0]), float(row[1])) for row in house.database.rows("SELECT turn, spent FROM costs ORDER BY seq")]


async def test_each_passage_is_read_once_and_booked_as_reading_facts(house: House) -> None:
    model = ScriptedModel(ANSWERS, usage=Usage(100, 20, 0, 0.01), worst=0.02)
    use(house, model)
    read, told = await ask(house)
    assert (read.new, read.passages, read.models, round(read.cost or 0, 3), read.stopped) == (
        3,
        3,
        ("scripted",),
        0.03,
        "",
    )
    assert [(step.done, step.total, step.worst) for step in told] == [(0, 3, 0.06), (1, 3, 0.06), (2, 3, 0.06)]
    assert all(turn.startswith("facts/") and spent == 0.01 for turn, spent in costs(house)) and len(costs(house)) == 3
    assert {one.rule for one in house.facts.statements()} == {"model scripted"}
    assert (await ask(house))[0].passages == 0 and len(model.requests) == 3


async def test_what_is_asked_about_is_read_and_no_more_than_was_allowed(house: House) -> None:
    model = ScriptedModel(ANSWERS)
    use(house, model)
    read, _ = await ask(house, about="cherries", most=1)
    assert read.passages == 1 and "cherries" in model.requests[0].messages[0].text


async def test_what_was_found_before_the_cap_or_a_failure_stays(house: House) -> None:
    model = ScriptedModel(ANSWERS, usage=Usage(cost=0.03), worst=0.03)
    use(house, model, "[caps]\nper_turn_usd = 0.07\n")
    read, _ = await ask(house)
    assert read.new == read.passages == 2 and "caps.per_turn_usd" in read.stopped
    use(house, ScriptedModel([[ProviderDown("It is down.")]], name="other"))
    with pytest.raises(ProviderDown):
        await ask(house)
    use(house, ScriptedModel(ANSWERS, worst=3.0))
    with pytest.raises(OverBudget):
        await ask(house)
    assert len(house.facts.statements()) == 2


async def test_the_librarian_is_told_that_it_reads_by_rule_alone(house: House) -> None:
    with pytest.raises(BadInput, match="by rule alone"):
        await ask(house)


async def test_nothing_is_read_in_the_background_unless_a_cap_is_set(house: House) -> None:
    model = ScriptedModel(ANSWERS)
    use(house, model)
    assert not await IdleReading(house).step()
    assert model.requests == []


async def test_the_background_keeps_to_its_own_cap_and_to_the_days(house: House) -> None:
    model = ScriptedModel(ANSWERS, usage=Usage(cost=0.02), worst=0.03)
    use(house, model, "[caps]\nbackground_usd_per_day = 0.06\n")
    idle = IdleReading(house)
    assert [await idle.step() for _ in range(3)] == [True, True, False]
    assert len(model.requests) == 2 and all(turn.startswith(READING_FACTS) for turn, _ in costs(house))
    use(house, model, "[caps]\nbackground_usd_per_day = 1.0\nper_day_usd = 0.04\n")
    assert not await idle.step() and len(model.requests) == 2
    use(house, model, "[caps]\nbackground_usd_per_day = 1.0\n")
    assert [await idle.step() for _ in range(2)] == [True, False]
    assert len(model.requests) == 3 == len(house.facts.statements())


async def test_a_price_that_is_not_known_counts_as_much(house: House) -> None:
    model = ScriptedModel(ANSWERS, worst=None)
    use(house, model, "[caps]\nbackground_usd_per_day = 0.4\n")
    assert not await IdleReading(house).step() and model.requests == []


async def test_a_turn_that_begins_cuts_reading_short_and_the_passage_is_read_later(
    house: House,
) -> None:
    model = ScriptedModel([["[", 60.0]], worst=0.01)
    use(house, model, "[caps]\nbackground_usd_per_day = 0.4\n")
    reading = asyncio.create_task(IdleReading(house).step())
    await begun(model)
    house.turns = BusyTurns()
    assert not await reading
    assert model.cancelled == 1 and [spent for _, spent in costs(house)] == [0.01]
    assert house.facts.read_by("scripted") == set()


async def test_what_went_while_it_was_read_leaves_no_fact(house: House) -> None:
    model = ScriptedModel([[0.3, answer("plums", "Plums")]])
    use(house, model)
    note = house.home.notes / "a.md"
    note.write_text("Plums, plums, plums in autumn.")
    house.memory.import_path(house.home.notes)
    reading = asyncio.create_task(ask(house, about="plums", most=1))
    await begun(model)
    note.write_text("Nothing.")
    house.memory.import_path(house.home.notes)
    read, _ = await reading
    assert (read.new, house.facts.statements()) == (0, [])
