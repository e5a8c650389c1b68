"""index/memory.db: documents, passages, the lists of their words, and embeddings. A cache: it can be deleted at any time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import apsw
import msgspec

from sage.adapters.database import Database
from sage.adapters.memory import postings
from sage.adapters.memory.labelled_rows import Relabelled, relabel
from sage.adapters.memory.memory_rows import (
    COLUMNS,
    MIGRATIONS,
    SLICE,
    DocumentRow,
    FileState,
    ImportedDocument,
    KnownFile,
    PassageKey,
    PassageRow,
    RootState,
    embedded_text,
    fields_of,
    row_of,
    strings,
    to_json,
    values_of,
)
from sage.adapters.memory.packed_vectors import packed_dimensions, unpack_vectors
from sage.core.labels import Audience, Labels
from sage.core.passages import FileTrouble, Hit, MemoryCounts, conversation_thread
from sage.core.reading.outlines import Mark

if TYPE_CHECKING:
    import numpy as np

    from sage.adapters.memory.sight import Columns, Rows, Sight
    from sage.adapters.memory.word_scores import WordScores
    from sage.adapters.notes.note_files import NoteFile

Vector = bytes | None
"""As `packed_vectors` keeps it; None when it is yet to be made."""
File = tuple[DocumentRow, Sequence[PassageRow], Sequence[Vector]]
Text = tuple[str, Sequence[PassageRow], Sequence[Vector]]
"""One remembered text: its thread ("" for none), its passages and their vectors."""

_WORD = re.compile(r"\w+")
_OWN = ", ".join(f"p.{column}" for column in COLUMNS.split(", "))
_THREAD = "iif(d.part = '', d.source, d.source || '/' || d.part)"
_READ = (
    f"SELECT p.number, p.document, d.kind, d.title, {_THREAD}, d.folder, {_OWN} "  # noqa: S608 - of constants
    "FROM passages p JOIN documents d ON d.number = p.document "
)
_KEYS = (
    "SELECT p.number, p.id, p.part, p.document, d.kind, p.speaker, rtrim(p.text) LIKE '%?', "  # noqa: S608 - of constants
    f"d.root = '' AND d.source LIKE '{conversation_thread('')}%' "
    "FROM passages p JOIN documents d ON d.number = p.document "
)
_NAME = "iif(p.part, p.id || '/' || p.part, p.id)"
"""`name_of` in SQL."""
_DAY = "coalesce(cast(julianday(substr(said_when, 1, 10)) - 1721424.5 AS INTEGER), 0)"
"""The day of an ISO date as `date.toordinal` counts it, 0 for none."""
_LISTS = (
    "SELECT json_group_array(number), json_group_array(document), json_group_array(ordinal), "  # noqa: S608 - of constants
    f"json_group_array(length), json_group_array({_DAY}), json_group_array(audience) FROM passages "
)
"""All passages in one row: a list a column is read ten times as fast as a row a passage."""
_OF_DOCUMENTS = (
    "SELECT number, iif(root = '', '', audience), iif(kind = 'thread', root || '/' || source || '/' || part, '') "
    "FROM documents "
)
_MARKS = "SELECT number, marks FROM documents WHERE number IN ({})"
_AT_ONCE, _LOADED = 500, 20_000
"""Values bound to one statement; vectors read at once."""
_Counted = tuple[tuple[int, int], postings.Words]


def name_of(passage: str, part: int) -> str:
    """What a vector is called: the id, and a number for the later parts of one long text."""
    return f"{passage}/{part}" if part else passage


class MemoryStore:
    """Everything memory finds, by row. Writing methods are one commit each; safe in threads.

    `embedder` names whose vectors a new index holds; one that is there keeps its own until it is told otherwise.
    """

    def __init__(self, path: Path, embedder: str) -> None:
        # NORMAL: a power cut may take the last commits, which are then made again from the files and the journal.
        self._database = Database(path, MIGRATIONS, synchronous="NORMAL")
        self._tokenizer = postings.Tokenizer(self._database.connection)
        self._columns: Columns | None = None
        self._sight: Sight | None = None
        self._touched: set[int] = set()
        """Passages that were written or removed since the columns were read."""
        self._changed: set[Audience] = set()
        if not self.embedder:
            self.use_embedder(embedder)

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
        sql = "SELECT path FROM roots UNION SELECT root FROM documents WHERE root != ''"
        return [row[0] for row in self._database.rows(sql)]

    def root(self, path: str) -> RootState | None:
        """What is known of an imported root."""
        rows = self._database.rows("SELECT device, inode, complete FROM roots WHERE path = ?", (path,))
        return RootState(rows[0][0], rows[0][1], bool(rows[0][2])) if rows else None

    def set_root(self, path: str, state: RootState) -> None:
        values = (path, state.device, state.inode, state.complete)
        self._database.run("INSERT OR REPLACE INTO roots VALUES (?, ?, ?, ?)", values)

    # files

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
                 for some in _some(sorted(values)) for row in self._in(sql.format(column), some)}  # fmt: skip
        at_place = (
            row for root, source in places for row in self._in(sql.format("root = ? AND source"), [source], root)
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
        rows = self._database.rows(
            "SELECT number, root, source, part, slice, iif(sha256 = '', mtime_ns || ' ' || size, sha256), first "
            "FROM documents "
            "WHERE root != ''"
        )
        return [ImportedDocument(*row) for row in rows]

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
            before = self._remove(connection, old)
            words: list[_Counted] = []
            for document, rows, vectors in files:
                number = self._add_document(connection, document, words)
                for row, vector in zip(rows, vectors, strict=True):
                    self._add_passage(connection, number, row, vector, words)
            postings.add_words(connection, words)
            _count_change(connection)
            return _absent(connection, before)

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
            _count_change(connection)
            return _absent(connection, self._remove(connection, numbers))

    def remove_parts(self, root: str, source: str, parts: Iterable[tuple[str, int]]) -> list[str]:
        """Removes documents in a file, by part and slice. Returns the ids that are gone."""
        sql = "SELECT number FROM documents WHERE root = ? AND source = ? AND part = ? AND slice = ?"
        with self._database.transaction() as connection:
            numbers = [row[0] for part in parts for row in connection.execute(sql, (root, source, *part))]
            _count_change(connection)
            return _absent(connection, self._remove(connection, numbers))

    # remembered texts

    def add_texts(self, texts: Sequence[Text], mark: int | None = None) -> None:
        """Adds texts after those that their threads have, and notes how far the journal is indexed."""
        with self._database.transaction() as connection:
            words: list[_Counted] = []
            for thread, rows, vectors in texts:
                document = _text_document(thread, rows[0])
                place = _slice_for(connection, document) if thread else document
                number = place if isinstance(place, int) else self._add_document(connection, place, words)
                for row, vector in zip(rows, vectors, strict=True):
                    self._add_passage(connection, number, row, vector, words)
            postings.add_words(connection, words)
            _count_change(connection)
            if mark is not None:
                connection.execute("INSERT OR REPLACE INTO marks VALUES ('texts', ?)", (mark,))

    def remove_texts(self) -> None:
        """Removes all remembered texts, to index them anew."""
        with self._database.transaction() as connection:
            rows: list[Any] = connection.execute("SELECT number FROM documents WHERE root = ''").fetchall()
            self._remove(connection, [row[0] for row in rows])
            connection.execute("DELETE FROM marks WHERE name = 'texts'")
            _count_change(connection)

    # forgetting

    def text_threads(self) -> dict[str, str]:
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
            _count_change(connection)
            return _absent(connection, self._remove(connection, numbers))

    def set_marks(self, marks: dict[str, int]) -> None:
        """Keeps numbers by name."""
        with self._database.transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO marks VALUES (?, ?)", list(marks.items()))

    def vectors_of(self, ids: Sequence[str]) -> list[bytes]:
        """The vectors of passages and texts, by id, as they stand in their rows."""
        return list(self._blobs([row.number for row in self.passages_of(ids)]).values())

    def has_vectors(self, vectors: set[bytes]) -> set[bytes]:
        """Those of some vectors that a row has."""
        return {row[0] for row in self._database.rows("SELECT vector FROM vectors") if row[0] in vectors}

    def file_passages(self) -> list[Hit]:
        """Every passage of every file, file by file."""
        rows = self._database.rows(
            _READ + "WHERE d.root != '' ORDER BY d.root, d.source, p.document, p.ordinal, p.part"
        )
        return [row_of(row).hit() for row in rows]

    def compact(self) -> None:
        """Takes what was removed from the disk for good."""
        self._database.compact()

    # labels

    def relabel(self, labels: Labels, tell: Callable[[Iterable[Relabelled]], None]) -> None:
        """Gives all rows the audiences that labels say now, in one commit; `tell` hears of the changes before that."""
        with self._database.transaction() as connection:
            changes = relabel(connection, labels)
            self._touched.update(each.number for each in changes)
            self._changed.update(audience for each in changes for audience in (each.before, each.now))
            tell(changes)
            connection.execute("INSERT OR REPLACE INTO marks VALUES ('labels', ?)", (labels.mark,))

    def take_changed(self) -> set[Audience]:
        """The audiences of passages that were written, removed or labelled since this was asked last."""
        changed, self._changed = self._changed, set()
        return changed

    def labelled(self) -> dict[int, DocumentRow]:
        """Every document of the imported roots, as far as labels go, by number."""
        rows = self._database.rows(
            "SELECT number, source, title, root, folder, first, own, audience FROM documents WHERE root != '' "
            "ORDER BY folder, source, number"
        )
        return {
            number: DocumentRow("file", source, title, root, folder, first=first, audience=strings(audience),
                                own=None if own is None else strings(own))
            for number, source, title, root, folder, first, own, audience in rows
        }  # fmt: skip

    def passages_seen(self, visible: Callable[[Audience], bool]) -> list[PassageRow]:
        """The passages whose audience passes, in their order."""
        wanted = self._audiences_that(visible)
        sql = _READ + "WHERE p.audience IN ({}) ORDER BY p.document, p.ordinal, p.part"
        return [row_of(row) for some in _some(wanted) for row in self._in(sql, some)]

    def passages_of_thread(self, thread: str) -> list[PassageRow]:
        """The passages of a thread of remembered texts, in their order."""
        sql = _READ + "WHERE d.kind = 'thread' AND d.root = '' AND d.source = ? ORDER BY p.ordinal, p.part"
        return [row_of(row) for row in self._database.rows(sql, (thread,))]

    def has_thread(self, thread: str) -> bool:
        """Whether any text that was remembered is of a thread."""
        sql = "SELECT 1 FROM documents WHERE kind = 'thread' AND root = '' AND source = ? LIMIT 1"
        return bool(self._database.rows(sql, (thread,)))

    def _audiences_that(self, visible: Callable[[Audience], bool]) -> list[str]:
        return [audience for audience in self._audiences() if visible(strings(audience))]

    def names_in_audiences(self) -> set[str]:
        """Everyone who may see some passage."""
        return {name for audience in self._audiences() for name in strings(audience)}

    def _audiences(self) -> list[str]:
        """Every audience that some passage has, by hops over its index rather than by reading it."""
        rows = self._database.rows(
            "WITH RECURSIVE found(audience) AS (SELECT min(audience) FROM passages UNION ALL SELECT "
            "(SELECT min(audience) FROM passages WHERE audience > found.audience) FROM found WHERE audience IS NOT NULL) "
            "SELECT audience FROM found WHERE audience IS NOT NULL"
        )
        return [row[0] for row in rows]

    # vectors

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
            _count_change(connection)

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
            _count_change(connection)
            return True

    def unembedded(self, limit: int, after: int = 0, *, upcoming: bool = False) -> list[tuple[PassageRow, str]]:
        """Passages above a number without a vector (of the `upcoming` embedder), each with the text to embed."""
        rows = self._database.rows(
            f"SELECT number FROM passages WHERE number > ? EXCEPT SELECT passage FROM {_table(upcoming)} "  # noqa: S608
            "ORDER BY 1 LIMIT ?",
            (after, limit),
        )
        return [(row, embedded_text(row, row.title)) for row in self.passages([row[0] for row in rows])]

    def add_vectors(self, vectors: Iterable[tuple[int, bytes]], *, upcoming: bool = False) -> None:
        """Adds vectors of passages (by number); a passage that has gone meanwhile is left out."""
        with self._database.transaction() as connection:
            connection.executemany(
                f"INSERT OR REPLACE INTO {_table(upcoming)} SELECT number, ? FROM passages WHERE number = ?",  # noqa: S608
                [(vector, number) for number, vector in vectors],
            )
            if not upcoming:
                _count_change(connection)

    def _embedder_of(self, kind: str) -> str:
        rows = self._database.rows("SELECT name FROM embedders WHERE kind = ?", (kind,))
        return str(rows[0][0]) if rows else ""

    def known_vectors(self, root: str, source: str, part: str = "") -> dict[str, bytes]:
        """The vectors of a file or a part of it by the text they were made of, so that an edit embeds only what it changed."""
        rows = self._database.rows(
            _READ + "WHERE d.root = ? AND d.source = ? AND d.part = ? ORDER BY p.number", (root, source, part)
        )
        found = [row_of(row) for row in rows]
        vectors = self._blobs([row.number for row in found])
        return {embedded_text(row, row.title): vectors[row.number] for row in found if row.number in vectors}

    def names(self, visible: Callable[[Audience], bool] | None = None) -> list[tuple[int, str]]:
        """The name of every passage's vector, by number; only of passages whose audience passes, if it is asked."""
        sql = f"SELECT json_group_array(number), json_group_array({_NAME}) FROM passages p"  # noqa: S608
        wanted = [] if visible is None else self._audiences_that(visible)
        where = "" if visible is None else " WHERE audience IN ({})"
        numbers, names = self._in(sql + where, wanted)[0]
        return list(zip(_integers(numbers), msgspec.json.decode(names, type=list[str]), strict=True))

    def twins(self, visible: Callable[[Audience], bool]) -> list[int]:
        """The passages, of those whose audience passes, whose vector has the name of another one's as well."""
        sql = (
            "SELECT number FROM passages p WHERE audience IN ({}) AND EXISTS "
            "(SELECT 1 FROM passages q WHERE q.id = p.id AND q.part = p.part AND q.number != p.number)"
        )
        return [row[0] for row in self._in(sql, self._audiences_that(visible))]

    def renamed(self, visible: Callable[[Audience], bool]) -> list[tuple[PassageRow, str]]:
        """The passages, of those whose audience passes, of files that had another name, with what theirs is now."""
        found = self._database.rows("SELECT number, source, part, folder, first FROM documents WHERE first != ''")
        names = {
            number: f"{source}/{part}" if part else source
            for number, source, part, folder, first in found
            if DocumentRow("file", source, "", folder=folder, first=first).first_source != source
        }
        rows = [row for row in self.passages_in(list(names)) if visible(row.audience)]
        return [(row, names[row.document]) for row in rows]

    def copied_texts(self, visible: Callable[[Audience], bool]) -> list[tuple[int, str]]:
        """Passages of remembered texts of which there are several copies, with their ids, as they came."""
        wanted = self._audiences_that(visible)
        sql = (
            "SELECT DISTINCT substr(p.id, 1, instr(p.id, '.') - 1) FROM passages p JOIN documents d ON d.number = p.document "
            "WHERE p.audience IN ({}) AND instr(p.id, '.') AND d.root = ''"
        )
        copies = (
            f"SELECT number, id FROM passages WHERE audience IN ({', '.join('?' * len(wanted))}) "  # noqa: S608
            "AND (id = ? OR id > ? AND id < ?) ORDER BY length(id), id, part"
        )
        return [
            row
            for (name,) in self._in(sql, wanted)
            for row in self._database.rows(copies, (*wanted, name, f"{name}.", f"{name}/"))
        ]

    @property
    def vector_count(self) -> int:
        """How many names have a vector."""
        sql = (
            "SELECT count(*) FROM (SELECT DISTINCT p.id, p.part FROM vectors v JOIN passages p ON p.number = v.passage)"
        )
        return int(self._database.rows(sql)[0][0])

    def all_vectors(self) -> Iterator[tuple[list[str], np.ndarray]]:
        """Every vector by name (see `keys`) in parts, each float32 of shape (names, dimensions)."""
        names = dict(self.names())
        last = -1
        while rows := self._database.rows(
            "SELECT passage, vector FROM vectors WHERE passage > ? ORDER BY passage LIMIT ?", (last, _LOADED)
        ):
            last = rows[-1][0]
            # One that was written since is told by whoever wrote it.
            known = [row for row in rows if row[0] in names]
            yield [names[row[0]] for row in known], unpack_vectors([row[1] for row in known])

    def vectors(self, numbers: Sequence[int]) -> dict[int, np.ndarray]:
        """Vectors of passages, by number."""
        found = self._blobs(numbers)
        return dict(zip(found, unpack_vectors(list(found.values())), strict=True))

    def _blobs(self, numbers: Sequence[int]) -> dict[int, bytes]:
        sql = "SELECT passage, vector FROM vectors WHERE passage IN ({})"
        return dict(row for some in _some(numbers) for row in self._in(sql, some))

    # reading

    def seen(self, visible: Callable[[Audience], bool]) -> tuple[Columns, np.ndarray, np.ndarray]:
        """All passages now, and which of them, and which documents as a whole, a reader sees whose audiences pass."""
        columns = self._now()
        return columns, *columns.seen(lambda audience: visible(strings(audience)))

    def sight(self) -> Sight:
        """What the owner sees now: everything."""
        from sage.adapters.memory.sight import Sight

        columns = self._now()
        self._sight = self._sight or Sight(columns, *columns.seen(lambda audience: True))
        return self._sight

    def match(self, terms: Sequence[str], sight: Sight | None = None) -> WordScores:
        """What the words of a question say of everything in a sight, by word as it was asked (see `cut`)."""
        from sage.adapters.memory.word_scores import WordScores

        found = {term: postings.entries_of(self._database.rows(postings.READ, (term,))) for term in self.cut(terms)}
        return WordScores(sight or self.sight(), found)

    def words_of(self, row: PassageRow) -> postings.Words:
        """The words of a passage, counted."""
        return postings.count_words(self._tokenizer, fields_of(row))

    def cut(self, words: Sequence[str]) -> dict[str, str]:
        """The terms that are looked up for words, each with the first word that it was cut from."""
        found: dict[str, str] = {}
        for word in words:
            for term in self._tokenizer.terms(word):
                found.setdefault(term, word)
        return found

    def compare_words(self) -> Iterator[tuple[int, int]]:
        """Counts all words again, a block at a time: how many passages it has, and how many of its lists differ."""
        blocks = self._database.rows(
            "SELECT block FROM blocks UNION SELECT number / ?1 FROM passages UNION SELECT -1 - number / ?1 FROM documents",
            (postings.BLOCK,),
        )
        for (block,) in blocks:
            with self._database.transaction():
                rows = self._counted_again(block)
                kept = self._database.rows("SELECT term, entries FROM postings WHERE block = ?", (block,))
            yield (len(rows) if block >= 0 else 0), postings.differing(rows, kept)

    def _counted_again(self, block: int) -> list[_Counted]:
        first, last = postings.rows_of_block(block)
        if block >= 0:
            found = self._database.rows(_READ + "WHERE p.number BETWEEN ? AND ?", (first, last))
            return [(postings.passage_block(row.number), self.words_of(row)) for row in map(row_of, found)]
        sql = "SELECT number, title, words FROM documents WHERE number BETWEEN ? AND ?"
        return [
            (postings.document_block(number), self._words_of(title, words))
            for number, title, words in self._database.rows(sql, (first, last))
        ]

    def keys(self, column: Literal["number", "id"], values: Sequence[int] | Sequence[str]) -> list[PassageKey]:
        """What ranking needs of passages, by number or by id (what follows a slash in one is left out), by number."""
        if column == "id":
            values = list(dict.fromkeys(str(value).partition("/")[0] for value in values))
        sql = _KEYS + f"WHERE p.{column} IN ({{}})"
        return sorted(
            (PassageKey(*row) for some in _some(values) for row in self._in(sql, some)), key=lambda key: key.number
        )

    def passages(self, numbers: Sequence[int]) -> list[PassageRow]:
        """Passages by number."""
        return [row_of(row) for some in _some(numbers) for row in self._in(_READ + "WHERE p.number IN ({})", some)]

    def passages_of(self, ids: Sequence[str]) -> list[PassageRow]:
        """Passages by id, in the order of documents and places."""
        sql = _READ + "WHERE p.id IN ({}) ORDER BY p.document, p.ordinal, p.part"
        return [row_of(row) for some in _some(ids) for row in self._in(sql, some)]

    def passages_in(self, documents: Sequence[int]) -> list[PassageRow]:
        """All passages of documents, in their order."""
        sql = _READ + "WHERE p.document IN ({}) ORDER BY p.document, p.ordinal, p.part"
        return [row_of(row) for some in _some(documents) for row in self._in(sql, some)]

    def numbers(self, sql: str, values: Sequence[int | str]) -> list[int]:
        """The numbers of passages that a query finds, in its order."""
        return [row[0] for row in self._database.rows(sql, values)]

    def notes_outside(self, roots: Sequence[str]) -> int:
        """How many imported files there are in other roots than these."""
        sql = f"SELECT count(*) FROM documents WHERE part = '' AND root NOT IN ({', '.join('?' * (1 + len(roots)))})"  # noqa: S608
        return int(self._database.rows(sql, ("", *roots))[0][0])

    def marks(self, documents: Sequence[int]) -> dict[int, tuple[Mark, ...]]:
        """The headings of documents, by number."""
        rows = [row for some in _some(documents) for row in self._in(_MARKS, some)]
        return {number: msgspec.json.decode(marks, type=tuple[Mark, ...]) for number, marks in rows}

    def _titles(self, documents: Sequence[int]) -> list[tuple[int, str, str]]:
        """Number, title and words of documents."""
        return self._in("SELECT number, title, words FROM documents WHERE number IN ({})", documents)

    def trouble(self) -> str:
        """What SQLite's own check says is wrong ("" when all is well)."""
        return self._database.trouble()

    @property
    def next_vectors(self) -> int:
        """How many vectors of the upcoming embedder are made."""
        return int(self._database.rows("SELECT count(*) FROM next_vectors")[0][0])

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

    def _in(self, sql: str, values: Sequence[Any], *before: Any) -> list[tuple[Any, ...]]:
        return self._database.rows(sql.format(", ".join("?" * len(values))), (*before, *values))

    # columns

    def _now(self) -> Columns:
        """The columns as the rows are now."""
        from sage.adapters.memory.sight import Columns

        if self._columns is None:
            self._columns = Columns()
            self._columns.follow((), *self._rows("", ()))
        elif self._touched:
            for some in _some(sorted(self._touched)):
                self._columns.follow(some, *self._rows("WHERE number IN ({})", some))
            self._sight = None
        self._touched.clear()
        return self._columns

    def _rows(self, where: str, values: Sequence[int]) -> tuple[Rows, dict[int, tuple[str, str]]]:
        """Passages as columns, and the audience and thread of their documents."""
        from sage.adapters.memory.sight import Rows

        *lists, audiences = self._in(_LISTS + where, values)[0]
        numbers, documents, ordinals, lengths, days = map(_integers, lists)
        of_rows = f"WHERE number IN (SELECT document FROM passages {where})" if where else ""  # noqa: S608
        found = self._in(_OF_DOCUMENTS + of_rows, values)
        rows = Rows(numbers, documents, ordinals, lengths, days, msgspec.json.decode(audiences, type=list[str]))
        return rows, {number: (audience, thread) for number, audience, thread in found}

    # inside a transaction

    def _add_document(self, connection: apsw.Connection, document: DocumentRow, words: list[_Counted]) -> int:
        number = _insert_document(connection, document)
        words.append((postings.document_block(number), self._words_of(document.title, document.words)))
        return number

    def _add_passage(
        self, connection: apsw.Connection, document: int, row: PassageRow, vector: Vector, words: list[_Counted]
    ) -> None:
        found = self.words_of(row)
        values = (document, *values_of(row), found.length)
        marks = ", ".join("?" * len(values))
        connection.execute(f"INSERT INTO passages (document, {COLUMNS}, length) VALUES ({marks})", values)  # noqa: S608
        added = connection.last_insert_rowid()
        self._touched.add(added)
        self._changed.add(row.audience)
        words.append((postings.passage_block(added), found))
        if vector is not None:
            connection.execute("INSERT INTO vectors VALUES (?, ?)", (added, vector))

    def _words_of(self, title: str, words: str) -> postings.Words:
        return postings.count_words(self._tokenizer, {postings.TITLE: title, postings.WORDS: words})

    def _remove(self, connection: apsw.Connection, documents: Sequence[int]) -> list[str]:
        """Removes documents; returns the names of their passages (see `all_vectors`)."""
        names: list[str] = []
        for some in _some(documents):
            rows = [row_of(row) for row in self._in(_READ + "WHERE p.document IN ({})", some)]
            self._touched.update(row.number for row in rows)
            self._changed.update(row.audience for row in rows)
            names += [name_of(row.id, row.part) for row in rows]
            postings.remove_words(connection, [
                *((postings.passage_block(row.number), self._terms(fields_of(row).values())) for row in rows),
                *((postings.document_block(number), self._terms(texts)) for number, *texts in self._titles(some)),
            ])  # fmt: skip
            self._in("DELETE FROM documents WHERE number IN ({})", some)
        return names

    def _terms(self, texts: Iterable[str]) -> set[str]:
        return {term for text in texts for term in self._tokenizer.terms(text)}


def _integers(text: str) -> list[int]:
    return msgspec.json.decode(text, type=list[int])


def _table(upcoming: bool) -> str:
    return "next_vectors" if upcoming else "vectors"


def _count_change(connection: apsw.Connection) -> None:
    # By chance, not by counting: after a power cut took the last changes, others would get their numbers.
    connection.execute("INSERT OR REPLACE INTO marks VALUES ('generation', abs(random() / 2))")


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


def _absent(connection: apsw.Connection, names: Sequence[str]) -> list[str]:
    """Those names that no passage has any more: the same passage may stand in two roots."""
    sql = f"SELECT 1 FROM passages p WHERE id = ? AND {_NAME} = ? LIMIT 1"  # noqa: S608
    return [name for name in names if not connection.execute(sql, (name.partition("/")[0], name)).fetchall()]


def _some(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
