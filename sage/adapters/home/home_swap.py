"""Brings a backup back so that a crash at any moment leaves the old home or the new one, never some of each.

All happens below the home, in `.restore-new/`:

    new/        what comes, complete and synced before anything of the home is touched
    plan.json   written last of all that is prepared: from here on the restore is finished, without it, it never was
    old/        what was there, moved aside name by name
    aside/      what turned up in between in a place that was already cleared

Whoever takes the home's lock calls `finish_restore` before it reads anything: with a plan it moves the rest (or, when
that cannot be done, all of it back), without one it clears the folder away.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from sage.adapters.database import copy_database, told
from sage.adapters.files import write_whole
from sage.adapters.home import backups, kept_backups
from sage.adapters.home.backups import FILES, FOLDERS, JOURNAL, Manifest, Remark
from sage.core.errors import DiskFull, HomeTrouble, SageError, TornFile
from sage.locations import Home, home_trouble, sync_folder

LOGS = (f"{JOURNAL}-wal", f"{JOURNAL}-shm", f"{JOURNAL}-journal")
"""What SQLite keeps beside a journal: it goes with the journal it belongs to, and before it."""
ALWAYS = ("notes", "goals", "index")
"""Folders that every home has. The index comes back empty: it is built again from what was restored."""
UNDONE = "The restore was undone; the home is as it was."
UNFINISHED = "All files are there; the next start of Sage brings the restore to its end."


class Move(msgspec.Struct, frozen=True):
    """One name below the home: what is there goes aside, and what is in `new/` under that name comes (if `comes`)."""

    name: str
    comes: bool


class Plan(msgspec.Struct, frozen=True):
    """What is left to do after a crash. `trash` is the folder below trash/ for the old files ("": they need not be kept)."""

    moves: tuple[Move, ...]
    trash: str
    stamp: str
    direction: Literal["in", "back"] = "in"


class Restored(msgspec.Struct, frozen=True):
    """What a restore did: `kept` is the backup of what was there before ("" for an empty home), `trash` where files went
    that this backup could not hold, `remarks` what did not come back."""

    backup: str
    made_at: str
    files: int
    kept: str
    trash: str
    remarks: tuple[Remark, ...] = ()


class Disk:
    """The steps in which the home is changed. Each may be the last before a crash; each is durable or harmless alone."""

    def make_folder(self, path: Path) -> None:
        path.mkdir(mode=0o700)

    def write(self, path: Path, pieces: Iterable[bytes], mode: int, modified_ns: int) -> None:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.writelines(pieces)
        os.utime(path, ns=(modified_ns, modified_ns))

    def link(self, path: Path, target: str) -> None:
        path.symlink_to(target)

    def sync(self, path: Path) -> None:
        sync_folder(path)  # a file's descriptor is synced the same way

    def record(self, path: Path, content: bytes) -> None:
        write_whole(path, content)

    def rename(self, path: Path, target: Path) -> None:
        path.rename(target)

    def unlink(self, path: Path) -> None:
        path.unlink()

    def remove_folder(self, path: Path) -> None:
        path.rmdir()


def restore_home(home: Home, backup: Path, now: datetime, disk: Disk | None = None) -> Restored:
    """Puts a backup in the place of what is there now, which is backed up before. The caller holds the home's lock.

    Raises TornFile, NewerHome or BadInput (the backup), DiskFull, HomeReadOnly or HomeTrouble: then the home is as before.
    """
    disk = disk or Disk()
    finish_restore(home, disk)
    folder = _folder(home)
    try:
        disk.make_folder(folder)
        manifest = _stage(home, backup, folder / "new", disk)
        moves = _moves(home, manifest, folder / "new")
        kept, unkept = _keep_present(home, {move.name for move in moves}, now)
        stamp = f"{now:%Y%m%d-%H%M%S}"
        plan = Plan(moves, trash=f"before-restore-{stamp}" if unkept else "", stamp=stamp)
        disk.sync(home.path)
        disk.record(folder / "plan.json", msgspec.json.encode(plan))
    except (OSError, SageError) as error:
        with contextlib.suppress(OSError):
            (folder / "plan.json").unlink(missing_ok=True)
            _remove(folder, disk)
        raise error if isinstance(error, SageError) else home_trouble(error, home.path) from error
    trash = _finish(home, plan, disk)
    return Restored(str(backup), manifest.made_at, len(manifest.files), kept, trash, _missing(home, manifest))


def finish_restore(home: Home, disk: Disk | None = None) -> Literal["", "finished", "undone", "cleared"]:
    """Brings a restore that was cut off to its end, or clears away what it had prepared. The caller holds the home's lock.

    Raises HomeTrouble when the files can be moved neither on nor back.
    """
    disk, folder = disk or Disk(), _folder(home)
    backups.sweep(home)
    if not os.path.lexists(folder):
        return ""
    try:
        plan = msgspec.json.decode((folder / "plan.json").read_bytes(), type=Plan)
    except FileNotFoundError:
        with contextlib.suppress(OSError):
            _remove(folder, disk)
        return "cleared"
    except OSError as error:
        raise home_trouble(error, folder) from error
    except msgspec.MsgspecError as error:
        raise TornFile(
            f"{folder / 'plan.json'}, the plan of an unfinished restore, is damaged.",
            safe=f"Both homes are there: parts of them in {folder}.",
            do="Move what you need from its folders old/ and new/ to where it belongs, then delete it.",
        ) from error
    if plan.direction == "back":
        _finish(home, plan, disk)
        return "undone"
    try:
        _finish(home, plan, disk)
    except HomeTrouble:
        if (folder / "plan.json").exists():
            raise
        return "undone"
    return "finished"


def _folder(home: Home) -> Path:
    return home.path / ".restore-new"


# --- getting ready: nothing of the home is touched ------------------------------------------------------------------


def _stage(home: Home, backup: Path, new: Path, disk: Disk) -> Manifest:
    """Unpacks a backup, checking every byte, and syncs it."""
    disk.make_folder(new)
    if kept_backups.kind_of(backup) == "journal":
        manifest = _stage_journal(home, backup, new, disk)
    else:
        with kept_backups.open_backup(backup) as (archive, manifest):
            _check_room(home, sum(kept.size for kept in manifest.files))
            with _told(home.path):
                for name in sorted({*ALWAYS, *manifest.folders}):
                    disk.make_folder(new / name)
                for kept in manifest.files:
                    with closing(kept_backups.read_kept(archive, kept, backup)) as pieces:
                        disk.write(new / kept.name, pieces, kept.mode & 0o700 | 0o600, kept.modified_ns)
        if (new / JOURNAL).exists():
            kept_backups.check_journal(new / JOURNAL, f"{JOURNAL} in {backup.name}")
        _carry_links(home, new, disk)
    with _told(home.path):
        for path in sorted(new.rglob("*"), reverse=True):
            if not path.is_symlink():
                disk.sync(path)
        disk.sync(new)
        disk.sync(new.parent)
    return manifest


def _stage_journal(home: Home, backup: Path, new: Path, disk: Disk) -> Manifest:
    schema = kept_backups.check_journal(backup, backup.name)
    status = backup.stat()
    _check_room(home, status.st_size)
    with _told(home.path), backup.open("rb") as file:
        disk.make_folder(new / "index")
        disk.write(new / JOURNAL, iter(lambda: file.read(1 << 20), b""), 0o600, status.st_mtime_ns)
    made = datetime.fromtimestamp(status.st_mtime).astimezone()
    entry = backups.KeptFile(JOURNAL, status.st_size, "")
    return Manifest(backups.FORMAT, "", schema, made.isoformat(timespec="seconds"), (entry,))


def _check_room(home: Home, size: int) -> None:
    free = shutil.disk_usage(home.path).free
    if free < size:
        raise DiskFull(
            f"The backup needs {size / 1e6:,.0f} MB of disk and {free / 1e6:,.0f} MB are free.",
            safe="Nothing was changed.",
            do="Free some room, then do it again.",
        )


def _carry_links(home: Home, new: Path, disk: Disk) -> None:
    """Links in the person's folders stay, wherever the backup has nothing of that name."""
    for top in FOLDERS:
        for path in _links_below(home.path / top):
            place = new / path.relative_to(home.path)
            if place.parent.is_dir() and not place.parent.is_symlink() and not os.path.lexists(place):
                disk.link(place, str(path.readlink()))


