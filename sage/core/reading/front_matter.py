"""The YAML block at the head of a note. Every value stays a string: nothing in it is executed or guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from sage.core.labels import Origin

LONGEST = 64 * 1024
"""Characters of a front matter that are read."""
MOST_VALUES = 5000
DEEPEST = 32
"""More values, or lists in lists, than these are not read: nested ones can overflow the stack of YAML's C library."""

_BLOCK = re.compile(r"---[ \t]*(?:\r\n|\r|\n)(.*?)^(?:---|\.\.\.)[ \t]*(?:\r\n|\r|\n|\Z)", re.DOTALL | re.MULTILINE)


class FrontMatter(Struct, frozen=True):
    """What a note's head says. `length` is where the body starts (characters); `audience` is None when none is given;
    `origin` is the person unless it says otherwise.

    `trouble` tells what is wrong with the block ("" when nothing is), at `trouble_line` (from 1); such a block is
    text like the rest, so `length` is 0 and `broken` is its length.
    """

    length: int = 0
    broken: int = 0
    title: str = ""
    when: str | None = None
    tags: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    audience: tuple[str, ...] | None = None
    origin: Origin = "user"
    properties: tuple[str, ...] = ()
    trouble: str = ""
    trouble_line: int = 0


def read_front_matter(text: str) -> FrontMatter:
    """The front matter at the very start of a note; an empty one when there is none."""
    block = _BLOCK.match(text)
    if block is None:
        return FrontMatter()
    values = _load(block)
    if isinstance(values, FrontMatter):
        return values
    return FrontMatter(
        length=block.end(),
        title=" ".join(_words(values.get("title"))),
        when=_moment(values.get("date") or values.get("created") or values.get("when")),
        tags=tuple(tag.lstrip("#") for key in ("tags", "tag") for tag in _listed(values.get(key), r"[,\s]+")),
        aliases=tuple(name for key in ("aliases", "alias") for name in _listed(values.get(key), r",")),
        audience=tuple(_listed(values["audience"], r",")) if "audience" in values else None,
        origin=_origin(values.get("origin")),
        properties=tuple(word for key, value in values.items() if key not in _READ for word in _words(value)),
    )


def head_of(text: str) -> tuple[Mapping[str, Any], int]:
    """What stands at the very start of a file that is no note: its values by name in lower case, and where the body starts.

    Raises ValueError, which says what is wrong, also when there is none.
    """
    block = _BLOCK.match(text)
    if block is None:
        raise ValueError("it does not begin with a block between two lines of ---")
    values = _load(block)
    if isinstance(values, FrontMatter):
        raise ValueError(f"{values.trouble} (line {values.trouble_line})")
    return values, block.end()


_AUDIENCE = re.compile(r"^([\"']?)audience\1\s*:", re.IGNORECASE | re.MULTILINE)
_READ = {"title", "date", "created", "when", "tags", "tag", "aliases", "alias", "audience", "origin"}


def _load(block: re.Match[str]) -> Mapping[str, Any] | FrontMatter:
    import yaml  # type: ignore[import-untyped]

    if block.end() > LONGEST:
        return FrontMatter(broken=block.end(), trouble=f"it is longer than {LONGEST:,} characters", trouble_line=1)
    if len(told := list(_AUDIENCE.finditer(block.group(1)))) > 1:  # YAML forbids it; to take either could show too much
        line = block.group(1).count("\n", 0, told[1].start()) + 2
        return FrontMatter(broken=block.end(), trouble="it says twice who may see it", trouble_line=line)
    try:
        found = _parse(block.group(1))
    except (yaml.YAMLError, UnicodeEncodeError) as error:  # the latter: half of a character
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "it has characters that YAML does not allow"
        # +1 because lines count from 1, +1 for the opening "---".
        return FrontMatter(broken=block.end(), trouble=str(problem), trouble_line=mark.line + 2 if mark else 1)
    if not found:
        return {}
    if not isinstance(found, dict):
        return FrontMatter(broken=block.end(), trouble="it is not a list of `name: value`", trouble_line=2)
    return {str(key).lower(): value for key, value in found.items() if isinstance(key, str)}


def _parse(text: str) -> Any:
    """The strings, lists and mappings of a YAML text that is neither too deep nor too much. Raises yaml.YAMLError."""
    import yaml

    # BaseLoader builds nothing else; the one in C is ten times as fast.
    loader = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
    depth = 0
    for values, event in enumerate(yaml.parse(text, Loader=loader), 1):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise yaml.MarkedYAMLError(problem="it is nested too deeply", problem_mark=event.start_mark)
        if values > MOST_VALUES:
            raise yaml.MarkedYAMLError(
                problem=f"it has more than {MOST_VALUES:,} values", problem_mark=event.start_mark
            )
    return yaml.load(text, Loader=loader)  # noqa: S506


def _words(value: Any) -> list[str]:
    """The plain values in a property: one, or those of a list. Deeper structure is not text."""
    values = value if isinstance(value, list) else [value]
    return [item.strip() for item in values if isinstance(item, str) and item.strip()]


def _listed(value: Any, between: str) -> list[str]:
    """A list that may be written as YAML or as one line."""
    if isinstance(value, str):
        return [part.strip() for part in re.split(between, value) if part.strip()]
    return _words(value)


def _origin(value: Any) -> Origin:
    """Whom the words come from: a note may say that they are not the person's own."""
    return value if value in ("contact", "web", "tool") else "user"


def _moment(value: Any) -> str | None:
    """An ISO 8601 date or time, or None when the value is none."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return moment.date().isoformat() if len(value.strip()) <= 10 else moment.isoformat()
