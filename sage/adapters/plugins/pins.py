"""What a plugin's files are, as one number: whether it is still the code that the person agreed to."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

LEFT_OUT = frozenset({"__pycache__", ".git", ".pytest_cache", ".hypothesis", ".mypy_cache", ".ruff_cache", ".DS_Store"})
"""What programs leave beside code; nothing of it is run (`loading` reads no compiled code of a plugin from outside)."""
MOST_FILES = 5_000
MOST_BYTES = 100_000_000


class TooLarge(Exception):
    """More files, or bytes, than the code of a plugin can have."""


def digest_of(folder: Path, version: str = "") -> str:
    """SHA-256 over the names, sizes and bytes of a folder's files (links are followed), as 64 hex digits.

    Raises OSError for what cannot be read, and TooLarge.
    """
    whole = hashlib.sha256(version.encode())
    left = MOST_BYTES
    for name, path in files_of(folder).items():
        left -= path.stat().st_size
        if left < 0:
            raise TooLarge(f"more than {MOST_BYTES // 1_000_000} MB")
        data = path.read_bytes()
        whole.update(f"{len(os.fsencode(name))} {len(data)}\n".encode() + os.fsencode(name) + data)
    return whole.hexdigest()


def files_of(folder: Path) -> dict[str, Path]:
    """Every file that counts, by its name below the folder, in order. Raises as `digest_of` does."""
    return dict(sorted((str(path.relative_to(folder)), path) for path in _files(folder)))


def _files(folder: Path) -> Iterator[Path]:
    """Every ordinary file below a folder, each folder once, however links lead back to it."""
    been: set[tuple[int, int]] = set()
    count = 0
    for root, folders, names in os.walk(folder, followlinks=True, onerror=_raise):
        place = Path(root).stat()
        if (place.st_dev, place.st_ino) in been:
            folders.clear()
            continue
        been.add((place.st_dev, place.st_ino))
        folders[:] = sorted(set(folders) - LEFT_OUT)
        for name in names:
            path = Path(root, name)
            if name not in LEFT_OUT and path.is_file():
                count += 1
                if count > MOST_FILES:
                    raise TooLarge(f"more than {MOST_FILES:,} files")
                yield path


def _raise(error: OSError) -> None:
    raise error
