"""One answer as litellm streams it: its text, its calls, and what its server says that it used."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sage.core.chat_prompt import estimate_tokens, most_request_tokens, read_arguments, request_tokens, whole
from sage.core.messages import ModelRequest, ToolCall, Usage
from sage.core.written_calls import WrittenCalls

TIMES_LONGER, LEAST_LONG, MOST_PIECES = 8, 4000, 200_000
"""An answer has so many times the tokens that were asked for, and more than so many at all, or so many pieces of any kind (such as
thoughts that are not shown): it does not end by itself."""
TIMES_STATED, LONG_THOUGHTS = 10, 200_000
"""Usage beyond so many times what a request can have, or so many tokens of an answer, is no usage."""


def stated_usage(raw: Any, request: ModelRequest) -> Usage | None:
    """What a server says that it used, without its price; None if that cannot be, such as fewer tokens than none."""
    details = getattr(raw, "prompt_tokens_details", None)
    cached = getattr(details, "cached_tokens", None) or 0
    thought = getattr(raw, "completion_tokens_details", None)
    reasoning = getattr(thought, "reasoning_tokens", None) or 0
    read, written = raw.prompt_tokens, raw.completion_tokens or 0
    most_read = TIMES_STATED * most_request_tokens(request)
    most_written = max(TIMES_STATED * request.max_tokens, LONG_THOUGHTS)
    if not (0 <= cached <= read <= most_read and 0 <= reasoning <= written <= most_written):
        return None
    return Usage(read, written, cached, reasoning_tokens=reasoning)


@dataclass
class _CallParts:
    """A tool call as its pieces arrive."""

    id: str
    name: str = ""
    written: str = ""


@dataclass
class StreamedAnswer:
    """What has been streamed so far. `taken` are call ids of earlier turns."""

    taken: Sequence[str]
    written: WrittenCalls
    usage: Any = None
    stop: Literal["end", "tools", "length"] = "end"
    tokens: int = 0
    thoughts: int = 0
    """Tokens of what is not shown."""
    pieces: int = 0
    _parts: list[_CallParts] = field(default_factory=list)
    _places: dict[int, int] = field(default_factory=dict)
    _half: str = ""

    def take(self, chunk: Any) -> str:
        """Adds a chunk; returns its text."""
        self.pieces += 1
        self.usage = getattr(chunk, "usage", None) or self.usage
        if not chunk.choices:
            return ""
        choice = chunk.choices[0]
        if choice.finish_reason == "length":
            self.stop = "length"
        for piece in choice.delta.tool_calls or ():
            self._take_piece(piece)
        text = self._whole(choice.delta.content or "")
        self.tokens += estimate_tokens(text)
        self.thoughts += estimate_tokens(getattr(choice.delta, "reasoning_content", None) or "")
        return self.written.feed(text)

    @property
    def begun(self) -> bool:
        """Whether anything of it came, be it shown or not."""
        return bool(self.tokens or self.thoughts)

    def guessed_usage(self, request: ModelRequest) -> Usage:
        """What it used, by its length."""
        written = self.tokens + self.thoughts
        return Usage(request_tokens(request), written, reasoning_tokens=self.thoughts, estimated=True)

    def is_endless(self, asked: int) -> bool:
        """Whether it is far longer than the tokens that were `asked` for at most, so that it may never end."""
        return self.tokens > max(TIMES_LONGER * asked, LEAST_LONG) or self.pieces > MOST_PIECES

    def _whole(self, text: str) -> str:
        """The text without halves of characters: some providers cut an emoji in two, and half of one cannot be kept."""
        text = self._half + text
        self._half = text[-1:] if "\ud800" <= text[-1:] <= "\udbff" else ""
        return whole(text.removesuffix(self._half))

    def _take_piece(self, piece: Any) -> None:
        place = self._places.get(piece.index)
        begun = self._parts[place] if place is not None else None
        # Some providers number every call 0; a second id with a name is another call all the same.
        if begun is None or (piece.id and begun.id and piece.id != begun.id and piece.function.name):
            self._places[piece.index] = len(self._parts)
            begun = _CallParts(piece.id or "")
            self._parts.append(begun)
        begun.name = begun.name or piece.function.name or ""
        written = piece.function.arguments or ""
        begun.written += written
        self.tokens += estimate_tokens(written)

    def calls(self) -> tuple[list[ToolCall], str]:
        """The finished calls, each with an id that no other in the conversation has, and text that was held back."""
        seen, calls = set(self.taken), []
        for parts in self._parts:
            call_id = parts.id if parts.id and parts.id not in seen else f"call_{uuid.uuid4().hex[:16]}"
            seen.add(call_id)
            calls.append(ToolCall(call_id, parts.name, read_arguments(whole(parts.written))))
        written, rest = self.written.finish()
        if not calls:
            calls = [ToolCall(f"call_{uuid.uuid4().hex[:16]}", name, arguments) for name, arguments in written]
        if calls and self.stop == "end":
            self.stop = "tools"
        return calls, rest
