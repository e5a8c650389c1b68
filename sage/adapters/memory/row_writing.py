"""Writing the rows of index/memory.db: a document with its passages, their words and their vectors."""

from __future__ import annotations

from collections.abc import Sequence

import apsw

from sage.adapters.database import Database
from sage.adapters.memory import linked_notes, postings
from sage.adapters.memory.memory_rows import (
    COLUMNS,
    DocumentRow,
    PassageRow,
    Vector,
    name_of,
    to_json,
    values_of,
)
from sage.adapters.memory.stored_rows import NAME, passages_among, rows_in, some
from sage.adapters.memory.stored_words import CountedRow, StoredWords
from sage.core.labels import Audience


class RowWriter:
    """Writes inside its caller's transaction, and keeps in mind what it touched."""

    def __init__(self, database: Database, words: StoredWords) -> None:
        self._database, self._words = database, words
        self.touched: set[int] = set()
        """Passages that were written or removed since the columns were read."""
        self.changed: set[Audience] = set()
        """The audiences of passages that were written, removed or labelled since they were asked for last."""

    def add_document(self, connection: apsw.Connection, document: DocumentRow, words: list[CountedRow]) -> int:
        """Adds a document, and its words to those that are to be written. Returns its number."""
        number = _insert_document(connection, document)
        if document.kind == "file":
            names = linked_notes.names_of(document.part or document.source, (document.title, *document.names))
            connection.executemany(
                "INSERT INTO names VALUES (?, ?, ?)", [(name, number, rank) for name, rank in names.items()]
            )
        words.append((postings.document_block(number), self._words.of_document(document.title, document.words)))
        return number

    def add_passage(
        self, connection: apsw.Connection, document: int, row: PassageRow, vector: Vector, words: list[CountedRow]
    ) -> None:
        """Adds a passage of a document, and its words to those that are to be written."""
        found = self._words.of_passage(row)
        values = (document, *values_of(row), found.length)
        marks = ", ".join("?" * len(values))
        connection.execute(f"INSERT INTO passages (document, {COLUMNS}, length) VALUES ({marks})", values)  # noqa: S608
        added = connection.last_insert_rowid()
        self.touched.add(added)
        self.changed.add(row.audience)
        words.append((postings.passage_block(added), found))
        for link in linked_notes.links_of(row.passage) if row.kind == "file" else ():
            connection.execute("INSERT INTO links VALUES (?, ?, ?, ?)", (added, *link))
        if vector is not None:
            connection.execute("INSERT INTO vectors VALUES (?, ?)", (added, vector))

    def remove(self, connection: apsw.Connection, documents: Sequence[int]) -> list[str]:
        """Removes documents; returns the names of their passages (see `name_of`)."""
        names: list[str] = []
        for part in some(documents):
            rows = passages_among(self._database, "WHERE p.document IN ({})", part)
            self.touched.update(row.number for row in rows)
            self.changed.update(row.audience for row in rows)
            names += [name_of(row.id, row.part) for row in rows]
            titles = rows_in(self._database, "SELECT number, title, words FROM documents WHERE number IN ({})", part)
            postings.remove_words(connection, [
                *((postings.passage_block(row.number), self._words.of_passage(row).terms) for row in rows),
                *((postings.document_block(number), self._words.of_document(*texts).terms) for number, *texts in titles),
            ])  # fmt: skip
            rows_in(self._database, "DELETE FROM documents WHERE number IN ({})", part)
        return names


def count_change(connection: apsw.Connection) -> None:
    """Tells that the index has another state than before."""
    # By chance, not by counting: after a power cut took the last changes, others would get their numbers.
    connection.execute("INSERT OR REPLACE INTO marks VALUES ('generation', abs(random() / 2))")


def absent(connection: apsw.Connection, names: Sequence[str]) -> list[str]:
    """Those names that no passage has any more: the same passage may stand in two roots."""
    sql = f"SELECT 1 FROM passages p WHERE id = ? AND {NAME} = ? LIMIT 1"  # noqa: S608
    return [name for name in names if not connection.execute(sql, (name.partition("/")[0], name)).fetchall()]


def _insert_document(connection: apsw.Connection, document: DocumentRow) -> int:
    connection.execute(
        "INSERT INTO documents (kind, root, source, part, slice, folder, first, own, audience, title, words, mtime_ns, "
        "size, sha256, troubles, device, inode, marks) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            document.kind, document.root, document.source, document.part, document.slice, document.folder,
            document.first, None if document.own is None else to_json(document.own),
            to_json(document.audience), document.title, document.words, document.mtime_ns, document.size,
            document.sha256, to_json(document.troubles), document.device, document.inode,
            to_json(document.marks),
        ),
    )  # fmt: skip
    return connection.last_insert_rowid()
