"""Which vector index answers: exact search, or Chroma for a memory that has grown large."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from sage.adapters.memory.memory_store import MemoryStore
from sage.adapters.memory.packed_vectors import unpack_vectors
from sage.core.errors import SageError, TornFile
from sage.core.memory_state import MemoryFinding

if TYPE_CHECKING:
    from sage.adapters.memory.chroma_index import ChromaIndex
    from sage.adapters.memory.exact_index import ExactIndex

log = logging.getLogger(__name__)

Change = tuple[Sequence[tuple[str, bytes]], Sequence[str]]
"""Vectors that were added by name, and names that were removed."""


class Nearest:
    """The vectors of a store, searched. `gate` is held by its owner around every call but `settle`, which takes it itself.

    While Chroma's index is not (yet) right, the exact one answers; views of recipients ask the exact one always.
    """

    def __init__(self, store: MemoryStore, gate: RLock, folder: Path, exact_up_to: int) -> None:
        self._store, self._gate = store, gate
        self._folder, self._exact_up_to = folder, exact_up_to
        self._exact: ExactIndex | None = None
        self._chroma: ChromaIndex | None = None
        self._missed: list[Change] | None = None
        """What was written while Chroma's index is opened or built."""
        self._closings = 0

    @property
    def name(self) -> str:
        """Which index answers now."""
        return "exact" if self._chroma is None else self._chroma.name

    @property
    def exact(self) -> ExactIndex:
        """The exact index, made from the store when it is first asked for."""
        if self._exact is None:
            self._exact = exact_index(self._store)
        return self._exact

    def warm(self) -> None:
        """Loads whatever answers now."""
        if self._chroma is None:
            self._exact = self.exact

    def search(self, vector: Any, k: int) -> list[tuple[str, float]]:
        """As the port `VectorIndex` has it. When Chroma fails, its index is set aside and the exact one answers."""
        if self._chroma is not None:
            try:
                return self._chroma.search(vector, k)
            except TornFile as error:
                self._give_up(error)
        return self.exact.search(vector, k)

    def change(self, added: Sequence[tuple[str, bytes]], removed: Sequence[str]) -> None:
        """Follows a write of the store."""
        if self._missed is not None:
            self._missed.append((added, removed))
        if self._exact is not None:
            _follow(self._exact, (added, removed))
        if self._chroma is not None:
            try:
                _follow(self._chroma, (added, removed))
                self._chroma.set_mark(self._now())
            except TornFile as error:
                self._give_up(error)

    def settle(self) -> None:
        """Opens Chroma's index when memory is large enough for one, and builds it when it is not right.

        This may take minutes; others go on meanwhile.
        """
        with self._gate:
            if self._missed is not None or self._chroma is not None or self._store.size <= self._exact_up_to:
                return
            self._missed, closings = [], self._closings
        try:
            index = self._opened() or self._built()
            with self._gate:
                self._take(index, self._missed, given_up=self._closings != closings)
        except SageError as error:
            log.warning("the vector index stays exact: %s", error.kind)
        finally:
            self._missed = None

    def _take(self, index: ChromaIndex, missed: Sequence[Change], *, given_up: bool) -> None:
        """Lets Chroma's index answer from now on."""
        from sage.adapters.memory.chroma_index import discard

        if given_up:
            whole = bool(index.mark)
            index.close()
            if not whole:
                discard(self._folder)
            return
        for change in missed:
            _follow(index, change)
        index.set_mark(self._now())
        self._chroma, self._exact, self._missed = index, None, None

    def check(self) -> MemoryFinding:
        """Whether the index that answers holds what the store holds."""
        with self._gate:
            wanted = self._store.embeddings.count
            if self._chroma is None:
                if self._store.size > self._exact_up_to:
                    return MemoryFinding("neighbours", "waits", "Chroma's index is being built; the exact one answers.")
                return MemoryFinding("neighbours", "ok", f"The exact index answers, over {wanted} vectors.")
            if (len(self._chroma), self._chroma.mark) != (wanted, self._now()):
                return MemoryFinding(
                    "neighbours", "wrong", "Chroma's index does not hold what memory holds.", "Run: sage memory rebuild"
                )
            return MemoryFinding("neighbours", "ok", f"Chroma's index holds all {wanted} vectors.")

    def close(self) -> None:
        """Lets the indexes go; what is being built is given up. A later question makes them anew."""
        self._closings += 1
        if self._chroma is not None:
            self._chroma.close()
        self._chroma = self._exact = None

    def _opened(self) -> ChromaIndex | None:
        """The index in the folder, if it holds what the store holds."""
        from sage.adapters.memory.chroma_index import discard, open_chroma

        if not self._folder.exists():
            return None
        index = open_chroma(self._folder)
        with self._gate:
            right = index.mark == self._now() and len(index) == self._store.embeddings.count
        if right and index.dimensions == self._store.embeddings.dimensions:
            return index
        index.close()
        discard(self._folder)
        return None

    def _built(self) -> ChromaIndex:
        from sage.adapters.memory.chroma_index import open_chroma

        index = open_chroma(self._folder)
        closings = self._closings
        for names, vectors in self._store.embeddings.all_vectors():
            index.add(names, vectors)
            if self._closings != closings:
                break
        return index

    def _give_up(self, error: SageError) -> None:
        from sage.adapters.memory.chroma_index import set_aside

        log.warning("the vector index is set aside: %s", error.kind)
        if self._chroma is not None:
            self._chroma.close()
            self._chroma = None
            set_aside(self._folder)

    def _now(self) -> str:
        identity, change = self._store.generation
        return f"{self._store.embeddings.embedder} {identity} {change}"


def exact_index(store: MemoryStore) -> ExactIndex:
    """An exact index of all vectors of a store."""
    from sage.adapters.memory.exact_index import ExactIndex

    index = ExactIndex(store.embeddings.dimensions, room=store.size)
    for names, vectors in store.embeddings.all_vectors():
        index.add(names, vectors)
    return index


def _follow(index: ExactIndex | ChromaIndex, change: Change) -> None:
    added, removed = change
    if removed:
        index.remove(removed)
    if added:
        index.add([name for name, _ in added], unpack_vectors([vector for _, vector in added]))
