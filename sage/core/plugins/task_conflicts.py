"""Changes of tasks that are kept elsewhere, and what becomes of one when the task has changed there as well."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import UNSET, Struct, structs

from sage.core.errors import BadInput
from sage.core.plugins.conflict_words import Side
from sage.plugin_api import Change, NewTask, Task

Deed = Literal["create", "update", "complete"]
State = Literal["waiting", "sending", "done", "conflict", "refused", "dropped"]
"""waiting: not there yet; sending: given to the service, which has not answered; conflict: it changed there as well, and the
person decides; refused: the service does not want it; dropped: the person gave it up, or the task that they did is gone."""

_TOGETHER = (("text",), ("due", "zone"), ("priority",), ("parent",))
"""The fields of a change; those that mean one thing stand together."""


class Completion(Struct, frozen=True):
    """That a task was done, and when (ISO 8601 with an offset)."""

    at: str


class TaskChange(Struct, frozen=True):
    """What the person wants to be changed of a task in an account.

    `id` names the change, and is the key of a task that is made. `task` is the source's own id ("": it is not made yet),
    `base` the task as the person saw it, and `revision` the one that they saw. `theirs` is the task as it stands there since
    it changed there as well (None: it is gone). `reason` is a sentence for the person.
    """

    id: str
    account: str
    do: Deed
    wanted: NewTask | Change | Completion
    task: str = ""
    base: Task | None = None
    revision: str = ""
    theirs: Task | None = None
    state: State = "waiting"
    reason: str = ""
    tries: int = 0
    made_at: str = ""

    @property
    def text(self) -> str:
        """What the task is called."""
        return ours(self).text


class Settled(Struct, frozen=True):
    """Nothing is left to do: it is so there already."""


class Again(Struct, frozen=True):
    """The change does not touch what changed there: this is to be sent."""

    change: TaskChange


class Clash(Struct, frozen=True):
    """Both sides changed the same: the person decides."""

    change: TaskChange


def look(change: TaskChange, theirs: Task | None) -> Settled | Again | Clash:
    """What becomes of a change when the task is `theirs` by now (None: it is gone), and no more what the person saw."""
    clash = Clash(structs.replace(change, state="conflict", theirs=theirs))
    match change.wanted:
        case Completion():
            if theirs is None or theirs.done:
                return Settled()
            # One of other words or another date is not what the person did; one that returns may have been done there.
            same = change.base is None or _told(change.base) == _told(theirs)
            return Again(_on(change, theirs, change.wanted)) if same else clash
        case Change() if theirs is not None and change.base is not None:
            left = _left(change.wanted, change.base, theirs)
            if left is None:
                return clash
            return Again(_on(change, theirs, Change(**left))) if left else Settled()
    return clash


def _told(task: Task) -> tuple[str, ...]:
    """What the person sees of a task."""
    return task.text, task.due, task.zone, task.recurs


def _left(wanted: Change, base: Task, theirs: Task) -> dict[str, Any] | None:
    """What of a change is still to be made; None when something else was put in its place."""
    left: dict[str, Any] = {}
    for fields in _TOGETHER:
        given = {field: value for field in fields if (value := getattr(wanted, field)) is not UNSET}
        was, now = ([getattr(task, field) for field in fields] for task in (base, theirs))
        mine = [given.get(field, before) for field, before in zip(fields, was, strict=True)]
        if mine in (was, now):
            continue
        if now != was:
            return None
        left |= given
    return left


def _on(change: TaskChange, theirs: Task, wanted: Change | Completion) -> TaskChange:
    return structs.replace(change, base=theirs, revision=theirs.revision, wanted=wanted, theirs=None, state="waiting")


def ours(change: TaskChange) -> Task:
    """The task as the person wants it. One that is to be made has no id of its source yet."""
    match change.wanted:
        case NewTask() as new:
            return Task(
                "", new.text, "", due=new.due, zone=new.zone, priority=new.priority, parent=new.parent, where=new.where
            )
        case wanted:
            return laid_over(change.base or Task(change.task, "", change.revision), wanted)


def laid_over(task: Task, wanted: Change | Completion) -> Task:
    """A task with a change that is not there yet."""
    if isinstance(wanted, Completion):
        return structs.replace(task, done=True, done_on=wanted.at[:10])
    given = {name: value for name, value in structs.asdict(wanted).items() if value is not UNSET}
    return structs.replace(task, **given)


def sides(change: TaskChange) -> tuple[Side, ...]:
    """What the person can choose for a conflict, or for what was refused."""
    return ("mine", "theirs", "both") if change.do == "update" and change.theirs is not None else ("mine", "theirs")


def decided(change: TaskChange, side: Side) -> TaskChange:
    """What is to be done after the person chose: `mine` sends it over what stands there (and makes the task again, if it is
    gone), `theirs` gives it up, `both` makes a second task of it. Raises BadInput."""
    if side not in sides(change):
        raise BadInput(
            f"{side!r} cannot be chosen here.", safe="Nothing was changed.", do=f"Choose {' or '.join(sides(change))}."
        )
    if side == "theirs":
        return structs.replace(change, state="dropped")
    anew = structs.replace(change, state="waiting", reason="")
    if change.state == "refused":
        return anew
    if isinstance(change.wanted, Change) and (side == "both" or change.theirs is None):
        return structs.replace(
            anew, do="create", wanted=_made_of(ours(change)), task="", base=None, revision="", theirs=None
        )
    if change.theirs is None or isinstance(change.wanted, NewTask):
        return anew
    return _on(anew, change.theirs, change.wanted)


def _made_of(task: Task) -> NewTask:
    return NewTask(task.text, task.due, task.zone, task.priority, task.parent, task.where)
