"""Copies of before that Sage keeps: backups, journals of before a migration, what a restore put aside, logs.

They are written anew without the forgotten words, so that a backup still comes back whole and cannot bring the words back.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import apsw
import msgspec
from msgspec import Struct

from sage.adapters import backups, forgetting_journal, kept_backups
from sage.adapters.backups import JOURNAL, MANIFEST, KeptFile, Manifest
from sage.adapters.database import compact, told
from sage.adapters.files import write_whole
from sage.adapters.forgetting_files import decoded, encoded, replace
from sage.core.cutting import cut
from sage.core.errors import BadInput, NewerHome, TornFile
from sage.core.forgetting import Gone, choose_again, sentences_with
from sage.locations import Home, home_trouble, make_private_folder, sync_folder


class Cleaned(Struct):
    """How many copies were written anew, and which could not be (with why)."""

    copies: int = 0
    left: list[str] = []


def clean_copies(home: Home, gone: Gone, forgettings: set[str], day: str, step: Callable[[], None]) -> Cleaned:
    """Takes what is gone out of every copy below the home; `step` is called after each. A damaged copy, or one of a later
    version, is left and told. Raises DiskFull or HomeTrouble: then the copies so far are done, and the others as before."""
    cleaned = Cleaned()
    own = [home.trash / name for name in forgettings]
    for path in _copies(home):
        if any(path.is_relative_to(folder) for folder in own):
            continue
        try:
            with _told(path):
                changed = _clean(home, path, gone, forgettings, day)
        except (TornFile, NewerHome, BadInput) as error:
            cleaned.left.append(f"{path.relative_to(home.path)}: {error.what}")
            continue
        cleaned.copies += changed
        step()
    return cleaned


def _copies(home: Home) -> Iterator[Path]:
    """Backups first; then logs, and what stands in trash/ (restored homes, other forgettings)."""
    for folder in (home.backups, home.logs, home.trash):
        yield from sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    for folder in (home.path, home.notes, home.goals):
        yield from sorted(path for path in folder.glob(".*.tmp") if path.is_file())


def _clean(home: Home, path: Path, gone: Gone, forgettings: set[str], day: str) -> bool:
    with path.open("rb") as file:
        head = file.read(16)
    if path.is_relative_to(home.logs):
        return _clean_log(path, gone)
    if head.startswith(b"PK"):
        return _clean_zip(home, path, gone, forgettings, day)
    if head == kept_backups.SQLITE_MARK:
        return _clean_database(home, path, gone, forgettings, day)
    return _clean_plain(path, gone)


# --- a journal -------------------------------------------------------------------------------------------------------


def clean_journal(journal: apsw.Connection, gone: Gone, forgettings: set[str], day: str) -> bool:
    """Takes what is gone out of the rows of a journal's copy; False when there was nothing of it."""
    journal.execute("PRAGMA secure_delete = ON").fetchall()
    found = choose_again(list(forgetting_journal.pieces(journal)), gone)
    journal.execute("BEGIN IMMEDIATE")
    changes = forgetting_journal.changes(journal, found, day, gone.ids)
    changed = bool(forgetting_journal.apply(journal, changes))
    changed |= forget_kept(journal, gone, forgettings)
    journal.execute("COMMIT")
    return changed


def forget_kept(journal: apsw.Connection, gone: Gone, forgettings: set[str]) -> bool:
    """Takes what forgettings kept for an undo out of a journal: all of those that are purged, and of others what is gone."""
    if not forgetting_journal.has(journal, "forgotten"):
        return False
    wanted = [
        seq
        for seq, forgetting, piece, kept in journal.execute("SELECT seq, forgetting, piece, kept FROM forgotten")
        if forgetting in forgettings or piece in gone.keys or gone.runs.found_in(kept)
    ]
    journal.executemany("DELETE FROM forgotten WHERE seq = ?", [(seq,) for seq in wanted])
    for name in forgettings:
        journal.execute("UPDATE forgettings SET state = 'purged' WHERE id = ? AND state != 'purged'", (name,))
    return bool(wanted)


def _clean_database(home: Home, path: Path, gone: Gone, forgettings: set[str], day: str) -> bool:
    """A copy of a journal: cleaned beside its place, then put there."""
    beside = backups.beside_of(home.backups / path.name)
    try:
        write_whole(beside, path.read_bytes())
        status = path.stat()
        if not _clean_closed(beside, gone, forgettings, day):
            return False
        os.utime(beside, ns=(status.st_mtime_ns, status.st_mtime_ns))
        _publish(beside, path)
        return True
    finally:
        _drop(beside)


def _clean_closed(path: Path, gone: Gone, forgettings: set[str], day: str) -> bool:
    """Cleans the copy of a journal that nobody else has open, and writes it anew."""
    try:
        with closing(apsw.Connection(str(path))) as journal:
            journal.execute("PRAGMA journal_mode = DELETE").fetchall()
            if not forgetting_journal.has(journal, "turns") or not clean_journal(journal, gone, forgettings, day):
                return False
            compact(journal)
        return True
    except apsw.Error as error:
        raise told(error, path) from error


