"""index/memory.db: documents, passages, full text and embeddings. A cache: it can be deleted at any time.

The store of a view (what some recipients may see) is one of these in memory, filled with the visible rows alone: its
statistics know nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import apsw
import msgspec

from sage.adapters.database import IN_MEMORY, Database
from sage.adapters.memory_rows import (
    COLUMNS,
    MIGRATIONS,
    SLICE,
    DocumentRow,
    FileState,
    PassageKey,
    PassageRow,
    RootState,
    embedded_text,
    row_of,
    to_json,
    values_of,
)
from sage.core.labels import Audience
from sage.core.passages import FileTrouble, MemoryCounts
from sage.core.ranking import fold

if TYPE_CHECKING:
    import numpy as np

Vector = bytes | None
"""float32, as bytes; None when it is yet to be made."""
File = tuple[DocumentRow, Sequence[PassageRow], Sequence[Vector]]
Text = tuple[str, Sequence[PassageRow], Sequence[Vector]]
"""One remembered text: its thread ("" for none), its passages and their vectors."""

_OWN = ", ".join(f"p.{column}" for column in COLUMNS.split(", "))
_READ = (
    f"SELECT p.number, p.document, d.kind, d.title, d.source, d.folder, {_OWN} "  # noqa: S608 - of constants
    "FROM passages p JOIN documents d ON d.number = p.document "
)
_KEYS = "SELECT p.number, p.id, p.part, p.document, d.kind FROM passages p JOIN documents d ON d.number = p.document "
_AT_ONCE = 500
"""Values bound to one statement."""


class MemoryStore:
    """Everything memory finds, by row. Writing methods are one commit each; safe in threads.

    `embedder` names whose vectors are read and written.
    """

    def __init__(self, path: Path, embedder: str) -> None:
        # NORMAL: a power cut may take the last commits, which are then made again from the files and the journal.
        self._database = Database(path, MIGRATIONS, synchronous="NORMAL")
        self._embedder = embedder

    @classmethod
    def in_memory(cls, embedder: str) -> MemoryStore:
        """A store without a file."""
        return cls(IN_MEMORY, embedder)

    def close(self) -> None:
        self._database.close()

    # marks and roots

    def mark(self, name: str = "texts") -> int:
        """A number kept by name, 0 at first: how far the journal's texts are indexed, say."""
        rows = self._database.rows("SELECT value FROM marks WHERE name = ?", (name,))
        return int(rows[0][0]) if rows else 0

    @property
    def generation(self) -> tuple[int, int]:
        """Which index this is, and which state of it: what was made from it is right while this is the same."""
        return self.mark("identity"), self.mark("generation")

    def roots(self) -> list[str]:
        """The roots of which anything is indexed."""
        sql = "SELECT path FROM roots UNION SELECT root FROM documents WHERE kind = 'file'"
        return [row[0] for row in self._database.rows(sql)]

    def root(self, path: str) -> RootState | None:
        """What is known of an imported root."""
        rows = self._database.rows("SELECT device, inode, complete FROM roots WHERE path = ?", (path,))
        return RootState(rows[0][0], rows[0][1], bool(rows[0][2])) if rows else None

    def set_root(self, path: str, state: RootState) -> None:
        values = (path, state.device, state.inode, state.complete)
        self._database.run("INSERT OR REPLACE INTO roots VALUES (?, ?, ?, ?)", values)

    # files

    def files(self, root: str) -> dict[str, FileState]:
        """The indexed files of a root, by source."""
        rows = self._database.rows(
            "SELECT source, number, mtime_ns, size, sha256, trouble FROM documents WHERE kind = 'file' AND root = ?",
            (root,),
        )
        return {
            source: FileState(
                number, mtime_ns, size, sha256, msgspec.json.decode(trouble, type=FileTrouble) if trouble else None
            )
            for source, number, mtime_ns, size, sha256, trouble in rows
        }

    def put_files(self, files: Sequence[File]) -> list[str]:
        """Adds or replaces files. Returns the ids that are gone."""
        with self._database.transaction() as connection:
            old = [
                row[0]
                for document, _, _ in files
                for row in connection.execute(
                    "SELECT number FROM documents WHERE kind = 'file' AND root = ? AND source = ?",
                    (document.root, document.source),
                )
            ]
            before = self._remove(connection, old)
            for document, rows, vectors in files:
                number = _add_document(connection, document)
                for row, vector in zip(rows, vectors, strict=True):
                    self._add_passage(connection, number, document, row, vector)
                _set_document_words(connection, number)
            _count_change(connection)
            return _absent(connection, before)

    def touch_files(self, states: Iterable[FileState]) -> None:
        """Notes new times of files whose content is the same."""
        with self._database.transaction() as connection:
            for state in states:
                connection.execute(
                    "UPDATE documents SET mtime_ns = ?, size = ? WHERE number = ?",
                    (state.mtime_ns, state.size, state.number),
                )

    def remove_files(self, root: str, sources: Iterable[str] | None = None) -> list[str]:
        """Removes files of a root (None: all, and the root itself). Returns the ids that are gone."""
        wanted = None if sources is None else set(sources)
        numbers = [state.number for name, state in self.files(root).items() if wanted is None or name in wanted]
        with self._database.transaction() as connection:
            if wanted is None:
                connection.execute("DELETE FROM roots WHERE path = ?", (root,))
            _count_change(connection)
            return _absent(connection, self._remove(connection, numbers))

    # remembered texts

    def add_texts(self, texts: Sequence[Text], mark: int | None = None) -> None:
        """Adds texts after those that their threads have, and notes how far the journal is indexed."""
        with self._database.transaction() as connection:
            touched: dict[int, None] = {}
            for thread, rows, vectors in texts:
                document = _text_document(thread, rows[0])
                number = _slice_for(connection, document) if thread else _add_document(connection, document)
                for row, vector in zip(rows, vectors, strict=True):
                    added = self._add_passage(connection, number, document, row, vector)
                    if thread:
                        _set_windows(connection, thread, added)
                touched[number] = None
            for number in touched:
                _set_document_words(connection, number)
            _count_change(connection)
            if mark is not None:
                connection.execute("INSERT OR REPLACE INTO marks VALUES ('texts', ?)", (mark,))

    def remove_texts(self) -> None:
        """Removes all remembered texts, to index them anew."""
        with self._database.transaction() as connection:
            rows: list[Any] = connection.execute("SELECT number FROM documents WHERE kind != 'file'").fetchall()
            self._remove(connection, [row[0] for row in rows])
            connection.execute("DELETE FROM marks WHERE name = 'texts'")
            _count_change(connection)

    # vectors

    def unembedded(self, limit: int) -> list[tuple[PassageRow, str]]:
        """Passages without a vector of this embedder, each with the text to embed; all with a limit of -1."""
        rows = self._database.rows(
            "SELECT number FROM passages EXCEPT SELECT passage FROM vectors WHERE embedder = ? ORDER BY 1 LIMIT ?",
            (self._embedder, limit),
        )
        return [(row, embedded_text(row, row.title)) for row in self.passages([row[0] for row in rows])]

    def add_vectors(self, vectors: Iterable[tuple[int, bytes]]) -> None:
        """Adds vectors of passages (by number); a passage that has gone meanwhile is left out."""
        with self._database.transaction() as connection:
            connection.executemany(
                "INSERT OR REPLACE INTO vectors SELECT number, ?, ? FROM passages WHERE number = ?",
                [(self._embedder, vector, number) for number, vector in vectors],
            )
            _count_change(connection)

    def known_vectors(self, root: str, source: str) -> dict[str, bytes]:
        """The vectors of a file by the text they were made of, so that an edit embeds only what it changed."""
        rows = self._database.rows(
            _READ + "WHERE d.kind = 'file' AND d.root = ? AND d.source = ? ORDER BY p.number", (root, source)
        )
        found = [row_of(row) for row in rows]
        vectors = self._blobs([row.number for row in found])
        return {embedded_text(row, row.title): vectors[row.number] for row in found if row.number in vectors}

    def all_vectors(self) -> tuple[list[str], np.ndarray]:
        """Every id with its vector, float32 of shape (ids, dimensions); an id once."""
        import numpy as np

        rows = self._database.rows(
            "SELECT p.id, v.vector FROM vectors v JOIN passages p ON p.number = v.passage WHERE v.embedder = ? "
            "ORDER BY p.number",
            (self._embedder,),
        )
        found = dict(rows)
        matrix = np.frombuffer(b"".join(found.values()), np.float32)
        return list(found), matrix.reshape(len(found), -1) if found else matrix.reshape(0, 0)

    def vectors(self, numbers: Sequence[int]) -> dict[int, np.ndarray]:
        """Vectors of passages, by number."""
        import numpy as np

        return {number: np.frombuffer(blob, np.float32) for number, blob in self._blobs(numbers).items()}

    def _blobs(self, numbers: Sequence[int]) -> dict[int, bytes]:
        sql = "SELECT passage, vector FROM vectors WHERE embedder = ? AND passage IN ({})"
        return dict(row for some in _some(numbers) for row in self._in(sql, some, self._embedder))

    # reading

    def match(self, terms: Sequence[str], limit: int) -> dict[str, dict[int, float]]:
        """BM25 of the best passages and windows (by passage) and of the best documents (by document)."""
        if not terms:
            return {"passage": {}, "window": {}, "document": {}}
        query = " OR ".join(f'"{term}"' for term in terms)
        return {
            "passage": self._best("passage_words", "4.0, 2.5, 2.5, 2.0, 1.0", query, limit),
            "window": self._best("window_words", "1.0", query, limit),
            "document": self._best("document_words", "4.0, 2.0, 1.0", query, limit),
        }

    def _best(self, table: str, weights: str, query: str, limit: int) -> dict[int, float]:
        rows = self._database.rows(
            f"SELECT rowid, -bm25({table}, {weights}) AS score FROM {table} WHERE {table} MATCH ? "  # noqa: S608
            "ORDER BY score DESC, rowid LIMIT ?",
            (query, limit),
        )
        return dict(rows)

    def keys(self, column: Literal["number", "id"], values: Sequence[int] | Sequence[str]) -> list[PassageKey]:
        """What ranking needs of passages, by number or by id, in the order of numbers."""
        sql = _KEYS + f"WHERE p.{column} IN ({{}}) ORDER BY p.number"
        return [PassageKey(*row) for some in _some(values) for row in self._in(sql, some)]

    def passages(self, numbers: Sequence[int]) -> list[PassageRow]:
        """Passages by number."""
        return [row_of(row) for some in _some(numbers) for row in self._in(_READ + "WHERE p.number IN ({})", some)]

    def passages_of(self, ids: Sequence[str]) -> list[PassageRow]:
        """Passages by id, in the order of documents and places."""
        sql = _READ + "WHERE p.id IN ({}) ORDER BY p.document, p.ordinal, p.part"
        return [row_of(row) for some in _some(ids) for row in self._in(sql, some)]

    def audiences(self) -> list[Audience]:
        """Every audience that some passage has."""
        rows = self._database.rows("SELECT DISTINCT audience FROM passages")
        return [msgspec.json.decode(row[0], type=tuple[str, ...]) for row in rows]

    def copy_visible(self, target: MemoryStore, visible: Callable[[Audience], bool]) -> None:
        """Fills `target` with what passes. The order of its rows comes from their content alone."""
        wanted = [to_json(audience) for audience in self.audiences() if visible(audience)]
        rows = [row_of(row) for some in _some(wanted) for row in self._in(_READ + "WHERE p.audience IN ({})", some)]
        blobs = self._blobs([row.number for row in rows])
        files: dict[int, list[PassageRow]] = {}
        texts: dict[int, list[PassageRow]] = {}
        for row in sorted(rows, key=lambda row: (row.ordinal, row.part)):
            (files.setdefault(row.document, []) if row.kind == "file" else texts.setdefault(row.ordinal, [])).append(
                row
            )
        documents = self._documents(list(files))

        def vectors(found: list[PassageRow]) -> list[Vector]:
            return [blobs.get(row.number) for row in found]

        by_content = sorted(files.items(), key=lambda item: (item[1][0].source, item[1][0].id, documents[item[0]].root))
        target.put_files([(documents[number], found, vectors(found)) for number, found in by_content])
        in_order = (found for _, found in sorted(texts.items()))
        target.add_texts([(found[0].thread_key, found, vectors(found)) for found in in_order])

    def _documents(self, numbers: Sequence[int]) -> dict[int, DocumentRow]:
        sql = "SELECT number, kind, source, title, root, folder, slice, words FROM documents WHERE number IN ({})"
        return {row[0]: DocumentRow(*row[1:]) for some in _some(numbers) for row in self._in(sql, some)}

    @property
    def size(self) -> int:
        """How many passages there are."""
        return int(self._database.rows("SELECT count(*) FROM passages")[0][0])

    def counts(self) -> MemoryCounts:
        """How much there is."""
        (row,) = self._database.rows(
            "SELECT (SELECT count(*) FROM documents WHERE kind = 'file'),"
            " (SELECT count(DISTINCT p.id) FROM passages p JOIN documents d ON d.number = p.document"
            " WHERE d.kind != 'file'), (SELECT count(*) FROM passages),"
            " (SELECT count(*) FROM vectors WHERE embedder = ?), (SELECT count(*) FROM roots)",
            (self._embedder,),
        )
        return MemoryCounts(*row)

    def _in(self, sql: str, values: Sequence[Any], *before: Any) -> list[tuple[Any, ...]]:
        return self._database.rows(sql.format(", ".join("?" * len(values))), (*before, *values))

    # inside a transaction

    def _add_passage(
        self, connection: apsw.Connection, number: int, document: DocumentRow, row: PassageRow, vector: Vector
    ) -> int:
        values = (number, *values_of(row))
        marks = ", ".join("?" * len(values))
        connection.execute(f"INSERT INTO passages (document, {COLUMNS}) VALUES ({marks})", values)  # noqa: S608
        added = connection.last_insert_rowid()
        headings = " ".join((*row.passage.path, row.passage.heading))
        tags = " ".join((*row.passage.tags, document.words))
        words = (document.title, headings, tags, row.speaker or "", row.passage.text)
        connection.execute("INSERT INTO passage_words (rowid, title, heading, tags, people, body) VALUES (?, ?, ?, ?, ?, ?)",
                           (added, *map(fold, words)))  # fmt: skip
        if vector is not None:
            connection.execute("INSERT INTO vectors VALUES (?, ?, ?)", (added, self._embedder, vector))
        return added

    def _remove(self, connection: apsw.Connection, documents: Sequence[int]) -> list[str]:
        """Removes documents; returns the ids of their passages."""
        ids: list[str] = []
        for document in documents:
            rows: list[Any] = connection.execute(
                "SELECT number, id FROM passages WHERE document = ?", (document,)
            ).fetchall()
            ids += [row[1] for row in rows]
            for table in ("passage_words", "window_words"):
                connection.executemany(f"DELETE FROM {table} WHERE rowid = ?", [(row[0],) for row in rows])  # noqa: S608
            connection.execute("DELETE FROM document_words WHERE rowid = ?", (document,))
            connection.execute("DELETE FROM documents WHERE number = ?", (document,))
        return ids


