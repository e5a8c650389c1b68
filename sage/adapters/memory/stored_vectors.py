"""The vectors of the store's passages, and the embedder that made them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from sage.adapters.database import Database
from sage.adapters.memory.memory_rows import PassageRow, embedded_text
from sage.adapters.memory.packed_vectors import packed_dimensions, unpack_vectors
from sage.adapters.memory.row_writing import count_change
from sage.adapters.memory.stored_rows import BY_ID, passages_among, passages_where, rows_in, some, vector_names

if TYPE_CHECKING:
    import numpy as np

_LOADED = 20_000
"""Vectors read at once."""


class StoredVectors:
    """Vectors by passage: those in use, and beside them those of an embedder that is to take over."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def embedder(self) -> str:
        """Whose vectors are searched; "" in a new index."""
        return self._embedder_of("now")

    @property
    def next_embedder(self) -> str:
        """Whose vectors are being made to take their place; "" for none."""
        return self._embedder_of("next")

    def use_embedder(self, name: str) -> None:
        """From now on vectors are of this embedder; those of another one, and those being made, are dropped."""
        with self._database.transaction() as connection:
            if self.embedder != name:
                connection.execute("DELETE FROM vectors")
            connection.execute("DELETE FROM next_vectors")
            connection.execute("DELETE FROM embedders")
            connection.execute("INSERT INTO embedders VALUES ('now', ?)", (name,))
            count_change(connection)

    def prepare_embedder(self, name: str) -> None:
        """Makes room for the vectors of another embedder beside those in use; what it has already stays."""
        if self.next_embedder == name:
            return
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM next_vectors")
            connection.execute("INSERT OR REPLACE INTO embedders VALUES ('next', ?)", (name,))

    def switch_embedder(self) -> bool:
        """Puts the prepared vectors in the place of those in use, all at once; False while some are missing."""
        with self._database.transaction() as connection:
            if self.unembedded(1, upcoming=True):
                return False
            connection.execute("DELETE FROM vectors")
            connection.execute("INSERT INTO vectors SELECT passage, vector FROM next_vectors")
            connection.execute("DELETE FROM next_vectors")
            connection.execute("UPDATE embedders SET name = (SELECT name FROM embedders WHERE kind = 'next')")
            connection.execute("DELETE FROM embedders WHERE kind = 'next'")
            count_change(connection)
            return True

    def _embedder_of(self, kind: str) -> str:
        rows = self._database.rows("SELECT name FROM embedders WHERE kind = ?", (kind,))
        return str(rows[0][0]) if rows else ""

    def unembedded(self, limit: int, after: int = 0, *, upcoming: bool = False) -> list[tuple[PassageRow, str]]:
        """Passages above a number without a vector (of the `upcoming` embedder), each with the text to embed."""
        rows = self._database.rows(
            f"SELECT number FROM passages WHERE number > ? EXCEPT SELECT passage FROM {_table(upcoming)} "  # noqa: S608
            "ORDER BY 1 LIMIT ?",
            (after, limit),
        )
        return [
            (row, embedded_text(row, row.title))
            for row in passages_among(self._database, "WHERE p.number IN ({})", [row[0] for row in rows])
        ]

    def add_vectors(self, vectors: Iterable[tuple[int, bytes]], *, upcoming: bool = False) -> None:
        """Adds vectors of passages (by number); a passage that has gone meanwhile is left out."""
        with self._database.transaction() as connection:
            connection.executemany(
                f"INSERT OR REPLACE INTO {_table(upcoming)} SELECT number, ? FROM passages WHERE number = ?",  # noqa: S608
                [(vector, number) for number, vector in vectors],
            )
            if not upcoming:
                count_change(connection)

    def known_vectors(self, root: str, source: str, part: str = "") -> dict[str, bytes]:
        """The vectors of a file or a part of it by the text they were made of, so that an edit embeds only what it changed."""
        where = "WHERE d.root = ? AND d.source = ? AND d.part = ? ORDER BY p.number"
        found = passages_where(self._database, where, (root, source, part))
        vectors = self._blobs([row.number for row in found])
        return {embedded_text(row, row.title): vectors[row.number] for row in found if row.number in vectors}

    def vectors_of(self, ids: Sequence[str]) -> list[bytes]:
        """The vectors of passages and texts, by id, as they stand in their rows."""
        return list(self._blobs([row.number for row in passages_among(self._database, BY_ID, ids)]).values())

    def has_vectors(self, vectors: set[bytes]) -> set[bytes]:
        """Those of some vectors that a row has."""
        return {row[0] for row in self._database.rows("SELECT vector FROM vectors") if row[0] in vectors}

    def vectors(self, numbers: Sequence[int]) -> dict[int, np.ndarray]:
        """Vectors of passages, by number."""
        found = self._blobs(numbers)
        return dict(zip(found, unpack_vectors(list(found.values())), strict=True))

    def all_vectors(self) -> Iterator[tuple[list[str], np.ndarray]]:
        """Every vector by name (see `name_of`) in parts, each float32 of shape (names, dimensions)."""
        names = dict(vector_names(self._database))
        last = -1
        while rows := self._database.rows(
            "SELECT passage, vector FROM vectors WHERE passage > ? ORDER BY passage LIMIT ?", (last, _LOADED)
        ):
            last = rows[-1][0]
            # One that was written since is told by whoever wrote it.
            known = [row for row in rows if row[0] in names]
            yield [names[row[0]] for row in known], unpack_vectors([row[1] for row in known])

    @property
    def dimensions(self) -> int:
        """Of the vectors that are there; 0 while there are none."""
        rows = self._database.rows("SELECT length(vector) FROM vectors LIMIT 1")
        return packed_dimensions(rows[0][0]) if rows else 0

    def odd_vectors(self) -> int:
        """How many vectors have other dimensions than most."""
        sql = "SELECT coalesce(sum(n) - max(n), 0) FROM (SELECT count(*) AS n FROM vectors GROUP BY length(vector))"
        return int(self._database.rows(sql)[0][0])

    @property
    def count(self) -> int:
        """How many names have a vector."""
        sql = (
            "SELECT count(*) FROM (SELECT DISTINCT p.id, p.part FROM vectors v JOIN passages p ON p.number = v.passage)"
        )
        return int(self._database.rows(sql)[0][0])

    @property
    def next_count(self) -> int:
        """How many vectors of the upcoming embedder are made."""
        return int(self._database.rows("SELECT count(*) FROM next_vectors")[0][0])

    def _blobs(self, numbers: Sequence[int]) -> dict[int, bytes]:
        sql = "SELECT passage, vector FROM vectors WHERE passage IN ({})"
        return dict(row for part in some(numbers) for row in rows_in(self._database, sql, part))


def _table(upcoming: bool) -> str:
    return "next_vectors" if upcoming else "vectors"
