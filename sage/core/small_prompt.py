"""The prompt for a small model on this machine: short, and the same bytes first in every turn.

Reading the prompt is what takes time on a processor, and what was read before is kept as long as the bytes before it
did not change. So the order is: system text and tools, examples, then the past, then what was found and the time, the question
last. Within one turn everything up to the question stays as it is while tool results are added behind it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from sage.core.authority import ASKING_WORDS
from sage.core.chat_prompt import examples_block
from sage.core.extracts import answering, quotation
from sage.core.messages import Example, Message, ModelRequest, ToolSpec
from sage.core.passages import Hit
from sage.core.plain_dates import find_date
from sage.core.words import STOP_WORDS, content_stems, stem, words

PASSAGES = 3
"""How many passages are shown at most. Each has about 100 tokens; on one core a 1.5B model reads some 30 a second."""
UNSURE_PASSAGES = 2
"""How many are shown when none of them covers the words of what was asked."""
SEARCH = "recall"
"""The tool that looks for passages; a turn's passages were found before the model is asked."""
DATES = frozenset({"due", "when", "date"})
"""Parameters that hold a date."""
ANY_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""Whether words name a date does not depend on the day."""
QUESTION_WORDS = frozenset(
    "who whom whose what when where which why how is are was were do does did am has have".split()
)

_MARK = re.compile(r"\s*\[\d+\]")
HOW_TO_ACT = (
    'Answer with one JSON object. Talk with {"tool":"reply","notes":[1],"text":"…"}: greetings, questions, and whatever '
    'the notes answer. Act with {"tool":"NAME","arguments":{…}} only when the person asks for that action. Tools:'
)
HOW_TO_CITE = "Reply from these notes in one or two whole sentences. If they do not answer it, say so."
"""The numbers are asked for by the grammar: in free text a 0.5B model marked none of seven answers."""


def render(request: ModelRequest) -> list[dict[str, str]]:
    """Chat messages with `role` and `content`; the same request always gives the same bytes."""
    asked = _place(request)
    shown_answers = examples_block([_unmarked(each) for each in request.examples])
    system = "\n\n".join(filter(None, (_system(request.system, request.tools), shown_answers)))
    rendered = [{"role": "system", "content": system}]
    for number, message in enumerate(request.messages):
        content = _question(request, message.text) if number == asked else _past(message)
        rendered.append({"role": message.role, "content": content})
    return rendered


def shown(request: ModelRequest) -> tuple[tuple[int, Hit], ...]:
    """The passages that a small model gets to see, with their numbers in the request.

    Those that cover the words of the question; if none does, the first few for a question and none for anything else
    (a greeting, a task to add): they would only mislead and cost time.
    """
    said = _said(request)
    covering = answering(said, request.passages, PASSAGES)
    if covering:
        return tuple(covering)
    return tuple(enumerate(request.passages[:UNSURE_PASSAGES], 1)) if is_question(said) else ()


def offered(request: ModelRequest) -> tuple[ToolSpec, ...]:
    """The tools that may be called for these words.

    All of them stand in the prompt, whose first bytes must not change, but a small model is quick to search again for
    what it was shown, and to write notes that nobody asked for. So it cannot call the search when passages are there,
    nor, for plain English, a tool of which the words name nothing; and a question changes nothing.
    (What a tool from outside does, nobody knows: it may be offered for a question, and asks.)
    """
    said = words(_said(request))
    tools = tuple(tool for tool in request.tools if tool.name != SEARCH or not shown(request))
    if not any(word in STOP_WORDS for word in said):
        return tools
    stems = {stem(word) for word in said}
    asks = said[0] in QUESTION_WORDS
    asked_for = tuple(
        tool for tool in tools if (tool.effect == "read" or tool.source or not asks) and stems & _vocabulary(tool)
    )
    if find_date(_said(request), ANY_DAY):
        return asked_for
    return tuple(msgspec.structs.replace(tool, schema=_undated(tool.schema)) for tool in asked_for)


def _undated(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema without its optional dates: where none was named, a small model invents one."""
    required = schema.get("required", ())
    properties = schema.get("properties", {})
    kept = {name: rule for name, rule in properties.items() if name in required or name not in DATES}
    return {**schema, "properties": kept}


def _vocabulary(tool: ToolSpec) -> frozenset[str]:
    """Stems of the words with which a person asks for a tool."""
    described = f"{tool.name.replace('_', ' ')} {tool.description}"
    return ASKING_WORDS.get(tool.name) or frozenset(content_stems(described))


def is_question(said: str) -> bool:
    """Whether the words ask for something to be told."""
    return said.rstrip().endswith("?") or bool(QUESTION_WORDS & set(words(said)[:1]))


def _place(request: ModelRequest) -> int:
    return max((n for n, message in enumerate(request.messages) if message.role == "user"), default=-1)


def _said(request: ModelRequest) -> str:
    place = _place(request)
    return request.messages[place].text if place >= 0 else ""


def _system(system: str, tools: Sequence[ToolSpec]) -> str:
    if not tools:
        return system.strip()
    return "\n".join([system.strip(), "", HOW_TO_ACT, *(_tool_line(tool) for tool in tools)])


def _unmarked(example: Example) -> Example:
    """Without the numbers of passages, which a small model gives beside its text."""
    return msgspec.structs.replace(example, answer=_MARK.sub("", example.answer))


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
    if notes := shown(request):
        lines = [f"[{number}] {hit.citation}\n{quotation(text, hit)}" for number, hit in notes]
        parts += ["Notes:\n" + "\n".join(lines), HOW_TO_CITE]
    if request.context.strip():
        parts.append(request.context.strip())
    return "\n\n".join([*parts, text.strip()])


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
