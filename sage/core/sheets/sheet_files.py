"""A sheet as a file: each row with what its columns say, and where that stands."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Protocol

import msgspec

from sage.core.errors import BadInput
from sage.core.sheets.sheet import Cell, Sheet, SheetRow
from sage.core.terminal_text import escape_json


class _Shown(Protocol):
    """A sheet with its rows and cells (`wire.SheetShown`)."""

    @property
    def sheet(self) -> Sheet: ...
    @property
    def rows(self) -> tuple[SheetRow, ...]: ...
    @property
    def cells(self) -> tuple[Cell, ...]: ...
    @property
    def citations(self) -> Mapping[str, tuple[str, ...]]: ...


def file_format(name: str) -> Callable[[_Shown], str]:
    """What makes a file's text of a sheet, by how the file's name ends. Raises BadInput."""
    made = _FORMATS.get(PurePath(name).suffix)
    if made is None:
        raise BadInput(f"{name} is of no known kind.", safe="Nothing was written.", do="Take .csv, .json or .md")
    return made


def _table(shown: _Shown) -> tuple[list[str], list[list[str]]]:
    names = [column.name for column in shown.sheet.columns]
    by_place = {(cell.row, cell.column): cell for cell in shown.cells}
    table = []
    whole = SheetRow(0, "all rows", "", "")
    for row in [*shown.rows, *([whole] if any(not cell.row for cell in shown.cells) else [])]:
        line = [str(row.row), row.source]
        for name in names:
            cell = by_place.get((row.row, name))
            line += [cell.says if cell else "", "; ".join(shown.citations.get(f"{row.row} {name}", ()))]
        table.append(line)
    return ["row", "source", *(title for name in names for title in (name, f"{name}: rests on"))], table


def _as_csv(shown: _Shown) -> str:
    head, table = _table(shown)
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(head)
    writer.writerows([[_plain(value) for value in line] for line in table])
    return file.getvalue()


def _plain(value: str) -> str:
    """A value that no spreadsheet takes for a formula, whatever a message said."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t") else value


def _as_markdown(shown: _Shown) -> str:
    head, table = _table(shown)
    rows = [head, ["---"] * len(head), *table]
    return "".join("| " + " | ".join(map(_in_a_cell, row)) + " |\n" for row in rows)


def _in_a_cell(value: str) -> str:
    """A value on one line, in which no pipe ends the cell: also none behind a backslash of its own."""
    return " ".join(value.split()).replace("\\", "\\\\").replace("|", "\\|")


def _as_json(shown: _Shown) -> str:
    return escape_json(msgspec.json.encode(shown).decode()) + "\n"


_FORMATS: dict[str, Callable[[_Shown], str]] = {".csv": _as_csv, ".md": _as_markdown, ".json": _as_json}
