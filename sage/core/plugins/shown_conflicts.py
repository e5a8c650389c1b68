"""Changes of tasks that the person has to decide about, made ready to be shown."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET

from sage.core.plans import account_name
from sage.core.plugins.conflict_words import Difference, Side, TaskConflict
from sage.core.plugins.task_conflicts import Completion, TaskChange, ours, sides
from sage.plugin_api import Change, Task

_CALLED = {"text": "words", "due": "due", "priority": "priority", "parent": "part of"}


def conflict_of(change: TaskChange) -> TaskConflict:
    """A conflict, or a change that was refused, as it is shown."""
    before = change.base.text if change.base else ours(change).text
    return TaskConflict(change.id, change.account, before, _why(change), tuple(_differences(change)), sides(change))


def _why(change: TaskChange) -> str:
    where = account_name(change.account)
    if change.state == "refused":
        return f"{where} does not take it: {change.reason or 'it says no more.'}"
    if change.theirs is None:
        return f"It was deleted in {where}."
    if (
        isinstance(change.wanted, Completion)
        and change.base
        and change.base.recurs
        and change.base.due != change.theirs.due
    ):
        return f"In {where} it has moved on: it may be done there already."
    return f"It changed in {where} as well."


def _differences(change: TaskChange) -> Iterator[Difference]:
    base, theirs = change.base, change.theirs
    if isinstance(change.wanted, Completion):
        there = f"open, due {_said(theirs, 'due')}" if theirs else ""
        yield Difference("state", f"open, due {_said(base, 'due')}", "done", there)
        if base and theirs and base.text != theirs.text:
            yield Difference("words", base.text, base.text, theirs.text)
    elif isinstance(change.wanted, Change):
        for field, name in _CALLED.items():
            if getattr(change.wanted, field) is not UNSET:
                mine = ours(change)
                yield Difference(name, _said(base, field), _said(mine, field), _said(theirs, field) if theirs else "")


def _said(task: Task | None, field: str) -> str:
    value = str(getattr(task, field)) if task else ""
    zone = f" ({task.zone})" if task and field == "due" and task.zone and "T" in value else ""
    return f"{value.replace('T', ' ') if field == 'due' else value}{zone}" or "none"


def settled_words(change: TaskChange, side: Side) -> str:
    """What became of a conflict after the person chose."""
    where = account_name(change.account)
    match change.state:
        case "dropped":
            return f"It stays as it is in {where}: {change.theirs.text if change.theirs else change.text}"
        case "done":
            made = "A second task stands" if side == "both" else "Your version stands"
            return f"{made} in {where}: {change.text}"
        case "conflict" | "refused":
            return f"It is a conflict again: {_why(change)} See: sage task conflicts"
    return f"Your version is not yet on the server of {where}; it is sent as soon as that answers: {change.text}"
