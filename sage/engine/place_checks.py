"""The doctor's checks of the machine and of the folder: whose it is, who can read it, where it lies, who uses it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import apsw

from sage.adapters.home import home_place
from sage.engine.patient import Finding, Patient, named, quoted, walk
from sage.locations import Home

SAFE_SQLITE = ((3, 44, 6), (3, 50, 7), (3, 51, 3))
"""Versions without the fault that can damage a database when two connections reset its log; each mends its own branch."""
LITTLE_ROOM, TIGHT_ROOM = 50_000_000, 500_000_000
"""Bytes of free disk below which Sage may fail, and below which it is worth a word."""


def check_python(patient: Patient) -> Iterator[Finding]:
    version = ".".join(map(str, patient.python))
    if patient.python < (3, 11):
        yield Finding(
            "python", "wrong", f"Python {version} is too old for Sage.", "Install Sage with Python 3.11 or newer."
        )
    else:
        yield Finding("python", "ok", f"Python {version}.")


def check_sqlite(patient: Patient) -> Iterator[Finding]:
    again = "Run: pip install --upgrade apsw"
    version = tuple(int(part) for part in patient.sqlite.split("."))
    safe = version >= SAFE_SQLITE[-1] or any(version[:2] == good[:2] and version >= good for good in SAFE_SQLITE)
    if not safe:
        yield Finding("sqlite", "wrong", f"SQLite {patient.sqlite} has a fault that can damage the journal.", again)
    elif "ENABLE_FTS5" not in apsw.compile_options:
        yield Finding("sqlite", "wrong", f"SQLite {patient.sqlite} has no full-text search (FTS5).", again)
    else:
        yield Finding("sqlite", "ok", f"SQLite {patient.sqlite}, with full-text search.")


def check_home(patient: Patient) -> Iterator[Finding]:
    path = patient.home.path
    if not os.path.lexists(path):
        yield Finding(
            "home",
            "note",
            f"There is no home at {path} yet.",
            f"It is made at the first start: {patient.sage('setup')}",
        )
    elif not path.is_dir():
        yield Finding("home", "wrong", f"{path} is not a folder.", "Choose another with SAGE_HOME or --home.")
    elif not os.access(path, os.R_OK | os.X_OK):
        yield Finding("home", "wrong", f"{path} cannot be opened.", f"chmod 700 {quoted(path)}")
    else:
        yield Finding("home", "ok", f"{path}.")


def check_owner(patient: Patient) -> Iterator[Finding]:
    mine = f"sudo chown -R {os.getuid()} {quoted(patient.home.path)}"
    others = [
        path for path in (patient.home.path, *sorted(patient.home.path.iterdir())) if path.lstat().st_uid != os.getuid()
    ]
    if others:
        yield Finding("owner", "wrong", f"{named(others, patient.home)} of another user.", mine)
    elif not os.access(patient.home.path, os.W_OK) or _read_only(patient):
        yield Finding("owner", "wrong", "The home cannot be written, so Sage cannot start.",
                      f"chmod -R u+rwX {quoted(patient.home.path)} (or make its disk writable)")  # fmt: skip
    else:
        yield Finding("owner", "ok", "The home is yours and can be written.")


def _read_only(patient: Patient) -> bool:
    return bool(os.statvfs(patient.home.path).f_flag & os.ST_RDONLY)


def check_permissions(patient: Patient) -> Iterator[Finding]:
    home = patient.home
    shut = not stat.S_IMODE(home.path.stat().st_mode) & 0o077
    if not shut:
        yield Finding("permissions", "wrong", "Other users of this machine can look into the home.",
                      f"chmod 700 {quoted(home.path)}")  # fmt: skip
    keys = [path for path in walk(home.secrets) if _is_open(path)] if home.secrets.is_dir() else []
    if keys:
        yield Finding("permissions", "wrong", f"{named(keys, home)}: other users may read keys, so Sage does not use them.",
                      f"chmod 700 {quoted(home.secrets)} && chmod 600 {quoted(home.secrets)}/*")  # fmt: skip
    open_ones = [path for path in walk(home.path) if _is_open(path) and path not in keys]
    if open_ones:
        rest = "; nobody else can get to them, since the home is closed" if shut else ""
        yield Finding("permissions", "note" if shut else "wrong",
                      f"{named(open_ones, home)} would be readable by others{rest}.",
                      f"chmod -R go-rwx {quoted(home.path)}")  # fmt: skip
    if shut and not keys and not open_ones:
        yield Finding("permissions", "ok", "Only you can read it.")


def _is_open(path: Path) -> bool:
    mode = path.lstat().st_mode
    return not stat.S_ISLNK(mode) and bool(stat.S_IMODE(mode) & 0o077)


def check_room(patient: Patient) -> Iterator[Finding]:
    free = patient.free(patient.home.path)
    journal = patient.home.journal.stat().st_size if patient.home.journal.exists() else 0
    words = f"{free / 1e9:,.1f} GB of disk are free." if free >= 1e9 else f"{free / 1e6:,.0f} MB of disk are free."
    if free < LITTLE_ROOM + journal:
        yield Finding("room", "wrong", f"{words} Sage may not be able to write.", "Free some room on that disk.")
    elif free < TIGHT_ROOM + 2 * journal:
        yield Finding("room", "note", words, "Free some room before you install a model or make a backup.")
    else:
        yield Finding("room", "ok", words)


def check_place(patient: Patient) -> Iterator[Finding]:
    path = patient.home.path.resolve()
    kind = getattr(home_place.mount_of(path, patient.mounts), "plain_kind", "")
    local = quoted(Path.home() / "sage-home")
    move = f"{patient.sage('engine stop')} && mv {quoted(path)} {local} && export SAGE_HOME={local}"
    synced = home_place.synced_by(patient.home.path)
    if kind in home_place.NETWORK:
        yield Finding("place", "wrong", f"The home is on a file system of another machine ({kind}). SQLite relies on locks and "
                      "shared memory that such file systems do not keep, so the journal can be damaged.", move)  # fmt: skip
    if synced:
        yield Finding("place", "wrong", f"The home is kept in step by {synced}. A service that copies journal.db and its log at "
                      "different moments, or brings an older one back, damages the journal.",
                      f"{move}; keep copies there instead: {patient.sage('backup FILE')}")  # fmt: skip
    if not synced and kind not in home_place.NETWORK:
        yield Finding(
            "place", "ok", f"On a disk of this machine{f' ({kind})' if kind else ''}, not synced as far as can be seen."
        )


def check_encryption(patient: Patient) -> Iterator[Finding]:
    mount = home_place.mount_of(patient.home.path.resolve(), patient.mounts)
    seems = {
        "yes": "The disk is encrypted by the system, so a thief of the switched-off machine reads nothing.",
        "no": "The disk does not seem to be encrypted: whoever gets hold of it can read everything.",
        "unknown": "Whether the disk is encrypted cannot be told from here.",
    }[home_place.encryption(mount, patient.blocks)]
    mend = (
        "" if "is encrypted by" in seems else "Turn on the system's disk encryption (LUKS, FileVault), if you want it."
    )
    yield Finding("encryption", "note", f"{seems} Sage itself does not encrypt its files.", mend)


def check_engine(patient: Patient) -> Iterator[Finding]:
    owner, answers = patient.owner(), _answers(patient.home)
    if owner and answers:
        yield Finding("engine", "ok", f"An engine runs (process {owner}).")
    elif owner:
        yield Finding("engine", "wrong", f"Process {owner} holds the home, but its door does not answer.",
                      f"Wait a moment; then: {patient.sage('engine stop')}")  # fmt: skip
    elif patient.home.socket.exists():
        yield Finding("engine", "note", "No engine runs; an earlier one left its door behind. The next start clears it away.",
                      f"rm {quoted(patient.home.socket)}")  # fmt: skip
    else:
        yield Finding("engine", "ok", "No engine runs; it starts when it is needed.")


def _answers(home: Home) -> bool:
    import socket

    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.settimeout(2)
        try:
            door.connect(os.fspath(home.socket))
        except OSError:
            return False
        return True