def _links_below(folder: Path) -> Iterator[Path]:
    if folder.is_symlink():
        return
    for here, folders, files in os.walk(folder):
        yield from (path for name in sorted([*folders, *files]) if (path := Path(here, name)).is_symlink())


def _moves(home: Home, manifest: Manifest, new: Path) -> tuple[Move, ...]:
    """What goes and comes: all that the backup is about. A link it had left out stays, as does what it knows nothing of."""
    links = {remark.name for remark in manifest.remarks if remark.link}
    whole = (new / "notes").is_dir()
    about = (*FILES, *FOLDERS) if whole else (JOURNAL,)
    names = tuple(name for name in (*LOGS, *about, "index") if name not in links)
    device = home.path.lstat().st_dev
    for name in names:
        place = home.path / name
        if place.is_mount() or (os.path.lexists(place) and place.lstat().st_dev != device):
            raise HomeTrouble(
                f"{place} is a disk of its own, so it cannot be put aside in one step.",
                safe="Nothing was changed.",
                do="Unmount it, or restore into another folder with --home.",
            )
    return tuple(Move(name, os.path.lexists(new / name)) for name in names)


def _keep_present(home: Home, moving: set[str], now: datetime) -> tuple[str, bool]:
    """Backs up what is there. Returns where, and whether something of what moves is neither in that backup nor comes again."""
    new = _folder(home) / "new"
    if not any(_has_content(home.path / name) for name in (*FILES, *FOLDERS)):
        return "", False
    target = backups.free_name(home.backups / f"before-restore-{now:%Y%m%d-%H%M%S}.zip")
    torn = False

    def copy_journal(path: Path) -> int:
        return _copy_closed_journal(home, path)

    try:
        manifest = backups.write(home, copy_journal if home.journal.exists() else None, target, now)
    except TornFile:
        torn = True
        manifest = backups.write(home, None, target, now)
    about = [remark for remark in manifest.remarks if remark.name.split("/")[0] in moving]
    return str(target), torn or any(not (remark.link and (new / remark.name).is_symlink()) for remark in about)


