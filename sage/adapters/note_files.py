"""Notes on disk: which files of a folder are notes, and what stands in them. Only ever reads.

Whatever cannot be listed or read is told as a `FileTrouble`, and never taken for a deletion.
"""

from __future__ import annotations

import codecs
import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from msgspec import Struct

from sage.core.errors import NotFound, Unreadable
from sage.core.passages import FileTrouble

NOTE_SUFFIXES = frozenset({".md", ".markdown", ".txt"})
LARGEST = 20 * 1024 * 1024
"""Bytes of the largest file that is read unless another limit is given."""

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class NoteFile(Struct, frozen=True):
    """A file that may hold a note. `source` is its path below the root, with `/` between names."""

    path: Path
    source: str
    mtime_ns: int
    size: int


class NoteText(Struct, frozen=True):
    """What stood in a file (without a byte order mark), and the SHA-256 of its bytes."""

    text: str
    sha256: str
    mtime_ns: int
    size: int


@dataclass
class Listing:
    """The notes below a root, and what could not be listed: `unseen` holds folders and files by their source."""

    folder: Path
    files: list[NoteFile] = field(default_factory=list)
    others: int = 0
    troubles: list[FileTrouble] = field(default_factory=list)
    unseen: set[str] = field(default_factory=set)

    def hides(self, source: str) -> bool:
        """Whether `source` may still be there, out of sight."""
        return any(source == name or source.startswith(f"{name}/") for name in self.unseen)

    def trouble(self, source: str, what: str, do: str = "") -> None:
        """Notes that `source` could not be seen."""
        # A name that is not UTF-8 comes with lone surrogates, which nothing can print or store.
        self.troubles.append(FileTrouble(source.encode("utf-8", "replace").decode(), what, do))
        self.unseen.add(source)


def look_at(path: Path) -> os.stat_result:
    """What the system knows of a file or folder. Raises NotFound, or Unreadable when the way to it is closed."""
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound(
            f"There is no file or folder {path}.", safe="Memory is unchanged.", do="Check the path and its spelling."
        ) from error
    except OSError as error:
        raise Unreadable(
            f"{path} cannot be read ({os.strerror(error.errno or 0)}).",
            safe="Memory is unchanged.",
            do="Allow reading it, then import again.",
        ) from error


def list_notes(root: Path) -> Listing:
    """Every note of a folder (or the one file), in the order of sources.

    Hidden files and folders (`.obsidian`, `.trash`, `.git`) are left out; links are followed after all else, each real
    folder and file once, so that a loop ends. Raises NotFound when the root is not there, Unreadable when it is closed.
    """
    found = look_at(root)
    if not stat.S_ISDIR(found.st_mode):
        listing = Listing(root.parent)
        if stat.S_ISREG(found.st_mode):
            listing.files.append(NoteFile(root, root.name, found.st_mtime_ns, found.st_size))
        else:
            listing.trouble(root.name, "It is neither a file nor a folder, and was not opened.", "Move it elsewhere.")
        return listing
    listing = Listing(root)
    links = _walk(root, "", listing, seen := {_identity(found)})
    if "" in listing.unseen:
        raise Unreadable(
            f"The folder {root} cannot be read.", safe="Memory is unchanged.", do="Allow reading it, then import again."
        )
    known = {file.path.resolve() for file in listing.files} if links else set()
    while links:
        links = sorted(link for entry in links for link in _follow(*entry, listing, seen, known))
    listing.files.sort(key=lambda file: file.source)
    return listing


def read_note_file(file: NoteFile, largest: int = LARGEST) -> NoteText:
    """The text of a note. Raises Unreadable (too large, binary, of an unknown encoding, closed, changing) or NotFound."""
    for _ in range(3):
        before, data, after = _read(file, largest)
        if (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size) and len(data) == after.st_size:
            return NoteText(_decoded(data), hashlib.sha256(data).hexdigest(), after.st_mtime_ns, after.st_size)
    raise Unreadable("It is being written just now.", do="Import again in a moment.")


def _walk(folder: Path, source: str, listing: Listing, seen: set[tuple[int, int]]) -> list[tuple[Path, str]]:
    """Lists a folder with all below it; returns the links in it, which are for later."""
    links: list[tuple[Path, str]] = []
    waiting = [(folder, source)]
    while waiting:
        folder, source = waiting.pop()
        try:
            with os.scandir(folder) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            listing.trouble(
                source, f"The folder cannot be read ({os.strerror(error.errno or 0)}).", "Allow reading it."
            )
            continue
        for entry in found:
            if entry.name.startswith("."):
                continue
            path, name = Path(entry.path), f"{source}/{entry.name}" if source else entry.name
            try:
                if entry.is_symlink():
                    links.append((path, name))
                elif not entry.is_dir(follow_symlinks=False):
                    _take(path, name, listing)
                elif (identity := _identity(entry.stat(follow_symlinks=False))) not in seen:
                    seen.add(identity)
                    waiting.append((path, name))
            except OSError as error:
                listing.trouble(name, f"It cannot be read ({os.strerror(error.errno or 0)}).", "Allow reading it.")
    return links


def _follow(
    path: Path, source: str, listing: Listing, seen: set[tuple[int, int]], known: set[Path]
) -> Iterator[tuple[Path, str]]:
    """Lists what a link points to, unless it was listed before. Yields further links."""
    try:
        found = path.stat()
        real = path.resolve()
    except (OSError, RuntimeError):
        if path.suffix.lower() in NOTE_SUFFIXES:
            listing.trouble(source, "It is a link that leads nowhere.", "Mend or delete the link.")
        else:
            listing.unseen.add(source)
        return
    if stat.S_ISDIR(found.st_mode):
        if _identity(found) not in seen:
            seen.add(_identity(found))
            yield from _walk(path, source, listing, seen)
    elif real not in known:
        known.add(real)
        _take(path, source, listing)


def _take(path: Path, source: str, listing: Listing) -> None:
    """Adds one file to the listing, as a note or as one of the others."""
    if path.suffix.lower() not in NOTE_SUFFIXES:
        listing.others += 1
        return
    if not _is_text(source):
        listing.trouble(source, "Its name is not valid text.", "Rename the file.")
        return
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        listing.trouble(source, "It is neither a file nor a folder, and was not opened.", "Move it elsewhere.")
        return
    listing.files.append(NoteFile(path, source, found.st_mtime_ns, found.st_size))


def _read(file: NoteFile, largest: int) -> tuple[os.stat_result, bytes, os.stat_result]:
    try:
        with file.path.open("rb") as stream:
            before = os.fstat(stream.fileno())
            if before.st_size > largest:
                raise Unreadable(
                    f"It is too large ({before.st_size / 1e6:.0f} MB; at most {largest / 1e6:.0f} MB are read).",
                    do="Split it, or raise memory.max_note_mb in settings.toml.",
                )
            data = stream.read(largest + 1)
            return before, data, os.fstat(stream.fileno())
    except FileNotFoundError as error:
        raise NotFound("It went away while it was read.", do="Import again.") from error
    except OSError as error:
        raise Unreadable(f"It cannot be read ({os.strerror(error.errno or 0)}).", do="Allow reading it.") from error


def _decoded(data: bytes) -> str:
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


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


def _is_text(name: str) -> bool:
    """Whether a file's name can be stored: names that are not UTF-8 come with lone surrogates."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
