"""One call of a model as the ledger wants it: its worst cost set aside first, its time taken, its real cost written after."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import aclosing

from sage.core.errors import ModelTrouble, NoAnswer, OverBudget, StreamBroken
from sage.core.ledger import Ended, Ending, Job
from sage.core.messages import Finished, ModelEvent, ModelRequest, Usage
from sage.core.ports import Budget, ChatModel, Clock


async def metered(
    model: ChatModel, request: ModelRequest, budget: Budget, clock: Clock, job: Job
) -> AsyncGenerator[ModelEvent, None]:
    """What the model streams, up to its `Finished`; to be closed by whoever stops earlier (`aclosing`).

    Raises OverBudget (then the model was not asked), what the model raises, and StreamBroken when it ends without `Finished`.
    A call that is cut short does not say what it cost: its worst stays booked.
    """
    worst = await model.worst_cost(request)
    reserved = await _reserve(model.name, worst, budget, clock, job)
    watch = asyncio.get_running_loop().time
    began, first = watch(), None
    used = Usage(cost=None)
    ended: Ended = "cut"
    try:
        async with aclosing(model.stream(request)) as events:
            async for event in events:
                if isinstance(event, Finished):
                    used, ended = event.usage, "whole"
                    yield event
                    return
                first = watch() - began if first is None else first
                yield event
        raise StreamBroken(f"{model.name} stopped in the middle.", safe="What was said is kept.")
    except ModelTrouble as trouble:
        # A half call shows nothing, and who took a request may charge it whatever comes.
        if first is None and not isinstance(trouble, StreamBroken | NoAnswer):
            used, ended = Usage(), "failed"
        raise
    finally:
        ending = Ending(ended, first, watch() - began)
        await asyncio.shield(asyncio.to_thread(budget.settle, reserved, used, clock.now(), ending))


async def _reserve(model: str, worst: float | None, budget: Budget, clock: Clock, job: Job) -> str:
    """The reservation's id. Whoever is stopped meanwhile asks nobody, and leaves nothing set aside."""
    reserving = asyncio.ensure_future(asyncio.to_thread(budget.reserve, model, worst, job, clock.now()))
    try:
        return await asyncio.shield(reserving)
    except asyncio.CancelledError:
        with contextlib.suppress(OverBudget):
            await asyncio.to_thread(budget.settle, await reserving, Usage(), clock.now(), Ending("failed"))
        raise
