"""What was imported, as the store has it: roots, their files, and the documents in these."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from sage.adapters.database import Database
from sage.adapters.memory import postings
from sage.adapters.memory.memory_rows import File, FileState, ImportedDocument, KnownFile, RootState, to_json
from sage.adapters.memory.row_writing import RowWriter, absent, count_change
from sage.adapters.memory.stored_rows import passages_where, rows_in, some
from sage.adapters.memory.stored_words import CountedRow
from sage.core.passages import FileTrouble, Hit

if TYPE_CHECKING:
    from sage.adapters.notes.note_files import NoteFile

_DOCUMENTS = """
SELECT number, root, source, part, slice, iif(sha256 = '', mtime_ns || ' ' || size, sha256), first FROM documents
"""
_WORD = re.compile(r"\w+")


class StoredImports:
    """Documents of imported roots. Writing methods are one commit each."""

    def __init__(self, database: Database, writer: RowWriter) -> None:
        self._database, self._writer = database, writer

    def roots(self) -> list[str]:
        """The roots of which anything is indexed."""
        sql = "SELECT path FROM roots UNION SELECT root FROM documents WHERE root != ''"
        return [row[0] for row in self._database.rows(sql)]

    def root(self, path: str) -> RootState | None:
        """What is known of an imported root."""
        rows = self._database.rows("SELECT device, inode, complete FROM roots WHERE path = ?", (path,))
        return RootState(rows[0][0], rows[0][1], bool(rows[0][2])) if rows else None

    def set_root(self, path: str, state: RootState) -> None:
        values = (path, state.device, state.inode, state.complete)
        self._database.run("INSERT OR REPLACE INTO roots VALUES (?, ?, ?, ?)", values)

    def files(self, root: str, below: Iterable[str] | None = None) -> dict[str, FileState]:
        """The indexed files of a root, by source: all, or those that are or stand below some of its sources."""
        sql = (
            "SELECT source, number, mtime_ns, size, sha256, troubles, first, device, inode FROM documents "
            "WHERE root = ? AND part = ''"
        )
        if below is None:
            rows = self._database.rows(sql, (root,))
        else:
            within = f"{sql} AND (source = ? OR source > ? AND source < ?)"
            rows = [row for name in below for row in self._database.rows(within, (root, name, f"{name}/", f"{name}0"))]
        return {
            source: FileState(
                number, mtime_ns, size, sha256, msgspec.json.decode(troubles, type=tuple[FileTrouble, ...]), *rest
            )
            for source, number, mtime_ns, size, sha256, troubles, *rest in rows
        }

    def known_files(self, places: Mapping[tuple[str, str], NoteFile]) -> list[KnownFile]:
        """The indexed files that files at some places may be: those at these places, and those of the same inode or size."""
        sql = (
            "SELECT root, source, folder, number, device, inode, mtime_ns, size, sha256, first FROM documents "
            "WHERE root != '' AND part = '' AND inode != 0 AND {} IN ({{}})"
        )
        found = {row[3]: row for column, values in (("inode", {file.inode for file in places.values()}),
                                                    ("size", {file.size for file in places.values()}))
                 for part in some(sorted(values)) for row in rows_in(self._database, sql.format(column), part)}  # fmt: skip
        at_place = (
            row
            for root, source in places
            for row in rows_in(self._database, sql.format("root = ? AND source"), [source], root)
        )
        found |= {row[3]: row for row in at_place}
        return [
            KnownFile((root, source), folder, number, (device, inode), *rest)
            for root, source, folder, number, device, inode, *rest in found.values()
        ]

    def words_in(self, document: int) -> frozenset[str]:
        """The words of a document's passages, folded as Python folds case."""
        rows = self._database.rows("SELECT text FROM passages WHERE document = ?", (document,))
        return frozenset(word for (text,) in rows for word in _WORD.findall(text.casefold()))

    def parts(self, root: str, source: str) -> dict[tuple[str, int], str]:
        """The documents in a file that holds many: their marks, by part and slice."""
        sql = "SELECT part, slice, sha256 FROM documents WHERE root = ? AND source = ? AND part != ''"
        return {(part, place): mark for part, place, mark in self._database.rows(sql, (root, source))}

    def imported(self) -> list[ImportedDocument]:
        """Every document of the imported roots."""
        rows = self._database.rows(f"{_DOCUMENTS} WHERE root != ''")
        return [ImportedDocument(*row) for row in rows]

    def document(self, number: int) -> ImportedDocument:
        """One of them, by its number."""
        return ImportedDocument(*self._database.rows(f"{_DOCUMENTS} WHERE number = ?", (number,))[0])

    def put_files(self, files: Sequence[File], left: Iterable[tuple[str, str]] = ()) -> list[str]:
        """Adds or replaces files, or parts of files, and removes those at places (root and source) that they left.

        Returns the ids that are gone.
        """
        with self._database.transaction() as connection:
            old = [
                row[0]
                for document, _, _ in files
                for row in connection.execute(
                    "SELECT number FROM documents WHERE root = ? AND source = ? AND part = ? AND slice = ?",
                    (document.root, document.source, document.part, document.slice),
                )
            ]
            for place in left:
                old += [row[0] for row in connection.execute(
                    "SELECT number FROM documents WHERE root = ? AND source = ?", place
                )]  # fmt: skip
            before = self._writer.remove(connection, old)
            words: list[CountedRow] = []
            for document, rows, vectors in files:
                number = self._writer.add_document(connection, document, words)
                for row, vector in zip(rows, vectors, strict=True):
                    self._writer.add_passage(connection, number, row, vector, words)
            postings.add_words(connection, words)
            count_change(connection)
            return absent(connection, before)

    def touch_files(self, states: Iterable[FileState]) -> None:
        """Notes new times of files whose passages stay: of the same content, or of one that cannot be read."""
        with self._database.transaction() as connection:
            for state in states:
                connection.execute(
                    "UPDATE documents SET mtime_ns = ?, size = ?, sha256 = ?, troubles = ?, device = ?, inode = ? WHERE number = ?",
                    (
                        state.mtime_ns,
                        state.size,
                        state.sha256,
                        to_json(state.troubles),
                        state.device,
                        state.inode,
                        state.number,
                    ),
                )

    def remove_files(self, root: str, sources: Iterable[str] | None = None) -> list[str]:
        """Removes files of a root (None: all, and the root itself). Returns the ids that are gone."""
        wanted = None if sources is None else set(sources)
        rows = self._database.rows("SELECT number, source FROM documents WHERE root = ?", (root,))
        numbers = [number for number, source in rows if wanted is None or source in wanted]
        with self._database.transaction() as connection:
            if wanted is None:
                connection.execute("DELETE FROM roots WHERE path = ?", (root,))
            count_change(connection)
            return absent(connection, self._writer.remove(connection, numbers))

    def remove_parts(self, root: str, source: str, parts: Iterable[tuple[str, int]]) -> list[str]:
        """Removes documents in a file, by part and slice. Returns the ids that are gone."""
        sql = "SELECT number FROM documents WHERE root = ? AND source = ? AND part = ? AND slice = ?"
        with self._database.transaction() as connection:
            numbers = [row[0] for part in parts for row in connection.execute(sql, (root, source, *part))]
            count_change(connection)
            return absent(connection, self._writer.remove(connection, numbers))

    def file_passages(self) -> list[Hit]:
        """Every passage of every file, file by file."""
        where = "WHERE d.root != '' ORDER BY d.root, d.source, p.document, p.ordinal, p.part"
        return [row.hit() for row in passages_where(self._database, where)]

    def tagged(self, tag: str) -> list[Hit]:
        """The passages of files that have a tag (or one below it), or whose note's front matter names it, file by file."""
        wanted = tag.casefold()
        rows = self._database.rows("SELECT number, words FROM documents WHERE root != '' AND words != ''")
        notes = {number for number, words in rows if wanted in words.casefold().replace("#", " ").split()}
        where = "WHERE d.root != '' ORDER BY d.root, d.source, p.document, p.ordinal, p.part"
        return [
            row.hit()
            for row in passages_where(self._database, where)
            if row.document in notes or any(f"{own.casefold()}/".startswith(f"{wanted}/") for own in row.passage.tags)
        ]

    def notes_outside(self, roots: Sequence[str]) -> int:
        """How many imported files there are in other roots than these."""
        sql = f"SELECT count(*) FROM documents WHERE part = '' AND root NOT IN ({', '.join('?' * (1 + len(roots)))})"  # noqa: S608
        return int(self._database.rows(sql, ("", *roots))[0][0])
