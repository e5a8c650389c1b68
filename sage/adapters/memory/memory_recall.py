"""Finding in memory: recalling, and reading on around what was found."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from sage.adapters.memory import memory_reading
from sage.adapters.memory.memory_index import MemoryIndex
from sage.adapters.memory.memory_rows import PassageRow
from sage.adapters.memory.memory_search import POOL, QUICK_POOL, Question, question_of, search
from sage.adapters.memory.memory_sources import Texts
from sage.core.errors import ModelTrouble
from sage.core.labels import Reader
from sage.core.passages import Hit, Passage
from sage.core.ports import Embedder
from sage.core.words import gist

log = logging.getLogger(__name__)

_ALL = 1_000_000
"""More passages than any memory has: whoever asks for more gets all."""


class MemoryRecall:
    """Answers from the index, for the owner or for recipients. Waits for no long work."""

    def __init__(self, index: MemoryIndex, texts: Texts) -> None:
        self._index, self._texts = index, texts

    def recall(
        self, query: str, *, k: int = 10, recipients: Sequence[Reader] | None = None, now: datetime | None = None,
        quick: bool = False,
    ) -> list[Hit]:  # fmt: skip
        """See `SageMemory`."""
        query = gist(query).encode("utf-8", "replace").decode()
        if k <= 0 or not query.strip():
            return []
        return self._index.mended(lambda: self._found(query, now, min(k, _ALL), recipients, quick=quick))

    def hit(self, name: str) -> Hit | None:
        """The passage or remembered text of an id (a text whole), or None."""
        rows = self._index.mended(lambda: self._index.store.passages_of([name]))
        if not rows:
            return None
        return rows[0].hit() if rows[0].folder or len(rows) == 1 else self._whole(rows[0])

    def around(self, name: str, recipients: Sequence[Reader] | None = None) -> tuple[list[Hit], int]:
        """The note or thread around a passage, and the place in it (see `memory_reading.around`)."""
        if recipients is None:
            return self._index.mended(lambda: memory_reading.around(self._index.store, name))
        return self._index.mended(
            lambda: self._index.seen_by(recipients, lambda view: memory_reading.around_for(view, name))
        )

    def newest(self, limit: int, recipients: Sequence[Reader] | None = None) -> list[Hit]:
        """What changed or was said last (see `memory_reading.newest`)."""
        if recipients is None:
            return self._index.mended(lambda: memory_reading.newest(self._index.store, limit))
        return self._index.mended(
            lambda: self._index.seen_by(recipients, lambda view: memory_reading.newest_for(view, limit))
        )

    def _found(
        self, query: str, now: datetime | None, k: int, recipients: Sequence[Reader] | None, *, quick: bool
    ) -> list[Hit]:
        if quick:
            with self._index.gate:
                return self._search(Question(query, today=now.date() if now else None), k, recipients, pool=QUICK_POOL)
        while True:
            embedder = self._index.embedder
            question = _question(query, embedder, now)
            with self._index.gate:
                # While the question was embedded, another embedder may have taken over: its vectors mean other things.
                if embedder is self._index.embedder:
                    return self._search(question, k, recipients)

    def _search(self, question: Question, k: int, recipients: Sequence[Reader] | None, pool: int = POOL) -> list[Hit]:
        if recipients is None:
            return search(self._index.store, self._index.nearest, question, k, pool)
        return self._index.seen_by(recipients, lambda view: search(view, view.index, question, k, pool))

    def _whole(self, row: PassageRow) -> Hit:
        """A long remembered text as it stands in the journal."""
        ((_, text),) = self._texts.texts_after(row.ordinal - 1, 1)
        return replace(row, passage=Passage(text.text, 0, len(text.text), 1, "")).hit()


def _question(query: str, embedder: Embedder, now: datetime | None) -> Question:
    today = now.date() if now else None
    try:
        return question_of(query, embedder, today)
    except ModelTrouble as error:
        log.warning("words alone are searched: %s", error.kind)
        return Question(query, today=today)
