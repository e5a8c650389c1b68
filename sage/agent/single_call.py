"""One call of a model outside of a conversation: its worst cost set aside first, the next model when one fails."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing

from msgspec import Struct

from sage.agent.metering import metered
from sage.agent.prompt import fit
from sage.core.errors import ModelTrouble, StreamBroken
from sage.core.ledger import Job
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
    models: Sequence[ChatModel], budget: Budget, clock: Clock, request: ModelRequest, job: Job
) -> Completion:
    """The answer to one request; `job` is what its cost is booked on. Raises OverBudget, or the last model's trouble."""
    for place, model in enumerate(models):
        fitted, text = fit(request, model.context_tokens), ""
        try:
            async with aclosing(metered(model, fitted, budget, clock, job)) as events:
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
                        return Completion(text, event.model, event.usage, event.odds)
        except ModelTrouble:
            if place + 1 == len(models):
                raise
    raise AssertionError("there is always a model")
