"""A model that says what it was told to say, for tests of everything around it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass, field

from sage.core.errors import ModelTrouble
from sage.core.messages import Finished, ModelEvent, ModelRequest, TextDelta, ToolCall, Usage

Step = str | ToolCall | ModelTrouble | float
"""A piece of text, a tool call, an error to raise at this place, or seconds to wait."""


@dataclass
class ScriptedModel:
    """Plays one list of steps a call, in order; after the last it repeats it. `requests` keeps what it was asked.

    Its calls cost `usage`; `worst` is what it says a call can cost at most, in US dollars,
    `odds` how sure it says that it is.
    """

    script: Sequence[Sequence[Step]]
    name: str = "scripted"
    context_tokens: int = 100_000
    usage: Usage = field(default_factory=lambda: Usage(10, 5, 0, 0.0))
    worst: float | None = 0.0
    odds: tuple[tuple[str, float], ...] = ()
    requests: list[ModelRequest] = field(default_factory=list)
    closed: int = 0
    cancelled: int = 0

    async def worst_cost(self, request: ModelRequest) -> float | None:
        return self.worst

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        steps = self.script[min(len(self.requests), len(self.script) - 1)]
        self.requests.append(request)
        called = False
        try:
            for step in steps:
                if isinstance(step, ModelTrouble):
                    raise step
                if isinstance(step, float):
                    await asyncio.sleep(step)
                elif isinstance(step, ToolCall):
                    called = True
                    yield step
                else:
                    for piece in _pieces(step):
                        yield TextDelta(piece)
            yield Finished(self.name, self.usage, "tools" if called else "end", self.odds)
        except (asyncio.CancelledError, GeneratorExit):
            self.cancelled += 1
            raise

    async def close(self) -> None:
        self.closed += 1


def _pieces(text: str) -> Iterable[str]:
    """A text as a model streams it: word by word."""
    start = 0
    for place, letter in enumerate(text):
        if letter == " " and place > start:
            yield text[start:place]
            start = place
    yield text[start:]
