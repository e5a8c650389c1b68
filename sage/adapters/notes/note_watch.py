"""Watches imported folders, so that a save is known at once. It only tells where something happened; others look there.

`watchfiles` asks the system (inotify, FSEvents, ReadDirectoryChangesW). Where that fails (the limit of watches is
reached, a file system without notices), the folder is told as one that is not watched, to be looked at now and again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

log = logging.getLogger(__name__)

Tell = Callable[[Path, frozenset[Path] | None], None]
"""Called from a thread of the watch with a root and what was touched in it (None: anything may have been)."""

STEP_MS, GATHER_MS = 200, 1000
"""A change is told once none came for a step, or after so long. Each root wakes a thread once a step."""
AT_ONCE = 500
"""More changes than this are told as "anything": so many may be more than the system kept notices of."""
PAUSE = 1.0
"""Seconds between the end of a watch and the next."""
AGAIN_AFTER = 60.0
"""Seconds after which a folder that could not be watched is tried again."""


class NoteWatch:
    """Follows a set of roots. `follow` is called now and again with those that there are; `tell` gets the changes."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._roots: dict[Path, _WatchedRoot] = {}

    def follow(self, roots: Iterable[Path]) -> None:
        """Begins to watch new roots and those that (re)appeared, ends with others. Each new watch tells "anything" once
        it stands, for what happened before."""
        wanted = set(roots)
        for root in [root for root in self._roots if root not in wanted]:
            self._roots.pop(root).stop()
        for root in wanted:
            watched = self._roots.get(root)
            if watched and watched.is_right():
                continue
            if watched:
                watched.stop()
            self._roots[root] = _WatchedRoot(root, self._tell)

    @property
    def watched(self) -> int:
        """How many roots are watched."""
        return sum(root.stands for root in self._roots.values())

    @property
    def unwatched(self) -> list[Path]:
        """The roots that are there and cannot be watched."""
        return [path for path, root in self._roots.items() if root.failed]

    def close(self) -> None:
        """Ends all watches. May be called twice."""
        for root in self._roots.values():
            root.stop()
        for root in self._roots.values():
            root.join()
        self._roots.clear()


class _WatchedRoot:
    """One root and the thread that waits for its changes. A file is watched through its folder, which outlives it."""

    def __init__(self, root: Path, tell: Tell) -> None:
        self._root, self._tell = root, tell
        self._identity = _identity(root)
        self._began = time.monotonic()
        self._stop = threading.Event()
        self.stands = self.failed = False
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)
        if self._identity:
            self._thread.start()

    def is_right(self) -> bool:
        """Whether this still is the folder that is watched, and need not be tried again."""
        if _identity(self._root) != self._identity:
            return False
        return not self.failed or time.monotonic() - self._began < AGAIN_AFTER

    def stop(self) -> None:
        self._stop.set()

    def join(self) -> None:
        if self._thread.is_alive():
            self._thread.join(2 * STEP_MS / 1000)

    def is_set(self) -> bool:
        """Whether to stop. `watchfiles` asks this at each step, for the first time when the watch stands."""
        if not self.stands:
            self.stands = True
            self._tell(self._root, None)
        return self._stop.is_set()

    def _run(self) -> None:
        """A watch that broke is set up again (a name that is no text breaks one); one that never stood has failed."""
        while not self._stop.is_set():
            try:
                self._listen()
            except (OSError, RuntimeError) as error:
                log.warning("a watch ended: %s", type(error).__name__)
                self.failed = not self.stands
            self.stands = False
            if self.failed:
                return
            self._stop.wait(PAUSE)

    def _listen(self) -> None:
        from watchfiles import watch

        is_folder = self._root.is_dir()
        for changes in watch(
            self._root if is_folder else self._root.parent,
            watch_filter=lambda _, path: self._concerns(path),
            debounce=GATHER_MS,
            step=STEP_MS,
            stop_event=self,
            rust_timeout=0,
            raise_interrupt=False,
            recursive=is_folder,
            ignore_permission_denied=True,
        ):
            told = None if len(changes) > AT_ONCE else frozenset(Path(path) for _, path in changes)
            self._tell(self._root, told)

    def _concerns(self, path: str) -> bool:
        """Whether a path is the root, or stands in it and is not hidden (an app's own files change all the time)."""
        touched = Path(path)
        if not touched.is_relative_to(self._root):
            return False
        return not any(part.startswith(".") for part in touched.relative_to(self._root).parts)


def _identity(root: Path) -> tuple[int, int] | None:
    try:
        found = root.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
