"""The librarian: no model at all. It does what it is plainly told, and answers in the words of what it found."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import datetime

from sage.core.extracts import (
    KEPT,
    NEAREST,
    NO_MODEL,
    NO_MODEL_NOTHING,
    NO_MODEL_OTHERS,
    NOTHING,
    answering,
    is_told,
    nearest,
    quotation,
)
from sage.core.facts.fact_questions import NO_FACTS
from sage.core.hit_words import is_own, origin_words
from sage.core.messages import Finished, ModelEvent, ModelRequest, TextDelta, ToolCall
from sage.core.passages import Hit
from sage.core.plain_commands import read_command
from sage.core.ports import ChatModel
from sage.core.words import gist

NAME = "librarian"


class CommandsFirst:
    """A model that leaves what is plainly commanded to the librarian: sure and at once, where a small model guesses."""

    def __init__(self, model: ChatModel, now: Callable[[], datetime]) -> None:
        self.model = model
        self._librarian, self._now = LibrarianModel(now), now

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def context_tokens(self) -> int:
        return self.model.context_tokens

    async def worst_cost(self, request: ModelRequest) -> float | None:
        return 0.0 if self._is_command(request) else await self.model.worst_cost(request)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        chosen = self._librarian if self._is_command(request) else self.model
        async with aclosing(chosen.stream(request)) as events:
            async for event in events:
                yield event

    async def close(self) -> None:
        await self.model.close()

    def _is_command(self, request: ModelRequest) -> bool:
        if request.messages[-1].role == "tool" and request.messages[-1].text == NO_FACTS:
            return False  # what no fact answers, the model may
        said = next(message.text for message in reversed(request.messages) if message.role == "user")
        command = read_command(said, self._now())
        return command is not None and command.tool in {tool.name for tool in request.tools}


class LibrarianModel:
    """Rules and quotations (implements the port `ChatModel`). `now` gives the wall time against which dates are read."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    @property
    def name(self) -> str:
        return NAME

    @property
    def context_tokens(self) -> int:
        return 1_000_000

    async def worst_cost(self, request: ModelRequest) -> float | None:
        return 0.0

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        last = request.messages[-1]
        if last.role == "tool":
            results = [
                message.text for message in request.messages[self._turn(request) + 1 :] if message.role == "tool"
            ]
            if results != [NO_FACTS]:
                yield TextDelta("\n".join(results))
                yield Finished(NAME)
                return
            last = request.messages[self._turn(request)]  # no fact: what was asked may stand in the passages
            for piece in self._quote(request, gist(last.text)):
                yield TextDelta(piece)
            yield Finished(NAME)
            return
        command = read_command(last.text, self._now())
        offered = {tool.name for tool in request.tools}
        if command and command.tool in offered:
            yield ToolCall(f"c{len(request.messages)}", command.tool, command.arguments)
            yield Finished(NAME, stop="tools")
            return
        if is_told(last.text):
            yield TextDelta(KEPT)
            yield Finished(NAME)
            return
        for piece in self._quote(request, gist(last.text)):
            yield TextDelta(piece)
        yield Finished(NAME)

    async def close(self) -> None:
        """Nothing to let go of."""

    def _turn(self, request: ModelRequest) -> int:
        return max(place for place, message in enumerate(request.messages) if message.role == "user")

    def _quote(self, request: ModelRequest, question: str) -> list[str]:
        found = answering(question, request.passages)
        if not found:
            places = nearest(question, request.passages)
            listed = "".join(f"\n- {hit.citation} [{number}]" for number, hit in places)
            asides = [f"\n\n*{aside}*" for aside in (request.unread, NO_MODEL_NOTHING) if aside]
            return [f"{NEAREST}\n{listed}" if places else NOTHING, *asides]
        pieces = []
        for number, hit in found:
            quoted = "\n".join(f"> {line}" for line in quotation(question, hit).splitlines())
            pieces.append(f"{_from(hit)} [{number}]:\n{quoted}\n\n")
        own = all(is_own(hit) for _, hit in found)
        return [*pieces, f"*{NO_MODEL if own else NO_MODEL_OTHERS}*"]


def _from(hit: Hit) -> str:
    """Where a quotation stands, and whose words it is unless it is of a note of the person's."""
    named = hit.speaker if hit.origin == "contact" else ""
    where = hit.heading or named or ("" if hit.speaker or not hit.root else "the beginning")
    whose = "" if is_own(hit) and hit.root and not hit.speaker else f" ({origin_words(hit)})"
    return f"From *{hit.source}*{f', {where}' if where else ''}{whose}"
