"""What a reader of a format is given, and what it gives back."""

from __future__ import annotations

import codecs
import io
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

import msgspec

from sage.core.errors import NotFound, Unreadable
from sage.core.passages import FileTrouble, digest_of
from sage.core.reading.documents import Part, Person

LARGEST_EXPORT = 256 * 1024 * 1024
"""Bytes of the largest file that is taken into memory as a whole, other than a note: a PDF, a JSON, a file in an archive."""
TOLD = 20
"""Troubles of one file that are told one by one; of the others, how many there are."""

BROKEN_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding JSON raises that is none, or other than it should be."""

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Files(Protocol):
    """Where a reader's files are: in memory, in a folder, in an archive. Names have `/` between their parts."""

    def names(self) -> Sequence[str]:
        """All files, in order."""
        ...

    def open(self, name: str) -> BinaryIO:
        """A file's bytes, with `seek`. Raises Unreadable or NotFound."""
        ...


@dataclass
class Reading:
    """One file being read: for whom, and what went wrong. `format` is what is being read now."""

    person: Person
    source: str
    format: str
    largest_note: int
    named: bool = False
    """Whether the person asked for this very file."""
    passed_over: bool = False
    """Whether the file is none of memory's after all, as looking into it showed."""
    cut_off: bool = False
    """Whether the file ends too early: then what is missing from it is not taken for deleted."""
    troubles: list[FileTrouble] = field(default_factory=list)

    def tell(self, what: str, do: str = "", member: str = "") -> None:
        """Notes that something in the file could not be read; the rest is."""
        where = f"{self.source}/{member}" if member else self.source
        self.troubles.append(FileTrouble(where.encode("utf-8", "replace").decode(), what, do))

    def told(self) -> tuple[FileTrouble, ...]:
        """The troubles, as many as anybody would read."""
        rest = len(self.troubles) - TOLD
        more = (FileTrouble(self.source, f"… and {rest} more like these."),) if rest > 0 else ()
        return (*self.troubles[:TOLD], *more)


Reader = Callable[[Files, str, Reading], Iterator[Part]]
"""Reads the file of a name. Raises Unreadable when nothing of it can be read, before or instead of the first part."""


@dataclass(frozen=True)
class Format:
    """A format that memory reads.

    It is known by a file's `suffixes`, `names` or a `pattern` that its name fits, by what `looks` sees in its first bytes
    (where a person named the file and nothing else tells), or by what `is_folder` sees in a folder's names. `whole`: its
    bytes are taken into memory, at most `largest` (None: as a note's); else the reader reads as it likes.
    """

    name: str
    read: Reader
    suffixes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    pattern: re.Pattern[str] | None = None
    looks: Callable[[bytes], bool] | None = None
    is_folder: Callable[[frozenset[str]], bool] | None = None
    stamp: Callable[[FolderFiles], tuple[int, int]] | None = None
    """Two numbers that change when what is in such a folder does (None: when a time or a size in it does)."""
    whole: bool = True
    largest: int | None = LARGEST_EXPORT


class Loaded:
    """One file that is in memory."""

    def __init__(self, name: str, data: bytes) -> None:
        self._name, self._data = name, data

    def names(self) -> Sequence[str]:
        return [self._name]

    def open(self, name: str) -> BinaryIO:
        return io.BytesIO(self._data)


class FolderFiles:
    """The files of a folder on disk. Links and hidden files are left out."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> Sequence[str]:
        return [name for name, _, _ in self.details(stats=False)]

    def stamp(self) -> tuple[int, int]:
        """Two numbers that change when a name, a time or a size does."""
        details = self.details()
        return int(digest_of(*(f"{name} {time} {size}" for name, time, size in details))[:15], 16), len(details)

    def details(self, *, stats: bool = True) -> list[tuple[str, int, int]]:
        """Every file with its time (in nanoseconds) and size (both 0 without `stats`), in the order of names."""
        found: list[tuple[str, int, int]] = []
        waiting = [""]
        while waiting:
            below = waiting.pop()
            try:
                with os.scandir(self._folder / below) as entries:
                    for entry in entries:
                        if entry.name.startswith(".") or entry.is_symlink():
                            continue
                        if entry.is_dir():
                            waiting.append(f"{below}{entry.name}/")
                        else:
                            known = entry.stat() if stats else None
                            time, size = (known.st_mtime_ns, known.st_size) if known else (0, 0)
                            found.append((f"{below}{entry.name}", time, size))
            except OSError as error:
                raise closed(error) from error
        return sorted(found)

    def open(self, name: str) -> BinaryIO:
        try:
            return (self._folder / name).open("rb")
        except OSError as error:
            raise closed(error) from error


def closed(error: OSError) -> Unreadable | NotFound:
    """The told error for a file that does not open."""
    if isinstance(error, FileNotFoundError):
        return NotFound("It went away while it was read.", do="Import again.")
    return Unreadable(f"It cannot be read ({os.strerror(error.errno or 0)}).", do="Allow reading it.")


def read_bytes(files: Files, name: str) -> bytes:
    """All bytes of a file."""
    with files.open(name) as stream:
        try:
            return stream.read()
        except OSError as error:
            raise closed(error) from error


def text_of(data: bytes) -> str:
    """Text without its byte order mark. Raises Unreadable for binary data and unknown encodings."""
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), "")
    if not encoding and b"\0" in data:
        raise Unreadable("It is a binary file, not text.", do="Give it a suffix other than a note's.")
    try:
        return data.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            f"It is not valid {(encoding or 'utf-8').upper().removesuffix('-SIG')} (line {line}).",
            do="Save it as UTF-8.",
        ) from error


def stem_of(name: str) -> str:
    """A file's name without folders and suffix."""
    last = name.rpartition("/")[2]
    return last.rpartition(".")[0] or last
