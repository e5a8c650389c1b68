"""Backups as they lie there: which there are, whether they are whole, and what is in them.

A backup may come from anywhere, so nothing in it is believed: names, sizes and checksums are compared with its manifest
before a byte is used.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import struct
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path, PurePosixPath

import apsw
import msgspec

from sage.adapters.database import told
from sage.adapters.home.backups import FILES, FOLDERS, FORMAT, MANIFEST, KeptFile, Manifest, Remark
from sage.adapters.journal.journal_schema import MIGRATIONS
from sage.core.errors import BadInput, NewerHome, NotFound, SageError, TornFile
from sage.locations import Home, home_trouble

LARGEST_MANIFEST = 64 * 1024 * 1024
"""Bytes; some 400,000 files."""
SQLITE_MARK = b"SQLite format 3\0"
_JOURNAL_COPY = re.compile(r"^journal-schema(\d+)-(\d{8}-\d{6})(-\d+)?\.db$")
_DAMAGE = (
    zipfile.BadZipFile,
    msgspec.MsgspecError,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,  # an unknown compression
    RuntimeError,  # an encrypted entry
    ValueError,
    IndexError,
)


class FoundBackup(msgspec.Struct, frozen=True):
    """A backup of a home. `kind` is "home" or "journal" (made before a migration); `trouble` is "" when it is whole."""

    path: str
    kind: str
    bytes: int
    made_at: str
    schema: int
    sage: str = ""
    files: int = 0
    trouble: str = ""


def find(home: Home) -> list[FoundBackup]:
    """The backups in a home's backups/, newest first, each read through to see whether it is whole."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        try:
            paths = [path for path in home.backups.iterdir() if not path.name.startswith(".") and path.is_file()]
        except PermissionError as error:
            raise home_trouble(error, home.backups) from error
        found = [_look_at(path) for path in paths if path.suffix == ".zip" or _JOURNAL_COPY.match(path.name)]
        return sorted(found, key=lambda backup: (datetime.fromisoformat(backup.made_at), backup.path), reverse=True)
    return []


def pick(home: Home, named: str) -> Path:
    """The backup of that path or, in the home's backups/, of that name. Raises NotFound."""
    given = Path(named).expanduser()
    for path in (given, home.backups / given):
        if path.is_file():
            return path.absolute()
    raise NotFound(f"There is no backup {named}.", safe="Nothing was changed.", do="See them with: sage restore --list")


def kind_of(path: Path) -> str:
    """ "home" for a zip, "journal" for a copy of the journal alone. Raises BadInput for anything else."""
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        raise home_trouble(error, path) from error
    if start == SQLITE_MARK:
        return "journal"
    if start.startswith(b"PK"):
        return "home"
    raise BadInput(
        f"{path.name} is not a backup of Sage.",
        safe="Nothing was changed.",
        do="See the backups with: sage restore --list",
    )


def remarks(path: Path) -> tuple[Remark, ...]:
    """What a zip does not hold, and why. Raises as `open_backup`."""
    with open_backup(path) as (_, manifest):
        return manifest.remarks


def verify(path: Path) -> Manifest:
    """The manifest of a zip whose every file was read and found right. Raises TornFile, BadInput or NewerHome."""
    with open_backup(path) as (archive, manifest):
        for kept in manifest.files:
            for _ in read_kept(archive, kept, path):
                pass
    return manifest


@contextlib.contextmanager
def open_backup(path: Path) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """A zip and its manifest, after names and sizes were compared. Raises TornFile, BadInput or NewerHome."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _read_manifest(archive, path)
            _compare(archive, manifest, path)
            yield archive, manifest
    except _DAMAGE as error:
        raise _torn(path) from error
    except OSError as error:
        raise home_trouble(error, path) from error


def read_kept(archive: zipfile.ZipFile, kept: KeptFile, path: Path) -> Generator[bytes]:
    """A file's bytes in pieces. Raises TornFile, at the latest after the last piece, when they are not those of the manifest."""
    digest, size = hashlib.sha256(), 0
    with archive.open(kept.name) as member:
        while piece := member.read(1 << 20):
            digest.update(piece)
            size += len(piece)
            if size > kept.size:
                raise _torn(path)
            yield piece
    if (size, digest.hexdigest()) != (kept.size, kept.sha256):
        raise _torn(path)


