"""A ritual's lines, worded by a model that the person wants for that; what is kept of it the rules decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sage.agent.single_call import complete
from sage.core.errors import ModelTrouble, OverBudget
from sage.core.ledger import Job
from sage.core.messages import Message, ModelRequest
from sage.core.ports import Budget, ChatModel, Clock
from sage.core.providers import LIBRARIAN
from sage.core.ritual_wording import checked_wordings, may_be_worded, numbered
from sage.core.rituals import RitualLine

ANSWER_TOKENS = 400
SYSTEM = (
    "You word the lines of a calm assistant's look at the day. Word each numbered line anew in one plain, short sentence of "
    "English, with its number. Keep every title, name, note and time exactly as it is written, in the same order. Add nothing "
    "and leave nothing out: no advice, no praise, no feelings, no hurry. Answer with the numbered lines alone."
)


@dataclass(frozen=True)
class RitualPhraser:
    """Words lines with the first of `models` that answers."""

    models: Sequence[ChatModel]
    budget: Budget
    clock: Clock

    async def wordings(self, lines: Sequence[RitualLine], job: str) -> dict[str, str]:
        """By the text of a line its wording, for those whose wording may be kept; none without a model, or over the budget.

        `job` is what the cost is booked on.
        """
        models = [model for model in self.models if model.name != LIBRARIAN]
        wanted = [line for line in lines if may_be_worded(line)]
        if not models or not wanted:
            return {}
        request = ModelRequest(
            system=SYSTEM, messages=(Message("user", numbered(wanted)),), max_tokens=ANSWER_TOKENS
        )  # fmt: skip
        try:
            answer = await complete(models, self.budget, self.clock, request, Job(job, "ritual"))
        except (ModelTrouble, OverBudget):
            return {}
        return checked_wordings(wanted, answer.text)