def _count_change(connection: apsw.Connection) -> None:
    # By chance, not by counting: after a power cut took the last changes, others would get their numbers.
    connection.execute("INSERT OR REPLACE INTO marks VALUES ('generation', abs(random() / 2))")


def _add_document(connection: apsw.Connection, document: DocumentRow) -> int:
    connection.execute(
        "INSERT INTO documents (kind, root, source, slice, folder, title, words, mtime_ns, size, sha256, trouble) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            document.kind, document.root, document.source, document.slice, document.folder, document.title,
            document.words, document.mtime_ns, document.size, document.sha256,
            to_json(document.trouble) if document.trouble else "",
        ),
    )  # fmt: skip
    return connection.last_insert_rowid()


def _text_document(thread: str, row: PassageRow) -> DocumentRow:
    if thread:
        return DocumentRow("thread", thread, thread)
    return DocumentRow("text", row.id, row.source)


def _slice_for(connection: apsw.Connection, thread: DocumentRow) -> int:
    """The slice of a thread that takes its next text."""
    last: list[Any] = connection.execute(
        "SELECT d.number, d.slice, (SELECT count(*) FROM passages p WHERE p.document = d.number AND p.part = 0) "
        "FROM documents d WHERE d.kind = 'thread' AND d.root = '' AND d.source = ? ORDER BY d.slice DESC LIMIT 1",
        (thread.source,),
    ).fetchall()
    if not last:
        return _add_document(connection, thread)
    number, place, texts = last[0]
    return int(number) if texts < SLICE else _add_document(connection, msgspec.structs.replace(thread, slice=place + 1))


