"""Looks through every byte of every file below a folder for stretches of bytes, in a process of its own.

Of its own, because opening and closing the journal's file in the engine's process would drop SQLite's locks. What is looked
for comes over a pipe and is told by number alone, so that it stands neither in a command line nor on a disk. What is packed is
unpacked before it is looked through: members of zips, streams of gzip and zlib (also the beginning of one whose rest is gone),
and the packed values of databases, which SQLite spreads over pages: they are read through SQLite as well. Run as a module, this
file is that process.
"""

from __future__ import annotations

import base64
import contextlib
import os
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec
from msgspec import Struct

from sage.core.errors import EngineTrouble

if TYPE_CHECKING:
    import apsw

SHORTEST = 8
"""Bytes of the shortest stretch."""
_PIECE = 8 * 1024 * 1024
_DEEPEST = 3
"""How many archives inside of one another are opened."""
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_GZIP = b"\x1f\x8b\x08"
_LARGEST_STREAM = 64 * 1024 * 1024
_AT_ONCE = 16 * 1024
"""Packed bytes that are read together: what came before a break is looked through."""
_SQLITE = b"SQLite format 3\0"


class Found(Struct, frozen=True):
    """A file (and the member of an archive in it) that holds stretches, by their numbers."""

    file: str
    numbers: tuple[int, ...]


class Scan(Struct, frozen=True):
    """What was looked through, where something was found, and what could not be read."""

    files: int = 0
    bytes: int = 0
    found: tuple[Found, ...] = ()
    unread: tuple[str, ...] = ()


class _Task(Struct):
    folder: str
    stretches: list[bytes]


def forms(text: str) -> list[bytes]:
    """The bytes as which a text may stand in a file: UTF-8, UTF-16, and base64 of UTF-8 at its three alignments."""
    data = text.encode("utf-8", "replace")
    found = [data, text.encode("utf-16-le", "replace"), text.encode("utf-16-be", "replace"), *_base64(data)]
    lower = text.lower()
    found += [lower.encode("utf-8", "replace")] if lower != text else []
    return [form for form in found if len(form) >= SHORTEST]


def _base64(data: bytes) -> Iterator[bytes]:
    for shift in range(3):
        coded = base64.b64encode(bytes(shift) + data)
        # What depends on the bytes before and after is left out.
        first = (0, 2, 3)[shift]
        last = len(coded) - (0, 4, 4)[(len(data) + shift) % 3]
        yield coded[first:last]


def scan(folder: Path, stretches: Sequence[bytes], seconds: float = 3600.0) -> Scan:
    """Looks for stretches (each at least SHORTEST bytes) in a process of its own. Raises EngineTrouble when that fails."""
    task = msgspec.msgpack.encode(_Task(str(folder), list(stretches)))
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", __name__], input=task, capture_output=True, timeout=seconds, check=True
        )
        return msgspec.json.decode(done.stdout, type=Scan)
    except (OSError, subprocess.SubprocessError, msgspec.MsgspecError) as error:
        raise EngineTrouble(
            "The files could not be looked through.",
            safe="What was purged is gone; only the proof is missing.",
            do="Free some memory and try again.",
        ) from error


