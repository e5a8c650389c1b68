"""A case played again: the candidate gets the recorded opening, and its calls are answered from the record. Nothing is ever run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import msgspec
from msgspec import Struct

from sage.core.cases import CaseBody, Recorded, Wish, difference, fits_wish, wish_of
from sage.core.citations import cite
from sage.core.extracts import SAGE_SAYS
from sage.core.messages import Message, ModelRequest, ToolCall, Usage
from sage.core.trials import Divergence, Replayed

STEPS = 8
"""Model calls of one replay, as many as a turn has by default."""


class Said(Struct, frozen=True):
    """What a model said to one request: text and calls, what it used, and how long it took (seconds)."""

    text: str = ""
    calls: tuple[ToolCall, ...] = ()
    usage: Usage = Usage()
    seconds: float = 0.0


Asker = Callable[[ModelRequest], Awaitable[Said]]
"""Asks a model once. Raises a ModelTrouble."""


async def replay(body: CaseBody, ask: Asker, opening: ModelRequest | None = None, steps: int = STEPS) -> Replayed:
    """Plays a case with a model, from `opening` where it is not the recorded one.

    Calls that are in the record are answered as they were then, in whatever order and however many at once. A call that is not
    is a divergence: then the recorded calls are put in its place with their results, and the model words its answer from them.
    Raises what the model raises.
    """
    request, record = opening or body.opening, _Record(body)
    start, texts, forced = request, list[str](), False
    wished: list[Wish] = []
    diverged: list[Divergence] = []
    usage, seconds, limited = Usage(), 0.0, True
    for number in range(1, steps + 1):
        said = await ask(request)
        usage, seconds = usage + said.usage, seconds + said.seconds
        texts += [said.text.strip()] if said.text.strip() else []
        wished += map(wish_of, said.calls)
        if not said.calls:
            limited = False
            break
        strange = [wish_of(call) for call in said.calls if not record.knows(call)]
        diverged += [Divergence(number, wish, difference(wish, body.wishes)) for wish in strange]
        if strange and forced:
            break
        request = record.taught(start) if strange else record.answered(request, said.calls)
        forced = forced or bool(strange)
    known = [*SAGE_SAYS, request.unread, *(each.text for each in request.messages if each.role == "tool")]
    text, sources = cite("\n\n".join(texts), request.passages, known)
    return Replayed(
        text, tuple(wished), tuple(hit.id for hit in sources), tuple(diverged), usage, seconds, limited
    )  # fmt: skip


class _Record:
    """What tools answered when the case was recorded. The same call made again gets its next answer, then the last one again."""

    def __init__(self, body: CaseBody) -> None:
        self._body, self._now = body, body.now
        self._taken: set[tuple[int, int]] = set()

    def knows(self, call: ToolCall) -> bool:
        return self._find(call) is not None

    def answered(self, request: ModelRequest, calls: Sequence[ToolCall]) -> ModelRequest:
        """The request with the calls, their recorded results, and what those brought."""
        results, used = [], []
        for call in calls:
            place = self._find(call)
            assert place is not None
            self._taken.add(place)
            step = self._body.record[place[0]]
            used.append(step)
            results.append(msgspec.structs.replace(_result(step, place[1]), call_id=call.id))
        return _grown(request, calls, results, used)

    def taught(self, start: ModelRequest) -> ModelRequest:
        """The whole record in the place of what the candidate did, and no tools to go on with."""
        request = start
        for step in self._body.record:
            if step.calls:
                results = [_result(step, place) for place in range(len(step.calls))]
                request = _grown(request, step.calls, results, [step])
        return msgspec.structs.replace(request, tools=())

    def _find(self, call: ToolCall) -> tuple[int, int] | None:
        wish, last = wish_of(call), None
        for number, step in enumerate(self._body.record):
            for place, recorded in enumerate(step.calls):
                if fits_wish(wish, recorded.name, recorded.arguments, self._now):
                    last = (number, place)
                    if last not in self._taken:
                        return last
        return last


def _result(step: Recorded, place: int) -> Message:
    call = step.calls[place]
    none = Message("tool", "", call_id=call.id, name=call.name)
    return step.results[place] if place < len(step.results) else none


def _grown(
    request: ModelRequest, calls: Sequence[ToolCall], results: Sequence[Message], steps: Sequence[Recorded]
) -> ModelRequest:
    shown, offered = {hit.id for hit in request.passages}, {tool.name for tool in request.tools}
    found = {hit.id: hit for step in steps for hit in step.found if hit.id not in shown}
    more = {tool.name: tool for step in steps for tool in step.more if tool.name not in offered}
    return msgspec.structs.replace(
        request,
        messages=(*request.messages, Message("assistant", "", calls=tuple(calls)), *results),
        passages=(*request.passages, *found.values()),
        tools=(*request.tools, *more.values()),
    )
