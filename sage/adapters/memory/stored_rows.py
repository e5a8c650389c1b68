"""Reading the rows of index/memory.db: what every part of the store asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from sage.adapters.database import Database
from sage.adapters.memory.memory_rows import COLUMNS, PassageRow, row_of, strings
from sage.core.labels import Audience

_OWN = ", ".join(f"p.{column}" for column in COLUMNS.split(", "))
_THREAD = "iif(d.part = '', d.source, d.source || '/' || d.part)"
_READ = (
    f"SELECT p.number, p.document, d.kind, d.title, {_THREAD}, d.folder, {_OWN} "  # noqa: S608 - of constants
    "FROM passages p JOIN documents d ON d.number = p.document "
)
NAME = "iif(p.part, p.id || '/' || p.part, p.id)"
"""`name_of` in SQL."""
BY_ID = "WHERE p.id IN ({}) ORDER BY p.document, p.ordinal, p.part"
IN_DOCUMENTS = "WHERE p.document IN ({}) ORDER BY p.document, p.ordinal, p.part"
_AT_ONCE = 500
"""Values bound to one statement."""


def some(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Values in parts, each of as many as one statement may have."""
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]


def rows_in(database: Database, sql: str, values: Sequence[Any], *before: Any) -> list[tuple[Any, ...]]:
    """The rows of a query with a list of values where it says `{}`, after those that come before it."""
    return database.rows(sql.format(", ".join("?" * len(values))), (*before, *values))


def passages_where(database: Database, where: str, values: Sequence[Any] = ()) -> list[PassageRow]:
    """Passages (p) with their documents (d)."""
    return [row_of(row) for row in database.rows(_READ + where, values)]


def passages_among(database: Database, where: str, values: Sequence[Any]) -> list[PassageRow]:
    """The same for a list of values, however long, where it says `{}`."""
    return [row_of(row) for part in some(values) for row in rows_in(database, _READ + where, part)]


def vector_names(database: Database, visible: Callable[[Audience], bool] | None = None) -> list[tuple[int, str]]:
    """The name of every passage's vector, by number; only of passages whose audience passes, if it is asked."""
    sql = f"SELECT json_group_array(number), json_group_array({NAME}) FROM passages p"  # noqa: S608
    wanted = [] if visible is None else audiences_that(database, visible)
    where = "" if visible is None else " WHERE audience IN ({})"
    numbers, names = rows_in(database, sql + where, wanted)[0]
    return list(zip(integers(numbers), msgspec.json.decode(names, type=list[str]), strict=True))


def audiences_that(database: Database, visible: Callable[[Audience], bool]) -> list[str]:
    """The audiences of passages, as they are stored, that pass."""
    return [audience for audience in audiences(database) if visible(strings(audience))]


def audiences(database: Database) -> list[str]:
    """Every audience that some passage has, by hops over its index rather than by reading it."""
    rows = database.rows(
        "WITH RECURSIVE found(audience) AS (SELECT min(audience) FROM passages UNION ALL SELECT "
        "(SELECT min(audience) FROM passages WHERE audience > found.audience) FROM found WHERE audience IS NOT NULL) "
        "SELECT audience FROM found WHERE audience IS NOT NULL"
    )
    return [row[0] for row in rows]


def integers(text: str) -> list[int]:
    """A list of numbers that SQLite put together."""
    return msgspec.json.decode(text, type=list[int])
