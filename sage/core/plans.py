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
    """One line of the task list. `due` is an ISO date or local date and time ("" when none was named)."""

    id: str
    text: str
    done: bool = False
    due: str = ""
    done_on: str = ""


class Note(Struct, frozen=True):
    """A note that Sage wrote for the person; `path` is relative to the home."""

    id: str
    title: str
    path: str
