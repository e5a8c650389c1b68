"""Tool calls that a model writes into its text, as small ones on local servers do.

Text that begins like such a call is held back until it is clear what it is; all other text passes at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sage.core.json_shapes import json_at

_BEGINS = re.compile(r"\s*(?:<tool_call>|<\|?tool_call\|?>|```(?:json|tool_call)?\s*\{|\{)", re.IGNORECASE)
_MAY_BEGIN = re.compile(r"\s*(?:<\|?[a-z_|]{0,10}|`{1,3}(?:[a-z_]{0,9}\s*)?)?\Z", re.IGNORECASE)


class WrittenCalls:
    """Reads one answer. `names` are the tools that were offered; with none, everything passes."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._held = ""
        self._passes = not self._names

    def feed(self, piece: str) -> str:
        """The text that can be shown."""
        if self._passes:
            return piece
        self._held += piece
        if _BEGINS.match(self._held) or _MAY_BEGIN.match(self._held):
            return ""
        self._passes = True
        held, self._held = self._held, ""
        return held

    def finish(self) -> tuple[list[tuple[str, dict[str, Any]]], str]:
        """The calls that were written, and the text that was held back and is none."""
        held, self._held, self._passes = self._held, "", True
        calls = []
        place = held.find("{")
        while place >= 0:
            try:
                found, end = json_at(held, place)
            except ValueError:
                break
            call = self._call(found)
            if call:
                calls.append(call)
            place = held.find("{", end)
        return (calls, "") if calls else ([], held)

    def _call(self, found: Any) -> tuple[str, dict[str, Any]] | None:
        if not isinstance(found, dict):
            return None
        name = found.get("name") or found.get("tool") or found.get("function")
        arguments = found.get("arguments", found.get("parameters", {}))
        return (
            (name, arguments) if isinstance(name, str) and name in self._names and isinstance(arguments, dict) else None
        )
