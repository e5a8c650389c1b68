"""Making the vectors that are missing, and changing to another embedder while the one before serves."""

from __future__ import annotations

import logging
from collections.abc import Callable

from sage.adapters.memory.memory_index import MemoryIndex, vectors_of
from sage.adapters.memory.memory_rows import name_of
from sage.core.ports import Embedder

log = logging.getLogger(__name__)

_VECTORS, _NEW_VECTORS = 512, 32
"""Passages that are embedded between two commits; fewer for an embedder that may be slow."""


class MemoryEmbedding:
    """Long work on vectors. `between` is called between two of its steps, for whoever waits for the lock."""

    def __init__(self, index: MemoryIndex, between: Callable[[], None]) -> None:
        self._index, self._between = index, between

    def use(self, embedder: Embedder) -> None:
        """From now on vectors shall be of this embedder. Until all of them are made (see `make_vectors`), others serve."""
        with self._index.work, self._index.texting, self._index.gate:
            self._index.wanted = embedder
            if embedder.name == self._index.embedder.name or not self._index.store.embeddings.count:
                self._index.store.embeddings.use_embedder(embedder.name)
                self._index.start_with(embedder)
            else:
                self._index.store.embeddings.prepare_embedder(embedder.name)

    def make(self) -> None:
        """Makes the vectors that are missing, then those of another embedder that was chosen, then Chroma's index."""
        self.make_missing()
        self._index.mended(self._change_embedder)
        with self._index.building:
            self._index.nearest.settle()

    def make_missing(self) -> None:
        """Makes the vectors that are missing of the embedder in use."""
        self._index.mended(self._embed_missing)

    def _embed_missing(self) -> None:
        """Embeds what has no vector: after a change of embedder, or when it did not load before."""
        while not self._index.closing.is_set():
            with self._index.work:
                self._between()
                missing = self._index.store.embeddings.unembedded(_VECTORS)
                vectors = self._index.embedded([text for _, text in missing])
                made = [(row, vector) for (row, _), vector in zip(missing, vectors, strict=True) if vector is not None]
                if not made:
                    return
                with self._index.gate:
                    self._index.store.embeddings.add_vectors([(row.number, vector) for row, vector in made])
                    self._index.nearest.change([(name_of(row.id, row.part), vector) for row, vector in made], ())
                    self._index.forget_views()

    def _change_embedder(self) -> None:
        """Makes the vectors of the wanted embedder beside those in use, then puts them in their place, all at once.

        Each batch is kept, so whoever is killed goes on there. What is written meanwhile is embedded by both.
        """
        last = 0
        while self._index.embedder is not self._index.wanted and not self._index.closing.is_set():
            with self._index.work:
                self._between()
                missing = self._index.store.embeddings.unembedded(_NEW_VECTORS, last, upcoming=True)
                vectors = vectors_of(self._index.wanted, [text for _, text in missing])
                if None in vectors:
                    return
                made = [(row.number, vector) for (row, _), vector in zip(missing, vectors, strict=True) if vector]
                self._index.store.embeddings.add_vectors(made, upcoming=True)
                if not missing:
                    self._switch_embedder()
                last = missing[-1][0].number if missing else 0

    def _switch_embedder(self) -> None:
        with self._index.texting, self._index.gate:
            if self._index.store.embeddings.switch_embedder():
                log.info("the embedder is now %s", self._index.wanted.name)
                self._index.start_with(self._index.wanted)
