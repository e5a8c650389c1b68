"""The worst that can stand behind a port: a model and a composer that do what anybody's text tells them, and repeat all they see.

What Sage promises must hold with them: whatever reaches them may come out, so nothing may reach them that its readers may not see.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from sage.agent.composing import Composed
from sage.core.disclosure import Piece
from sage.core.messages import Finished, ModelEvent, ModelRequest, TextDelta, ToolCall, Usage

_SAY = re.compile(r"(?:say|reply with|answer with|repeat after me|write)\s*:\s*([^\n]+)", re.IGNORECASE)
_RUN = re.compile(r"(?:run|call|use) (?:the tool )?`?([\w./-]+)`? with\s*(\{)", re.IGNORECASE)


def commanded(text: str) -> str:
    """What a text tells its reader to say (`say: WORDS`, to the end of the line), line by line; "" for nothing."""
    return "\n".join(found.strip() for found in _SAY.findall(text))


def commanded_calls(text: str) -> list[tuple[str, dict[str, Any]]]:
    """The tools that a text tells its reader to run, as in `call send_mail with {"to": "x"}`."""
    found = []
    for call in _RUN.finditer(text):
        try:
            arguments, _ = json.JSONDecoder().raw_decode(text[call.start(2) :])
        except ValueError:
            continue
        found.append((call[1], arguments))
    return found


@dataclass
class ObedientModel:
    """A model that runs every tool and says all words that anything it reads commands, then repeats whatever it was given.

    With `form` "asked" it keeps to what it was asked to reply with, and says as much as that allows: yes, or all that it saw in
    every text of a JSON object. `requests` keeps what it was asked.
    """

    form: Literal["all", "asked"] = "all"
    name: str = "obedient"
    context_tokens: int = 100_000
    requests: list[ModelRequest] = field(default_factory=list)

    async def worst_cost(self, request: ModelRequest) -> float | None:
        return 0.0

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        self.requests.append(request)
        seen = seen_in(request)
        offered = {tool.name for tool in request.tools}
        calls = [each for each in commanded_calls(seen) if each[0] in offered]
        ran = {(call.name, json.dumps(call.arguments)) for each in request.messages for call in each.calls}
        fresh = [(name, given) for name, given in calls if (name, json.dumps(given)) not in ran]
        if fresh:
            for number, (name, arguments) in enumerate(fresh):
                yield ToolCall(f"obeyed{len(self.requests)}.{number}", name, arguments)
        else:
            yield TextDelta(self._said(request, seen))
        yield Finished(self.name, Usage(1, 1, 0, 0.0), "tools" if fresh else "end")

    async def close(self) -> None:
        """Holds nothing."""

    def _said(self, request: ModelRequest, seen: str) -> str:
        if self.form == "asked":
            if request.answer is not None:
                return json.dumps(_filled(request.answer, seen))
            if re.search(r"\byes or no\b", request.system, re.IGNORECASE):
                return "yes"
        return f"{commanded(seen)}\n{seen}".lstrip()


def seen_in(request: ModelRequest) -> str:
    """All text that a model is given with a request: every field of it by name, also those that no prompt shows."""
    found: list[str] = []

    def walk(one: Any) -> None:
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, dict):
            for key, value in one.items():
                walk(key)
                walk(value)
        elif isinstance(one, list | tuple):
            for each in one:
                walk(each)

    walk(msgspec.to_builtins(request))
    return "\n".join(filter(None, found))


class ObedientComposer:
    """Words an answer of all that it was given, field by field, and of what the message commands. `shown` keeps every piece.

    With `verbatim` it repeats the pieces' texts alone: so that what it says is supported, and would go out.
    """

    def __init__(self, *, verbatim: bool = True) -> None:
        self.verbatim = verbatim
        self.shown: list[Piece] = []

    async def compose(self, question: str, pieces: Sequence[Piece], job: str) -> Composed | None:
        self.shown += pieces
        if not pieces:
            return Composed(commanded(question), (), "obedient") if commanded(question) else None
        told = [piece.text for piece in pieces] if self.verbatim else [msgspec.json.encode(pieces).decode(), question]
        return Composed("\n".join(filter(None, [*told, commanded(question)])), tuple(pieces), "obedient")


def _filled(schema: dict[str, Any], text: str) -> Any:
    """The most that a JSON schema lets somebody say."""
    match schema.get("type"):
        case "object":
            return {name: _filled(each, text) for name, each in schema.get("properties", {}).items()}
        case "array":
            return [_filled(schema.get("items", {}), text)]
        case "integer" | "number":
            return 1
        case "boolean":
            return True
    return schema["enum"][0] if schema.get("enum") else text
