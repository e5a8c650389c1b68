"""The words of a conversation: messages, what a model is asked, and what it streams back."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from sage.core.passages import Hit

Role = Literal["user", "assistant", "tool"]
Effect = Literal["read", "local", "outside", "outward"]
"""What a tool does: read; local and undoable; read elsewhere, so that its arguments leave this machine (the person allowed this
one tool); outward or destructive (needs an approval or a standing grant)."""


class ToolCall(Struct, frozen=True, tag=True):
    """A model's wish to run one tool. `id` is unique within the conversation."""

    id: str
    name: str
    arguments: dict[str, Any]


class Message(Struct, frozen=True, omit_defaults=True):
    """One entry of a conversation. A tool's result has role `tool`, the tool's `name` and the `call_id` it answers."""

    role: Role
    text: str
    calls: tuple[ToolCall, ...] = ()
    call_id: str = ""
    name: str = ""


class Image(Struct, frozen=True):
    """A picture for a model that can see: its media type, such as "image/png", and its bytes."""

    media: str
    data: bytes


class ToolSpec(Struct, frozen=True):
    """A tool as a model sees it. `schema` is the JSON schema of its arguments (an object).

    `source` is the account that it comes from, "" for Sage's own; `caution` is said to the person when they are asked.
    """

    name: str
    description: str
    schema: dict[str, Any]
    effect: Effect
    source: str = ""
    caution: str = ""


class Usage(Struct, frozen=True):
    """Tokens and money of one or more model calls. `cost` is in US dollars; None means the price is unknown.

    `estimated`: whoever answered did not count, so the tokens (and a cost made of them) are a guess. `reasoning_tokens` are those
    of `completion_tokens` that nobody was shown, where that is told.
    """

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    cost: float | None = 0.0
    estimated: bool = False
    reasoning_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        unknown = self.cost is None or other.cost is None
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.cached_tokens + other.cached_tokens,
            None if unknown else (self.cost or 0.0) + (other.cost or 0.0),
            self.estimated or other.estimated,
            self.reasoning_tokens + other.reasoning_tokens,
        )


class TextDelta(Struct, frozen=True, tag=True):
    """The next piece of an answer's text."""

    text: str


class Finished(Struct, frozen=True, tag=True):
    """The end of one model call. `model` is the name of whoever really answered; `odds` are the likeliest beginnings that its
    answer could have had, each a token with its probability, if that was asked for and the model can tell."""

    model: str
    usage: Usage = Usage()
    stop: Literal["end", "tools", "length"] = "end"
    odds: tuple[tuple[str, float], ...] = ()


ModelEvent = TextDelta | ToolCall | Finished


class Example(Struct, frozen=True):
    """An answer that the person kept, shown to another model so that it answers alike. `rests_on` are the sources of its words;
    `local`: they are for models on this machine alone."""

    id: str
    said: str
    answer: str
    rests_on: tuple[str, ...] = ()
    local: bool = False


class ModelRequest(Struct, frozen=True):
    """All that a model gets for one call.

    `system` is byte-stable for a profile (so that a prefix cache can be reused); `messages` end with the person's
    turn or with tool results; `passages` are numbered from 1 and cited as [1]; `context` is what changes each
    turn (the time, say) and belongs last; `unread` says why passages may be missing, if they may. `answer` is the JSON schema
    that the answer's text shall have, as far as the model can be held to it (None: plain text). With `odds`, the likeliest
    beginnings of the answer are wanted as well. `images` belong to what the person said last. `examples` stand behind what is
    stable, and are the same for each question of a kind for as long as nobody changes them.
    """

    system: str
    messages: tuple[Message, ...]
    passages: tuple[Hit, ...] = ()
    tools: tuple[ToolSpec, ...] = ()
    context: str = ""
    unread: str = ""
    max_tokens: int = 1024
    answer: dict[str, Any] | None = None
    odds: bool = False
    images: tuple[Image, ...] = ()
    examples: tuple[Example, ...] = ()
