"""Facts that a model finds, when the person asks for it: in chosen passages, within the budget, with words that verify."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from sage.agent.single_call import complete
from sage.core.errors import BadInput
from sage.core.facts.facts import Draft
from sage.core.facts.found_facts import SYSTEM, read_found
from sage.core.messages import Message, ModelRequest
from sage.core.passages import Hit
from sage.core.ports import Budget, ChatModel, Clock
from sage.core.providers import LIBRARIAN


class Finding(Struct, frozen=True):
    """What was found in which passage, by which models, and what it cost in US dollars (None: price unknown)."""

    drafts: tuple[tuple[Hit, tuple[Draft, ...]], ...]
    models: tuple[str, ...]
    cost: float | None


async def find_facts(
    models: Sequence[ChatModel], budget: Budget, clock: Clock, passages: Sequence[Hit], job: str
) -> Finding:
    """One call for each passage; only the person's own words are read. Raises BadInput without a model, or OverBudget."""
    if models[0].name == LIBRARIAN:
        raise BadInput(
            "No model is set, and rules have read everything already.",
            safe="Nothing was changed.",
            do="Choose one: sage models use …",
        )
    found: list[tuple[Hit, tuple[Draft, ...]]] = []
    cost: float | None = 0.0
    asked: dict[str, None] = {}
    for hit in passages:
        if hit.origin != "user":
            continue
        request = ModelRequest(system=SYSTEM, messages=(Message("user", hit.text),), max_tokens=500)
        done = await complete(models, budget, clock, request, job)
        asked[done.model] = None
        cost = None if cost is None or done.usage.cost is None else cost + done.usage.cost
        found.append((hit, read_found(done.text, hit.text, done.model)))
    return Finding(tuple(found), tuple(asked), cost)
