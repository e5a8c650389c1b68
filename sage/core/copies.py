"""Copies of the agent that are sent out on a question each: how one question becomes several, and what each brings back."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from sage.core.json_shapes import json_at
from sage.core.messages import Message, ModelRequest
from sage.core.turns import Answer

MOST = 8
"""Copies that are sent out at once at most."""
SPLIT_TOKENS = 300
SYSTEM = (
    "You prepare research in a person's own notes. Break the question up into smaller ones that can be looked up apart from each "
    'other and together answer it. Write JSON: a list "questions", each a whole question that is understood by itself.'
)


class CopyBack(Struct, frozen=True):
    """What a copy brought back: its answer with sources, or what it failed at."""

    question: str
    answer: Answer | None = None
    trouble: str = ""


def split_request(question: str, many: int) -> ModelRequest:
    """Asks for so many questions out of one."""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {"questions": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": many}},
        "required": ["questions"],
        "additionalProperties": False,
    }
    said = Message("user", f"Break this up into {many} questions: {question.strip()}")
    return ModelRequest(system=SYSTEM, messages=(said,), max_tokens=SPLIT_TOKENS, answer=schema)


def read_split(said: str, question: str, many: int) -> tuple[str, ...]:
    """The questions that a model made of one: different ones, so many at most; the question itself if there are none."""
    start = said.find("{")
    try:
        value, _ = json_at(said, start) if start >= 0 else ({}, 0)
    except ValueError:
        value = {}
    listed = value.get("questions") if isinstance(value, dict) else None
    found = [" ".join(each.split()) for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
    return tuple(dict.fromkeys(filter(None, found)))[:many] or (question.strip(),)


def asked_apart(text: str) -> tuple[str, ...]:
    """The questions of a text that has several: one a line, or each up to its question mark."""
    lines = [line.strip(" -*\t") for line in text.splitlines()]
    if len(lines := [line for line in lines if line]) > 1:
        return tuple(dict.fromkeys(lines))
    parts = [f"{part.strip()}?" for part in text.split("?") if part.strip()]
    return tuple(dict.fromkeys(parts)) if text.rstrip().endswith("?") and len(parts) > 1 else (text.strip(),)
