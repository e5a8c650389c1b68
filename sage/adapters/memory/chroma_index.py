"""Nearest neighbours with Chroma, for memories too large for an exact search. Holds ids and vectors only.

The folder is a cache: it is probed in a process of its own before it is opened (a torn segment can end a process),
set aside when torn, and filled again from the vectors in SQLite. Importing the library takes about a second and is
done when the first index is opened. Run as a module, this file is the probe.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sage.adapters.files import write_whole
from sage.core.errors import SageError, TornFile

_COLLECTION = "passages"
_AT_ONCE = 4000
"""Vectors handed over together; the library refuses more than about 5,400."""
_PROBE_SECONDS = 60
_M_PERTURB = -6
"""The number of `mallopt`'s switch in malloc.h. Its value is what freed memory is filled with; new memory gets the inverse."""


class ChromaIndex:
    """Implements the port `VectorIndex`; one process at a time, safe in threads. Nearest in the cosine sense."""

    name = "chroma"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._turn = threading.RLock()
        self._client, self._collection = _open(folder)

    @property
    def dimensions(self) -> int:
        """Of the vectors that are there; 0 while there are none."""
        with self._turn, _told():
            some = self._collection.get(limit=1, include=["embeddings"])["embeddings"]
        return len(some[0]) if len(some) else 0

    def add(self, ids: Sequence[str], vectors: Any) -> None:
        with self._turn, _told():
            self._unmark()
            last = dict(zip(ids, vectors, strict=True))
            names = list(last)
            for start in range(0, len(names), _AT_ONCE):
                some = names[start : start + _AT_ONCE]
                self._collection.upsert(ids=some, embeddings=[last[name] for name in some])

    def remove(self, ids: Sequence[str]) -> None:
        with self._turn, _told():
            self._unmark()
            for start in range(0, len(ids), _AT_ONCE):
                self._collection.delete(ids=list(ids[start : start + _AT_ONCE]))

    def search(self, vector: Any, k: int) -> list[tuple[str, float]]:
        """As the port has it. Raises TornFile when the library cannot answer from its files."""
        with self._turn, _told():
            count = min(k, len(self))
            if count <= 0:
                return []
            found = self._collection.query(query_embeddings=[vector], n_results=count, include=["distances"])
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return sorted(
            ((name, round(1.0 - distance, 6)) for name, distance in pairs), key=lambda pair: (-pair[1], pair[0])
        )

    def __len__(self) -> int:
        with self._turn, _told():
            return int(self._collection.count())

    @property
    def mark(self) -> str:
        """What `set_mark` said last, "" since the index was changed: so a kill in between shows."""
        try:
            return self._mark.read_text()
        except (OSError, UnicodeDecodeError):
            return ""

    def set_mark(self, mark: str) -> None:
        """Notes that the index holds exactly what `mark` stands for."""
        write_whole(self._mark, mark)

    def close(self) -> None:
        """Lets go of the folder."""
        with self._turn:
            self._client.close()

    @property
    def _mark(self) -> Path:
        return self._folder / "sage.mark"

    def _unmark(self) -> None:
        self._mark.unlink(missing_ok=True)


def open_chroma(folder: Path) -> ChromaIndex:
    """The index of a folder, set aside and begun anew when its probe fails. Raises TornFile when even that does."""
    if folder.exists() and not probe(folder):
        set_aside(folder)
    try:
        return ChromaIndex(folder)
    except Exception as error:  # the library raises its bindings' own exceptions, of no common class
        set_aside(folder)
        raise TornFile("The vector index does not open; it was set aside.", safe="Nothing is lost.") from error


def probe(folder: Path) -> bool:
    """Whether an index opens, counts and searches, tried in a child process that may crash."""
    command = [sys.executable, "-m", __name__, str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_PROBE_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def set_aside(folder: Path) -> None:
    """Keeps a torn index for inspection beside its place (only the last one), so that a new one can be made."""
    aside = folder.with_name(f"{folder.name}.torn")
    if folder.exists():
        shutil.rmtree(aside, ignore_errors=True)
        folder.rename(aside)


def discard(folder: Path) -> None:
    """Deletes an index that is whole but of another state of memory."""
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _told() -> Iterator[None]:
    """The library's own exceptions, as one of ours."""
    try:
        yield
    except SageError:
        raise
    except Exception as error:  # the library raises its bindings' own exceptions, of no common class
        raise TornFile("The vector index cannot be read.", safe="Nothing is lost: it is made again.") from error


def _blank_new_memory() -> None:
    """Lets the C library fill memory when it is given out, for as long as this process lives.

    Chroma writes memory to its files that it has not filled itself (116 KB of it for a new index of 300 vectors): whatever stood
    there before, forgotten words and vectors among it. Only glibc has this switch.
    """
    import ctypes

    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(_M_PERTURB, 0xFF)


def _open(folder: Path) -> tuple[Any, Any]:
    _blank_new_memory()
    # Read when the library's own dependencies are imported, so they are set before.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    import chromadb
    from chromadb.config import Settings

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    client = chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
    space: Any = {"hnsw": {"space": "cosine"}}
    return client, client.get_or_create_collection(_COLLECTION, embedding_function=None, configuration=space)


def _probe_here(folder: Path) -> None:
    client, collection = _open(folder)
    if collection.count():
        some = collection.get(limit=1, include=["embeddings"])
        collection.query(query_embeddings=some["embeddings"], n_results=1, include=["distances"])
    client.close()


if __name__ == "__main__":
    _probe_here(Path(sys.argv[1]))