class _Search:
    """All stretches at once: by a table of what their first eight bytes hash to."""

    def __init__(self, stretches: Sequence[bytes]) -> None:
        import numpy as np

        self._np = np
        self._stretches = stretches
        self.longest = max(map(len, stretches), default=0)
        self._by_start: dict[bytes, list[int]] = {}
        for number, stretch in enumerate(stretches):
            self._by_start.setdefault(stretch[:SHORTEST], []).append(number)
        starts = np.frombuffer(b"".join(self._by_start), "<u8")
        self._table = np.zeros(1 << 20, bool)
        self._table[self._hash(starts)] = True

    def _hash(self, words: Any) -> Any:
        np = self._np
        with np.errstate(over="ignore"):
            return (words * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(44)

    def in_bytes(self, data: bytes) -> set[int]:
        np = self._np
        found: set[int] = set()
        for shift in range(SHORTEST):
            words = (
                np.frombuffer(data, "<u8", max(0, len(data) - shift) // SHORTEST, shift) if len(data) > shift else []
            )
            for place in np.flatnonzero(self._table[self._hash(np.asarray(words, "<u8"))]):
                start = int(place) * SHORTEST + shift
                for number in self._by_start.get(data[start : start + SHORTEST], ()):
                    if data.startswith(self._stretches[number], start):
                        found.add(number)
        return found


class _Look:
    """One walk through a folder."""

    def __init__(self, search: _Search) -> None:
        self._search = search
        self.files = self.bytes = 0
        self.found: dict[str, set[int]] = {}
        self.unread: list[str] = []

    def walk(self, folder: Path) -> None:
        for here, folders, files in os.walk(folder):
            folders.sort()
            for name in sorted(files):
                path = Path(here, name)
                shown = path.relative_to(folder).as_posix()
                self._note(shown, os.fsencode(shown))
                try:
                    if path.is_symlink():
                        self._note(shown, os.fsencode(path.readlink()))
                    elif path.is_file():
                        with path.open("rb") as file:
                            self._stream(shown, file, 0)
                        self.files += 1
                except OSError:
                    self.unread.append(shown)

    def _note(self, name: str, data: bytes) -> None:
        if numbers := self._search.in_bytes(data):
            self.found.setdefault(name, set()).update(numbers)

    def _stream(self, name: str, file: BinaryIO, depth: int) -> None:
        tail = b""
        head = file.read(len(_SQLITE))
        file.seek(0)
        if head == _SQLITE:
            self._database(name, file)
            file.seek(0)
        while piece := file.read(_PIECE):
            self.bytes += len(piece) * (depth == 0)
            data = tail + piece
            self._note(name, data)
            if depth < _DEEPEST:
                self._packed(name, data, depth)
            tail = data[-max(self._search.longest - 1, 64) :]
        if head[:2] == b"PK" and depth < _DEEPEST:
            self._members(name, file, depth)

    def _members(self, name: str, file: BinaryIO, depth: int) -> None:
        with contextlib.suppress(zipfile.BadZipFile, NotImplementedError), zipfile.ZipFile(file) as archive:
            for entry in archive.infolist():
                try:
                    with archive.open(entry) as member:
                        self._stream(f"{name}: {entry.filename}", BytesIO(member.read()), depth + 1)
                except (zipfile.BadZipFile, RuntimeError, zlib.error, NotImplementedError, EOFError):
                    self.unread.append(f"{name}: {entry.filename}")

    def _database(self, name: str, file: BinaryIO) -> None:
        """The packed values of a database, each whole. Its log of what was written last is looked through as a file of its own."""
        import apsw

        with contextlib.suppress(apsw.Error), contextlib.closing(_opened(file)) as base:
            columns = base.execute(
                "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c"
                " WHERE t.type = 'table' AND t.sql NOT LIKE 'CREATE VIRTUAL%' AND upper(c.type) IN ('BLOB', '')"
            ).fetchall()
            for table, column in columns:
                sql = f'SELECT "{column}" FROM "{table}" WHERE typeof("{column}") = \'blob\''  # noqa: S608
                with contextlib.suppress(apsw.Error):
                    for (value,) in base.execute(sql):
                        if bytes(value).startswith((*_ZLIB, _GZIP)):
                            self._note(name, _unpacked(memoryview(value), zlib.MAX_WBITS | 32))

    def _packed(self, name: str, data: bytes, depth: int) -> None:
        view = memoryview(data)
        for start, how in _packed_at(data):
            if plain := _unpacked(view[start:], how):
                self._note(name, plain)


def _opened(file: BinaryIO) -> apsw.Connection:
    """A database as it stands in its file, without a lock or a file beside it."""
    import apsw

    if not isinstance(file, BytesIO):
        place = f"{Path(file.name).resolve().as_uri()}?immutable=1"
        return apsw.Connection(place, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
    base, data = apsw.Connection(":memory:"), file.read()
    base.deserialize("main", data[:18] + b"\1\1" + data[20:])  # as one that has no log
    return base


def _unpacked(data: memoryview, how: int) -> bytes:
    """What a stream holds, as far as it can be read."""
    stream, plain = zlib.decompressobj(how), bytearray()
    with contextlib.suppress(zlib.error):
        for start in range(0, len(data), _AT_ONCE):
            plain += stream.decompress(data[start : start + _AT_ONCE], _LARGEST_STREAM)
            if stream.eof or len(plain) > _LARGEST_STREAM:
                break
    return bytes(plain)


def _packed_at(data: bytes) -> Iterator[tuple[int, int]]:
    """Where streams of zlib and gzip may begin, with how to read them."""
    for mark, how in (*((mark, zlib.MAX_WBITS) for mark in _ZLIB), (_GZIP, zlib.MAX_WBITS | 16)):
        start = data.find(mark)
        while start >= 0:
            yield start, how
            start = data.find(mark, start + 1)


def look(folder: Path, stretches: Sequence[bytes]) -> Scan:
    """The same in this process: only for folders without a database that is open here."""
    walk = _Look(_Search(stretches))
    walk.walk(folder)
    found = tuple(Found(name, tuple(sorted(numbers))) for name, numbers in sorted(walk.found.items()))
    return Scan(walk.files, walk.bytes, found, tuple(walk.unread))


def _main(read: Callable[[], bytes]) -> None:
    task = msgspec.msgpack.decode(read(), type=_Task)
    sys.stdout.buffer.write(msgspec.json.encode(look(Path(task.folder), task.stretches)))


if __name__ == "__main__":
    _main(sys.stdin.buffer.read)
