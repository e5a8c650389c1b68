"""What is typed into memory's search line: words to search for, and words that narrow the search."""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

Kind = Literal["all", "notes", "talks", "facts", "map"]
KINDS: tuple[Kind, ...] = ("all", "notes", "talks", "facts", "map")

_NARROWING = re.compile(r"(?<!\S)(in|for|at):(\S*)(?:\s+|$)")


class Search(Struct, frozen=True):
    """`words` to search for ("" for all) in one `kind`; `recipients` as in `recall`; `at` names days in words, for facts
    as they stood then ("" for now)."""

    words: str = ""
    kind: Kind = "all"
    recipients: tuple[str, ...] | None = None
    at: str = ""


def read_search(typed: str) -> Search:
    """`in:notes`, `in:talks` and `in:facts` narrow to a kind, `in:map` asks for the map around a
    place, `for:NAME` to what NAME may see, `at:2026-05` facts to what
    held then; the rest is searched for.

    Several `for:` mean what all of them may see, `for:public` alone what is public. A half-typed one narrows nothing.
    """
    kind: Kind = "all"
    at = ""
    names: list[str] = []
    for name, value in _NARROWING.findall(typed):
        if name == "for":
            names += [value] if value else []
        elif name == "at":
            at = value
        else:
            kind = next((known for known in KINDS if value and known.startswith(value.lower())), kind)
    recipients = tuple(dict.fromkeys(name for name in names if name != "public")) if names else None
    return Search(" ".join(_NARROWING.sub("", typed).split()), kind, recipients, at)


def with_kind(typed: str, kind: Kind) -> str:
    """The same search in another kind."""
    rest = re.sub(r"(?<!\S)in:\S*\s*", "", typed)
    return rest if kind == "all" else f"in:{kind} {rest}"


def with_recipients(typed: str, names: str) -> str:
    """The same search of what others may see: names with blanks or commas between them, none for the person's own."""
    rest = re.sub(r"(?<!\S)for:\S*\s*", "", typed)
    return "".join(f"for:{name} " for name in names.replace(",", " ").split()) + rest
