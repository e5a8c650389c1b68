"""Conflicts of tasks as the person sees them: both versions, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from sage.core.plans import account_name

Side = Literal["mine", "theirs", "both"]


class Difference(Struct, frozen=True):
    """One field of a task: as the person saw it, as they want it, and as it stands where it is kept."""

    field: str
    before: str
    mine: str
    theirs: str


class TaskConflict(Struct, frozen=True):
    """What the person has to decide about a task that is kept in `account`. `why` is a sentence, `sides` what can be chosen."""

    id: str
    account: str
    text: str
    why: str
    differences: tuple[Difference, ...]
    sides: tuple[Side, ...]


def conflict_lines(conflict: TaskConflict) -> Iterator[str]:
    """A conflict for a person, with what they can do."""
    yield f"{conflict.text}  · {account_name(conflict.account)}  [{conflict.id}]"
    yield f"    {conflict.why}"
    for one in conflict.differences:
        theirs = f"; theirs: {one.theirs}" if one.theirs else ""
        yield f"    {one.field}: yours: {one.mine}{theirs} (before: {one.before})"
    yield f"    sage task conflicts {conflict.id} {'|'.join(conflict.sides)}"
