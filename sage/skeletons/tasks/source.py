"""Tasks in a JSON file, by their ids: put your service in its place, and keep what the tests ask for.

Import the service's library inside of the methods that use it: this module is imported before it is installed.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sage.plugin_api import (
    UNSET,
    BadConfig,
    Change,
    Completed,
    Context,
    Gone,
    NewTask,
    Refused,
    Stale,
    Task,
    TaskSource,
    Unsupported,
)

LOOKS_EVERY = 2.0
"""Seconds. A service that says by itself that something changed needs no such thing."""
Kept = dict[str, dict[str, Any]]


class Skeleton(TaskSource):
    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self._file: Path = ctx.config.file.expanduser()
        self._watching: asyncio.Task[None] | None = None

    async def open(self) -> None:
        if not self._file.parent.is_dir():
            raise BadConfig(f"There is no folder {self._file.parent}.", "file")
        self._watching = asyncio.create_task(self._watch(self._mark()))

    async def close(self) -> None:
        if self._watching:
            self._watching.cancel()

    async def list(self) -> AsyncIterator[Task]:
        for id, kept in self._load().items():
            yield _task(id, kept)

    async def create(self, task: NewTask, key: str) -> Task:
        _refuse_what_has_no_place(task.due, task.priority or task.parent or task.where, task.text)
        tasks = self._load()
        id = hashlib.sha256(key.encode()).hexdigest()[:12]  # one key is one task, also at the next start
        if id not in tasks:
            tasks[id] = {"text": task.text, "due": task.due, "done_on": ""}
            self._save(tasks)
        return _task(id, tasks[id])

    async def update(self, id: str, change: Change, revision: str) -> Task:
        tasks = self._load()
        kept = _unchanged(tasks, id, revision)
        text = kept["text"] if change.text is UNSET else change.text
        due = kept["due"] if change.due is UNSET else change.due
        _refuse_what_has_no_place(due, (change.priority or "") or (change.parent or ""), text)
        tasks[id] = {**kept, "text": text, "due": due}
        self._save(tasks)
        return _task(id, tasks[id])

    async def complete(self, id: str, revision: str, at: datetime) -> Completed:
        tasks = self._load()
        if not tasks.get(id, {}).get("done_on"):
            kept = _unchanged(tasks, id, revision)
            tasks[id] = {**kept, "done_on": at.astimezone(ZoneInfo(self.ctx.zone)).date().isoformat()}
            self._save(tasks)
        return Completed(_task(id, tasks[id]))

    async def _watch(self, before: object) -> None:
        while True:
            await asyncio.sleep(LOOKS_EVERY)
            if (now := self._mark()) != before:
                before = now
                self.ctx.changed()  # without this, Sage looks again every five minutes

    def _mark(self) -> object:
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _load(self) -> Kept:
        try:
            kept: Kept = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise BadConfig(f"{self._file.name} is no file of tasks.", "file") from error
        return kept

    def _save(self, tasks: Kept) -> None:
        beside = self._file.with_name(f".{self._file.name}.new")
        beside.write_text(json.dumps(tasks, ensure_ascii=False, indent=1), encoding="utf-8")
        beside.replace(self._file)


def _task(id: str, kept: dict[str, Any]) -> Task:
    revision = hashlib.sha256(json.dumps(kept).encode()).hexdigest()[:12]
    return Task(id, kept["text"], revision, bool(kept["done_on"]), kept["done_on"], kept["due"])


def _unchanged(tasks: Kept, id: str, revision: str) -> dict[str, Any]:
    """What is kept of a task that nobody changed meanwhile."""
    if id not in tasks:
        raise Gone("The task is no longer there.")
    now = _task(id, tasks[id])
    if now.revision != revision:
        raise Stale(now)
    return tasks[id]


def _refuse_what_has_no_place(due: str, other: str, text: str) -> None:
    if other or "T" in due:
        raise Unsupported("This file has no place for that.")
    if not text.strip():
        raise Refused("A task needs words.")
