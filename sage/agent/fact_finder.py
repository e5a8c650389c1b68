"""Facts that a model finds, passage by passage: within the budget, and only what the passage's words bear out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import Struct

from sage.agent.single_call import complete
from sage.core.errors import BadInput
from sage.core.facts.facts import Draft
from sage.core.ledger import Job
from sage.core.messages import Message, ModelRequest
from sage.core.ports import Budget, ChatModel, Clock
from sage.core.providers import LIBRARIAN

ANSWER_TOKENS = 400
"""What the facts of one passage may take."""


class Finding(Struct, frozen=True):
    """What was found in a passage, by which model, and what it cost in US dollars (None: price unknown)."""

    drafts: tuple[Draft, ...]
    model: str
    cost: float | None


@dataclass(frozen=True)
class FactFinder:
    """Asks the first of `models` that answers."""

    models: Sequence[ChatModel]
    budget: Budget
    clock: Clock

    def __post_init__(self) -> None:
        if self.models[0].name == LIBRARIAN:
            raise BadInput(
                "No model is set: the librarian reads facts by rule alone, and has read everything already.",
                safe="Nothing was sent anywhere.",
                do="Choose a model with: sage models use NAME",
            )

    @property
    def name(self) -> str:
        """The model that is asked first."""
        return self.models[0].name

    async def worst_cost(self, texts: Sequence[str]) -> float | None:
        """US dollars that reading these can cost at most; None if the price is not known."""
        whole = 0.0
        for text in texts:
            worst = await self.models[0].worst_cost(_request(text))
            if worst is None:
                return None
            whole += worst
        return whole

    async def read(self, text: str, when: str, job: str) -> Finding:
        """The facts of one passage; `when` is its ISO date ("" for none), `job` what its cost is booked on.

        Raises OverBudget, or the last model's trouble.
        """
        from sage.core.facts.found_facts import read_found  # here, as below: its patterns take 0.07 s to make

        done = await complete(self.models, self.budget, self.clock, _request(text), Job(job, "facts"))
        return Finding(read_found(done.text, text, done.model, when), done.model, done.usage.cost)


def _request(text: str) -> ModelRequest:
    from sage.core.facts.found_facts import SCHEMA, SYSTEM

    said = Message("user", f"For the passage:\n{text.strip()}\n\nthe answer is")
    return ModelRequest(system=SYSTEM, messages=(said,), max_tokens=ANSWER_TOKENS, answer=SCHEMA)
