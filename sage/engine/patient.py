"""The home and the machine that `sage doctor` looks at, and how what it finds is told."""

from __future__ import annotations

import fcntl
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

import apsw
import msgspec

from sage.adapters.home import home_place
from sage.adapters.home.home_place import Mount
from sage.locations import Home, find_home


class Finding(msgspec.Struct, frozen=True):
    """One line of the doctor's."""

    check: str
    state: Literal["ok", "note", "wrong"]
    what: str
    mend: str = ""


@dataclass
class Patient:
    """The home and the machine as they are. `free` tells the free bytes of a folder's disk."""

    home: Home
    now: datetime
    mounts: tuple[Mount, ...] = field(default_factory=home_place.read_mounts)
    blocks: Path = Path("/sys/class/block")
    free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free
    sqlite: str = field(default_factory=apsw.sqlite_lib_version)
    python: tuple[int, int] = sys.version_info[:2]
    roots: list[str] = field(default_factory=list)
    """The folders that were imported, once the journal was read."""
    watches: Path = Path("/proc/sys/fs/inotify/max_user_watches")
    """Where the system says how many folders may be watched (Linux)."""
    largest_note: int = 20_000_000
    """Bytes, once the settings were read."""

    def sage(self, command: str) -> str:
        """A command of Sage's for this home."""
        usual = find_home().path == self.home.path
        return f"sage {command}" + ("" if usual else f" --home {shlex.quote(str(self.home.path))}")

    def owner(self) -> str:
        """The process id of the engine that runs on the home, "" when none does."""
        try:
            descriptor = os.open(self.home.lock, os.O_RDONLY)
        except OSError:
            return ""
        with os.fdopen(descriptor) as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return lock.read().strip() or "unknown"
            return ""


Check = Callable[[Patient], Iterator[Finding]]
"""A look at one thing. Changes nothing; what it cannot see it raises as SageError or OSError."""


def walk(folder: Path) -> Iterator[Path]:
    """Everything below a folder that can be seen, links as links; not what a restore has prepared."""
    for here, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != ".restore-new"]
        yield from (Path(here, name) for name in (*folders, *files))


def named(paths: list[Path], home: Home) -> str:
    names = [str(path.relative_to(home.path)) if path != home.path else str(path) for path in paths[:3]]
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return (
        f"{', '.join(names)}{more} {'is' if len(paths) == 1 else 'are'}"
        if not more
        else f"{', '.join(names)}{more} are"
    )


def quoted(path: Path) -> str:
    return shlex.quote(str(path))
