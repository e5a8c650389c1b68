"""The prompt for a small model on this machine: short, and the same bytes first in every turn.

Reading the prompt is what takes time on a processor, and what was read before is kept as long as the bytes before it
did not change. So the order is: system text and tools, then the past, then what was found and the time, the question
last. Within one turn everything up to the question stays as it is while tool results are added behind it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sage.core.messages import Message, ModelRequest, ToolSpec
from sage.core.passages import Hit

PASSAGES = 4
"""How many passages are shown, the best first."""
PASSAGE_CHARACTERS = 420
"""About 100 tokens of a passage; 0.5B and 1.5B models read some 30 to 60 tokens a second on one core."""

HOW_TO_ACT = (
    'Answer with one JSON object. To talk: {"tool":"reply","text":"…"}. To act: {"tool":"NAME","arguments":{…}}.\n'
    "Act only when asked to. Tools:"
)
HOW_TO_CITE = "Answer from these notes only, in one to three sentences. After each fact write its number like [1]."


def render(request: ModelRequest) -> list[dict[str, str]]:
    """Chat messages with `role` and `content`; the same request always gives the same bytes."""
    asked = max((n for n, message in enumerate(request.messages) if message.role == "user"), default=-1)
    rendered = [{"role": "system", "content": _system(request.system, request.tools)}]
    for number, message in enumerate(request.messages):
        content = _question(request, message.text) if number == asked else _past(message)
        rendered.append({"role": message.role, "content": content})
    return rendered


def _system(system: str, tools: Sequence[ToolSpec]) -> str:
    if not tools:
        return system.strip()
    return "\n".join([system.strip(), "", HOW_TO_ACT, *(_tool_line(tool) for tool in tools)])


def _tool_line(tool: ToolSpec) -> str:
    return f"- {tool.name}({', '.join(_parameters(tool.schema))}): {tool.description.strip()}"


def _parameters(schema: Mapping[str, Any]) -> list[str]:
    required = schema.get("required", ())
    lines = []
    for name, rule in schema.get("properties", {}).items():
        choices = "|".join(str(choice) for choice in rule.get("enum", ()))
        about = choices or str(rule.get("description", "")).strip()
        lines.append(name + ("" if name in required else "?") + (f": {about}" if about else ""))
    return lines


def _past(message: Message) -> str:
    if message.calls:
        call = message.calls[0]
        return _json({"tool": call.name, "arguments": call.arguments})
    return message.text


def _question(request: ModelRequest, text: str) -> str:
    parts = []
    if request.passages:
        notes = [_passage(n, hit, text) for n, hit in enumerate(request.passages[:PASSAGES], 1)]
        parts += ["Notes:\n" + "\n".join(notes), HOW_TO_CITE]
    if request.context.strip():
        parts.append(request.context.strip())
    return "\n\n".join([*parts, text.strip()])


def _passage(number: int, hit: Hit, question: str) -> str:
    return f"[{number}] {hit.citation}\n{excerpt(hit.text, question)}"


def excerpt(text: str, question: str, limit: int = PASSAGE_CHARACTERS) -> str:
    """At most about `limit` characters of a passage: the run of whole sentences that shares most words with the question."""
    flat = " ".join(text.split())
    if len(flat) <= limit:
        return flat
    sentences = re.split(r"(?<=[.!?:])\s+", flat)
    wanted = _words(question)
    shared = [len(wanted & _words(sentence)) for sentence in sentences]
    best, chosen = -1, (0, 1)
    for first in range(len(sentences)):
        last, length = first, 0
        while last < len(sentences) and length + len(sentences[last]) < limit:
            length += len(sentences[last]) + 1
            last += 1
        score = sum(shared[first:last])
        if score > best:
            best, chosen = score, (first, max(last, first + 1))
    run = " ".join(sentences[slice(*chosen)])
    if len(run) > limit:
        run = run[:limit].rsplit(" ", 1)[0] + "…"
    return run


def _words(text: str) -> frozenset[str]:
    """Words by their first five letters, so that `reminder` meets `reminders`."""
    return frozenset(word[:5] for word in re.findall(r"\w{3,}", text.lower()))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
