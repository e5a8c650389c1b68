"""Files on disk that memory reads: which of a folder are, and what stands in them. Only ever reads.

A folder that is one thing as a whole (a mailbox, an export) is listed as one file. Whatever cannot be listed or read is
told as a `FileTrouble`, and never taken for a deletion.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from msgspec import Struct

from sage.adapters.readers import format_by_look, format_named, format_of_file, format_of_folder
from sage.adapters.readers.reading import FolderFiles, Format, closed
from sage.core.errors import NotFound, SageError, Unreadable
from sage.core.passages import FileTrouble

LARGEST = 20 * 1024 * 1024
"""Bytes of the largest note that is read unless another limit is given."""


class NoteFile(Struct, frozen=True):
    """A file (or a folder that is one thing) to read. `source` is its path below the root, with `/` between names;
    `format` a name in the table of formats; `mtime_ns` and `size` change when it does."""

    path: Path
    source: str
    mtime_ns: int
    size: int
    format: str = "text"
    device: int = 0
    inode: int = 0


class FileBytes(Struct, frozen=True):
    """What stood in a file, and its SHA-256."""

    data: bytes
    sha256: str
    mtime_ns: int
    size: int


@dataclass
class Listing:
    """The files below a root that memory reads, and what could not be listed: `unseen` holds folders and files by their source."""

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
    """Every file of a folder that memory reads (or the one file), in the order of sources.

    Hidden files and folders (`.obsidian`, `.trash`, `.git`) are left out; links are followed after all else, each real
    folder and file once, so that a loop ends. Raises NotFound when the root is not there, Unreadable when it is closed.
    """
    found = look_at(root)
    if not stat.S_ISDIR(found.st_mode):
        listing = Listing(root.parent)
        if stat.S_ISREG(found.st_mode):
            if kind := format_of_file(root.name) or _format_by_look(root):
                listing.files.append(_file(root, root.name, found, kind.name))
            else:
                listing.others += 1
        else:
            listing.trouble(root.name, "It is neither a file nor a folder, and was not opened.", "Move it elsewhere.")
        return listing
    listing = Listing(base_of(root))
    links = _walk(root, root.name if listing.folder != root else "", listing, seen := {_identity(found)})
    if {"", root.name} & listing.unseen:
        raise Unreadable(
            f"The folder {root} cannot be read.", safe="Memory is unchanged.", do="Allow reading it, then import again."
        )
    known = {file.path.resolve() for file in listing.files} if links else set()
    while links:
        links = sorted(link for entry in links for link in _follow(*entry, listing, seen, known))
    listing.files.sort(key=lambda file: file.source)
    return listing


def base_of(root: Path) -> Path:
    """The folder that the sources of a root are relative to: itself, or the one around what is listed as one file."""
    return root if root.is_dir() and not _is_one(root) else root.parent


def whole_around(path: Path, root: Path) -> Path:
    """The outermost folder from a root down to a path in it that is one thing as a whole; else the path."""
    inside = [folder for folder in (path, *path.parents) if folder.is_relative_to(root)]
    return next((folder for folder in reversed(inside) if _is_one(folder)), path)


def list_some(root: Path, paths: Iterable[Path]) -> Listing | None:
    """What stands at some paths below a folder, as `list_notes` tells it: only these are looked at, with all below those
    that are folders. None when a link is in the way, which only a listing of everything tells rightly."""
    listing, seen = Listing(root), set[tuple[int, int]]()
    names: dict[Path, list[str]] = {}
    for path in paths:
        names.setdefault(path.parent, []).append(path.name)
    for folder, wanted in sorted(names.items()):
        base = folder.relative_to(root).as_posix()
        try:
            if folder.resolve() != folder:
                return None
            with os.scandir(folder) as entries:  # names as they are written, which a path may not match in case
                found = {entry.name: entry for entry in entries}
        except (FileNotFoundError, NotADirectoryError):
            continue
        except (OSError, RuntimeError):
            listing.trouble("" if base == "." else base, "The folder cannot be read.", "Allow reading it.")
            continue
        for name in sorted(found.keys() & set(wanted)):
            if not _look_into(found[name], name if base == "." else f"{base}/{name}", listing, seen, found):
                return None
    listing.files.sort(key=lambda file: file.source)
    return listing


def _look_into(
    entry: os.DirEntry[str], source: str, listing: Listing, seen: set[tuple[int, int]], beside: Collection[str]
) -> bool:
    """Lists one entry with all below it; False when it is, or holds, a link."""
    path = Path(entry.path)
    try:
        if entry.is_symlink():
            return False
        if entry.is_dir(follow_symlinks=False):
            return not _walk(path, source, listing, seen)
        _take(path, source, listing, beside)
    except OSError as error:
        listing.trouble(source, f"It cannot be read ({os.strerror(error.errno or 0)}).", "Allow reading it.")
    return True


def read_file(file: NoteFile, largest: int = LARGEST) -> FileBytes:
    """A file's bytes. Raises Unreadable (too large, closed, changing) or NotFound."""
    for _ in range(3):
        before, data, after = _read(file, largest)
        if (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size) and len(data) == after.st_size:
            return FileBytes(data, hashlib.sha256(data).hexdigest(), after.st_mtime_ns, after.st_size)
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
        names = frozenset(entry.name for entry in found)
        if one := format_of_folder(names):
            waiting += _take_as_one(folder, source, one, found, listing)
            continue
        for entry in found:
            if entry.name.startswith("."):
                continue
            path, name = Path(entry.path), f"{source}/{entry.name}" if source else entry.name
            try:
                if entry.is_symlink():
                    links.append((path, name))
                elif not entry.is_dir(follow_symlinks=False):
                    _take(path, name, listing, names)
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
        if format_of_file(path.name):
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