def _copy_closed_journal(home: Home, target: Path) -> int:
    """Copies the journal of a home whose lock is held, of whatever schema, without folding its log into it."""
    import apsw

    try:
        with closing(apsw.Connection(str(home.journal))) as journal:
            journal.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            schema = int(journal.pragma("user_version"))
            copy_database(journal, target)
            return schema
    except apsw.Error as error:
        raise told(error, home.journal) from error


def _has_content(path: Path) -> bool:
    if path.is_dir() and not path.is_symlink():
        with contextlib.suppress(OSError):
            return any(path.iterdir())
    return os.path.lexists(path)


def _missing(home: Home, manifest: Manifest) -> tuple[Remark, ...]:
    """What the backup did not hold, without the links that are there again."""
    return tuple(
        remark for remark in manifest.remarks if not (remark.link and os.path.lexists(home.path / remark.name))
    )


# --- moving: every step can be repeated -------------------------------------------------------------------------------


def _finish(home: Home, plan: Plan, disk: Disk) -> str:
    """Moves in the plan's direction, then clears up. Returns where old files were kept ("" for nowhere)."""
    folder = _folder(home)
    if plan.direction == "in":
        try:
            for move in plan.moves:
                _move_in(home, move, disk)
        except OSError as error:
            back = msgspec.structs.replace(plan, direction="back")
            with _told(folder, UNFINISHED):
                disk.record(folder / "plan.json", msgspec.json.encode(back))
            _finish(home, back, disk)
            trouble = home_trouble(error, home.path)
            raise type(trouble)(trouble.what, safe=UNDONE, do=trouble.do) from error
    else:
        with _told(home.path, UNFINISHED):
            for move in reversed(plan.moves):
                _move_back(home, move, disk)
    with _told(home.path, UNFINISHED):
        trash = _keep_rest(home, plan, disk)
        disk.unlink(folder / "plan.json")
    with contextlib.suppress(OSError):  # all is done; what is left is cleared away at the next start
        disk.sync(folder)
        _remove(folder, disk)
    return trash


def _move_in(home: Home, move: Move, disk: Disk) -> None:
    here, new, old = (place / move.name for place in (home.path, _folder(home) / "new", _folder(home) / "old"))
    if move.comes and not os.path.lexists(new):
        return
    if os.path.lexists(here):
        _put_away(home, here, old, disk)
    if move.comes:
        disk.rename(new, here)
        disk.sync(new.parent)
    disk.sync(home.path)


def _move_back(home: Home, move: Move, disk: Disk) -> None:
    here, new, old = (place / move.name for place in (home.path, _folder(home) / "new", _folder(home) / "old"))
    if move.comes and not os.path.lexists(new) and os.path.lexists(here):
        disk.rename(here, new)
        disk.sync(new.parent)
    if os.path.lexists(old):
        if os.path.lexists(here):
            _put_away(home, here, old, disk)
        disk.rename(old, here)
        disk.sync(old.parent)
    disk.sync(home.path)


def _put_away(home: Home, here: Path, old: Path, disk: Disk) -> None:
    """Clears a place. When its old content is in `old` already, what is there now came since: an empty folder goes, the
    rest is kept."""
    if os.path.lexists(old):
        if not here.is_symlink() and here.is_dir() and not any(here.iterdir()):
            disk.remove_folder(here)
            return
        aside = _folder(home) / "aside"
        old = backups.free_name(aside / here.name)
    if not old.parent.exists():
        disk.make_folder(old.parent)
        disk.sync(old.parent.parent)
    disk.rename(here, old)
    disk.sync(old.parent)


def _keep_rest(home: Home, plan: Plan, disk: Disk) -> str:
    """Moves to trash/ what no backup holds: the old files if the plan says so, and what turned up in between."""
    wanted = {"aside": f"aside-{plan.stamp}"}
    if plan.trash and plan.direction == "in":
        wanted["old"] = plan.trash
    kept = ""
    for name, place in wanted.items():
        if (_folder(home) / name).exists():
            if not home.trash.exists():
                disk.make_folder(home.trash)
            target = backups.free_name(home.trash / place)
            disk.rename(_folder(home) / name, target)
            disk.sync(home.trash)
            kept = str(target)
    return kept


def _remove(path: Path, disk: Disk) -> None:
    """Removes a folder with all in it, links as links."""
    if path.is_symlink() or not path.is_dir():
        disk.unlink(path)
        return
    if stat.S_IMODE(path.stat().st_mode) & 0o700 != 0o700:
        path.chmod(0o700)
    for entry in sorted(path.iterdir()):
        _remove(entry, disk)
    disk.remove_folder(path)


@contextlib.contextmanager
def _told(path: Path, safe: str = "Nothing was changed.") -> Iterator[None]:
    try:
        yield
    except OSError as error:
        trouble = home_trouble(error, path)
        raise type(trouble)(trouble.what, safe=safe, do=trouble.do) from error
