"""The journal's pages for changes of tasks that are kept elsewhere: on disk before the service hears of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import msgspec

from sage.adapters.database import Database, stamp
from sage.core.plugins.task_conflicts import Completion, State, TaskChange
from sage.plugin_api import Change, NewTask, Task

_WANTED: dict[str, Any] = {"create": NewTask, "update": Change, "complete": Completion}
_COLUMNS = "id, account, do, wanted, task, base, revision, theirs, state, reason, tries, made_at"
OPEN: tuple[State, ...] = ("waiting", "sending")
"""Not there yet; what was being sent when the engine ended is sent again."""
ASKED: tuple[State, ...] = ("conflict", "refused")
"""The person decides."""


class TaskChangePages:
    """Changes as rows, oldest first. Every writing method is one durable commit."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.version = 0
        """Another one after every writing."""

    def add(self, change: TaskChange, now: datetime) -> TaskChange:
        """Keeps a change, once per id; returns it as it is kept."""
        made = stamp(now.astimezone(UTC))
        row = (
            change.id, change.account, change.task, change.do, _json(change.base), _json(change.wanted), change.revision,
            _json(change.theirs), change.state, change.reason, change.tries, made, made,
        )  # fmt: skip
        self._database.run(
            "INSERT OR IGNORE INTO task_changes (id, account, task, do, base, wanted, revision, theirs, state, reason, tries,"
            " made_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )
        self.version += 1
        return self.find(change.id) or change

    def put(self, change: TaskChange, now: datetime) -> None:
        """Writes a change as it is by now. One that was forgotten meanwhile stays so."""
        self._database.run(
            "UPDATE task_changes SET task = ?, do = ?, base = ?, wanted = ?, revision = ?, theirs = ?, state = ?, reason = ?,"
            " tries = ?, changed_at = ? WHERE id = ?",
            (change.task, change.do, _json(change.base), _json(change.wanted), change.revision, _json(change.theirs),
             change.state, change.reason, change.tries, stamp(now.astimezone(UTC)), change.id),
        )  # fmt: skip
        self.version += 1

    def find(self, change: str) -> TaskChange | None:
        """The change of an id."""
        return next(iter(self._rows("id = ?", (change,))), None)

    def open(self, account: str = "") -> list[TaskChange]:
        """What is not there yet, of an account or of all."""
        return [one for one in self._in(OPEN) if account in ("", one.account)]

    def asked(self) -> list[TaskChange]:
        """What the person has to decide."""
        return self._in(ASKED)

    def drop_settled(self, before: datetime) -> None:
        """Lets go of what was settled before a moment."""
        self._database.run(
            "DELETE FROM task_changes WHERE state IN ('done', 'dropped') AND changed_at < ?",
            (stamp(before.astimezone(UTC)),),
        )
        self.version += 1

    def _in(self, states: Iterable[State]) -> list[TaskChange]:
        wanted = tuple(states)
        return self._rows(f"state IN ({', '.join('?' * len(wanted))})", wanted)

    def _rows(self, where: str, values: tuple[str, ...]) -> list[TaskChange]:
        rows = self._database.rows(f"SELECT {_COLUMNS} FROM task_changes WHERE {where} ORDER BY seq", values)  # noqa: S608
        return [_change(*row) for row in rows]


def _change(
    name: str, account: str, do: Any, wanted: str, task: str, base: str, revision: str, theirs: str, *rest: Any
) -> TaskChange:
    was, stands = (msgspec.json.decode(each, type=Task) if each else None for each in (base, theirs))
    return TaskChange(
        name, account, do, msgspec.json.decode(wanted, type=_WANTED[do]), task, was, revision, stands, *rest
    )


def _json(value: Any) -> str:
    return "" if value is None else msgspec.json.encode(value).decode()
