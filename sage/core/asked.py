"""What a turn asked of models, step by step: from it a case can be made, and its tools can be answered again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from msgspec import Struct

from sage.core.labels import LOCAL_ONLY
from sage.core.messages import Message, ModelRequest, ToolCall

KEPT_TURNS = 200
"""The newest turns of which this is kept."""


class Asked(Struct, frozen=True, omit_defaults=True):
    """One step: what `model` was asked, what it said (its marks checked), what it called, and what the tools answered.

    `undone` are those calls, by id, that came to nothing (they failed, or the person said no); `cited` the passages that its words
    rest on, by id; `local`: words that no model elsewhere may read stand in it.
    """

    model: str
    request: ModelRequest
    text: str
    calls: tuple[ToolCall, ...] = ()
    results: tuple[Message, ...] = ()
    undone: tuple[str, ...] = ()
    cited: tuple[str, ...] = ()
    local: bool = False


class AskedTurn(Struct, frozen=True):
    """A whole turn's steps, with the conversation it stands in."""

    turn: str
    conversation: str
    steps: tuple[Asked, ...]
    documents: tuple[str, ...] = ()


def is_local(request: ModelRequest) -> bool:
    """Whether passages or examples of a request are for models on this machine alone."""
    marked = any(LOCAL_ONLY in hit.audience for hit in request.passages)
    return marked or any(each.local for each in request.examples)


def sources_of(steps: Iterable[Asked]) -> tuple[str, ...]:
    """What the words of some steps come from: passages by id, their documents, and what examples were made of."""
    requests = [step.request for step in steps]
    hits = [hit for request in requests for hit in request.passages]
    named = [name for hit in hits for name in (hit.id, f"file/{hit.root}/{hit.source}")]
    shown = [name for request in requests for each in request.examples for name in each.rests_on]
    return tuple(dict.fromkeys([*named, *shown]))


def rests_on(documents: Iterable[str], marked: frozenset[str]) -> bool:
    """Whether any of what words come from is among passages by id and notes by absolute path."""
    return not marked.isdisjoint(name.removeprefix("file/") for name in documents)


def mapped(value: Any, change: Callable[[str], str]) -> Any:
    """Plain data with each of its texts changed; the keys of tables stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: mapped(each, change) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [mapped(each, change) for each in value]
    return value


def without_secrets(step: Asked, hide: Callable[[str], str]) -> Asked:
    """A step with whatever `hide` finds in its words taken out."""
    return msgspec.convert(mapped(msgspec.to_builtins(step), hide), Asked)
