"""One engine per home: an operating system's lock says which process owns it, and goes when that process goes."""

from __future__ import annotations

import contextlib
import os
from typing import IO

from sage.core.errors import HomeBusy
from sage.locations import Home, home_trouble


class HomeLock:
    """Held from `take` to `release`, or to the end of the process however it ends."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._file: IO[str] | None = None

    def take(self) -> None:
        """Raises HomeBusy, with the owner's process id, when another process has it."""
        import fcntl

        self._home.prepare()
        try:
            descriptor = os.open(self._home.lock, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise home_trouble(error, self._home.lock) from error
        file = os.fdopen(descriptor, "r+")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            owner = file.read().strip() or "unknown"
            file.close()
            raise HomeBusy(
                f"An engine (process {owner}) already runs on {self._home.path}.",
                safe="Nothing was changed.",
                do="Use it through the app or the commands, or end it with: sage engine stop",
            ) from error
        try:
            file.truncate(0)
            file.write(f"{os.getpid()}\n")
            file.flush()
        except OSError as error:
            with contextlib.suppress(OSError):  # closing writes what is left of it, once more in vain
                file.close()
            raise home_trouble(error, self._home.lock) from error
        self._file = file

    def release(self) -> None:
        """May be called twice."""
        if self._file:
            self._file.close()
            self._file = None
