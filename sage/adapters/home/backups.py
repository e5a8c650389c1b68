"""Copies of a home: one before each migration, and whenever the person asks.

A backup is one zip of everything that is the person's: journal, notes, goals, tasks, settings, profiles, skills and plugins
of their own, with a list of checksums (`manifest.json`). Indexes and models can be made again; keys are never copied, and
neither is `accounts/`, since what services' libraries keep there are keys and sessions, of which an old state can lock an
account out. Links are not followed, since what they lead to belongs elsewhere: they are listed in the manifest, as is
whatever could not be read.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import stat
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO

import msgspec

from sage import __version__
from sage.adapters.database import Database, copy_database
from sage.core.errors import BadInput, DiskFull, NotFound
from sage.locations import Home, home_trouble, make_private_folder, sync_folder

FORMAT = 1
"""Of the zip. A later version of Sage that writes something else counts up, and this one refuses it."""
MANIFEST = "manifest.json"
JOURNAL = "journal.db"
FILES = (JOURNAL, "tasks.md", "settings.toml")
FOLDERS = ("notes", "goals", "profiles", "skills", "plugins")
TEMPORARY = re.compile(r"^\..+\.[0-9a-f]{8}\.tmp(-journal|-wal|-shm)?$")
"""What a writer that was killed leaves beside a file."""
IN_MEMORY = 16 * 1024 * 1024
"""Bytes of a file that are held in memory while it is read; larger ones go through a temporary file."""

CopyJournal = Callable[[Path], int]
"""Writes a copy of the journal to a path and returns its schema; raises HomeTrouble."""


class KeptFile(msgspec.Struct, frozen=True):
    """A file of a backup: its name below the home, bytes, checksum, mode bits, and when it was changed (ns since 1970)."""

    name: str
    size: int
    sha256: str
    mode: int = 0o600
    modified_ns: int = 0


class Remark(msgspec.Struct, frozen=True):
    """What is not in a backup, or not as it should be, and why. `link` is where a link led ("" for anything else)."""

    name: str
    what: str
    link: str = ""


class Manifest(msgspec.Struct, frozen=True):
    """What a backup holds. `schema` is the journal's (0: there was none), `made_at` ISO 8601 with offset."""

    format: int
    sage: str
    schema: int
    made_at: str
    files: tuple[KeptFile, ...]
    folders: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()


def keeper(home: Home, now: Callable[[], datetime]) -> Callable[[Path, int], None]:
    """What a database calls before it migrates a file: copies it to backups/."""

    def keep(path: Path, schema: int) -> None:
        import apsw

        target = free_name(home.backups / f"{path.stem}-schema{schema}-{now():%Y%m%d-%H%M%S}.db")
        beside = beside_of(target)
        with contextlib.closing(apsw.Connection(str(path))) as source:
            copy_database(source, beside)
        try:
            beside.replace(target)
            sync_folder(home.backups)
        except OSError as error:
            raise home_trouble(error, target) from error

    return keep


def make(home: Home, database: Database, target: Path | None, now: datetime) -> Path:
    """Backs the home up while it is in use, to `target` (default: a new file in its backups/); returns where.

    Nothing is ever written over. Raises BadInput (the target is there already, is a folder, or is inside of what is
    copied), NotFound (its folder is not there), DiskFull, HomeReadOnly, HomeTrouble; then no half of a backup stays.
    """

    def copy_journal(path: Path) -> int:
        database.copy_to(path)
        return database.schema

    chosen = target or free_name(home.backups / f"sage-{now:%Y%m%d-%H%M%S}.zip")
    _check_target(home, chosen)
    write(home, copy_journal, chosen, now)
    return chosen


def open_new(path: Path) -> BinaryIO:
    """A file that was not there before, for its owner alone."""
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")


def write(
    home: Home,
    copy_journal: CopyJournal | None,
    target: Path,
    now: datetime,
    *,
    create: Callable[[Path], IO[bytes]] = open_new,
) -> Manifest:
    """Writes a backup beside `target`, syncs it, and gives it its name. Without `copy_journal` the journal is left out."""
    beside = beside_of(target)
    try:
        with _journal_copy(home, copy_journal, target) as (journal, schema), create(beside) as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
                manifest = _fill(archive, home, journal, schema, now, target.parent)
            file.flush()
            os.fsync(file.fileno())
        _publish(beside, target)
    except OSError as error:
        raise home_trouble(error, target) from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
    return manifest


def beside_of(path: Path) -> Path:
    """The temporary name under which a file is written before it gets its own."""
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")


def sweep(home: Home) -> None:
    """Removes what killed backups left in backups/. Only for the owner of the home's lock, before it makes one."""
    with contextlib.suppress(OSError):
        for path in home.backups.iterdir():
            if TEMPORARY.match(path.name):
                path.unlink(missing_ok=True)


# --- reading the home --------------------------------------------------------------------------------------------


@dataclass
class _Listing:
    files: list[tuple[str, Path]] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def remark(self, name: str, what: str, link: str = "") -> None:
        # A name that is not UTF-8 comes with lone surrogates, which JSON cannot hold.
        name, link = (text.encode("utf-8", "replace").decode() for text in (name, link))
        self.remarks.append(Remark(name, what, link))


def _list(home: Home) -> _Listing:
    listing = _Listing()
    for name in FILES[1:]:
        _take(home.path / name, name, listing, [])
    waiting: list[tuple[Path, str]] = []
    for name in FOLDERS:
        _take(home.path / name, name, listing, waiting)
    while waiting:
        folder, name = waiting.pop()
        try:
            entries = sorted(entry.name for entry in folder.iterdir())
        except OSError as error:
            listing.remark(name, f"The folder cannot be read ({os.strerror(error.errno or 0)}).")
            continue
        for entry in entries:
            if not TEMPORARY.match(entry):
                _take(folder / entry, f"{name}/{entry}", listing, waiting)
    listing.files.sort()
    return listing


