"""The journal's pages for sheets: rows that were chosen, and cells, each written when it is there."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from sage.adapters.database import Database, stamp
from sage.core.sheets.sheet import Cell, Column, Sheet, SheetRow, Span

_CELL = "row, column_name, key, state, value, spans, corrected, model, cost"
_ANSWERS = "('done', 'unsupported', 'nothing')"
_AT_ONCE = 500
_LAST = 2**62


class _Body(msgspec.Struct, frozen=True, omit_defaults=True):
    over: str = ""
    most: int = 0
    columns: tuple[Column, ...] = ()


class Tally(NamedTuple):
    """A sheet in figures: its cells by column (those of steps on the way among them) and state; the cost in US dollars, and what
    counts of calls whose cost nobody knows."""

    sheet: Sheet
    rows: int
    cells: Counter[tuple[str, str]]
    cost: float
    bound: float


class SheetPages:
    """Sheets as rows. Every writing method is one durable commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sheets(self) -> list[Sheet]:
        """All sheets, the one changed last first."""
        return [_sheet(row) for row in self._database.rows(f"{_READ} ORDER BY changed_at DESC, seq DESC")]

    def find(self, name: str) -> Sheet | None:
        """The sheet of a name, or of an id."""
        rows = self._database.rows(f"{_READ} WHERE name = ? OR id = ?", (name, name))
        return _sheet(rows[0]) if rows else None

    def put(self, sheet: Sheet, at: datetime) -> None:
        """Adds a sheet, or gives one its columns and state."""
        body = msgspec.json.encode(_Body(sheet.over, sheet.most, sheet.columns)).decode()
        self._database.run(
            "INSERT INTO sheets (id, name, body, state, made_at, changed_at) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET body = excluded.body, state = excluded.state, changed_at = excluded.changed_at",
            (sheet.id, sheet.name, body, sheet.state, stamp(at), stamp(at)),
        )

    def drop(self, sheet: str) -> None:
        """Takes a sheet away, with its rows and cells."""
        with self._database.transaction() as connection:
            for table, column in (("sheet_cells", "sheet"), ("sheet_rows", "sheet"), ("sheets", "id")):
                connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (sheet,))  # noqa: S608 - of constants

    def rows(self, sheet: str, first: int = 0, last: int = _LAST) -> list[SheetRow]:
        """A sheet's rows, or those from one number to another, in their order."""
        rows = self._database.rows(
            "SELECT row, source, document, text, origin, audience FROM sheet_rows WHERE sheet = ? AND row BETWEEN ? AND ? "
            "ORDER BY row",
            (sheet, first, last),
        )
        return [
            SheetRow(number, source, document, text, origin, tuple(audience.split("\n")))
            for number, source, document, text, origin, audience in rows
        ]

    def tally(self) -> list[Tally]:
        """Rows, cells and costs of every sheet."""
        rows = dict(self._database.rows("SELECT sheet, count(*) FROM sheet_rows GROUP BY sheet"))
        counts: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        sql = "SELECT sheet, column_name, state, count(*) FROM sheet_cells GROUP BY 1, 2, 3"
        for sheet, column, state, many in self._database.rows(sql):
            counts[sheet][column, state] = many
        return [Tally(one, rows.get(one.id, 0), counts[one.id], *self._spent(one.id)) for one in self.sheets()]

    def _spent(self, sheet: str) -> tuple[float, float]:
        """What calls for a sheet cost, and what counts of those whose cost nobody knows, by the ledger."""
        sql = (
            "SELECT coalesce(sum(iif(known, dollars, 0)), 0), coalesce(sum(iif(known, 0, dollars)), 0) FROM (SELECT "
            "coalesce(spent, reserved) AS dollars, json_extract(usage, '$.cost') IS NOT NULL AS known FROM costs "
            "WHERE turn > ?1 || '/' AND turn < ?1 || '0')"  # "0" follows "/"
        )
        ((known, bound),) = self._database.rows(sql, (f"sheet/{sheet}",))
        return known, bound

    def row(self, sheet: str, number: int) -> SheetRow | None:
        """One of a sheet's rows."""
        return next(iter(self.rows(sheet, number, number)), None)

    def sizes(self, sheet: str, first: int) -> list[tuple[int, int]]:
        """From a row on the number of each, and about how many characters it has with its cells."""
        sql = (
            "SELECT r.row, length(r.text) + (SELECT coalesce(sum(500 + length(c.value) + length(coalesce(c.corrected, ''))), 0) "
            "FROM sheet_cells c WHERE c.sheet = r.sheet AND c.row = r.row) FROM sheet_rows r "
            "WHERE r.sheet = ? AND r.row >= ? ORDER BY r.row"
        )
        return list(self._database.rows(sql, (sheet, first)))

    def put_rows(self, sheet: str, rows: Sequence[SheetRow]) -> None:
        """Gives a sheet exactly these rows; the cells of a row go with it, and when it says something else by now."""
        before = {row.row: row.text for row in self.rows(sheet)}
        after = {row.row: row.text for row in rows}
        with self._database.transaction() as connection:
            for number in (number for number, text in before.items() if after.get(number) != text):
                connection.execute("DELETE FROM sheet_cells WHERE sheet = ? AND row = ?", (sheet, number))
            connection.execute("DELETE FROM sheet_rows WHERE sheet = ?", (sheet,))
            connection.executemany(
                "INSERT INTO sheet_rows VALUES (?, ?, ?, ?, ?, ?, ?)",
                [
                    (sheet, one.row, one.source, one.document, one.text, one.origin, "\n".join(one.audience))
                    for one in rows
                ],
            )

    def cells(self, sheet: str, column: str | None = None, first: int = 0, last: int = _LAST) -> list[Cell]:
        """The cells of a sheet, or of one of its columns, by row, or of the rows from one number to another."""
        where, named = ("AND column_name = ?", (column,)) if column is not None else ("", ())
        sql = (
            f"SELECT {_CELL} FROM sheet_cells WHERE sheet = ? AND row BETWEEN ? AND ? {where} "  # noqa: S608
            "ORDER BY row, column_name"
        )
        return [_cell(row) for row in self._database.rows(sql, (sheet, first, last, *named))]

    def put_cell(self, sheet: str, cell: Cell, at: datetime) -> None:
        """Writes a cell; what the person made of one that asked the same stays, and what it cost then."""
        self._database.run(
            "INSERT INTO sheet_cells (sheet, row, column_name, key, state, value, spans, model, cost, at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (sheet, row, column_name) DO UPDATE SET "
            "corrected = iif(key = excluded.key, corrected, NULL), key = excluded.key, state = excluded.state, "
            "value = excluded.value, spans = excluded.spans, model = excluded.model, at = excluded.at, "
            "cost = iif(key = excluded.key AND excluded.cost = 0, cost, excluded.cost)",
            (sheet, cell.row, cell.column, cell.key, cell.state, cell.value, msgspec.json.encode(cell.spans).decode(),
             cell.model, cell.cost, stamp(at)),
        )  # fmt: skip

    def put_cells(self, sheet: str, cells: Iterable[Cell], at: datetime) -> None:
        """Writes several, all or none."""
        with self._database.transaction():
            for cell in cells:
                self.put_cell(sheet, cell, at)

    def known(self, keys: Iterable[str]) -> dict[str, Cell]:
        """Cells of any sheet in which the same was asked of the same model, by key."""
        wanted = list(dict.fromkeys(keys))
        found: dict[str, Cell] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            some = wanted[start : start + _AT_ONCE]
            marks = ", ".join("?" * len(some))
            sql = f"SELECT {_CELL} FROM sheet_cells WHERE key IN ({marks}) AND state IN {_ANSWERS}"  # noqa: S608
            found |= {cell.key: cell for cell in map(_cell, self._database.rows(sql, some))}
        return found

    def correct(self, sheet: str, row: int, column: str, value: str | None, at: datetime) -> Cell | None:
        """Keeps what the person makes of a cell (None: the model's word counts again); None if there is no such cell."""
        self._database.run(
            "UPDATE sheet_cells SET corrected = ?, at = ? WHERE sheet = ? AND row = ? AND column_name = ?",
            (value, stamp(at), sheet, row, column),
        )
        return next(iter(self.cells(sheet, column, row, row)), None)

    def drop_column(self, sheet: str, column: str) -> None:
        """Takes the cells of a column away, with the steps on the way to them, which are kept as columns named `NAME (…)`."""
        sql = "DELETE FROM sheet_cells WHERE sheet = ?1 AND (column_name = ?2 OR column_name GLOB ?2 || ' (*)')"
        self._database.run(sql, (sheet, column))


_READ = "SELECT id, name, body, state, made_at FROM sheets"


def _sheet(row: Sequence[Any]) -> Sheet:
    body = msgspec.json.decode(row[2], type=_Body)
    return Sheet(row[0], row[1], body.over, body.most, body.columns, row[3], row[4])


def _cell(row: Sequence[Any]) -> Cell:
    name, column, key, state, value, spans, *rest = row
    return Cell(name, column, key, state, value, msgspec.json.decode(spans, type=tuple[Span, ...]), *rest)
