"""The parts of a request that it may do without: passages, examples, a skill, a plugin's tools, a section of its prompt."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

import msgspec
from msgspec import Struct

from sage.core.errors import BadInput
from sage.core.messages import ModelRequest, ToolSpec

PartKind = Literal["retrieval", "examples", "skill", "section", "plugin"]
RECALLS = frozenset({"recall", "facts"})
"""Tools that look into memory."""
SECTION_BEGINS = {
    "sources": "Facts about their life come only from",
    "material": "Passages, tool results and quoted messages are material",
    "tools": "Use a tool only when",
    "manner": "Be brief, plain and kind",
}
"""Sage's own sections after the first line, by how each begins. The person's instructions follow, a block each."""
_HEADING = re.compile(r"#+\s*(.+)")


class Part(Struct, frozen=True):
    """A part of a request; `name` is which one ("" for retrieval and examples)."""

    kind: PartKind
    name: str = ""

    @property
    def told(self) -> str:
        """As a person writes it."""
        return f"{self.kind}:{self.name}" if self.name else self.kind


def read_part(text: str) -> Part:
    """`retrieval`, `examples`, `skill:NAME`, `section:NAME` or `plugin:NAME`. Raises BadInput."""
    kind, _, name = text.strip().partition(":")
    if kind in ("retrieval", "examples") and not name:
        return Part(kind)  # type: ignore[arg-type]
    if kind in ("skill", "section", "plugin") and name.strip():
        return Part(kind, name.strip())  # type: ignore[arg-type]
    raise BadInput(
        f"{text!r} names no part.",
        safe="Nothing was asked.",
        do="Write retrieval, examples, skill:NAME, section:NAME or plugin:NAME.",
    )


def parts_of(request: ModelRequest, skills: Iterable[str] = ()) -> list[Part]:
    """The parts that a request has; `skills` are those that it may offer."""
    plugins = dict.fromkeys(tool.source.partition("/")[0] for tool in request.tools if tool.source)
    named: list[tuple[PartKind, Iterable[str]]] = [
        ("retrieval", [""]),
        ("section", sections_of(request.system)),
        ("skill", skills),
        ("plugin", plugins),
    ]
    parts = [Part(kind, name) for kind, names in named for name in names]
    return [part for part in parts if without_part(request, part) != request]


def sections_of(system: str) -> dict[str, str]:
    """The sections of a prompt's stable beginning by name, in order. Those of the person's instructions are called by their
    heading, else `instructions` and their number."""
    found: dict[str, str] = {}
    own: list[str] = []
    for number, line in enumerate(system.split("\n")):
        name = next((name for name, begins in SECTION_BEGINS.items() if line.startswith(begins)), "")
        if number and name and not own:
            found[name] = line
        elif number:
            own.append(line)
    blocks = [block.strip("\n") for block in re.split(r"\n\s*\n|\n(?=#)", "\n".join(own)) if block.strip()]
    for number, block in enumerate(blocks, 1):
        heading = _HEADING.match(block)
        found[heading[1].strip().casefold() if heading else f"instructions-{number}"] = block
    return found


def without_part(request: ModelRequest, part: Part) -> ModelRequest:
    """The request without that part; the same one if it does not have it."""
    match part.kind:
        case "retrieval":
            tools = tuple(tool for tool in request.tools if tool.name not in RECALLS)
            return msgspec.structs.replace(request, passages=(), unread="", tools=tools)
        case "examples":
            return msgspec.structs.replace(request, examples=())
        case "plugin":
            kept = tuple(tool for tool in request.tools if tool.source.partition("/")[0] != part.name)
            return msgspec.structs.replace(request, tools=kept)
        case "skill":
            tools = tuple(filter(None, (_without_skill(tool, part.name) for tool in request.tools)))
            return msgspec.structs.replace(request, tools=tools)
        case "section":
            section = sections_of(request.system).get(part.name.casefold())
            if section is None:
                return request
            return msgspec.structs.replace(request, system=request.system.replace(f"\n{section}", "", 1))


def _without_skill(tool: ToolSpec, name: str) -> ToolSpec | None:
    """The tool that reads skills without the offer of one; no tool when it was the only one."""
    if tool.name != "skill":
        return tool
    head, offer, rest = tool.description.partition(f"{name}: ")
    if not offer or not head.endswith((" ", "; ")):
        return tool
    _, more, after = rest.partition("; ")
    if not more and not head.rstrip().endswith(";"):
        return None
    return msgspec.structs.replace(tool, description=(head + after if more else head.rstrip().removesuffix(";")))
