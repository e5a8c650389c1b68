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
from typing import Any

import apsw
import msgspec
from msgspec import Struct

from sage.adapters.database import compact, told
from sage.adapters.files import write_whole
from sage.adapters.forgetting import forgetting_journal, forgetting_models
from sage.adapters.forgetting.forgetting_files import decoded, encoded, replace
from sage.adapters.home import backups, kept_backups
from sage.adapters.home.backups import JOURNAL, MANIFEST, KeptFile, Manifest
from sage.core.errors import BadInput, NewerHome, TornFile
from sage.core.forgetting.cutting import cut
from sage.core.forgetting.forgetting_choice import Gone, choose_again
from sage.core.forgetting.word_runs import Run, Runs, sentences_with
from sage.locations import Home, home_trouble, make_private_folder, sync_folder

TASKS = "tasks.md"


class Cleaned(Struct):
    """How many copies were written anew, which could not be (with why), and which of the runs `looked_for` stand in what
    stays of them."""

    looked_for: Runs
    copies: int = 0
    left: list[str] = []
    standing: set[Run] = set()

    def note(self, text: str) -> None:
        """Notes what stays."""
        self.standing |= self.looked_for.found_in(text)


def clean_copies(
    home: Home, gone: Gone, forgettings: set[str], day: str, looked_for: Runs, step: Callable[[], None]
) -> Cleaned:
    """Takes what is gone out of every copy below the home; `step` is called after each. A damaged copy, or one of a later
    version, is left and told. Raises DiskFull or HomeTrouble: then the copies so far are done, and the others as before."""
    cleaned = Cleaned(looked_for)
    cleaner = _Cleaner(home, gone, forgettings, day, cleaned)
    own = [home.trash / name for name in forgettings]
    for path in _copies(home):
        if any(path.is_relative_to(folder) for folder in own):
            continue
        try:
            with _told(path):
                changed = cleaner.clean(path)
        except (TornFile, NewerHome, BadInput) as error:
            cleaned.left.append(f"{path.relative_to(home.path)}: {error.what}")
            continue
        cleaned.copies += changed
        step()
    return cleaned


def _copies(home: Home) -> Iterator[Path]:
    """Backups first; then logs, what stands in trash/ (restored homes, other forgettings), and words that were not sent."""
    for folder in (home.backups, home.logs, home.trash, home.drafts):
        yield from sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    for folder in (home.path, home.notes, home.goals):
        yield from sorted(path for path in folder.glob(".*.tmp") if path.is_file())


class _Cleaner:
    """Cleans one copy after the other."""

    def __init__(self, home: Home, gone: Gone, forgettings: set[str], day: str, cleaned: Cleaned) -> None:
        self._home, self._gone, self._forgettings, self._day = home, gone, forgettings, day
        self._cleaned = cleaned

    def clean(self, path: Path) -> bool:
        """Whether there was anything to take out."""
        with path.open("rb") as file:
            head = file.read(16)
        if path.is_relative_to(self._home.logs):
            return _clean_log(path, self._gone)
        if head.startswith(b"PK"):
            return self._zip(path)
        if head == kept_backups.SQLITE_MARK:
            return self._database(path)
        return self._plain(path)

    def _database(self, path: Path) -> bool:
        """A copy of a journal: cleaned beside its place, then put there."""
        beside = backups.beside_of(self._home.backups / path.name)
        try:
            write_whole(beside, path.read_bytes())
            return self._closed_journal(beside) and _publish(beside, path)
        finally:
            _drop(beside)

    def _closed_journal(self, path: Path) -> bool:
        """Cleans the copy of a journal that nobody else has open, and writes it anew."""
        try:
            with closing(apsw.Connection(str(path))) as journal:
                journal.execute("PRAGMA journal_mode = DELETE").fetchall()
                if not forgetting_journal.has(journal, "turns") or not self._rows(journal):
                    return False
                compact(journal)
            return True
        except apsw.Error as error:
            raise told(error, path) from error

    def _rows(self, journal: apsw.Connection) -> bool:
        journal.execute("PRAGMA secure_delete = ON").fetchall()
        pieces = list(forgetting_journal.pieces(journal))
        found = choose_again(pieces, self._gone)
        gone = {choice.piece.key for choice in found}
        left = (piece for piece in pieces if piece.key not in gone)
        self._cleaned.note("\n".join(f"{piece.text}\n{piece.evidence}" for piece in left))
        journal.execute("BEGIN IMMEDIATE")
        changes = forgetting_journal.changes(journal, found, self._day, self._gone.ids)
        changes += forgetting_journal.read_by_name(journal, self._gone.runs)
        changed = bool(forgetting_journal.apply(journal, changes))
        changed |= forget_kept(journal, self._gone, self._forgettings, self._cleaned.note)
        journal.execute("COMMIT")
        return changed

    def _zip(self, path: Path) -> bool:
        """A backup: each file of it cleaned, with a new list of checksums, checked, then put in the old one's place."""
        make_private_folder(self._home.backups)
        beside = backups.beside_of(self._home.backups / path.name)
        try:
            with (
                kept_backups.open_backup(path) as (archive, manifest),
                backups.open_new(beside) as file,
                zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as new,
            ):
                kept, changed = [], False
                for entry in manifest.files:
                    data = b"".join(kept_backups.read_kept(archive, entry, path))
                    clean = self._member(entry.name, data, manifest.made_at)
                    changed |= clean != data
                    if clean is not None:
                        new.writestr(_entry(entry.name), clean)
                        digest = hashlib.sha256(clean).hexdigest()
                        kept.append(msgspec.structs.replace(entry, size=len(clean), sha256=digest))
                clean_manifest = _clean_manifest(manifest, kept, self._gone)
                changed |= clean_manifest.remarks != manifest.remarks
                new.writestr(_entry(MANIFEST), msgspec.json.format(msgspec.json.encode(clean_manifest)))
                new.close()
                file.flush()
                os.fsync(file.fileno())
            if not changed:
                return False
            kept_backups.verify(beside)
            return _publish(beside, path)
        finally:
            _drop(beside)

    def _member(self, name: str, data: bytes, made_at: str) -> bytes | None:
        """A file of a backup without what is gone; None when the note went whole, or nothing is left of it."""
        if name == JOURNAL:
            beside = backups.beside_of(self._home.backups / JOURNAL)
            try:
                write_whole(beside, data)
                return beside.read_bytes() if self._closed_journal(beside) else data
            finally:
                _drop(beside)
        went = self._gone.notes.get(name)
        if went and datetime.fromisoformat(made_at) <= datetime.fromisoformat(went):
            return None
        return None if self._gone.runs.found_in(name) else self._text(data, lines=name == TASKS)

    def _text(self, data: bytes, *, lines: bool = False) -> bytes | None:
        """A text without the sentences (or whole lines) that are gone; None when nothing is left. What is no text stays."""
        text = decoded(data)
        spans = sentences_with(text, self._gone.runs) if text else []
        if text and lines:
            spans = [(text.rfind("\n", 0, start) + 1, text.find("\n", end) + 1 or len(text)) for start, end in spans]
        left = cut(text, spans) if text else ""
        self._cleaned.note(left)
        if not text or not spans:
            return data
        return encoded(left, data) if left.strip() else None

    def _plain(self, path: Path) -> bool:
        data = path.read_bytes()
        clean = self._text(data)
        if clean == data:
            return False
        if clean is None:
            path.unlink()
            sync_folder(path.parent)
        else:
            replace(path, data, clean)
        return True


