"""What Sage last knew of the tasks that are kept elsewhere: one file an account below index/, a cache like all that is there.

Cursor and tasks stand in one file, written whole: to lose it costs one full list, and never a task.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from sage.adapters.files import write_whole
from sage.core.forgetting.forgetting import Piece
from sage.core.plugins.foreign_tasks import foreign_id, taken_in
from sage.plugin_api import Changes, Task

log = logging.getLogger(__name__)


class _Kept(Struct):
    cursor: str = ""
    as_of: str = ""
    tasks: list[Task] = []


class TaskMirror:
    """The tasks of one account as they were at `as_of`. `trouble` says why they cannot be read now ("": they can)."""

    def __init__(self, account: str, path: Path) -> None:
        self.account, self._path = account, path
        self._turn = threading.Lock()
        self._tasks: dict[str, Task] = {}
        self.cursor, self.as_of, self.trouble = "", "", ""
        self.version = 0
        """Another one whenever tasks changed."""
        self._written = 0
        with contextlib.suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError):
            kept = msgspec.json.decode(path.read_bytes(), type=_Kept)
            self._tasks = {task.id: taken_in(task) for task in kept.tasks}
            self.cursor, self.as_of = kept.cursor, kept.as_of

    def tasks(self) -> tuple[Task, ...]:
        """All of them, in the order in which they came first."""
        with self._turn:
            return tuple(self._tasks.values())

    def find(self, task: str) -> Task | None:
        """The task of a source's own id."""
        return self._tasks.get(task)

    def take(self, changes: Changes, now: datetime) -> None:
        """Takes in what changed, all of it or (when the disk ends) nothing."""
        with self._turn:
            came = {task.id: taken_in(task) for task in changes.changed}
            stays = came.keys() if changes.whole else self._tasks.keys() - set(changes.gone)
            now_there = {name: came.get(name, task) for name, task in self._tasks.items() if name in stays} | came
            if now_there != self._tasks or changes.cursor != self.cursor:
                self.version += 1
            self._tasks, self.cursor = now_there, changes.cursor
            self.as_of, self.trouble = now.isoformat(), ""

    def put(self, *tasks: Task) -> None:
        """Takes in tasks that the service has just told of."""
        with self._turn:
            self._tasks |= {task.id: taken_in(task) for task in tasks}
            self.version += 1

    def drop(self, task: str) -> None:
        """Takes out a task that is gone."""
        with self._turn:
            self._tasks.pop(task, None)
            self.version += 1

    def start_anew(self) -> None:
        """The next look lists everything again."""
        self.cursor = ""

    def write(self) -> None:
        """Writes what changed since it was last written. Raises DiskFull or HomeReadOnly."""
        with self._turn:
            version = self.version
            if version == self._written and self._path.exists():
                return
            data = msgspec.json.encode(_Kept(self.cursor, self.as_of, list(self._tasks.values())))
        write_whole(self._path, data)
        self._written = version


class TaskMirrors:
    """The mirrors of all accounts, below `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mirrors: dict[str, TaskMirror] = {}

    def of(self, account: str) -> TaskMirror:
        """The mirror of an account; made when there is none."""
        if account not in self._mirrors:
            self._mirrors[account] = TaskMirror(account, self._path(account))
        return self._mirrors[account]

    def load(self, accounts: Iterable[str]) -> None:
        """Opens those accounts of which something is known."""
        for account in accounts:
            if self._path(account).exists():
                self.of(account)

    def keep_only(self, accounts: Collection[str]) -> None:
        """Lets go of all other accounts, and of what was known of them."""
        kept = {self._path(account) for account in accounts}
        self._mirrors = {name: mirror for name, mirror in self._mirrors.items() if name in accounts}
        for path in self._folder.rglob("*.json"):
            if path not in kept:
                with contextlib.suppress(OSError):
                    path.unlink()

    def all(self) -> tuple[TaskMirror, ...]:
        return tuple(self._mirrors.values())

    def write(self) -> None:
        """Writes all that changed. Raises DiskFull or HomeReadOnly."""
        for mirror in self.all():
            mirror.write()

    def pieces(self) -> Iterator[Piece]:
        """Every task, as what stands in a place that is the person's own to edit: nothing of it is taken out from here."""
        for mirror in self.all():
            for task in mirror.tasks():
                name = foreign_id(mirror.account, task.id)
                where = f"{mirror.account}: {task.where}" if task.where else mirror.account
                yield Piece(
                    "your files", f"foreign/{name}", "task elsewhere", f"{where}, task {name}", task.text, (name,), group=name,
                    when=task.due, fate="your edit",
                )  # fmt: skip

    def _path(self, account: str) -> Path:
        return self._folder / f"{account}.json"
