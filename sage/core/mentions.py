"""What is named with @ in the person's words: a note, goal, task or person by its name, as in @Garden.md or @"Grow beans"."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Literal, TypeVar

from msgspec import Struct

Kind = Literal["note", "goal", "task", "person", "file", "folder"]
N = TypeVar("N")

_MENTION = re.compile(r'(?<![^\s(])@(?:"([^"\n]{1,200})"|([^\s"@]{1,200}))')
_BEGUN = re.compile(r'(?<![^\s(])@(?:"([^"\n]*)|([^\s"@]*))$')
_AFTER_A_NAME = ".,;:!?)"


class Named(Struct, frozen=True):
    """What a mention may name; for a file or folder `name` is its absolute path."""

    kind: Kind
    name: str


def mentions(text: str) -> list[str]:
    """The names that are named in a text, each once; one without quotation marks also without what ends its sentence."""
    found: list[str] = []
    for match in _MENTION.finditer(text):
        quoted, plain = match[1], match[2]
        found += [quoted.strip()] if quoted else [plain, plain.rstrip(_AFTER_A_NAME)]
    return list(dict.fromkeys(name for name in found if name))


def begun(before: str) -> tuple[int, str] | None:
    """Where the mention that is being written begins, of the text before the cursor, and its name so far; None if there is none."""
    match = _BEGUN.search(before)
    return None if match is None else (match.start(), match[1] if match[1] is not None else match[2])


def written(name: str) -> str:
    """How a name is named."""
    return f"@{name}" if re.fullmatch(r'[^\s"@]+[^\s"@.,;:!?)]', name) else '@"' + name.replace('"', "'") + '"'


def nearness(sought: str, name: str) -> float | None:
    """How well a name fits what is sought, whose letters it has in their order; None if it has not.

    Letters that follow each other and those that begin a word count more, and a short name more than a long one.
    """
    letters, folded = sought.casefold(), name.casefold()
    place, score, before = 0, 0.0, -2
    for letter in letters:
        place = folded.find(letter, place)
        if place < 0:
            return None
        begins = place == 0 or not folded[place - 1].isalnum()
        score += 1.0 + 2.0 * (place == before + 1) + 1.5 * begins
        before = place
        place += 1
    return score + 3.0 * (letters in folded) - 0.01 * len(name)


def nearest(sought: str, things: Iterable[N], name: Callable[[N], str], limit: int) -> list[N]:
    """Those whose names fit best, the best first."""
    fits = [(near, thing) for thing in things if (near := nearness(sought, name(thing))) is not None]
    fits.sort(key=lambda each: (-each[0], name(each[1]).casefold()))
    return [thing for _, thing in fits[:limit]]
