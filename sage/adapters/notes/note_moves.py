"""Notes that were renamed or moved keep the names they were first seen under, by which ids and labels are made.

Looks only at files that are new or changed, and reads only those of them that may be a known note that left its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from itertools import count
from pathlib import Path

from sage.adapters.memory.memory_rows import KnownFile, first_name
from sage.adapters.memory.memory_store import MemoryStore
from sage.adapters.notes.note_files import NoteFile, file_id, read_file
from sage.adapters.notes.note_survey import Survey, is_gone, on_disk
from sage.adapters.readers import format_named
from sage.core.errors import NotFound, Unreadable
from sage.core.renames import ALIKE, FileId, Found, Known, Place, moves

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Moved:
    """What a look found of names.

    `first` has the name that each new or changed file was first seen under ("" for the one that it has), `came_from` the
    place that it left, which is also in `gone` if nothing is there now. `renames` is what is to be kept of that (None:
    nothing any more).
    """

    first: Mapping[str, str] = field(default_factory=dict)
    came_from: Mapping[str, Place] = field(default_factory=dict)
    gone: Mapping[str, Place] = field(default_factory=dict)
    renames: Mapping[Place, str | None] = field(default_factory=dict)


def find_moves(store: MemoryStore, survey: Survey, renames: Mapping[Place, str]) -> Moved:
    """Follows the files of a look to where they were known before. `renames` are those that are kept of all roots."""
    fresh = {(str(survey.root), file.source): file for file in survey.files if survey.is_fresh(file)}
    if not fresh:
        return Moved()
    look = _Look(store, fresh)
    found = [Found(place, (file.device, file.inode), file.size) for place, file in fresh.items() if file.inode]
    known = [Known(each.place, each.file, look.now(each), each.size) for each in look.known.values()]
    taken = moves(found, known, look.same, look.alike)
    names = _Names(store, survey, renames)
    for place in taken.values():
        names.leave(place)
    for place, old in taken.items():
        names.give(place, look.known[old].name)
    for place in fresh.keys() - taken.keys():
        names.keep(place)
    gone = {source: old for (_, source), old in taken.items() if look.now(look.known[old]) is None}
    return Moved(names.first, {source: old for (_, source), old in taken.items()}, gone, names.changes)


class _Names:
    """Who has which name. No two notes that are there have the same one."""

    def __init__(self, store: MemoryStore, survey: Survey, renames: Mapping[Place, str]) -> None:
        self._store, self._survey, self._renames = store, survey, renames
        self._held = {name: place for place, name in renames.items()}
        self._left: set[Place] = set()
        self.first: dict[str, str] = {}
        self.changes: dict[Place, str | None] = {}

    def leave(self, place: Place) -> None:
        """The note that was known there is elsewhere."""
        self._left.add(place)
        if place in self._renames:
            self._held.pop(self._renames[place], None)
            self.changes[place] = None

    def give(self, place: Place, name: str) -> None:
        """The note there was first seen under that name."""
        if (other := self._held.get(name, place)) != place:  # it was, and is not to be found any more
            self.changes[other] = None
        self._held[name] = place
        own = first_name(str(self._survey.folder), place[1])
        self.first[place[1]] = "" if name == own else name
        if name != own:
            self.changes[place] = name
        elif place in self._renames:
            self.changes[place] = None

    def keep(self, place: Place) -> None:
        """The note there has the name that it had, or that is kept for its place, or its own, if nobody else has it."""
        self.give(place, next(name for name in self._wanted(place) if self._is_free(name, place)))

    def _wanted(self, place: Place) -> Iterator[str]:
        own, state = first_name(str(self._survey.folder), place[1]), self._survey.known.get(place[1])
        if place not in self._left:
            if state:
                yield state.first or own
            if place in self._renames:
                yield self._renames[place]
        yield own
        yield from (f"{own}:{number}" for number in count(2))

    def _is_free(self, name: str, place: Place) -> bool:
        root, source = self._held.get(name, place)
        if (root, source) == place:
            return True
        was, folder = self._store.imports.root(root), Path(root) if Path(root).is_dir() else Path(root).parent
        return (root, source) not in self.changes and is_gone(folder / source, Path(root), was)


class _Look:
    """The files that are new or changed, and the known ones that they may be."""

    def __init__(self, store: MemoryStore, fresh: Mapping[Place, NoteFile]) -> None:
        self._store, self._fresh = store, fresh
        self.known = {each.place: each for each in store.imports.known_files(fresh)}
        self.now, self._digest, self._words = cache(self._now_at), cache(self._digest_of), cache(self._words_of)

    def same(self, place: Place, other: Place) -> bool:
        file, known = self._fresh[place], self.known[other]
        if file.size != known.size or not file.size:
            return False
        if known.sha256 and format_named(file.format).whole:
            return self._digest(place) == known.sha256
        return file.mtime_ns == known.mtime_ns

    def alike(self, place: Place, other: Place) -> bool:
        old, new = self._store.imports.words_in(self.known[other].number), self._words(place)
        return bool(old and new) and len(old & new) >= ALIKE * max(len(old), len(new))

    def _now_at(self, known: KnownFile) -> FileId | None:
        """Which file is at a known one's place; itself, when that cannot be seen."""
        root, source = known.place
        path, was = Path(known.folder, source), self._store.imports.root(root)
        try:
            device, inode = file_id(path.stat())
        except OSError:
            return None if is_gone(path, Path(root), was, elsewhere=known.file[0] != 0) else known.file
        return (on_disk(device, was) if was else device), inode

    def _bytes(self, place: Place) -> bytes:
        try:
            return read_file(self._fresh[place], self._fresh[place].size + 1).data
        except (NotFound, Unreadable):
            return b""

    def _digest_of(self, place: Place) -> str:
        return sha256(self._bytes(place)).hexdigest()

    def _words_of(self, place: Place) -> frozenset[str]:
        return frozenset(_WORD.findall(self._bytes(place).decode("utf-8", "ignore").casefold()))