def _set_windows(connection: apsw.Connection, thread: str, added: int) -> None:
    """The windows of a thread's newest passage and of the one before it, which now has a neighbour more."""
    rows = connection.execute(
        "SELECT p.number, p.speaker, p.text FROM documents d JOIN passages p ON p.document = d.number "
        "WHERE d.kind = 'thread' AND d.root = '' AND d.source = ? "
        "ORDER BY d.slice DESC, p.ordinal DESC, p.part DESC LIMIT 3",
        (thread,),
    ).fetchall()[::-1]
    bodies = [f"{speaker or ''} {text}" for _, speaker, text in rows]
    for place, (number, _, _) in list(enumerate(rows))[-2:]:
        window = fold("\n".join(bodies[max(0, place - 1) : place + 2]))
        if number != added:
            connection.execute("DELETE FROM window_words WHERE rowid = ?", (number,))
        connection.execute("INSERT INTO window_words (rowid, body) VALUES (?, ?)", (number, window))


def _set_document_words(connection: apsw.Connection, number: int) -> None:
    ((title, words),) = connection.execute("SELECT title, words FROM documents WHERE number = ?", (number,))
    rows = connection.execute(
        "SELECT heading, speaker, text FROM passages WHERE document = ? ORDER BY ordinal, part", (number,)
    )
    body = "\n".join(f"{speaker or ''} {text}" for _, speaker, text in rows)
    connection.execute("DELETE FROM document_words WHERE rowid = ?", (number,))
    connection.execute(
        "INSERT INTO document_words (rowid, title, tags, body) VALUES (?, ?, ?, ?)",
        (number, fold(title), fold(words), fold(body)),
    )


def _absent(connection: apsw.Connection, ids: Sequence[str]) -> list[str]:
    """Those ids that no passage has any more: the same passage may stand in two roots."""
    sql = "SELECT 1 FROM passages WHERE id = ? LIMIT 1"
    return [name for name in ids if not connection.execute(sql, (name,)).fetchall()]


def _some(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
