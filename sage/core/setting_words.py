"""How settings are told: a value as it is typed, and what came of a change."""

from __future__ import annotations

import json
from typing import Any

GENERAL = "general"
"""The group of keys that stand in no table."""


def group_of(key: str) -> str:
    """The table of a dotted key."""
    head, dot, _ = key.partition(".")
    return head if dot or head in ("people", "grants", "servers") else GENERAL


def shown_value(value: Any) -> str:
    """A value as it can be typed: a text in quotes, a list in brackets."""
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def changed_words(key: str, value: Any, over: str) -> str:
    """What came of a change, in a sentence; `over` is the file that goes before settings.toml ("": none)."""
    told = f"{key} is {shown_value(value)} now."
    return f"Written, but {over} goes first: {told}" if over else told
