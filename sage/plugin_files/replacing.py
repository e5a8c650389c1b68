"""Files of the person's: read as they are, and replaced whole, only if they still are what was read."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path

from sage.plugin_api import Refused, Unreachable

PARTIAL = ".sage-partial-"
"""How the names of files begin that are being written. A process that is killed leaves one behind."""
LEFT_BEHIND_AFTER = 3600.0
"""Seconds after which such a file belongs to nobody any more."""


def read_file(path: Path) -> bytes:
    """A file's content. Raises Unreachable, also when it is not there (a program may be replacing it just now)."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreachable(f"{path.name} cannot be read ({error.strerror}).") from error


def replace_file(path: Path, old: bytes, new: bytes) -> bool:
    """Puts `new` in the place of `old`: whatever happens, the file is one of the two. False: it is no longer `old`, and
    nothing was written. A link stays one, and mode, owner and attributes stay. Raises Refused (it may not be written)
    and Unreachable (no space, or the disk failed)."""
    target = Path(os.path.realpath(path))
    try:
        return _replaced(target, old, new)
    except FileNotFoundError:
        return False
    except PermissionError as error:
        raise Refused(f"{path.name} may not be written.") from error
    except OSError as error:
        raise Unreachable(f"{path.name} cannot be written ({error.strerror}).") from error


def _replaced(target: Path, old: bytes, new: bytes) -> bool:
    if not os.access(target, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        if not target.exists():
            return False
        raise PermissionError
    descriptor, name = tempfile.mkstemp(prefix=PARTIAL, dir=target.parent)
    beside = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(new)
            file.flush()
            _liken(beside, target)
            os.fsync(file.fileno())
        if target.read_bytes() != old:
            return False
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    _sync(target.parent)
    return True


def _liken(beside: Path, target: Path) -> None:
    """Gives the new file what the old one has besides its content; its time is now."""
    owner = target.stat()
    with contextlib.suppress(PermissionError):  # only root can give files away
        os.chown(beside, owner.st_uid, owner.st_gid)
    shutil.copystat(target, beside)
    os.utime(beside)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError:
        pass  # a file system that cannot sync folders; the file itself is whole either way
    finally:
        os.close(descriptor)


def drop_left_behind(path: Path) -> None:
    """Removes a partial file (its name begins with PARTIAL) if it is old enough to belong to nobody."""
    with contextlib.suppress(OSError):
        if time.time() - path.stat().st_mtime > LEFT_BEHIND_AFTER:
            path.unlink()
