"""What a small model may write, and how it is read while it is being written.

A small model is held by a grammar to one JSON object: `{"tool": "reply", "text": …}` to talk, or
`{"tool": NAME, "arguments": {…}}` to act. The text of a reply is decoded as it comes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sage.core.json_shapes import json_at
from sage.core.messages import ToolSpec

REPLY = "reply"
_REPLY_START = re.compile(
    r'\s*\{\s*"tool"\s*:\s*"reply"\s*,(?:\s*"notes"\s*:\s*\[(?P<notes>[^\]]*)\]\s*,)?\s*"text"\s*:\s*"'
)
_FENCE = re.compile(r"```(?:json)?\s*(\{.*?\})\s*```", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "/": "/", "\\": "\\", '"': '"'}
DEEPEST = 6
"""How often references are followed into each other; below that anything fits."""
_REPLACEMENT = "\ufffd"


def union_schema(tools: Sequence[ToolSpec], notes: Sequence[int] = ()) -> dict[str, Any]:
    """The JSON schema of a reply or one call of one of these tools, in their order, without references.

    `notes` are the numbers of the passages that are shown: a reply then names those it rests on before it begins.
    """
    properties: dict[str, Any] = {"tool": {"const": REPLY}}
    if notes:
        properties["notes"] = {"type": "array", "items": {"enum": list(notes)}, "maxItems": 3}
    properties["text"] = {"type": "string", "minLength": 1}
    reply = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    return {"anyOf": [reply, *(_call_schema(tool) for tool in tools)]}


def _call_schema(tool: ToolSpec) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"tool": {"const": tool.name}, "arguments": inlined(tool.schema)},
        "required": ["tool", "arguments"],
        "additionalProperties": False,
    }


def beginnings(odds: Iterable[tuple[str, float]], tools: Sequence[ToolSpec]) -> tuple[tuple[str, float], ...]:
    """Those of the likeliest tokens that can begin the name of one of these tools, or of a reply; the grammar allows no others."""
    names = (REPLY, *(tool.name for tool in tools))
    return tuple((token, likely) for token, likely in odds if token and any(name.startswith(token) for name in names))


def inlined(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with each `#/$defs/…` put where it is used (a nested schema has another root), without titles."""
    definitions = schema.get("$defs", {})

    def walk(node: Any, depth: int, naming: bool) -> Any:
        if isinstance(node, list):
            return [walk(entry, depth, False) for entry in node]
        if not isinstance(node, dict):
            return node
        reference = node.get("$ref", "")
        if isinstance(reference, str) and reference.startswith("#/$defs/"):
            if depth >= DEEPEST:
                return {}
            return walk(definitions.get(reference.removeprefix("#/$defs/"), {}), depth + 1, False)
        dropped = () if naming else ("$defs", "title", "default")
        return {key: walk(value, depth, key == "properties") for key, value in node.items() if key not in dropped}

    result: dict[str, Any] = walk(dict(schema), 0, False)
    return result


class TextDecoder:
    """Decodes the inside of a JSON string that comes in pieces; half an escape waits for its other half."""

    def __init__(self) -> None:
        self.closed = False
        self._held = ""
        self._high = ""

    def feed(self, piece: str) -> str:
        """The text that is certain now. What follows the closing quote is ignored."""
        out: list[str] = []
        data, self._held, at = self._held + piece, "", 0
        while at < len(data) and not self.closed:
            if data[at] != "\\":
                out.append(self._flush())
                if data[at] == '"':
                    self.closed = True
                else:
                    out.append(data[at])
                at += 1
                continue
            length = 6 if data[at + 1 : at + 2] == "u" else 2
            if at + length > len(data):
                self._held = data[at:]
                break
            out.append(self._escape(data[at + 1 : at + length]))
            at += length
        return "".join(out)

    def _escape(self, escape: str) -> str:
        if escape[0] != "u":
            return self._flush() + _ESCAPES.get(escape, escape)
        try:
            unit = int(escape[1:], 16)
        except ValueError:
            return self._flush() + _REPLACEMENT
        if 0xDC00 <= unit < 0xE000:
            if not self._high:
                return _REPLACEMENT
            high, self._high = int(self._high, 16), ""
            return chr(0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00))
        before = self._flush()
        if 0xD800 <= unit < 0xDC00:
            self._high = escape[1:]
            return before
        return before + chr(unit)

    def _flush(self) -> str:
        """A replacement for a first surrogate that stayed alone."""
        alone, self._high = self._high, ""
        return _REPLACEMENT if alone else ""


class ReplyReader:
    """Reads what a small model writes: text of a reply as it comes, a call at the end.

    `names` are the tools that may be called.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._all = ""
        self._text: TextDecoder | None = None
        self._told = ""
        self._notes: list[str] = []

    def feed(self, piece: str) -> str:
        """The next piece of the reply's text, "" while there is none."""
        if self._text is not None:
            return self._say(self._text.feed(piece))
        self._all += piece
        start = _REPLY_START.match(self._all)
        if not start:
            return ""
        self._text = TextDecoder()
        self._notes = re.findall(r"\d+", start["notes"] or "")
        return self._say(self._text.feed(self._all[start.end() :]))

    def _say(self, text: str) -> str:
        self._told += text
        return text

    def _marks(self, text: str) -> str:
        """The numbers of the notes that a reply rests on, where its text marks none."""
        if not self._notes or not text.strip() or re.search(r"\[\d", text):
            return ""
        return " " + " ".join(f"[{number}]" for number in dict.fromkeys(self._notes))

    def finish(self) -> tuple[str, dict[str, Any]] | str | None:
        """What is left at the end: a call (name and arguments), text that was not yet told, or None.

        Also finds a call that stands in a fence or among prose. Raises ValueError for an object that is cut off or
        names no tool.
        """
        if self._text is not None:
            return self._marks(self._told) or None
        for candidate in (self._all, *_FENCE.findall(self._all)):
            found = _object(candidate)
            if found is not None:
                return self._read(found)
        start = self._all.find("{")
        if start >= 0:
            found = _object(self._all[start:])
            if found is None and '"tool"' in self._all[start:]:
                raise ValueError("cut off")
            if found is not None and "tool" in found:
                return self._read(found)
        return self._all.strip() or None

    def _read(self, found: dict[str, Any]) -> tuple[str, dict[str, Any]] | str:
        name, arguments = found.get("tool"), found.get("arguments", {})
        if name == REPLY and isinstance(found.get("text"), str):
            notes = found.get("notes")
            self._notes = [str(one) for one in notes if isinstance(one, int)] if isinstance(notes, list) else []
            return str(found["text"]) + self._marks(str(found["text"]))
        if not isinstance(name, str) or name not in self._names or not isinstance(arguments, dict):
            raise ValueError("no such tool")
        return name, arguments


def _object(text: str) -> dict[str, Any] | None:
    """The JSON object at the start of a text, whatever follows it."""
    try:
        value, _ = json_at(text.strip())
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
