"""Bundles: cases and what was said of them as lines that the person reads, one by one, before they are given to anybody."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from sage.core.errors import BadInput
from sage.core.terminal_text import escape_json

_TITLED = frozenset({"case", "trial", "kind"})
UNWRITTEN = "Nothing was written."


class BundleCase(Struct, frozen=True):
    """A case as the bundle calls it (`name`) and as it is called here (`id`); `told` says what of its words goes in."""

    id: str
    name: str
    words: bool
    told: str


class Bundle(Struct, frozen=True):
    """The lines, what is told of each case, and how many different words of each kind were replaced."""

    lines: tuple[str, ...]
    cases: tuple[BundleCase, ...]
    replaced: dict[str, int]

    @property
    def mark(self) -> str:
        """What tells these lines from all others."""
        return mark_of(self.lines)


def told_lines(bundle: Bundle) -> list[str]:
    """What is in a bundle, before its lines are read."""
    lines = [f"{each.name} is {each.id}: {each.told}." for each in bundle.cases]
    found = ", ".join(f"{number} × {kind}" for kind, number in bundle.replaced.items())
    return [*lines, f"Replaced: {found or 'nothing'}. Rules do not find everything: read what is there."]


def mark_of(lines: Iterable[str]) -> str:
    """What tells some lines from all others: 8 hex digits of their SHA-256."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:8]


def words_of(line: str) -> str:
    """The words of a line, as they are typed (`\\n` for a new line); "" for one without words."""
    text = _object(line).get("text")
    return msgspec.json.encode(text).decode()[1:-1] if isinstance(text, str) else ""


def shown_parts(line: str) -> tuple[str, str]:
    """What a line is about in a few words, the name of its case first, and what it says."""
    found = _object(line)
    title = " ".join(str(found[name]) for name in ("case", "trial", "kind", "check") if name in found) or "bundle"
    said = found.get("text") or found.get("with") or {key: found[key] for key in found if key not in _TITLED}
    return title, said if isinstance(said, str) else as_line(said)


def edited(line: str, typed: str) -> str:
    """The line with other words. Raises BadInput for one that has none."""
    found = _object(line)
    if not isinstance(found.get("text"), str):
        raise BadInput("This line has no words to change.", safe="It stays as it is.", do="Strike it, or leave it.")
    try:
        text = msgspec.json.decode(f'"{typed}"', type=str)
    except msgspec.DecodeError:
        text = typed
    return as_line(found | {"text": text})


class Review:
    """The lines as the person leaves them. Raises BadInput for a number that is none of theirs."""

    def __init__(self, lines: Sequence[str], struck: Sequence[int] = ()) -> None:
        self.lines = list(lines)
        self._struck = set[int]()
        for number in struck:
            self.take(str(number))

    @property
    def kept(self) -> tuple[str, ...]:
        """Those that are not struck."""
        return tuple(line for number, line in enumerate(self.lines, 1) if number not in self._struck)

    def shown(self) -> Iterator[str]:
        """Each with its number; a struck one with a mark."""
        return (self.line(number) for number in range(1, len(self.lines) + 1))

    def is_struck(self, number: int) -> bool:
        """Whether a line stays out."""
        return number in self._struck

    def line(self, number: int) -> str:
        """A line with its number."""
        return f"{number:>4} {'struck' if self.is_struck(number) else self.lines[number - 1]}"

    def take(self, typed: str) -> int:
        """Does what was typed, and returns the number of the line."""
        first, _, words = typed.strip().partition(" ")
        if not first.isdecimal() or not 1 <= int(first) <= len(self.lines):
            raise BadInput(f"There is no line {first}.", safe=UNWRITTEN, do=f"Lines are 1 to {len(self.lines)}.")
        number = int(first)
        if words:
            self.lines[number - 1] = edited(self.lines[number - 1], words)
            self._struck.discard(number)
        else:
            self._struck ^= {number}
        return number


def checked(lines: Sequence[str], holds_key: Callable[[str], bool]) -> None:
    """Raises BadInput unless each line is an object of its own without a key."""
    if not lines:
        raise BadInput("No line is left.", safe=UNWRITTEN, do="Leave at least one.")
    for number, line in enumerate(lines, 1):
        if "\n" in line or "\r" in line or not _object(line):
            raise BadInput(f"Line {number} is no JSON object.", safe=UNWRITTEN, do="Strike it.")
        if holds_key(line):
            raise BadInput(f"A key stands in line {number}.", safe=UNWRITTEN, do="Change or strike it.")


def as_line(value: dict[str, Any]) -> str:
    """An object in one line that is shown just as it is written."""
    return escape_json(msgspec.json.encode(value).decode())


def _object(line: str) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(line)
    except msgspec.DecodeError:
        return {}
    return found if isinstance(found, dict) else {}
