"""A `TaskSource` over files: in threads, and with an eye on them."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from abc import abstractmethod
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Generic, TypeVar

from sage.plugin_api import Change, Changes, Completed, Context, Health, NewTask, Task, TaskSource
from sage.plugin_files.reading import FilesRead
from sage.plugin_files.replacing import PARTIAL
from sage.plugin_files.writing import FilesWritten

STEP_MS = 400
"""How long a change may wait for further ones before it is told."""
AGAIN_AFTER = 60.0
"""Seconds after which files that cannot be watched are tried again. Sage looks now and then in any case."""


F = TypeVar("F", bound=FilesRead)


class TasksRead(TaskSource, Generic[F]):
    """A plugin says which files they are. For a source that is only read."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self._files: F | None = None
        self._over = threading.Event()

    @abstractmethod
    def opened(self) -> F:
        """The account's files. Raises BadConfig and Unreachable."""

    @property
    def files(self) -> F:
        assert self._files, "not open"
        return self._files

    async def open(self) -> None:
        self._files = await asyncio.to_thread(self.opened)
        self._over = threading.Event()
        threading.Thread(target=_watch, args=(self._files, self._over, self.ctx.changed), daemon=True).start()

    async def close(self) -> None:
        self._over.set()

    async def health(self) -> Health:
        return await asyncio.to_thread(self.files.health)

    async def list(self) -> AsyncIterator[Task]:
        for task in await asyncio.to_thread(self.files.tasks):
            yield task

    async def changes(self, cursor: str) -> Changes:
        return await asyncio.to_thread(self.files.since, cursor)


class TasksWritten(TasksRead[FilesWritten]):
    """For a source that is written, too."""

    async def create(self, task: NewTask, key: str) -> Task:
        return await asyncio.to_thread(self.files.create, task, key)

    async def update(self, id: str, change: Change, revision: str) -> Task:  # noqa: A002
        return await asyncio.to_thread(self.files.update, id, change, revision)

    async def complete(self, id: str, revision: str, at: datetime) -> Completed:  # noqa: A002
        return await asyncio.to_thread(self.files.complete, id, revision, at)


def _watch(files: FilesRead, over: threading.Event, tell: Callable[[], None]) -> None:
    """Tells when a file changed. Where the system does not say so, Sage's own looks have to do."""
    from watchfiles import watch

    while not over.is_set():
        with contextlib.suppress(OSError, RuntimeError):
            for _ in watch(
                *files.roots(),
                watch_filter=lambda _, path: files.concerns(path) and PARTIAL not in path,
                step=STEP_MS,
                stop_event=over,
                rust_timeout=0,
                raise_interrupt=False,
                ignore_permission_denied=True,
            ):
                tell()
        over.wait(AGAIN_AFTER)
