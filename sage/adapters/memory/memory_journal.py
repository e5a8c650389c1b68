"""Following the journal: its texts are indexed, what it forgot is taken out, and what came back is found again."""

from __future__ import annotations

import logging

from sage.adapters.memory.labelled_rows import labelled_text
from sage.adapters.memory.memory_index import MemoryIndex, Written
from sage.adapters.memory.memory_rows import Text, name_of
from sage.adapters.memory.memory_sources import Texts
from sage.adapters.memory.remembered_texts import text_rows
from sage.core.passages import RememberedText

log = logging.getLogger(__name__)

_TEXTS = 500
"""Texts that are indexed between two commits."""


class JournalFollower:
    """Keeps the index in step with the journal's texts."""

    def __init__(self, index: MemoryIndex, texts: Texts) -> None:
        self._index, self._texts = index, texts

    def follow(self) -> None:
        """Drops what the journal does not know: after a crash while a root was forgotten, or when a backup was restored."""
        for root in set(self._index.store.imports.roots()).difference(self._texts.roots()):
            log.warning("a forgotten root is taken out of the index")
            self._index.store.imports.remove_files(root)
        self.follow_forgetting()
        mark = self._index.store.mark()
        last = self._texts.texts_after(mark - 1, 1) if mark else []
        if mark and not (last and last[0][0] == mark and self._index.store.passages_of([last[0][1].id])):
            log.warning("the journal is another one: its texts are indexed anew")
            self._index.store.texts.remove_texts()

    def follow_forgetting(self) -> None:
        """A thread that lost or got back a text is indexed anew: its other texts were found by their neighbours' words."""
        change = self._texts.forgettings()
        if self._index.store.mark("forgettings") == change:
            return
        mark = self._index.store.mark()
        had, kept = self._index.store.texts.threads(), self._texts.text_threads(mark)
        changed = [(name, had.get(name) or kept.get(name, "")) for name in {*had} ^ {*kept}]
        threads = sorted({thread for _, thread in changed if thread})
        names = sorted(name for name, thread in changed if not thread)
        log.info("the index follows a forgetting: %d texts in %d threads", len(changed), len(threads))
        self._index.write(lambda: ((), self._index.store.texts.remove_threads(threads, names)))
        self._add([(seq, text) for seq, text in self._texts.texts_in(threads, names) if seq <= mark])
        # The mark names the last text that is indexed, which may be the one that has gone.
        last = self._texts.last_before(mark)
        self._index.store.set_marks({"texts": last, "forgettings": change})

    def index_texts(self) -> None:
        """Indexes the journal's texts that are not indexed yet."""
        with self._index.texting:
            while found := self._texts.texts_after(self._index.store.mark(), _TEXTS):
                self._add(found, found[-1][0])

    def _add(self, found: list[tuple[int, RememberedText]], mark: int | None = None) -> None:
        for start in range(0, len(found), _TEXTS):
            part = found[start : start + _TEXTS]
            rows = [text_rows(seq, text) for seq, text in part]
            flat = [row for some in rows for row in some]
            vectors = iter(self._index.embedded([f"{row.speaker or ''}\n{row.passage.text}".strip() for row in flat]))
            texts: list[Text] = [
                (text.thread, some, [next(vectors) for _ in some]) for (_, text), some in zip(part, rows, strict=True)
            ]
            self._add_texts(texts, mark)

    def _add_texts(self, texts: list[Text], mark: int | None) -> None:
        def write() -> Written:
            self._index.store.texts.add_texts(
                [(thread, labelled_text(self._index.labels, thread, rows), vectors) for thread, rows, vectors in texts],
                mark,
            )
            return [
                (name_of(row.id, row.part), vector)
                for _, rows, vectors in texts
                for row, vector in zip(rows, vectors, strict=True)
            ], ()

        self._index.write(write)
