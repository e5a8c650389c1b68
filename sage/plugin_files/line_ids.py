"""Ids of lines that carry none: a line keeps its id while it is edited, moved, and while its file is renamed.

A line is known by its `faces`, strings from the most to the least particular (its id if it has one written, all of it, its
words and date, its words alone). What of them is kept on disk are short hashes.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

Faces = tuple[int, ...]
MOST_LOST, MOST_KEYS = 1000, 2000
"""Lines that are no longer there and may appear again elsewhere; keys of lines that were made."""


class Line(Struct, frozen=True):
    """What identifies a line. A face that is "" is none. `own`: an id that is written in it."""

    faces: tuple[str, ...]
    own: str = ""


class _Known(Struct, array_like=True):
    id: str
    faces: Faces


class _Made(Struct):
    """What a key was given for: a line with this (least particular) face, in a place that had `before` of them. `id` is ""
    until it certainly stands there."""

    place: str
    face: int
    before: int
    id: str = ""


class _State(Struct):
    places: dict[str, list[_Known]] = {}
    lost: list[_Known] = []
    made: dict[str, _Made] = {}


class LineIds:
    """The ids of all lines of one account, kept in one file. What cannot be read there is begun anew: then ids are those
    that the lines would get for the first time."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._state = _State()
        with contextlib.suppress(OSError, msgspec.MsgspecError):
            self._state = msgspec.json.decode(file.read_bytes(), type=_State)
        self._used = {known.id for place in self._state.places.values() for known in place}
        self._dirty = False
        self._digests: dict[str, str] = {}

    def knows(self, place: str) -> bool:
        """Whether there were lines."""
        return bool(self._state.places.get(self._digest(place)))

    @property
    def empty(self) -> bool:
        return not any(self._state.places.values())

    def name(self, seen: Mapping[str, Sequence[Line]], there: Iterable[str] | None = None) -> dict[str, list[str]]:
        """The ids of the lines of these places as they are now, in their order. `there`: all places that there are (None:
        as before)."""
        if there is not None:
            for digest in self._state.places.keys() - set(map(self._digest, there)):
                self._lose(self._state.places.pop(digest))
        faces = {place: [_hashed(line) for line in lines] for place, lines in seen.items()}
        found: dict[str, list[str]] = {}
        for place, lines in faces.items():
            before = self._state.places.get(self._digest(place), [])
            found[place] = _carried(before, lines)
            kept = set(found[place])
            self._lose([known for known in before if known.id not in kept])
        self._find_again(found, faces)
        for place in seen:
            self._keep(place, seen[place], faces[place], found[place])
        return found

    def _lose(self, lost: list[_Known]) -> None:
        self._state.lost = [*self._state.lost, *lost][-MOST_LOST:]
        self._used.difference_update(known.id for known in lost)
        self._dirty = self._dirty or bool(lost)

    def assign(self, place: str, lines: Sequence[Line], known: Mapping[int, str]) -> list[str]:
        """The ids of a place that was just written: `known` are those of its lines, by their order, that are certain."""
        ids = [known.get(number, "") for number in range(len(lines))]
        faces = [_hashed(line) for line in lines]
        self._used.difference_update(each.id for each in self._state.places.get(self._digest(place), []))
        self._used.update(filter(None, ids))
        self._keep(place, lines, faces, ids)
        return ids

    def made(self, key: str) -> str | None:
        """The id of what was made with this key; "": it was begun, and may stand there (see `stands`); None: it was not."""
        made = self._state.made.get(key)
        return made.id if made else None

    def stands(self, key: str, place: str, lines: Sequence[Line]) -> int:
        """Which of the lines of a place is the one that was begun with this key, if it was made before the process ended (-1:
        none is)."""
        made = self._state.made[key]
        same = [number for number, line in enumerate(lines) if _hashed(line)[-1] == made.face]
        return same[-1] if made.place == self._digest(place) and len(same) > made.before else -1

    def begin(self, key: str, place: str, line: Line, there: Sequence[Line]) -> None:
        """Says on disk that a line is about to be made in a place that has those of `there`."""
        face = _hashed(line)[-1]
        before = sum(_hashed(other)[-1] == face for other in there)
        self._state.made[key] = _Made(self._digest(place), face, before)
        for old in list(self._state.made)[:-MOST_KEYS]:
            del self._state.made[old]
        self._dirty = True
        self.save()

    def settle(self, key: str, id: str) -> None:  # noqa: A002
        """Says that it stands there."""
        self._state.made[key].id = id
        self._dirty = True

    def save(self) -> None:
        """Writes what changed. A process that is killed leaves the old file or the new one."""
        if not self._dirty:
            return
        beside = self._file.with_suffix(f".{os.getpid()}")
        beside.write_bytes(msgspec.json.encode(self._state))
        beside.replace(self._file)
        self._dirty = False

    def _digest(self, place: str) -> str:
        if place not in self._digests:
            self._digests[place] = _digest(place)
        return self._digests[place]

    def _find_again(self, ids: dict[str, list[str]], faces: dict[str, list[Faces]]) -> None:
        """Lines without an id that were lost elsewhere: those with the same words and date, if only one was lost."""
        if not self._state.lost or all(all(each) for each in ids.values()):
            return
        lost: dict[tuple[int, int], list[_Known]] = {}
        for known in self._state.lost:
            for level, face in enumerate(known.faces[:-1]):
                lost.setdefault((level, face), []).append(known)
        for place, number, level, face in (
            (place, number, level, face)
            for place, lines in faces.items()
            for number, line in enumerate(lines)
            if not ids[place][number]
            for level, face in enumerate(line[:-1])
        ):
            same = lost.get((level, face), []) if face and not ids[place][number] else []
            if len(same) == 1 and same[0].id not in self._used:
                ids[place][number] = same[0].id
                self._used.add(same[0].id)
                self._state.lost.remove(same[0])

    def _keep(self, place: str, lines: Sequence[Line], faces: list[Faces], ids: list[str]) -> None:
        """Gives new ids where there are none, and notes them all."""
        lost = {known.id for known in self._state.lost}
        for number, line in enumerate(lines):
            if ids[number]:
                continue
            candidate, turn = line.own, 0
            while not candidate or candidate in self._used or candidate in lost:
                candidate = _digest("\0".join((place, str(turn), str(faces[number][-2]))))
                turn += 1
            ids[number] = candidate
            self._used.add(candidate)
        now = [_Known(each, face) for each, face in zip(ids, faces, strict=True)]
        digest = self._digest(place)
        if now == self._state.places.get(digest, []):
            return
        self._dirty = True
        if now:
            self._state.places[digest] = now
        else:
            del self._state.places[digest]