def forget_kept(
    journal: apsw.Connection, gone: Gone, forgettings: set[str], note: Callable[[str], None] = lambda text: None
) -> bool:
    """Takes what forgettings kept for an undo out of a journal: all of those that are purged, and of others what is gone.
    `note` gets what stays."""
    if not forgetting_journal.has(journal, "forgotten"):
        return False
    wanted, named, left = [], [], []
    halved: set[str] = set()
    rows = journal.execute("SELECT seq, forgetting, piece, place, key, kept FROM forgotten")
    for seq, forgetting, piece, place, table, kept in rows:
        value = msgspec.json.decode(kept)
        text = "\n".join(_strings(value))
        rests_on = forgetting_models.rests_on(table, value[1]) if place == "row" else ()
        if forgetting in forgettings or piece in gone.keys:
            wanted.append(seq)
        elif place == "ids":  # each by itself: without the others, what they name would stay in copies
            names = [name for name in value if not gone.runs.found_in(name)]
            named += [(msgspec.json.encode(names).decode(), seq)] if names != value else []
        elif gone.runs.found_in(text) or not gone.ids.isdisjoint(rests_on):
            wanted.append(seq)
            halved.add(piece)
        else:
            left.append((seq, piece, place, kept, text))
    for seq, piece, place, kept, text in left:
        if forgetting_models.is_part(piece, halved):
            wanted.append(seq)
            continue
        note(text)
        clean = forgetting_journal.without_names(kept, gone.ids) if place == "row" else kept
        named += [(clean, seq)] if clean != kept else []
    journal.executemany("UPDATE forgotten SET kept = ? WHERE seq = ?", named)
    journal.executemany("DELETE FROM forgotten WHERE seq = ?", [(seq,) for seq in wanted])
    for name in forgettings:
        journal.execute("UPDATE forgettings SET state = 'purged' WHERE id = ? AND state != 'purged'", (name,))
    return bool(wanted or named)


def _strings(value: Any) -> Iterator[str]:
    """Every string in what was JSON, also in JSON that stands in a string."""
    if isinstance(value, str):
        if value.startswith(("[{", "{")):
            with contextlib.suppress(msgspec.DecodeError):
                yield from _strings(msgspec.json.decode(value))
                return
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)


def _clean_manifest(manifest: Manifest, kept: list[KeptFile], gone: Gone) -> Manifest:
    remarks = tuple(
        each for each in manifest.remarks if not gone.runs.found_in(f"{each.name}\n{each.what}\n{each.link}")
    )
    above = {str(parent) for entry in kept for parent in Path(entry.name).parents}
    folders = tuple(name for name in manifest.folders if name in above or not gone.runs.found_in(name))
    return msgspec.structs.replace(manifest, files=tuple(kept), folders=folders, remarks=remarks)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o100600 << 16
    return entry


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


def _publish(beside: Path, path: Path) -> bool:
    """Puts a copy in the place of the one that it was made of, as old as that one."""
    status = path.stat()
    os.utime(beside, ns=(status.st_mtime_ns, status.st_mtime_ns))
    beside.replace(path)
    sync_folder(path.parent)
    return True


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
