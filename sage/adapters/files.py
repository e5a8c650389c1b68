"""Files written so that a crash leaves the old or the new one, never half of either."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from sage.core.errors import BadInput
from sage.locations import home_trouble, make_folders, sync_folder

UNWRITTEN = "Nothing was written."


def write_whole(path: Path, content: str | bytes) -> None:
    """Writes beside the file, syncs, renames over it, syncs the folder (0600). Raises DiskFull or HomeReadOnly."""
    data = content.encode() if isinstance(content, str) else content
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        make_folders(path.parent)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise home_trouble(error, path) from error


def write_new(path: Path, content: str) -> None:
    """Writes a file that is not there yet (0600), synced; one that could not be written whole is taken away again.

    Raises BadInput where something is already, or there is no folder; DiskFull, HomeReadOnly.
    """
    if not path.parent.is_dir():
        raise BadInput(f"There is no folder {path.parent}.", safe=UNWRITTEN, do="Make it, or choose another.")
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise BadInput(f"{path} is there already.", safe=UNWRITTEN, do="Take another name.") from error
    except OSError as error:
        raise home_trouble(error, path) from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path.parent)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise home_trouble(error, path) from error


def remove_whole(path: Path) -> None:
    """Takes a file away for good, if it is there. Raises HomeReadOnly."""
    try:
        path.unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise home_trouble(error, path) from error