# --- a zip -----------------------------------------------------------------------------------------------------------


def _clean_zip(home: Home, path: Path, gone: Gone, forgettings: set[str], day: str) -> bool:
    """A backup: each file of it cleaned, with a new list of checksums, checked, then put in the old one's place."""
    make_private_folder(home.backups)
    beside, journal = backups.beside_of(path), backups.beside_of(home.backups / JOURNAL)
    try:
        with (
            kept_backups.open_backup(path) as (archive, manifest),
            backups.open_new(beside) as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as new,
        ):
            kept, changed = [], False
            for entry in manifest.files:
                data = b"".join(kept_backups.read_kept(archive, entry, path))
                clean = (
                    _clean_member_journal(journal, data, gone, forgettings, day)
                    if entry.name == JOURNAL
                    else _clean_note(entry.name, data, gone, manifest.made_at)
                )
                changed |= clean != data
                if clean is not None:
                    kept.append(_write(new, entry, clean))
            clean_manifest = _clean_manifest(manifest, kept, gone)
            changed |= len(clean_manifest.remarks) != len(manifest.remarks)
            new.writestr(_entry(MANIFEST), msgspec.json.format(msgspec.json.encode(clean_manifest)))
            new.close()
            file.flush()
            os.fsync(file.fileno())
        if not changed:
            return False
        kept_backups.verify(beside)
        status = path.stat()
        os.utime(beside, ns=(status.st_mtime_ns, status.st_mtime_ns))
        _publish(beside, path)
        return True
    finally:
        _drop(beside)
        _drop(journal)


def _clean_member_journal(beside: Path, data: bytes, gone: Gone, forgettings: set[str], day: str) -> bytes:
    write_whole(beside, data)
    try:
        return beside.read_bytes() if _clean_closed(beside, gone, forgettings, day) else data
    finally:
        _drop(beside)


def _clean_note(name: str, data: bytes, gone: Gone, made_at: str) -> bytes | None:
    """A file of a backup without what is gone; None when the note went whole, or nothing is left of it."""
    went = gone.notes.get(name)
    if went and datetime.fromisoformat(made_at) <= datetime.fromisoformat(went):
        return None
    if gone.runs.found_in(name):
        return None
    return clean_text(data, gone)


def _clean_manifest(manifest: Manifest, kept: list[KeptFile], gone: Gone) -> Manifest:
    remarks = tuple(
        each for each in manifest.remarks if not gone.runs.found_in(f"{each.name}\n{each.what}\n{each.link}")
    )
    above = {str(parent) for entry in kept for parent in Path(entry.name).parents}
    folders = tuple(name for name in manifest.folders if name in above or not gone.runs.found_in(name))
    return msgspec.structs.replace(manifest, files=tuple(kept), folders=folders, remarks=remarks)


def _write(archive: zipfile.ZipFile, entry: KeptFile, data: bytes) -> KeptFile:
    archive.writestr(_entry(entry.name), data)
    return msgspec.structs.replace(entry, size=len(data), sha256=hashlib.sha256(data).hexdigest())


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o100600 << 16
    return entry


# --- plain files -----------------------------------------------------------------------------------------------------


def clean_text(data: bytes, gone: Gone) -> bytes | None:
    """A text without the sentences that are gone; None when nothing is left; what is no text stays as it is."""
    text = decoded(data)
    spans = sentences_with(text, gone.runs) if text else []
    if not text or not spans:
        return data
    left = cut(text, spans)
    return encoded(left, data) if left.strip() else None


def _clean_plain(path: Path, gone: Gone) -> bool:
    data = path.read_bytes()
    clean = clean_text(data, gone)
    if clean == data:
        return False
    if clean is None:
        path.unlink()
        sync_folder(path.parent)
    else:
        replace(path, data, clean)
    return True


def _clean_log(path: Path, gone: Gone) -> bool:
    """Lines go in place, since the log is open for adding."""
    data = path.read_bytes()
    lines = data.decode("utf-8", "replace").splitlines(keepends=True)
    kept = [line for line in lines if not gone.runs.found_in(line)]
    if len(kept) == len(lines):
        return False
    with path.open("r+b") as file:
        file.truncate(0)
        file.write("".join(kept).encode())
        os.fsync(file.fileno())
    return True


def _publish(beside: Path, path: Path) -> None:
    beside.replace(path)
    sync_folder(path.parent)


def _drop(beside: Path) -> None:
    for left in ("", "-journal", "-wal", "-shm"):
        with contextlib.suppress(OSError):
            beside.with_name(beside.name + left).unlink(missing_ok=True)


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise home_trouble(error, path) from error