def _take(path: Path, name: str, listing: _Listing, waiting: list[tuple[Path, str]]) -> None:
    try:
        mode = path.lstat().st_mode
        name.encode()
        if stat.S_ISLNK(mode):
            listing.remark(name, "A link; what it leads to is not in the backup.", link=str(path.readlink()))
        elif stat.S_ISDIR(mode):
            listing.folders.append(name)
            waiting.append((path, name))
        elif stat.S_ISREG(mode):
            listing.files.append((name, path))
        else:
            listing.remark(name, "It is neither a file nor a folder.")
    except FileNotFoundError:
        return
    except UnicodeEncodeError:
        listing.remark(name, "Its name is not valid text.")
    except OSError as error:
        listing.remark(name, f"It cannot be read ({os.strerror(error.errno or 0)}).")


def _read_still(path: Path, spool: IO[bytes], room: Path) -> tuple[KeptFile, str]:
    """Reads a file as it stands, again when it changed meanwhile. Returns its entry (without a name) and what was odd.

    `room` is the folder where the spool overflows to.
    """
    odd = ""
    for _ in range(3):
        spool.seek(0)
        spool.truncate()
        digest = hashlib.sha256()
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            before = os.fstat(file.fileno())
            while piece := file.read(1 << 20):
                digest.update(piece)
                try:
                    spool.write(piece)
                except OSError as error:
                    raise home_trouble(error, room) from error
            after = os.fstat(file.fileno())
        kept = KeptFile(
            "", spool.tell(), digest.hexdigest(), stat.S_IMODE(after.st_mode) & 0o700 | 0o600, after.st_mtime_ns
        )
        if (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size) and kept.size == after.st_size:
            return kept, ""
        odd = "It was being written while it was copied."
    return kept, odd


# --- writing the zip ---------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _journal_copy(home: Home, copy_journal: CopyJournal | None, target: Path) -> Iterator[tuple[Path | None, int]]:
    """A copy of the journal for as long as the block lasts: in the home, or beside the target when the home's disk is full."""
    if copy_journal is None:
        yield None, 0
        return
    make_private_folder(home.backups)
    beside = beside_of(home.backups / JOURNAL)
    try:
        try:
            schema = copy_journal(beside)
        except DiskFull:
            beside.unlink(missing_ok=True)
            if target.parent.stat().st_dev == home.path.stat().st_dev:
                raise
            beside = beside_of(target.parent / JOURNAL)
            schema = copy_journal(beside)
        yield beside, schema
    finally:
        for left in ("", "-journal", "-wal", "-shm"):
            with contextlib.suppress(OSError):
                beside.with_name(beside.name + left).unlink(missing_ok=True)


def _fill(
    archive: zipfile.ZipFile, home: Home, journal: Path | None, schema: int, now: datetime, room: Path
) -> Manifest:
    listing = _list(home)
    wanted = [(JOURNAL, journal)] if journal else []
    kept = []
    for name, path in [*wanted, *listing.files]:
        with tempfile.SpooledTemporaryFile(IN_MEMORY, dir=str(room)) as spool:
            try:
                entry, odd = _read_still(path, spool, room)
            except FileNotFoundError:
                continue  # it went away since it was listed, as if the backup had come a moment later
            except OSError as error:
                listing.remark(name, f"It cannot be read ({os.strerror(error.errno or 0)}).")
                continue
            if odd:
                listing.remark(name, odd)
            kept.append(msgspec.structs.replace(entry, name=name))
            spool.seek(0)
            with archive.open(_entry(name, now), "w", force_zip64=entry.size >= 1 << 31) as member:
                while piece := spool.read(1 << 20):
                    member.write(piece)
    made_at = now.isoformat(timespec="seconds")
    manifest = Manifest(
        FORMAT, __version__, schema, made_at, tuple(kept), tuple(sorted(listing.folders)), tuple(listing.remarks)
    )
    archive.writestr(_entry(MANIFEST, now), msgspec.json.format(msgspec.json.encode(manifest)))
    return manifest


def _entry(name: str, now: datetime) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, (now.year, now.month, now.day, now.hour, now.minute, now.second))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = (stat.S_IFREG | 0o600) << 16
    return entry


def _check_target(home: Home, target: Path) -> None:
    place = target.resolve()
    if target.is_dir():
        raise BadInput(
            f"{target} is a folder.", safe="Nothing was written.", do=f"Name a file: {target / 'sage-backup.zip'}"
        )
    if os.path.lexists(target):
        raise _taken(target)
    if not target.parent.is_dir():
        raise NotFound(
            f"There is no folder {target.parent}.", safe="Nothing was written.", do="Make it, or choose another."
        )
    if any(place.is_relative_to((home.path / name).resolve()) for name in FOLDERS):
        raise BadInput(
            f"{target} is inside of what is backed up.", safe="Nothing was written.", do="Choose a place outside of it."
        )


def _publish(beside: Path, target: Path) -> None:
    """Gives the finished file its name, unless something has that name by now."""
    try:
        os.link(beside, target)
    except FileExistsError as error:
        raise _taken(target) from error
    except OSError as error:  # a file system without hard links, such as that of most USB sticks
        if os.path.lexists(target):
            raise _taken(target) from error
        beside.rename(target)
    sync_folder(target.parent)


def _taken(target: Path) -> BadInput:
    return BadInput(f"{target} is there already.", safe="It was not written over.", do="Choose another name.")


def free_name(path: Path) -> Path:
    """That path, or the next one of its kind that is not taken."""
    number, free = 1, path
    while os.path.lexists(free):
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free
