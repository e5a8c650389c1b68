"""Long conversations made into notes, when the person asks. The turns stay as they are."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sage.agent.single_call import complete
from sage.core.citations import Citer
from sage.core.errors import NotFound
from sage.core.labels import LOCAL_ONLY
from sage.core.ledger import Job
from sage.core.messages import Message, ModelRequest
from sage.core.passages import Hit
from sage.core.plans import Summary
from sage.core.ports import Budget, ChatModel, Clock, Ledger, Notebook
from sage.core.providers import LIBRARIAN
from sage.core.summaries import SYSTEM, extract, parts_of, sides_of, summary_body, supported


class Summarizer:
    """Writes the summary of a conversation into a note that cites its turns."""

    def __init__(
        self, models: Sequence[ChatModel], ledger: Ledger, notebook: Notebook, budget: Budget, clock: Clock
    ) -> None:
        self._models, self._ledger, self._notebook, self._budget, self._clock = models, ledger, notebook, budget, clock

    async def summarize(self, conversation: str, note: str, *, stays: bool = False) -> Summary:
        """`note` is the new note's id; `stays`: it is for models on this machine alone, as the turns are. Without a model the
        lines are the conversation's own sentences. Raises NotFound."""
        turns = await asyncio.to_thread(self._ledger.history, conversation)
        sides = sides_of(turns)
        if not sides:
            raise NotFound(
                f"There is no conversation {conversation!r}.", safe="Nothing was written.", do="See: sage talk list"
            )
        lines: list[tuple[str, list[Hit]]] = []
        cost: float | None = 0.0
        models: dict[str, None] = {}
        for part in parts_of(sides):
            found, model, spent = await self._shorten(part, note)
            lines += found
            models[model] = None
            cost = None if cost is None or spent is None else cost + spent
        title = f"Summary of {' '.join(turns[0].said.split())[:50].strip()}"
        ids = tuple(dict.fromkeys(hit.id for _, rests_on in lines for hit in rests_on))
        fields = {"origin": "tool", "summary_of": conversation, "turns": " ".join(ids), "model": ", ".join(models)}
        fields |= {"audience": LOCAL_ONLY} if stays else {}
        written = await asyncio.to_thread(
            self._notebook.add_note, note, summary_body(title, lines), title=title, now=self._clock.now(), fields=fields
        )
        return Summary(written, ids, ", ".join(models), cost)

    async def _shorten(self, part: list[Hit], job: str) -> tuple[list[tuple[str, list[Hit]]], str, float | None]:
        """The lines of one part, who worded them, and the cost. What a model says that no turn supports is left out."""
        own: list[tuple[str, list[Hit]]] = [(f"{hit.speaker}: “{line}”", [hit]) for line, hit in extract(part)]
        if self._models[0].name == LIBRARIAN:
            return own, LIBRARIAN, 0.0
        request = ModelRequest(
            system=SYSTEM,
            messages=(Message("user", "Shorten this conversation."),),
            passages=tuple(part),
            max_tokens=400,
        )
        done = await complete(self._models, self._budget, self._clock, request, Job(job, "summary"))
        citer = Citer(part)
        text = citer.feed(done.text) + citer.finish()
        found = supported(text, citer.sources)
        return (found, done.model, done.usage.cost) if found else (own, LIBRARIAN, done.usage.cost)
