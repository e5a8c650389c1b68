"""Agent Skills: folders with a SKILL.md that says how to do something (the format of agentskills.io/specification).

A skill is text. Nothing in it is run, and nothing in it allows anything: its `allowed-tools` is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from sage.core.passages import FileTrouble
from sage.core.reading.front_matter import head_of
from sage.core.terminal_text import clean

LONGEST_NAME, LONGEST_DESCRIPTION = 64, 1024
MOST_OFFERED = 30
"""Skills that a model is told of."""
MOST_CHARACTERS, SHORT_CHARACTERS = 4_000, 600
"""Characters that the list of skills may have in a prompt, and in that of a small model."""

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Skill(Struct, frozen=True):
    """A skill by its name and what it is for. `files` are the further ones in its folder, with `/` between names."""

    name: str
    description: str
    files: tuple[str, ...] = ()


class SkillsFound(Struct, frozen=True):
    """The skills by name, and what could not be read as one."""

    skills: tuple[Skill, ...] = ()
    troubles: tuple[FileTrouble, ...] = ()


def read_skill(folder: str, text: str, files: Sequence[str] = ()) -> tuple[Skill, str]:
    """The skill of a folder and its instructions. Raises ValueError, which says what is wrong with its SKILL.md."""
    values, start = head_of(text)
    name, description = (_plain(values.get(key), key) for key in ("name", "description"))
    if len(name) > LONGEST_NAME or not _NAME.fullmatch(name):
        raise ValueError("its name may have a-z, 0-9 and single hyphens between them, at most 64 characters")
    if name != folder:
        raise ValueError(f"it is called {name}, and its folder {folder}")
    if len(description) > LONGEST_DESCRIPTION:
        raise ValueError(f"its description has more than {LONGEST_DESCRIPTION} characters")
    return Skill(name, description, tuple(files)), text[start:].strip()


def offer(skills: Sequence[Skill], *, short: bool) -> str:
    """The skills as a model is told of them: all by name, and as much of what they are for as there is room for."""
    shown = skills[:MOST_OFFERED]
    room = (SHORT_CHARACTERS if short else MOST_CHARACTERS) // max(1, len(shown))
    return "; ".join(f"{skill.name}: {_cut(skill.description, room)}" for skill in shown)


def _plain(value: object, key: str) -> str:
    text = " ".join(clean(value).split()) if isinstance(value, str) else ""
    if not text:
        raise ValueError(f"it has no {key}")
    return text


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: max(0, longest - 2)].rstrip() + " …"
