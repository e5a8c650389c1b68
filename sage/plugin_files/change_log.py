"""What changed since a cursor, for sources that can only look at everything."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from sage.plugin_api import Changes, Task


class ChangeLog:
    """Follows all tasks of an account from look to look. A cursor holds for as long as this object does."""

    def __init__(self) -> None:
        self._epoch = secrets.token_hex(6)
        self._turn = 0
        self._tasks: dict[str, Task] = {}
        self._touched: dict[str, int] = {}  # the turn in which each id changed last, the latest at the end

    def look(self, before: Iterable[str], after: Iterable[Task]) -> None:
        """Takes what was looked at: the ids that were there, and the tasks that are there now."""
        now = {task.id: task for task in after}
        changed = [name for name, task in now.items() if self._tasks.get(name) != task]
        gone = [name for name in before if name not in now and name in self._tasks]
        self._turn += bool(changed or gone)
        for name in (*changed, *gone):
            self._touched.pop(name, None)
            self._touched[name] = self._turn
        for name in gone:
            del self._tasks[name]
        self._tasks.update(now)

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
