"""index/memory.db: documents, passages, the lists of their words, and embeddings. A cache: it can be deleted at any time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from sage.adapters.database import Database
from sage.adapters.memory import linked_notes
from sage.adapters.memory.memory_rows import MIGRATIONS, PassageKey, PassageRow
from sage.adapters.memory.postings import Sought
from sage.adapters.memory.row_writing import RowWriter
from sage.adapters.memory.stored_columns import StoredColumns
from sage.adapters.memory.stored_imports import StoredImports
from sage.adapters.memory.stored_labels import StoredLabels
from sage.adapters.memory.stored_rows import BY_ID, IN_DOCUMENTS, passages_among, rows_in, some
from sage.adapters.memory.stored_texts import StoredTexts
from sage.adapters.memory.stored_vectors import StoredVectors
from sage.adapters.memory.stored_words import StoredWords
from sage.core.labels import Audience
from sage.core.memory_map import MapNote
from sage.core.passages import MemoryCounts, conversation_thread
from sage.core.reading.outlines import Mark

if TYPE_CHECKING:
    import numpy as np

    from sage.adapters.memory.sight import Columns, Sight
    from sage.adapters.memory.word_scores import WordScores

_KEYS = (
    "SELECT p.number, p.id, p.part, p.document, d.kind, p.speaker, rtrim(p.text) LIKE '%?', "  # noqa: S608 - of constants
    f"d.root = '' AND d.source LIKE '{conversation_thread('')}%' "
    "FROM passages p JOIN documents d ON d.number = p.document "
)
_MARKS = "SELECT number, marks FROM documents WHERE number IN ({})"


class MemoryStore:
    """Everything memory finds, by row; what is written and looked up by kind is in its parts. Safe in threads.

    `embedder` names whose vectors a new index holds; one that is there keeps its own until it is told otherwise.
    """

    def __init__(self, path: Path, embedder: str) -> None:
        # NORMAL: a power cut may take the last commits, which are then made again from the files and the journal.
        self._database = Database(path, MIGRATIONS, synchronous="NORMAL")
        self.words = StoredWords(self._database)
        writer = RowWriter(self._database, self.words)
        self.imports = StoredImports(self._database, writer)
        self.texts = StoredTexts(self._database, writer)
        self.labels = StoredLabels(self._database, writer)
        self.embeddings = StoredVectors(self._database)
        self._columns = StoredColumns(self._database, writer)
        self._map: tuple[tuple[int, int], tuple[list[MapNote], list[tuple[int, int]]]] | None = None
        """The map of a generation."""
        if not self.embeddings.embedder:
            self.embeddings.use_embedder(embedder)

    def close(self) -> None:
        self._database.close()

    def mark(self, name: str = "texts") -> int:
        """A number kept by name, 0 at first: how far the journal's texts are indexed, say."""
        rows = self._database.rows("SELECT value FROM marks WHERE name = ?", (name,))
        return int(rows[0][0]) if rows else 0

    def set_marks(self, marks: dict[str, int]) -> None:
        """Keeps numbers by name."""
        with self._database.transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO marks VALUES (?, ?)", list(marks.items()))

    @property
    def generation(self) -> tuple[int, int]:
        """Which index this is, and which state of it: what was made from it is right while this is the same."""
        return self.mark("identity"), self.mark("generation")

    # what is searched (a `View` has the same)

    def match(self, sought: Sequence[Sought], sight: Sight | None = None) -> WordScores:
        """What the words of a question say of everything in a sight, by word (see `cut`)."""
        from sage.adapters.memory.word_scores import WordScores

        return WordScores(sight or self.sight(), self.words.entries(sought))

    def cut(self, words: Sequence[str]) -> list[Sought]:
        """What is looked up for words, in whichever language passages are."""
        return self.words.cut(words)

    def keys(self, column: Literal["number", "id"], values: Sequence[int] | Sequence[str]) -> list[PassageKey]:
        """What ranking needs of passages, by number or by id (what follows a slash in one is left out), by number."""
        if column == "id":
            values = list(dict.fromkeys(str(value).partition("/")[0] for value in values))
        sql = _KEYS + f"WHERE p.{column} IN ({{}})"
        return sorted(
            (PassageKey(*row) for part in some(values) for row in rows_in(self._database, sql, part)),
            key=lambda key: key.number,
        )

    def passages(self, numbers: Sequence[int]) -> list[PassageRow]:
        """Passages by number."""
        return passages_among(self._database, "WHERE p.number IN ({})", numbers)

    def vectors(self, numbers: Sequence[int]) -> dict[int, np.ndarray]:
        """Vectors of passages, by number."""
        return self.embeddings.vectors(numbers)

    def linked(self, numbers: Sequence[int], sight: Sight | None = None) -> dict[int, list[tuple[int, ...]]]:
        """The notes that passages in a sight are linked with (see `linked_notes.linked`); links that their passages do not tell
        by themselves count for the owner alone."""
        return linked_notes.linked(self._read, numbers, sight or self.sight(), told_only=sight is not None)

    def map(self) -> tuple[list[MapNote], list[tuple[int, int]]]:
        """All notes, and which link to which, by their places among them."""
        generation = self.generation
        if self._map is None or self._map[0] != generation:
            self._map = generation, linked_notes.map_of(lambda sql: self._database.rows(sql))
        return self._map[1]

    # what stands together

    def passages_of(self, ids: Sequence[str]) -> list[PassageRow]:
        """Passages by id, in the order of documents and places."""
        return passages_among(self._database, BY_ID, ids)

    def passages_in(self, documents: Sequence[int]) -> list[PassageRow]:
        """All passages of documents, in their order."""
        return passages_among(self._database, IN_DOCUMENTS, documents)

    def own_passages(self) -> list[tuple[int, str, int, str | None]]:
        """Number, id, part and speaker of every passage of the person's own origin, the newest first."""
        sql = (
            "SELECT number, id, part, speaker FROM passages WHERE origin = 'user' ORDER BY said_when DESC, number DESC"
        )
        return self._database.rows(sql)

    def rows(self, sql: str, values: Sequence[Any] | dict[str, Any]) -> list[tuple[Any, ...]]:
        """What a query finds."""
        return self._database.rows(sql, values)

    def numbers(self, sql: str, values: Sequence[int | str]) -> list[int]:
        """The numbers of passages that a query finds, in its order."""
        return [row[0] for row in self._database.rows(sql, values)]

    def marks(self, documents: Sequence[int]) -> dict[int, tuple[Mark, ...]]:
        """The headings of documents, by number."""
        rows = [row for part in some(documents) for row in rows_in(self._database, _MARKS, part)]
        return {number: msgspec.json.decode(marks, type=tuple[Mark, ...]) for number, marks in rows}

    # columns

    def seen(self, visible: Callable[[Audience], bool]) -> tuple[Columns, np.ndarray, np.ndarray]:
        """All passages now, and which of them, and which documents as a whole, a reader sees whose audiences pass."""
        return self._columns.seen(visible)

    def sight(self) -> Sight:
        """What the owner sees now: everything."""
        return self._columns.sight()

    # the whole

    @property
    def size(self) -> int:
        """How many passages there are."""
        return int(self._database.rows("SELECT count(*) FROM passages")[0][0])

    def counts(self) -> MemoryCounts:
        """How much there is."""
        (row,) = self._database.rows(
            "SELECT (SELECT count(*) FROM documents WHERE root != '' AND part = ''),"
            " (SELECT count(DISTINCT p.id) FROM passages p JOIN documents d ON d.number = p.document"
            " WHERE d.root = ''), (SELECT count(*) FROM passages),"
            " (SELECT count(*) FROM vectors), (SELECT count(*) FROM roots)",
        )
        return MemoryCounts(*row)

    def _read(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """The rows of a query over a list of values, however long."""
        return [row for part in some(values) for row in rows_in(self._database, sql, part)]

    def trouble(self) -> str:
        """What SQLite's own check says is wrong ("" when all is well)."""
        return self._database.trouble()

    def compact(self) -> None:
        """Takes what was removed from the disk for good."""
        self._database.compact()
