"""Which notes are ones that were known under another name: renamed, moved, swapped; perhaps edited since.

A copy is no rename: the note that it was made of is still where it was. What is only like another note is another note,
unless the file system says that it is the same file: an identity carries labels, so it is never guessed from likeness.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from msgspec import Struct

Place = tuple[str, str]
"""A root, and a note's path in it."""
FileId = tuple[int, int]
"""Device and inode."""

Judge = Callable[[Place, Place], bool]
ALIKE = 0.5
"""The share of words that an edited note has in common with what it was, at least."""


class Found(Struct, frozen=True):
    """A note that is new at its place, or whose file there is another or changed."""

    place: Place
    file: FileId
    size: int = 0


class Known(Struct, frozen=True):
    """A note as it was known. `now` is the file that is at its place now: None when there is none."""

    place: Place
    file: FileId
    now: FileId | None
    size: int = 0

    @property
    def has_left(self) -> bool:
        """Whether its file is not at its place any more."""
        return self.now != self.file


def moves(found: Iterable[Found], known: Iterable[Known], same: Judge, alike: Judge) -> dict[Place, Place]:
    """For each found note that was known at another place: that place.

    `same` tells whether a found note (first) holds the very bytes of a known one (second), `alike` whether it has most
    of its words; both are asked only where it matters.
    """
    following = _Following(sorted(found, key=lambda note: note.place), known, same, alike)
    following.take(following.unchanged)
    following.take(following.edited)
    following.take(following.in_another_file)
    return following.taken


class _Following:
    def __init__(self, found: Sequence[Found], known: Iterable[Known], same: Judge, alike: Judge) -> None:
        self._found, self._same, self._alike = found, same, alike
        self._free = {each.place: each for each in sorted(known, key=lambda each: each.place) if each.has_left}
        """Known notes that left their places, and were not found yet."""
        self._by_file: dict[FileId, list[Place]] = {}
        self._absent: dict[int, list[Place]] = {}
        for each in self._free.values():
            self._by_file.setdefault(each.file, []).append(each.place)
            if each.now is None:
                self._absent.setdefault(each.size, []).append(each.place)
        self.taken: dict[Place, Place] = {}

    def take(self, where_from: Callable[[Found], Iterable[Place]]) -> None:
        for note in self._found:
            place = None if note.place in self.taken else next(iter(where_from(note)), None)
            if place:
                self.taken[note.place] = place
                del self._free[place]

    def unchanged(self, note: Found) -> Iterator[Place]:
        """The same file with the same bytes, wherever it is now."""
        yield from (place for place in self._elsewhere(note, note.file) if self._same(note.place, place))

    def edited(self, note: Found) -> Iterator[Place]:
        """The same file with other bytes, unless the note has stayed: system numbers of files are used again."""
        for place in self._elsewhere(note, note.file):
            now = self._free[place].now
            replaced = now is not None and any(other != place for other in self._by_file.get(now, ()))
            if (now is None or replaced) and not self._stays(note) and self._alike(note.place, place):
                yield place

    def in_another_file(self, note: Found) -> Iterator[Place]:
        """The same bytes in another file: moved between disks, or by way of a copy. The same name is the nearest."""
        absent = sorted(self._free.keys() & set(self._absent.get(note.size, ())), key=_nearness(note.place))
        yield from (place for place in absent if self._same(note.place, place) and not self._stays(note))

    def _elsewhere(self, note: Found, file: FileId) -> list[Place]:
        return [place for place in self._by_file.get(file, ()) if place in self._free and place != note.place]

    def _stays(self, note: Found) -> bool:
        return note.place in self._free and self._alike(note.place, note.place)


def _nearness(note: Place) -> Callable[[Place], tuple[bool, bool, Place]]:
    name = PurePosixPath(note[1]).name
    return lambda place: (PurePosixPath(place[1]).name != name, place[0] != note[0], place)
