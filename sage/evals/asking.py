"""Asking one model as cases are replayed: its cost set aside first, without another model when it fails."""

from __future__ import annotations

import time
from contextlib import aclosing

from sage.agent.metering import metered
from sage.agent.prompt import fit
from sage.core.ledger import Job
from sage.core.messages import Finished, ModelRequest, TextDelta, ToolCall, Usage
from sage.core.ports import Budget, ChatModel, Clock
from sage.evals.replay import Asker, Said


def asker(model: ChatModel, budget: Budget, clock: Clock, job: Job) -> Asker:
    """Asks the model, with the cost booked on `job`."""

    async def ask(request: ModelRequest) -> Said:
        text, calls, usage, began = "", list[ToolCall](), Usage(), time.monotonic()
        async with aclosing(metered(model, fit(request, model.context_tokens), budget, clock, job)) as events:
            async for event in events:
                match event:
                    case TextDelta(piece):
                        text += piece
                    case ToolCall():
                        calls.append(event)
                    case Finished():
                        usage = event.usage
        return Said(text, tuple(calls), usage, time.monotonic() - began)

    return ask