def check_journal(path: Path, name: str) -> int:
    """The schema of a journal that nobody has open, after SQLite's own check. Raises TornFile, BadInput or NewerHome."""
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        raise BadInput(
            f"{name} is not whole: a part of it is still in {log.name}.",
            safe="Nothing was changed.",
            do="Start Sage once on the folder that it is from, or make a backup there: sage backup",
        )
    try:
        with closing(
            apsw.Connection(address(path, immutable=True), flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
        ) as journal:
            schema = int(journal.pragma("user_version"))
            found = journal.execute("PRAGMA quick_check(1)").fetchall()
            ours = journal.execute("SELECT 1 FROM sqlite_schema WHERE name = 'turns'").fetchall()
    except apsw.Error as error:
        raise told(error, Path(name)) from error
    if schema > len(MIGRATIONS):
        raise NewerHome(
            f"{name} was made by a later version of Sage (schema {schema}, this one knows {len(MIGRATIONS)}).",
            safe="Nothing was changed.",
            do="Install the later version.",
        )
    if found != [("ok",)]:
        raise _torn(Path(name))
    if schema < 1 or not ours:
        raise BadInput(f"{name} is a database, but no journal of Sage.", safe="Nothing was changed.")
    return schema


def address(path: Path, *, immutable: bool = False) -> str:
    """The SQLite URI that opens a file for reading only; `immutable` for one that nobody writes: then nothing is locked."""
    return f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if immutable else ''}"


def _look_at(path: Path) -> FoundBackup:
    known = _JOURNAL_COPY.match(path.name)
    status = path.stat()
    made = datetime.fromtimestamp(status.st_mtime).astimezone()
    try:
        if known:
            schema = check_journal(path, path.name)
            made = datetime.strptime(known[2], "%Y%m%d-%H%M%S").astimezone()
            return FoundBackup(
                str(path), "journal", status.st_size, made.isoformat(timespec="seconds"), schema, files=1
            )
        manifest = verify(path)
    except SageError as error:
        kind = "journal" if known else "home"
        return FoundBackup(
            str(path),
            kind,
            status.st_size,
            made.isoformat(timespec="seconds"),
            int(known[1]) if known else 0,
            trouble=error.what,
        )
    return FoundBackup(
        str(path), "home", status.st_size, manifest.made_at, manifest.schema, manifest.sage, len(manifest.files)
    )


def _read_manifest(archive: zipfile.ZipFile, path: Path) -> Manifest:
    names = archive.namelist()
    if MANIFEST not in names:
        raise BadInput(f"{path.name} is not a backup of Sage: it has no {MANIFEST}.", safe="Nothing was changed.")
    with archive.open(MANIFEST) as member:
        text = member.read(LARGEST_MANIFEST + 1)
    if len(text) > LARGEST_MANIFEST:
        raise _torn(path)
    version = msgspec.json.decode(text, type=_Version)
    if version.format > FORMAT or version.schema > len(MIGRATIONS):
        raise NewerHome(
            f"{path.name} was made by a later version of Sage ({version.sage}).",
            safe="Nothing was changed.",
            do="Install the later version, or choose an older backup: sage restore --list",
        )
    manifest = msgspec.json.decode(text, type=Manifest)
    if datetime.fromisoformat(manifest.made_at).tzinfo is None:
        raise _torn(path)
    return manifest


class _Version(msgspec.Struct):
    """As much of a manifest as every format has."""

    format: int
    sage: str
    schema: int


def _compare(archive: zipfile.ZipFile, manifest: Manifest, path: Path) -> None:
    """Raises TornFile unless the zip holds exactly what its manifest says, under names that stay inside the home."""
    entries = {entry.filename: entry for entry in archive.infolist()}
    sizes = {kept.name: kept.size for kept in manifest.files}
    found = {name: entry.file_size for name, entry in entries.items() if name != MANIFEST}
    whole = len(entries) == len(archive.infolist()) and len(sizes) == len(manifest.files) and sizes == found
    folders = set(manifest.folders)
    if not whole or not all(map(_is_ours, sizes)) or not all(map(_is_ours, folders)):
        raise _torn(path)
    above = {str(parent) for name in (*sizes, *folders) for parent in PurePosixPath(name).parents} - {"."}
    if above - folders or folders & set(sizes) or folders & set(FILES):
        raise _torn(path)


def _is_ours(name: str) -> bool:
    """Whether a name is one that a backup may have: relative, plain, and below one of the person's own places."""
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\0" in name:
        return False
    return name in FILES or parts[0] in FOLDERS


def _torn(path: Path) -> TornFile:
    return TornFile(
        f"The backup {path.name} is damaged: it does not hold what its list says.",
        safe="Nothing was changed.",
        do="Choose another one: sage restore --list",
    )
