"""Goals, tasks and reminders: what the person wants, will do, and asked to be told."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

GoalState = Literal["open", "done", "dropped"]


class Goal(Struct, frozen=True):
    """A goal in the person's own words. `parent` is the goal that it serves (its why), by id; `created` a date."""

    id: str
    title: str
    why: str = ""
    state: GoalState = "open"
    parent: str = ""
    created: str = ""
    path: str = ""


class Summary(Struct, frozen=True):
    """A conversation's summary: the note that was written, the turns it cites, who worded it, and what that cost.

    `cost` is in US dollars; None: the price is unknown.
    """

    note: Note
    turns: tuple[str, ...]
    model: str
    cost: float | None


class Task(Struct, frozen=True):
    """A task: a line of the person's own list, or one that is kept elsewhere.

    `due` is an ISO date or local date and time ("" when none was named). `source` is the account that keeps it, as
    PLUGIN/NAME ("": the person's own list), `revision` the state of it there that this is. `recurs` (how it returns) and
    `where` (in which list, say) are in the source's words. `change` says of one that the person changed whether that has
    not reached its source yet, or what was changed there at the same time.
    """

    id: str
    text: str
    done: bool = False
    due: str = ""
    done_on: str = ""
    source: str = ""
    revision: str = ""
    priority: str = ""
    parent: str = ""
    recurs: str = ""
    where: str = ""
    read_only: bool = False
    change: Literal["", "waiting", "conflict"] = ""


class Note(Struct, frozen=True):
    """A note that Sage wrote for the person; `path` is relative to the home."""

    id: str
    title: str
    path: str


def account_name(account: str) -> str:
    """How the person calls an account: `work` of `caldav/work`."""
    return account.rpartition("/")[2]


def change_words(task: Task) -> str:
    """What is to be told of a change that the person made of a task, a sentence; "" when it has arrived."""
    match task.change:
        case "waiting":
            where = account_name(task.source)
            return f"It is not yet on the server of {where}; it is sent as soon as that answers. See: sage plugin list"
        case "conflict":
            return f"It changed in {account_name(task.source)} as well. See: sage task conflicts"
    return ""


def changed_since(seen: Task, now: Task) -> bool:
    """Whether a task of an account is another one than the person saw. What they cannot see (who touched it, its place in
    a file) does not count, nor does a change of their own that has arrived meanwhile."""
    return seen.revision != now.revision and (seen.text, seen.due, seen.recurs) != (now.text, now.due, now.recurs)


_CHANGES = {"": "", "waiting": ", not yet on the server", "conflict": ", changed there as well"}


def task_line(task: Task) -> str:
    """A task in one line, with the account that keeps it, and whether a change of it is on its way."""
    due = f"  due {task.due.replace('T', ' ')}" if task.due else ""
    where = f"  · {account_name(task.source)}" if task.source else ""
    return f"[{'x' if task.done else ' '}] {task.text}{due}{where}{_CHANGES[task.change]}  [{task.id}]"


def task_said(task: Task) -> str:
    """A task in words: when it is due, how it returns, where it stands, and whether a change of it is on its way."""
    notes = (
        task.due and f"due {task.due.replace('T', ' ')}",
        task.recurs,
        task.where,
        _CHANGES[task.change].strip(", "),
    )
    told = ", ".join(filter(None, notes))
    return f"{task.text} ({told})" if told else task.text
