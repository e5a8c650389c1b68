"""What changed since a cursor, for sources that can only look at everything."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from sage.plugin_api import Changes, Task


class ChangeLog:
    """Follows all tasks of an account from look to look. A cursor holds for as long as this object does."""

    def __init__(self) -> None:
        self._epoch = secrets.token_hex(6)
        self._turn = 0
        self._tasks: Mapping[str, Task] = {}
        self._touched: dict[str, int] = {}  # the turn in which each id changed last, the latest at the end

    def look(self, tasks: Mapping[str, Task]) -> None:
        """Takes the tasks as they are now. The mapping must not change any more."""
        before, self._tasks = self._tasks, tasks
        changed = [name for name, task in tasks.items() if before.get(name) != task]
        changed += [name for name in before if name not in tasks]
        self._turn += bool(changed)
        for name in changed:
            self._touched.pop(name, None)
            self._touched[name] = self._turn

    def since(self, cursor: str) -> Changes:
        """As `TaskSource.changes`."""
        now = f"{self._epoch}.{self._turn}"
        epoch, _, turn = cursor.partition(".")
        if epoch != self._epoch or not (turn.isascii() and turn.isdigit()) or int(turn) > self._turn:
            return Changes(tuple(self._tasks.values()), cursor=now, whole=True)
        touched = []
        for name in reversed(self._touched):
            if self._touched[name] <= int(turn):
                break
            touched.append(name)
        changed = tuple(self._tasks[name] for name in reversed(touched) if name in self._tasks)
        return Changes(changed, tuple(name for name in touched if name not in self._tasks), now)
