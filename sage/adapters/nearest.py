"""Which vector index answers: exact search, or Chroma for a memory that has grown large."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sage.adapters.memory_store import MemoryStore
from sage.core.errors import SageError
from sage.core.ports import VectorIndex

if TYPE_CHECKING:
    from sage.adapters.chroma_index import ChromaIndex
    from sage.adapters.exact_index import ExactIndex

log = logging.getLogger(__name__)


class Nearest:
    """The index of a store's vectors, made when it is first asked for. Its owner holds a lock around every call."""

    def __init__(self, store: MemoryStore, embedder: str, dimensions: int, folder: Path, exact_up_to: int) -> None:
        self._store, self._embedder, self._dimensions = store, embedder, dimensions
        self._folder, self._exact_up_to = folder, exact_up_to
        self._index: VectorIndex | None = None
        self._chroma: ChromaIndex | None = None
        self._exact: ExactIndex | None = None

    @property
    def index(self) -> VectorIndex:
        """Whoever can answer now: the exact index while Chroma's is not (yet) right."""
        if self._index is None:
            self._index = self._chroma = self._open_chroma()
        if self._index is None:
            self._index = self.exact
        return self._index

    @property
    def exact(self) -> ExactIndex:
        """The exact index: views of recipients always ask this one, whoever answers the owner."""
        if self._exact is None:
            self._exact = exact_index(self._store, self._dimensions)
        return self._exact

    def change(self, added: Sequence[tuple[str, bytes]], removed: Sequence[str]) -> None:
        """Follows a write of the store."""
        import numpy as np

        followers = [index for index in (self._exact, self._chroma) if index is not None]
        for index in followers:
            if removed:
                index.remove(removed)
            if added:
                matrix = np.frombuffer(b"".join(vector for _, vector in added), np.float16).astype(np.float32)
                index.add([name for name, _ in added], matrix.reshape(len(added), -1))
        if self._chroma is not None:
            self._chroma.set_mark(self._now())

    def settle(self) -> None:
        """Brings Chroma's index up to date when memory is large enough for one. This may take minutes."""
        if self._chroma is not None or self._store.size <= self._exact_up_to:
            return
        from sage.adapters.chroma_index import open_chroma, set_aside

        try:
            index = open_chroma(self._folder)
            if index.mark != self._now():
                index.close()
                set_aside(self._folder)
                index = open_chroma(self._folder)
                for names, vectors in self._store.all_vectors():
                    index.add(names, vectors)
                index.set_mark(self._now())
        except SageError as error:
            log.warning("the vector index stays exact: %s", error.kind)
            return
        self._index = self._chroma = index
        self._exact = None

    def close(self) -> None:
        """Forgets the index; the next question makes it anew."""
        if self._chroma is not None:
            self._chroma.close()
        self._index = self._chroma = self._exact = None

    def _open_chroma(self) -> ChromaIndex | None:
        if not self._folder.exists() or self._store.size <= self._exact_up_to:
            return None
        from sage.adapters.chroma_index import open_chroma

        try:
            index = open_chroma(self._folder)
        except SageError as error:
            log.warning("the vector index stays exact: %s", error.kind)
            return None
        if index.mark == self._now():
            return index
        index.close()
        return None

    def _now(self) -> str:
        identity, change = self._store.generation
        return f"{self._embedder} {identity} {change}"


def exact_index(store: MemoryStore, dimensions: int) -> ExactIndex:
    """An exact index of all vectors of a store."""
    from sage.adapters.exact_index import ExactIndex

    index = ExactIndex(dimensions, room=store.size)
    for names, vectors in store.all_vectors():
        index.add(names, vectors)
    return index
