"""Keeps memory up to date with the notes on disk: what is saved is found within a second or two.

Three lanes: what was touched is looked at as soon as the watch tells it, also while the slow lane imports or looks through
whole folders, which it does at the start, for folders that are new or back, and now and again in case a notice was lost;
vectors are made beside both.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import TypeVar

from sage.adapters.memory.memory import SageMemory
from sage.adapters.notes.note_watch import NoteWatch
from sage.core.errors import SageError
from sage.core.passages import ImportReport
from sage.locations import typed_path

log = logging.getLogger(__name__)
Done = TypeVar("Done")

FOLLOW_EVERY = 2.0
"""Seconds between two looks for roots that came, went or were mounted, and at the settings."""
LOOK_EVERY, LOOK_UNWATCHED_EVERY = 600.0, 30.0
"""Seconds between two looks through all folders, and through those that cannot be watched."""
AGAIN = (1.5, 6.0)
"""Seconds after which what was gone or could not be read is looked at again; what is gone even then is taken out."""


class Looking:
    """Owns the watch. `own` are the home's folders of notes; `vaults` reads from the file `settings` what else to import."""

    def __init__(
        self, memory: SageMemory, own: Iterable[Path], settings: Path, vaults: Callable[[], list[str]]
    ) -> None:
        self._memory, self._own, self._settings, self._vaults = memory, tuple(own), settings, vaults
        self._watch = NoteWatch(self._told)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news, self._chores, self._vectors = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._touched: set[Path] = set()
        self._whole: set[Path] = set()
        """Roots that the slow lane is to look through."""
        self._later: dict[Path, tuple[float, int]] = {}
        """What is to be looked at again: when (monotonic), and how often it was."""
        self._wanted: list[Path] = []
        self._written = -1
        """When the settings were written that were read last."""
        self._others = False
        """Whether memory holds other notes than was told."""

    @property
    def watched(self) -> int:
        """How many imported folders are watched."""
        return self._watch.watched

    @property
    def unwatched(self) -> int:
        """How many are there, but can only be looked through now and again."""
        return len(self._watch.unwatched)

    def wake(self) -> None:
        """Something was imported or forgotten."""
        self._others = True
        self._news.set()

    def wake_vectors(self) -> None:
        """Another embedder was chosen."""
        self._vectors.set()

    async def run(self, tell: Callable[[], Awaitable[None]]) -> None:
        """Runs until it is cancelled; tells when there are other notes than before."""
        self._loop = asyncio.get_running_loop()
        try:
            async with asyncio.TaskGroup() as lanes:
                lanes.create_task(self._look_at_touched(tell), name="look at what was touched")
                lanes.create_task(self._look_through(), name="look through folders")
                lanes.create_task(self._make_vectors(), name="make vectors")
        finally:
            self._loop = None
            await asyncio.to_thread(self._watch.close)

    def _told(self, root: Path, touched: frozenset[Path] | None) -> None:
        """What the watch tells, in a thread of its own."""

        def keep() -> None:
            if touched is None:
                self._whole.add(root)
                self._chores.set()
            else:
                self._touched.update(touched)
                self._news.set()

        if self._loop:
            with contextlib.suppress(RuntimeError):  # the loop has just ended
                self._loop.call_soon_threadsafe(keep)

    # the quick lane

    async def _look_at_touched(self, tell: Callable[[], Awaitable[None]]) -> None:
        while True:
            await self._guarded(lambda: self._watch.follow(map(Path, self._memory.roots)))
            touched, self._touched = self._touched, set()
            now = time.monotonic()
            again = {path for path, (at, _) in self._later.items() if at <= now} - touched
            await self._look_at(touched, remove=False)
            await self._look_at(again, remove=True)
            if self._others:
                self._others = False
                await tell()
            soonest = min((at for at, _ in self._later.values()), default=now + FOLLOW_EVERY)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(FOLLOW_EVERY, max(0.0, soonest - time.monotonic()))):
                    await self._news.wait()
            self._news.clear()

    async def _look_at(self, paths: set[Path], *, remove: bool) -> None:
        if not paths:
            return
        tries = {path: self._later.pop(path, (0.0, 0))[1] if remove else 0 for path in paths}
        reports = await self._guarded(lambda: self._memory.look_again(paths, remove=remove))
        if any(report.moved for report in reports or ()):
            self._vectors.set()
        if reports is None:  # the index was at fault, not the notes
            self._whole.update(map(Path, self._memory.roots))
        for path in self._told_waiting(reports or []):
            self._wait_for(path, tries.get(path, 0) + remove)

    # the slow lane

    async def _look_through(self) -> None:
        await self._guarded(self._memory.finish_imports)
        self.wake()
        looked = looked_unwatched = time.monotonic()
        while True:
            await self._import_wanted()
            now = time.monotonic()
            if now - looked >= LOOK_EVERY:
                self._whole.update(map(Path, self._memory.roots))
                looked = now
            if now - looked_unwatched >= LOOK_UNWATCHED_EVERY:
                self._whole.update(self._watch.unwatched)
                looked_unwatched = now
            if whole := self._whole:
                self._whole = set()
                reports = await self._guarded(lambda whole=whole: self._memory.rescan(whole, remove=False))  # type: ignore[misc]
                for path in self._told_waiting(reports or []):
                    self._wait_for(path, 0)
                self._news.set()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FOLLOW_EVERY):
                    await self._chores.wait()
            self._chores.clear()

    async def _import_wanted(self) -> None:
        """Imports what the settings name and was not imported yet, once it is there."""
        written = _written_at(self._settings)
        if written != self._written:
            self._written = written
            with contextlib.suppress(SageError):  # a broken file is told by whoever needs its values
                self._wanted = [*self._own, *(typed_path(vault) for vault in self._vaults())]
        for folder in [folder for folder in self._wanted if folder.exists()]:
            self._wanted.remove(folder)
            if str(folder) not in self._memory.roots:
                await self._guarded(lambda folder=folder: self._memory.import_path(folder))  # type: ignore[misc]
                self.wake()

    # the background

    async def _make_vectors(self) -> None:
        """Makes vectors that are missing, those of another embedder, and Chroma's index: this may take hours."""
        while True:
            await self._guarded(self._memory.make_vectors)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_UNWATCHED_EVERY):
                    await self._vectors.wait()
            self._vectors.clear()

    # all

    def _told_waiting(self, reports: list[ImportReport]) -> list[Path]:
        """Tells the log what was done (never a name), and returns what is to be looked at again."""
        waiting: list[Path] = []
        for report in reports:
            self._others = self._others or bool(report.added or report.removed)
            if report.added or report.changed or report.moved or report.removed or report.troubles:
                log.info("notes: %d added, %d changed, %d moved, %d removed, %d with trouble", report.added,
                         report.changed, report.moved, report.removed, len(report.troubles))  # fmt: skip
            root = Path(report.root)
            waiting += [root / source if root.is_dir() else root for source in report.waiting]
        return waiting

    def _wait_for(self, path: Path, tries: int) -> None:
        if tries < len(AGAIN):
            self._later[path] = time.monotonic() + AGAIN[tries], tries

    async def _guarded(self, work: Callable[[], Done]) -> Done | None:
        """Does something in a thread; what goes wrong with the notes or the index must not end the looking."""
        try:
            return await asyncio.to_thread(work)
        except SageError as error:
            log.warning("the notes were not read: %s", error.kind)
            return None


def _written_at(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0
