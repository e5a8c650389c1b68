"""The journal's pages for facts: statements as they were read, each written once and never changed.

Beside them stand where their words are now (`fact_places`, which follows the notes), what happened to them
(`fact_events`, appended: their words went, came back, the person decided), how far the notes were read, and
which passages a model read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import apsw

from sage.adapters.database import Database, stamp
from sage.core.errors import NotFound
from sage.core.facts.beliefs import Decision
from sage.core.facts.facts import Statement, subject_key
from sage.core.words import content_stems

_COLUMNS = (
    "id, kind, subject, subject_key, attribute, value, polarity, whom, due, quote, stated_at, valid_from, valid_to, confidence, "
    "rule, document, origin, recorded_at"
)
_READ = """
SELECT f.id, f.kind, f.subject, f.attribute, f.value, f.quote, f.polarity, f.whom, f.due, f.stated_at, f.valid_from, f.valid_to,
       f.confidence, f.rule, f.document, p.source, p.passage, p.line, p.start, p.stop, f.origin, p.audience, f.recorded_at,
       CASE WHEN p.fact IS NULL THEN
           (SELECT max(e.at) FROM fact_events e WHERE e.fact = f.id AND e.event = 'gone') ELSE '' END
FROM facts f LEFT JOIN fact_places p ON p.fact = f.id AND p.document = (SELECT min(document) FROM fact_places WHERE fact = f.id)
"""
MODEL = "model"
"""What the mark begins with of a passage that a model read: its name and the passage's id follow, one a line."""
_BY_MODEL = f"substr(document, 1, {len(MODEL) + 1}) = '{MODEL}' || char(10)"
_DECISIONS = ("right", "wrong", "done")