def _carried(before: Sequence[_Known], lines: list[Faces]) -> list[str]:
    """The ids that lines of a place keep: by their faces, the most particular first; and if between two that are known one
    was there and one is there now, they are the same one, edited."""
    ids = [""] * len(lines)
    at = [-1] * len(lines)
    free = dict.fromkeys(range(len(before)))
    for level in range(max(map(len, lines), default=0)):
        waiting: dict[int, list[int]] = {}
        for number in reversed(free):
            if level < len(before[number].faces) and before[number].faces[level]:
                waiting.setdefault(before[number].faces[level], []).append(number)
        for number, faces in enumerate(lines):
            if not ids[number] and (same := waiting.get(faces[level])):
                at[number] = same.pop()
                ids[number] = before[at[number]].id
                del free[at[number]]
    for number in range(len(lines)):
        alone = (not number or ids[number - 1]) and (number + 1 == len(lines) or ids[number + 1])
        if ids[number] or not alone:
            continue
        first = at[number - 1] if number else -1
        last = at[number + 1] if number + 1 < len(lines) else len(before)
        between = [old for old in range(first + 1, last) if old in free]
        if len(between) == 1:
            ids[number] = before[between[0]].id
            at[number] = between[0]
            del free[between[0]]
    return ids


def _hashed(line: Line) -> Faces:
    return tuple(_int(face) if face else 0 for face in line.faces)


def _int(text: str) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=6).digest()
    return int.from_bytes(digest, "big") or 1


def _digest(place: str) -> str:
    return f"{_int(place):012x}"
