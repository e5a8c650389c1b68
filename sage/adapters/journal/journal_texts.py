"""The journal's pages for remembered texts and imported folders (the truth that the memory index is built from)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import apsw
import msgspec

from sage.adapters.journal.journal_labels import LabelPages
from sage.core.extracts import without_asides
from sage.core.labels import LOCAL_ONLY
from sage.core.passages import SAGE, SAID, RememberedText, copy_id, text_id, turn_text

_READ = """
SELECT x.seq, CASE x.part WHEN 'said' THEN t.said WHEN 'answer' THEN t.answer ELSE x.text END,
       x.source, x.thread, x.ordinal, x.speaker, x.said_when, x.origin, x.audience, x.id
FROM texts x LEFT JOIN turns t ON t.id = x.turn
"""
"""A text of a conversation has its words in its turn, once."""


_STAYS = """
SELECT 1 FROM routes WHERE turn = ? AND role = 'local-only'
UNION SELECT 1 FROM turns WHERE id = ? AND instr(sources, '"local-only"') > 0
"""
"""Whether an answer rests on words that are for this machine alone. (Quotes in a source's own words are escaped.)"""


class TextPages(LabelPages):
    """Texts as rows, in the order in which they came, and the labels on them and on all else."""

    def add_texts(self, rows: Sequence[RememberedText]) -> list[str]:
        """Keeps all of them in one commit and returns their ids; on disk when it returns."""
        with self._database.transaction() as connection:
            ids = [keep_text(connection, row) for row in rows]
        return ids

    def texts_after(self, seq: int, limit: int) -> list[tuple[int, RememberedText]]:
        """Texts with their sequence number, from the one after `seq` on."""
        rows = self._database.rows(f"{_READ} WHERE x.seq > ? ORDER BY x.seq LIMIT ?", (seq, limit))
        return [(row[0], _text(row)) for row in rows]

    def text_threads(self, until: int) -> dict[str, str]:
        """The thread ("" for none) of each text up to the number `until`, by id."""
        return dict(self._database.rows("SELECT id, thread FROM texts WHERE seq <= ?", (until,)))

    def texts_in(self, threads: Sequence[str], names: Sequence[str]) -> list[tuple[int, RememberedText]]:
        """The texts of those threads, and those with one of those ids, in the order remembered, each with its number."""
        found: dict[int, RememberedText] = {}
        for column, values in (("thread", threads), ("id", names)):
            for value in values:
                rows = self._database.rows(f"{_READ} WHERE x.{column} = ? ORDER BY x.seq", (value,))
                found |= {row[0]: _text(row) for row in rows}
        return sorted(found.items())

    def last_before(self, seq: int) -> int:
        """The highest number of a text up to `seq`; 0 for none."""
        return int(self._database.rows("SELECT coalesce(max(seq), 0) FROM texts WHERE seq <= ?", (seq,))[0][0])

    def forgettings(self) -> int:
        """A number that changes whenever texts are forgotten, or come back."""
        return int(self._database.rows("SELECT coalesce(max(change), 0) FROM forgettings")[0][0])

    def renames(self) -> dict[tuple[str, str], str]:
        """The names that notes were first seen under, where they have another one by now: by root and source."""
        return {(row[0], row[1]): row[2] for row in self._database.rows("SELECT root, source, first FROM renames")}

    def rename(self, changes: Mapping[tuple[str, str], str | None]) -> None:
        """Keeps such names, or drops them (None), in one commit."""
        if not changes:
            return
        with self._database.transaction() as connection:
            connection.executemany("DELETE FROM renames WHERE root = ? AND source = ?", list(changes))
            kept = [(*place, first) for place, first in changes.items() if first is not None]
            connection.executemany("INSERT INTO renames VALUES (?, ?, ?)", kept)

    def roots(self) -> list[str]:
        """The folders and files that were imported."""
        return [row[0] for row in self._database.rows("SELECT path FROM roots ORDER BY path")]

    def add_root(self, path: str) -> None:
        self._database.run("INSERT OR IGNORE INTO roots VALUES (?)", (path,))

    def remove_root(self, path: str) -> None:
        self._database.run("DELETE FROM roots WHERE path = ?", (path,))


def keep_text(connection: apsw.Connection, row: RememberedText) -> str:
    """Keeps a text inside a transaction, and returns its id."""
    kept = _named(connection, row)
    _insert(connection, kept, kept.text)
    return kept.id


def keep_turn_part(connection: apsw.Connection, turn: str, part: str) -> None:
    """Lets memory know of one side of a turn, inside the transaction that wrote it. An empty or known one is left out.

    What was said of words that are for this machine alone is so, too.
    """
    rows = connection.execute(
        f"SELECT conversation, {part}, coalesce({'NULL' if part == SAID else 'answered_at'}, said_at) FROM turns "  # noqa: S608
        "WHERE id = ? AND NOT EXISTS (SELECT 1 FROM texts WHERE turn = ? AND part = ?)",
        (turn, turn, part),
    ).fetchall()
    if rows and str(rows[0][1]).strip():
        conversation, words, at = (str(value) for value in rows[0])
        text = turn_text(conversation, part, words, at)
        if part != SAID and connection.execute(_STAYS, (turn, turn)).fetchall():
            text = msgspec.structs.replace(text, audience=(*text.audience, LOCAL_ONLY))
        _insert(connection, _named(connection, text), "", turn, part)


def _insert(connection: apsw.Connection, kept: RememberedText, words: str, turn: str = "", part: str = "") -> None:
    connection.execute(
        "INSERT INTO texts (id, source, thread, ordinal, speaker, said_when, text, origin, audience, turn, part) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (kept.id, kept.source, kept.thread, kept.copy, kept.speaker, kept.when, words, kept.origin,
         "\n".join(kept.audience), turn, part),
    )  # fmt: skip


def _text(row: tuple[Any, ...]) -> RememberedText:
    _, text, source, thread, ordinal, speaker, when, origin, audience, name = row
    text = (without_asides(text) or text) if speaker == SAGE else text
    return RememberedText(text, source, thread, ordinal, speaker, when, origin, tuple(audience.split("\n")), name)


def _named(connection: apsw.Connection, row: RememberedText) -> RememberedText:
    """The text with its id, after those of its copies that are kept."""
    name = text_id(msgspec.structs.replace(row, copy=0))
    # `/` is what follows the point in the order of characters.
    known = connection.execute("SELECT id FROM texts WHERE id = ? OR id > ? AND id < ?", (name, f"{name}.", f"{name}/"))
    copy = max((int(str(each).partition(".")[2] or 1) for (each,) in known), default=0)
    return msgspec.structs.replace(row, copy=copy, id=copy_id(name, copy))