class FactPages:
    """Facts as rows. Every method returns when it is on disk."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # writing

    def marks(self) -> dict[str, str]:
        """What was read of which document: the mark that it had then."""
        return dict(self._database.rows(f"SELECT document, mark FROM fact_reads WHERE NOT {_BY_MODEL}"))  # noqa: S608

    def read_by(self, model: str) -> set[str]:
        """The ids of passages that a model has read."""
        begins = f"{MODEL}\n{model}\n"
        rows = self._database.rows(
            "SELECT substr(document, length(?) + 1) FROM fact_reads WHERE substr(document, 1, length(?)) = ?",
            (begins,) * 3,
        )
        return {row[0] for row in rows}

    def stated_in(self) -> set[str]:
        """The ids of passages that state some fact."""
        return {row[0] for row in self._database.rows("SELECT DISTINCT passage FROM fact_places")}

    def put_documents(self, read: Sequence[tuple[str, str, Sequence[Statement]]], at: datetime) -> None:
        """Takes over what documents say now, each with its mark: new facts are added, those that are no longer said end."""
        with self._database.transaction() as connection:
            for document, mark, statements in read:
                connection.execute("INSERT OR REPLACE INTO fact_reads VALUES (?, ?)", (document, mark))
                self._put(connection, document, statements, stamp(at))

    def add_texts(self, statements: Sequence[Statement], mark: str) -> None:
        """Adds what remembered texts say; `mark` says up to which."""
        with self._database.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO fact_reads VALUES ('texts', ?)", (mark,))
            for one in statements:
                self._add(connection, one)
                _place(connection, one, one.document)

    def add_found(self, found: Sequence[tuple[str, Statement]], read: str, models: Iterable[str], at: datetime) -> int:
        """Adds what models found in the passage `read` (its id), each with the document where it stands, and keeps that they
        read it; returns how many are new."""
        new = 0
        with self._database.transaction() as connection:
            for document, one in found:
                new += self._add(connection, one)
                _place(connection, one, document)
            for model in models:
                mark = (f"{MODEL}\n{model}\n{read}", stamp(at))
                connection.execute("INSERT OR REPLACE INTO fact_reads VALUES (?, ?)", mark)
        return new

    def found_in(self, documents: Sequence[str]) -> dict[str, list[Statement]]:
        """What models found in documents."""
        return {
            document: [
                _statement(row)
                for row in self._database.rows(
                    f"{_READ} WHERE f.rule LIKE 'model %' AND f.id IN "  # noqa: S608 - of constants
                    "(SELECT fact FROM fact_places WHERE document = ?)",
                    (document,),
                )
            ]
            for document in documents
        }

    def found(self) -> list[Statement]:
        """What models found in passages that still stand somewhere."""
        rows = self._database.rows(f"{_READ} WHERE f.rule LIKE 'model %' AND p.fact IS NOT NULL ORDER BY f.id")
        return [_statement(row) for row in rows]

    def end_documents(self, documents: Iterable[str], at: datetime) -> None:
        """Ends what only these documents said: they are gone."""
        with self._database.transaction() as connection:
            for document in documents:
                connection.execute("DELETE FROM fact_reads WHERE document = ?", (document,))
                self._put(connection, document, (), stamp(at))

    def decide(self, fact: str, decision: Decision, at: datetime) -> None:
        """Keeps what the person decided. Raises NotFound."""
        with self._database.transaction() as connection:
            if not connection.execute("SELECT 1 FROM facts WHERE id = ?", (fact,)).fetchall():
                raise NotFound(f"There is no fact {fact!r}.", safe="Nothing was changed.", do="See them: sage facts")
            _note(connection, fact, decision, stamp(at))

    # reading

    def statements(self, words: str = "", *, subjects: Sequence[str] = ()) -> list[Statement]:
        """Those about some of the subjects, and with some of the words; all of them without either, in the order kept."""
        where, values = _filter(words, subjects)
        return [_statement(row) for row in self._database.rows(f"{_READ} WHERE {where} ORDER BY f.seq", values)]

    def slots_of(self, statements: Iterable[Statement]) -> list[Statement]:
        """All statements that could confirm, end or contradict some: those of the same subjects and attributes."""
        slots = {(subject_key(one.subject), one.attribute) for one in statements}
        found: list[Statement] = []
        for subject, attribute in sorted(slots):
            rows = self._database.rows(
                f"{_READ} WHERE f.subject_key = ? AND f.attribute = ? ORDER BY f.seq", (subject, attribute)
            )
            found += [_statement(row) for row in rows]
        return found

    def statement(self, fact: str) -> Statement | None:
        """One by its id."""
        rows = self._database.rows(f"{_READ} WHERE f.id = ?", (fact,))
        return _statement(rows[0]) if rows else None

    def decisions(self) -> dict[str, Decision]:
        """What the person decided last of each."""
        rows = self._database.rows(
            "SELECT fact, event FROM fact_events WHERE event IN (?, ?, ?) ORDER BY seq", _DECISIONS
        )
        return dict(rows)

    def events(self, fact: str) -> list[tuple[str, str]]:
        """What happened to a fact, and when."""
        return [(row[0], row[1]) for row in self._database.rows(
            "SELECT event, at FROM fact_events WHERE fact = ? ORDER BY seq", (fact,))]  # fmt: skip

    def count(self) -> int:
        """How many statements there are."""
        return int(self._database.rows("SELECT count(*) FROM facts")[0][0])

    # inside

    def _put(self, connection: apsw.Connection, document: str, statements: Sequence[Statement], at: str) -> None:
        before = {row[0] for row in connection.execute("SELECT fact FROM fact_places WHERE document = ?", (document,))}
        connection.execute("DELETE FROM fact_places WHERE document = ?", (document,))
        for one in statements:
            known = not self._add(connection, one)
            if known and one.id not in before and not _stands(connection, one.id):
                _note(connection, one.id, "back", at)
            _place(connection, one, document)
        for fact in sorted(before.difference(one.id for one in statements)):
            if not _stands(connection, fact):
                _note(connection, fact, "gone", at)

    def _add(self, connection: apsw.Connection, one: Statement) -> bool:
        values = (one.id, one.kind, one.subject, subject_key(one.subject), one.attribute, one.value, one.polarity, one.whom,
                  one.due, one.quote, one.stated_at, one.valid_from, one.valid_to, one.confidence, one.rule, one.document,
                  one.origin, one.recorded_at)  # fmt: skip
        holes = ", ".join("?" for _ in values)
        connection.execute(f"INSERT OR IGNORE INTO facts ({_COLUMNS}) VALUES ({holes})", values)  # noqa: S608
        return bool(connection.changes())


def _stands(connection: apsw.Connection, fact: str) -> bool:
    return bool(connection.execute("SELECT 1 FROM fact_places WHERE fact = ? LIMIT 1", (fact,)).fetchall())


def _place(connection: apsw.Connection, one: Statement, document: str) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO fact_places VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (one.id, document, one.source, one.passage, one.line, one.start, one.end, "\n".join(one.audience)),
    )


def _note(connection: apsw.Connection, fact: str, event: str, at: str) -> None:
    connection.execute("INSERT INTO fact_events (fact, event, at) VALUES (?, ?, ?)", (fact, event, at))


def _filter(words: str, subjects: Sequence[str]) -> tuple[str, list[str]]:
    tests, values = [], []
    if subjects:
        tests.append(f"f.subject_key IN ({', '.join('?' for _ in subjects)})")
        values += [subject_key(one) for one in subjects]
    if stems := content_stems(words):
        like = " OR ".join(
            f"f.{column} LIKE '%' || ? || '%'" for _ in stems for column in ("subject", "attribute", "value", "quote")
        )
        tests.append(f"({like})")
        values += [stem for stem in stems for _ in range(4)]
    return " OR ".join(tests) or "1", values


def _statement(row: Sequence[Any]) -> Statement:
    (name, kind, subject, attribute, value, quote, polarity, whom, due, stated_at, valid_from, valid_to, confidence, rule, document,
     source, passage, line, start, end, origin, audience, recorded_at, ended_at) = row  # fmt: skip
    return Statement(
        name, kind, subject, attribute, value, quote, bool(polarity), whom, due, stated_at, valid_from, valid_to, confidence, rule,
        document, source or document, passage or "", line or 1, start or 0, end or 0, origin,
        tuple((audience or "private").split("\n")), recorded_at, ended_at or "",
    )  # fmt: skip
