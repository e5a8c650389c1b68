"""What Sage proposes unasked, worded by a model when there is one; what is said in the end is the lint's decision."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sage.agent.single_call import complete
from sage.core.errors import ModelTrouble, OverBudget
from sage.core.ledger import Job
from sage.core.messages import Message, ModelRequest
from sage.core.ports import Budget, ChatModel, Clock
from sage.core.providers import LIBRARIAN
from sage.core.wording import Finding, Worded, lint, worded

ANSWER_TOKENS = 120
SYSTEM = (
    "You word a short message of a calm assistant to the person it works for. Say what the given sentences say, in one or "
    "two plain sentences of English. Keep every name, title, number and time exactly as it is. Add nothing: no advice, no "
    "praise, no feelings, no hurry, no jokes. Answer with the message alone."
)


@dataclass(frozen=True)
class Phraser:
    """Words a template anew with the first of `models` that answers."""

    models: Sequence[ChatModel]
    budget: Budget
    clock: Clock

    async def said(self, template: str, job: str, quoted: Iterable[str] = ()) -> Worded:
        """The template in a model's words, or itself: without a model, over the budget, or when a wording fails twice.

        `quoted` are the person's own words in it (titles, goals), which must stay; `job` is what the cost is booked on.
        """
        models = [model for model in self.models if model.name != LIBRARIAN]
        if not models:
            return Worded(template, "template", ())

        async def ask(text: str) -> str:
            request = ModelRequest(system=SYSTEM, messages=(Message("user", text),), max_tokens=ANSWER_TOKENS)
            return (await complete(models, self.budget, self.clock, request, Job(job, "nudge"))).text.strip()

        async def reword(text: str, findings: tuple[Finding, ...]) -> str:
            reasons = " ".join(dict.fromkeys(finding.why for finding in findings))
            return await ask(f"{template}\n\nThis wording was no good: {text}\n{reasons}\nWord it without that.")

        try:
            await asyncio.to_thread(lint, template)  # the first time it makes its rules, which takes some 0.3 s
            return await worded(await ask(template), template, reword, quoted)
        except (ModelTrouble, OverBudget):
            return Worded(template, "template", ())
