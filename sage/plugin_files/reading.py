"""Tasks that stand in text files: which there are, read again when they changed, with ids that stay.

A plugin says which files there are, and which tasks the lines of each hold.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from sage.plugin_api import Changes, Context, Health, Task, Unreachable
from sage.plugin_files.change_log import ChangeLog
from sage.plugin_files.line_ids import Line, LineIds
from sage.plugin_files.replacing import read_file
from sage.plugin_files.text import FileText, shown

SURE_AFTER_NS = 2_000_000_000
"""A file that changed less than this before it was read may have changed again within the same tick; it is read again."""


LARGEST = 8_000_000
"""Bytes of a file. A larger one is left out; nobody wrote it by hand."""


class TaskLine(Struct, frozen=True):
    """A task as a line tells it: `task` without id, revision, parent and place. `at` is the line's index, `raw` what its
    revision is made of, `line` what it is known by, its faces ending with its words and dates, and its words alone.
    `parent` is the index of another of the file's tasks, in their order (-1: none)."""

    at: int
    raw: str
    task: Task
    line: Line
    parent: int = -1


class _Stamp(NamedTuple):
    changed_ns: int
    size: int
    inode: int
    device: int


class Known(NamedTuple):
    """A file as it was last read. `sure`: not so soon after a change that another one could hide behind it."""

    stamp: _Stamp | None
    sure: bool
    found: list[TaskLine]
    tasks: list[Task]


class FilesRead(ABC):
    """The files of one account. All of it is synchronous and locked; `LineTasks` calls it in threads."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx
        self._ids = LineIds(ctx.folder / "ids.json")
        self._log = ChangeLog()
        self._paths: dict[str, str] = {}
        self._known: dict[str, Known] = {}
        self._where: dict[str, str] = {}
        self._twice: set[str] = set()
        self._troubles: list[str] = []
        self.left_out: Sequence[str] = ()
        """Sentences on files that `places` left out on purpose and the person should know of."""
        self._busy = threading.Lock()

    # -- the format ---------------------------------------------------------------------------------------------------

    @abstractmethod
    def places(self) -> dict[str, str]:
        """The paths of the files, by what they are called. Raises Unreachable rather than leaving out one that may be there."""

    @abstractmethod
    def roots(self) -> Sequence[Path]:
        """Folders that are to be watched."""

    @abstractmethod
    def concerns(self, path: str) -> bool:
        """Whether a change there may be one of these files."""

    @abstractmethod
    def found(self, place: str, bodies: list[str]) -> list[TaskLine]:
        """The tasks of a file, in the order of their lines."""

    # -- reading ------------------------------------------------------------------------------------------------------

    def tasks(self) -> tuple[Task, ...]:
        """All tasks as they are now."""
        with self._busy:
            self._refresh()
            return tuple(task for known in self._known.values() for task in known.tasks)

    def since(self, cursor: str) -> Changes:
        """As `TaskSource.changes`."""
        with self._busy:
            self._refresh()
            return self._log.since(cursor)

    def health(self) -> Health:
        """Whether all files can be read."""
        with self._busy:
            self._refresh()
            troubles = [*self._troubles, *self.left_out]
            if not troubles:
                return Health()
            more = f" (and {len(troubles) - 1} more)" if troubles[1:] else ""
            return Health("stuck", troubles[0] + more)

    def read_again(self) -> None:
        """Has all files read again at the next look, as they are to be understood in another way now."""
        self._known = {place: known._replace(sure=False) for place, known in self._known.items()}

    def _refresh(self) -> None:
        """Reads what is new or changed."""
        there = self.places()
        if not there and not self._ids.empty:
            raise Unreachable("All files are gone; is the folder where it was, and mounted?")
        self._troubles.clear()
        read: dict[str, tuple[_Stamp | None, bool, list[TaskLine]]] = {}
        for place, path in there.items():
            known, stamp = self._known.get(place), _stamp(path)
            if known and known.sure and known.stamp == stamp:
                continue
            if stamp and stamp.size > LARGEST:
                self._troubles.append(f"{place} is too large to be looked through.")
                continue
            sure = _sure(stamp)
            try:
                read[place] = (stamp, sure, self.found(place, FileText(read_file(Path(path))).bodies))
            except Unreachable as error:
                if self._ids.knows(place) and not known:
                    raise  # its tasks would count as gone
                self._troubles.append(error.what)
        if not read and self._paths == there:
            return
        ids = self._ids.name({place: [each.line for each in found] for place, (_, _, found) in read.items()}, there)
        before = [self._known.pop(place) for place in [place for place in self._known if place not in there]]
        before += [self._known[place] for place in read if place in self._known]
        self._paths = there
        for place, (stamp, sure, found) in read.items():
            self._known[place] = Known(stamp, sure, found, named(place, found, ids[place]))
        self._look([task for known in before for task in known.tasks], list(read))

    def _look(self, before: Sequence[Task], places: Sequence[str]) -> None:
        """Notes what is different now in these places, in which these tasks were."""
        places = [*places, *self._mark_twice(places)]
        after = [(place, task) for place in places for task in self._known[place].tasks]
        for task in before:
            self._where.pop(task.id, None)
        self._where.update((task.id, place) for place, task in after)
        self._log.look([task.id for task in before], [task for _, task in after])
        self._ids.save()

    def _mark_twice(self, places: Sequence[str]) -> list[str]:
        """Lines that were copied with their written id are not written, as nobody knows which of them is meant. Gives the
        other places in which that is different now."""
        owners = Counter(
            line.own for known in self._known.values() for found in known.found if (line := found.line).own
        )
        twice = {own for own, count in owners.items() if count > 1}
        different, self._twice = twice ^ self._twice, twice
        others = [place for place in self._known if place not in places] if different else []
        more = [place for place in others if any(found.line.own in different for found in self._known[place].found)]
        for known in (self._known[place] for place in (*places, *more)):
            for number, found in enumerate(known.found):
                if found.line.own:
                    fixed = _is_fixed(found) or found.line.own in twice
                    known.tasks[number] = replace(known.tasks[number], read_only=fixed)
        return more


def named(place: str, found: list[TaskLine], ids: Sequence[str]) -> list[Task]:
    """The tasks of a file. One whose line holds a line end of another system is not written."""
    return [
        replace(
            line.task,
            id=name,
            text=shown(line.task.text),
            revision=hashlib.blake2b(line.raw.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest(),
            parent=ids[line.parent] if line.parent >= 0 else "",
            where=place,
            read_only=_is_fixed(line),
        )
        for name, line in zip(ids, found, strict=True)
    ]


def _is_fixed(line: TaskLine) -> bool:
    return line.task.read_only or "\r" in line.raw


def _stamp(path: str) -> _Stamp | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - ten thousand times at each look
    except OSError:  # reading it says why
        return None
    return _Stamp(found.st_mtime_ns, found.st_size, found.st_ino, found.st_dev)


def _sure(stamp: _Stamp | None) -> bool:
    return stamp is not None and time.time_ns() - stamp.changed_ns > SURE_AFTER_NS
