"""A sheet as the app shows it: its rows and cells by their places, and where a cell's words stand."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from msgspec.structs import replace

from sage import wire
from sage.core.sheets.sheet import Cell, Column, Sheet, SheetRow
from sage.core.sheets.sheet_words import counted, said, standing
from sage.tui.widgets.grid import GridCell, GridRow
from sage.tui.widgets.results import Item

ALL = SheetRow(0, "all rows", "", "")
"""The row of what was made of all rows together."""


class SheetView:
    """A sheet that is looked at; `some` are the only rows that are listed, if there are any."""

    def __init__(self, shown: wire.SheetShown, some: Sequence[SheetRow] = ()) -> None:
        self.sheet: Sheet = shown.sheet
        self.every = shown.rows
        self.cells = {(cell.row, cell.column): cell for cell in shown.cells}
        self._places = dict(shown.citations)
        self.some = tuple(some)
        self._by_number = {row.row: row for row in shown.rows}

    @property
    def rows(self) -> Sequence[SheetRow]:
        """What is listed: first what was made of all rows together."""
        if self.some:
            return self.some
        return (ALL, *self.every) if any(row == 0 for row, _ in self.cells) else self.every

    def row(self, number: int) -> SheetRow:
        return self._by_number.get(number, ALL)

    def grid_row(self, place: int) -> GridRow:
        """A row as a line of the table."""
        row = self.rows[place]
        cells = [self._grid_cell(row.row, column) for column in self.sheet.columns]
        return GridRow(str(row.row or "*").rjust(len(str(len(self.every)))), name_of(row), cells)

    def _grid_cell(self, row: int, column: Column) -> GridCell:
        cell = self.cells.get((row, column.name))
        if cell is None:
            return GridCell("" if (row == 0) != (column.kind == "reduce") else "·", "quiet")
        if cell.corrected is not None:
            return GridCell(cell.corrected, "own")
        if cell.state in ("done", "unsupported"):
            return GridCell(f"{'? ' if cell.state == 'unsupported' else ''}{said(replace(cell, state='done'))}")
        return GridCell(said(cell), "quiet")

    def places(self, cell: Cell) -> tuple[str, ...]:
        """Where the words stand that a cell rests on."""
        return self._places.get(f"{cell.row} {cell.column}", ())

    def take(self, step: wire.SheetStep) -> None:
        """A cell that was just filled; the person's word for it stays, as it does on disk."""
        cell = step.cell
        if cell is None:
            return
        before = self.cells.get((cell.row, cell.column))
        kept = before.corrected if before and before.key == cell.key else None
        self.cells[cell.row, cell.column] = replace(cell, corrected=kept)
        self._places[f"{cell.row} {cell.column}"] = step.places

    def open_cells(self, column: Column) -> int:
        """How many cells of a column are not there yet, or could not be read."""
        rows = (0,) if column.kind == "reduce" else tuple(row.row for row in self.every)
        found = (self.cells.get((row, column.name)) for row in rows)
        return sum(cell is None or cell.state == "failed" for cell in found)

    @property
    def unfinished(self) -> Column | None:
        """The first column that is not filled."""
        return next(filter(self.open_cells, self.sheet.columns), None)

    def line_of(self, row: SheetRow, start: int) -> int:
        """The line of a row's character in its note, of which earlier rows may have the beginning."""
        earlier = takewhile(lambda one: one.row != row.row, self.every)
        before = sum(one.text.count("\n") for one in earlier if one.document == row.document)
        return before + row.text.count("\n", 0, start) + 1


def name_of(row: SheetRow) -> str:
    """What a row is called: a task by its words, all else as it is cited."""
    return row.text.strip().partition("\n")[0] if row.document.startswith("task/") else row.source


def item_of(line: wire.SheetLine) -> Item:
    """A sheet in the list."""
    sheet = line.sheet
    return Item(sheet.name, f"{counted(line.rows, 'row')} · {counted(len(sheet.columns), 'column')}", standing(line))


def summary(view: SheetView) -> str:
    """What stands above the table."""
    sheet = view.sheet
    rows = f"{counted(len(view.every), 'row')} of {sheet.over}"
    if view.some:
        rows = f"{counted(len(view.some), 'row')} by chance of {len(view.every)} · s others · Esc all"
    filled = len(view.cells)
    open_ones = sum(view.open_cells(column) for column in sheet.columns)
    told = f"{counted(filled, 'cell')}, {open_ones} open" if open_ones else counted(filled, "cell")
    return " · ".join((sheet.name, rows, told))