def _take_as_one(
    folder: Path, source: str, kind: Format, found: list[os.DirEntry[str]], listing: Listing
) -> list[tuple[Path, str]]:
    """Adds a folder that is one thing to the listing; returns those in it that are such things themselves."""
    try:
        files = FolderFiles(folder)
        mtime_ns, size = kind.stamp(files) if kind.stamp else files.stamp()
        listing.files.append(NoteFile(folder, source, mtime_ns, size, kind.name))
        return [
            (Path(entry.path), f"{source}/{entry.name}")
            for entry in found
            if entry.is_dir(follow_symlinks=False) and _is_one(Path(entry.path))
        ]
    except (OSError, Unreadable, NotFound) as error:
        told = error.what if isinstance(error, SageError) else f"It cannot be read ({os.strerror(error.errno or 0)})."
        listing.trouble(source, told, "Allow reading it.")
        return []


def _is_one(folder: Path) -> bool:
    """Whether a folder is one thing as a whole; one that cannot be listed is not."""
    try:
        return format_of_folder(frozenset(path.name for path in folder.iterdir())) is not None
    except OSError:
        return False


def _format_by_look(path: Path) -> Format | None:
    try:
        with path.open("rb") as stream:
            return format_by_look(stream.read(4096))
    except OSError:  # told when it is read
        return format_named("text")


def _take(path: Path, source: str, listing: Listing, beside: Collection[str] = ()) -> None:
    """Adds one file to the listing, as a note or as one of the others."""
    kind = format_of_file(path.name, beside)
    if kind is None:
        listing.others += 1
        return
    if not _is_text(source):
        listing.trouble(source, "Its name is not valid text.", "Rename the file.")
        return
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        listing.trouble(source, "It is neither a file nor a folder, and was not opened.", "Move it elsewhere.")
        return
    listing.files.append(_file(path, source, found, kind.name))


def file_id(found: os.stat_result) -> tuple[int, int]:
    """Which file it is (device and inode), in the range of SQLite's integers."""
    return found.st_dev & (2**63 - 1), found.st_ino & (2**63 - 1)


def _file(path: Path, source: str, found: os.stat_result, format_name: str) -> NoteFile:
    return NoteFile(path, source, found.st_mtime_ns, found.st_size, format_name, *file_id(found))


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
    except OSError as error:
        raise closed(error) from error


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


def _is_text(name: str) -> bool:
    """Whether a file's name can be stored: names that are not UTF-8 come with lone surrogates."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
