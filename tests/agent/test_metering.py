from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from contextlib import aclosing
from datetime import datetime

import pytest

from sage.agent.metering import metered
from sage.core.errors import ModelTrouble, NoAnswer, OverBudget, ProviderDown, StreamBroken
from sage.core.ledger import Ended, Job
from sage.core.messages import Finished, Message, ModelRequest, ToolCall, Usage
from sage.testing.fakes import FakeBudget, FakeClock
from sage.testing.scripted_model import ScriptedModel, Step

JOB = Job("t1", "turn")
REQUEST = ModelRequest("", (Message("user", "Hello"),))
USED = Usage(10, 5, 0, 0.02)
UNKNOWN = Usage(cost=None)
CALL = ToolCall("c1", "look", {})


async def ask(steps: Sequence[Step], budget: FakeBudget, *, leave_after: int = 100) -> list[object]:
    model = ScriptedModel([steps], usage=USED, worst=0.05)
    heard: list[object] = []
    async with aclosing(metered(model, REQUEST, budget, FakeClock(), JOB)) as events:
        async for event in events:
            heard.append(event)
            if len(heard) == leave_after:
                break
    return heard


async def test_a_whole_call_is_booked_with_its_cost_its_job_and_its_times() -> None:
    budget = FakeBudget()
    heard = await ask([0.01, "One", 0.01], budget)
    assert heard[-1] == Finished("scripted", USED)
    assert (budget.jobs, budget.settled) == ([JOB], [USED])
    (ending,) = budget.endings
    assert ending.ended == "whole" and ending.first_seconds and ending.seconds
    assert 0.005 < ending.first_seconds <= ending.seconds - 0.005


@pytest.mark.parametrize(
    ("steps", "trouble", "ended", "booked"),
    [
        ([ProviderDown("Down.")], ProviderDown, "failed", Usage()),
        ([NoAnswer("Silent.")], NoAnswer, "cut", UNKNOWN),
        (["Half", StreamBroken("Cut.")], StreamBroken, "cut", UNKNOWN),
        ([CALL, StreamBroken("Cut.")], StreamBroken, "cut", UNKNOWN),
        ([StreamBroken("Cut within a call.")], StreamBroken, "cut", UNKNOWN),
    ],
)
async def test_a_call_that_is_refused_costs_nothing_and_one_that_was_taken_its_worst(
    steps: list[Step], trouble: type[ModelTrouble], ended: Ended, booked: Usage
) -> None:
    budget = FakeBudget()
    with pytest.raises(trouble):
        await ask(steps, budget)
    assert budget.settled == [booked] and [ending.ended for ending in budget.endings] == [ended]


async def test_whoever_leaves_or_is_stopped_leaves_the_worst_booked() -> None:
    budget = FakeBudget()
    await ask(["One two three"], budget, leave_after=1)
    asking = asyncio.create_task(ask([60.0], budget))
    await asyncio.sleep(0.02)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert budget.settled == [UNKNOWN] * 2 and [ending.ended for ending in budget.endings] == ["cut"] * 2


async def test_a_stream_that_just_stops_is_cut() -> None:
    class Stopping(ScriptedModel):
        async def stream(self, request: ModelRequest):  # type: ignore[no-untyped-def, override]
            async for event in super().stream(request):
                if not isinstance(event, Finished):
                    yield event

    budget = FakeBudget()
    with pytest.raises(StreamBroken):
        [event async for event in metered(Stopping([["One"]]), REQUEST, budget, FakeClock(), JOB)]
    assert budget.settled == [UNKNOWN]


async def test_over_the_cap_nobody_is_asked() -> None:
    model, budget = ScriptedModel([["One"]], worst=0.05), FakeBudget(cap=0.01)
    with pytest.raises(OverBudget):
        [event async for event in metered(model, REQUEST, budget, FakeClock(), JOB)]
    assert not model.requests and not budget.settled


async def test_who_is_stopped_while_money_is_set_aside_leaves_nothing_set_aside() -> None:
    class Slow(FakeBudget):
        reached, go = threading.Event(), threading.Event()

        def reserve(self, model: str, worst: float | None, job: Job, at: datetime) -> str:
            self.reached.set()
            assert self.go.wait(5)
            return super().reserve(model, worst, job, at)

    budget, model = Slow(), ScriptedModel([["One"]], worst=0.05)

    async def drain() -> None:
        [event async for event in metered(model, REQUEST, budget, FakeClock(), JOB)]

    asking = asyncio.create_task(drain())
    await asyncio.to_thread(budget.reached.wait, 5)
    asking.cancel()
    await asyncio.sleep(0)
    budget.go.set()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert budget.settled == [Usage()] and not model.requests
