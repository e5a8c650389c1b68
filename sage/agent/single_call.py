"""One call of a model outside of a conversation: its worst cost set aside first, the next model when one fails."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

from msgspec import Struct

from sage.agent.prompt import fit
from sage.core.errors import ModelTrouble, StreamBroken
from sage.core.messages import Finished, ModelRequest, TextDelta, Usage
from sage.core.ports import Budget, ChatModel, Clock

LONGEST_TOKEN = 32
"""Characters for each token that was allowed, beyond which an answer is cut off: its server does not hold to what it was asked."""


class Completion(Struct, frozen=True):
    """What a model said, which model it was, what it used, and the likeliest beginnings of its answer (`Finished.odds`)."""

    text: str
    model: str
    usage: Usage
    odds: tuple[tuple[str, float], ...] = ()


async def complete(
    models: Sequence[ChatModel], budget: Budget, clock: Clock, request: ModelRequest, job: str
) -> Completion:
    """The answer to one request; `job` is what its cost is booked on. Raises OverBudget, or the last model's trouble."""
    for place, model in enumerate(models):
        fitted = fit(request, model.context_tokens)
        used, reserved, text = Usage(), "", ""
        try:
            worst = await model.worst_cost(fitted)
            reserved = await asyncio.to_thread(budget.reserve, model.name, worst, job, clock.now())
            used = Usage(cost=None)  # whoever is cut short does not say what it cost: then the worst stays booked
            async with aclosing(model.stream(fitted)) as events:
                async for event in events:
                    if isinstance(event, TextDelta):
                        text += event.text
                        if len(text) > LONGEST_TOKEN * fitted.max_tokens:
                            raise StreamBroken(
                                f"{model.name} wrote far more than it was asked for.",
                                safe="Nothing was changed.",
                                do="Choose another model with: sage models use NAME",
                            )
                    elif isinstance(event, Finished):
                        used = event.usage
                        return Completion(text, event.model, used, event.odds)
            raise StreamBroken(f"{model.name} stopped in the middle.", safe="Nothing was changed.")
        except ModelTrouble:
            used = used if text else Usage()
            if place + 1 == len(models):
                raise
        finally:
            if reserved:
                await asyncio.shield(asyncio.to_thread(budget.settle, reserved, used, clock.now()))
    raise AssertionError("there is always a model")
