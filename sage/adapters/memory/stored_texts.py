"""Remembered texts, as the store has them: one document each, or slices of threads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import apsw
import msgspec

from sage.adapters.database import Database
from sage.adapters.memory import postings
from sage.adapters.memory.memory_rows import SLICE, DocumentRow, PassageRow, Text
from sage.adapters.memory.row_writing import RowWriter, absent, count_change
from sage.adapters.memory.stored_rows import passages_where
from sage.adapters.memory.stored_words import CountedRow


class StoredTexts:
    """Documents without a root. Writing methods are one commit each."""

    def __init__(self, database: Database, writer: RowWriter) -> None:
        self._database, self._writer = database, writer

    def add_texts(self, texts: Sequence[Text], mark: int | None = None) -> None:
        """Adds texts after those that their threads have, and notes how far the journal is indexed."""
        with self._database.transaction() as connection:
            words: list[CountedRow] = []
            for thread, rows, vectors in texts:
                document = _text_document(thread, rows[0])
                place = _slice_for(connection, document) if thread else document
                number = place if isinstance(place, int) else self._writer.add_document(connection, place, words)
                for row, vector in zip(rows, vectors, strict=True):
                    self._writer.add_passage(connection, number, row, vector, words)
            postings.add_words(connection, words)
            count_change(connection)
            if mark is not None:
                connection.execute("INSERT OR REPLACE INTO marks VALUES ('texts', ?)", (mark,))

    def remove_texts(self) -> None:
        """Removes all remembered texts, to index them anew."""
        with self._database.transaction() as connection:
            rows: list[Any] = connection.execute("SELECT number FROM documents WHERE root = ''").fetchall()
            self._writer.remove(connection, [row[0] for row in rows])
            connection.execute("DELETE FROM marks WHERE name = 'texts'")
            count_change(connection)

    def threads(self) -> dict[str, str]:
        """The thread ("" for none) of each remembered text, by id."""
        rows = self._database.rows(
            "SELECT DISTINCT p.id, iif(d.kind = 'thread', d.source, '') FROM passages p "
            "JOIN documents d ON d.number = p.document WHERE d.root = ''"
        )
        return dict(rows)

    def remove_threads(self, threads: Sequence[str], names: Sequence[str]) -> list[str]:
        """Removes threads, and texts without one by their ids. Returns the ids that are gone."""
        with self._database.transaction() as connection:
            numbers = [
                row[0]
                for kind, sources in (("thread", threads), ("text", names))
                for source in sources
                for row in connection.execute(
                    "SELECT number FROM documents WHERE kind = ? AND root = '' AND source = ?", (kind, source)
                )
            ]
            count_change(connection)
            return absent(connection, self._writer.remove(connection, numbers))

    def passages_of_thread(self, thread: str) -> list[PassageRow]:
        """The passages of a thread of remembered texts, in their order."""
        where = "WHERE d.kind = 'thread' AND d.root = '' AND d.source = ? ORDER BY p.ordinal, p.part"
        return passages_where(self._database, where, (thread,))

    def has_thread(self, thread: str) -> bool:
        """Whether any text that was remembered is of a thread."""
        sql = "SELECT 1 FROM documents WHERE kind = 'thread' AND root = '' AND source = ? LIMIT 1"
        return bool(self._database.rows(sql, (thread,)))


def _text_document(thread: str, row: PassageRow) -> DocumentRow:
    if thread:
        return DocumentRow("thread", thread, thread)
    return DocumentRow("text", row.id, row.source)


def _slice_for(connection: apsw.Connection, thread: DocumentRow) -> int | DocumentRow:
    """The slice of a thread that takes its next text: its number, or one that is to be added."""
    last: list[Any] = connection.execute(
        "SELECT d.number, d.slice, (SELECT count(*) FROM passages p WHERE p.document = d.number AND p.part = 0) "
        "FROM documents d WHERE d.kind = 'thread' AND d.root = '' AND d.source = ? ORDER BY d.slice DESC LIMIT 1",
        (thread.source,),
    ).fetchall()
    if not last:
        return thread
    number, place, texts = last[0]
    return int(number) if texts < SLICE else msgspec.structs.replace(thread, slice=place + 1)
