"""Who may see which rows of the store, and what the others would tell of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sage.adapters.database import Database
from sage.adapters.memory.labelled_rows import Relabelled, relabel
from sage.adapters.memory.memory_rows import DocumentRow, PassageRow, strings
from sage.adapters.memory.row_writing import RowWriter
from sage.adapters.memory.stored_rows import (
    IN_DOCUMENTS,
    audiences,
    audiences_that,
    passages_among,
    rows_in,
    vector_names,
)
from sage.core.labels import Audience, Labels


class StoredLabels:
    """The audiences that the rows have by now. `visible` says which of them a reader is in."""

    def __init__(self, database: Database, writer: RowWriter) -> None:
        self._database, self._writer = database, writer

    def relabel(self, labels: Labels, tell: Callable[[Iterable[Relabelled]], None]) -> None:
        """Gives all rows the audiences that labels say now, in one commit; `tell` hears of the changes before that."""
        with self._database.transaction() as connection:
            changes = relabel(connection, labels)
            self._writer.touched.update(each.number for each in changes)
            self._writer.changed.update(audience for each in changes for audience in (each.before, each.now))
            tell(changes)
            connection.execute("INSERT OR REPLACE INTO marks VALUES ('labels', ?)", (labels.mark,))

    def take_changed(self) -> set[Audience]:
        """The audiences of passages that were written, removed or labelled since this was asked last."""
        changed, self._writer.changed = self._writer.changed, set()
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
        wanted = audiences_that(self._database, visible)
        where = "WHERE p.audience IN ({}) ORDER BY p.document, p.ordinal, p.part"
        return passages_among(self._database, where, wanted)

    def names_in_audiences(self) -> set[str]:
        """Everyone who may see some passage."""
        return {name for audience in audiences(self._database) for name in strings(audience)}

    def names(self, visible: Callable[[Audience], bool]) -> list[tuple[int, str]]:
        """The names of the vectors of passages whose audience passes, by number."""
        return vector_names(self._database, visible)

    def twins(self, visible: Callable[[Audience], bool]) -> list[int]:
        """The passages, of those whose audience passes, whose vector has the name of another one's as well."""
        sql = (
            "SELECT number FROM passages p WHERE audience IN ({}) AND EXISTS "
            "(SELECT 1 FROM passages q WHERE q.id = p.id AND q.part = p.part AND q.number != p.number)"
        )
        return [row[0] for row in rows_in(self._database, sql, audiences_that(self._database, visible))]

    def renamed(self, visible: Callable[[Audience], bool]) -> list[tuple[PassageRow, str]]:
        """The passages, of those whose audience passes, of files that had another name, with what theirs is now."""
        found = self._database.rows("SELECT number, source, part, folder, first FROM documents WHERE first != ''")
        names = {
            number: f"{source}/{part}" if part else source
            for number, source, part, folder, first in found
            if DocumentRow("file", source, "", folder=folder, first=first).first_source != source
        }
        rows = [row for row in passages_among(self._database, IN_DOCUMENTS, list(names)) if visible(row.audience)]
        return [(row, names[row.document]) for row in rows]

    def copied_texts(self, visible: Callable[[Audience], bool]) -> list[tuple[int, str]]:
        """Passages of remembered texts of which there are several copies, with their ids, as they came."""
        wanted = audiences_that(self._database, visible)
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
            for (name,) in rows_in(self._database, sql, wanted)
            for row in self._database.rows(copies, (*wanted, name, f"{name}.", f"{name}/"))
        ]
