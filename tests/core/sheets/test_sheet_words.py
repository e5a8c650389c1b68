"""What is said of a sheet, and a sheet as a file."""

from __future__ import annotations

from random import Random

import pytest

from sage import wire
from sage.core.errors import BadInput
from sage.core.sheets.sheet import Cell, Column, Sheet, SheetRow
from sage.core.sheets.sheet_files import file_format
from sage.core.sheets.sheet_words import said, sampled, standing

SHEET = Sheet("s1", "beds", "notes", 0, (Column("what", "map", "What?"),), "stopped")
ROWS = tuple(SheetRow(number, f"{number}.md", "file//1.md", "Tea.") for number in range(1, 10))


def test_how_far_a_sheet_is_and_what_it_cost_stands_in_a_line() -> None:
    line = wire.SheetLine(SHEET, 9, 7, 5, 2, 0.0123, 0.5)
    assert standing(line) == "7 cells · 2 not readable · not finished · $0.0123 and at most $0.50 not known"
    assert standing(wire.SheetLine(Sheet("s1", "a"), 1, 1, 1)) == "1 cell"


def test_a_cell_says_what_is_not_sure_of_it() -> None:
    cell = Cell(1, "what", "k", "unsupported", "green\ntea")
    assert said(cell) == "green tea (no words of the text were found for it)"
    assert said(Cell(1, "what", "k", "nothing")) == "– (the text does not say)"
    assert said(Cell(1, "what", "k", "done", "tea", corrected="cake")) == "cake (your word)"


def test_rows_by_chance_stand_in_their_order() -> None:
    some = [row.row for row in sampled(ROWS, 4, Random(1))]
    assert len(set(some)) == 4 and some == sorted(some) and len(sampled(ROWS, 99, Random(1))) == 9


def test_a_file_has_each_row_with_its_places_and_no_formula() -> None:
    shown = wire.SheetShown(SHEET, ROWS[:1], (Cell(1, "what", "k", "done", "=1|2"),), {"1 what": ("1.md “Tea”",)})
    assert file_format("a.csv")(shown).splitlines() == ["row,source,what,what: rests on", "1,1.md,'=1|2,1.md “Tea”"]
    assert file_format("a.md")(shown).splitlines()[-1] == "| 1 | 1.md | =1\\|2 | 1.md “Tea” |"
    split = wire.SheetShown(SHEET, ROWS[:1], (Cell(1, "what", "k", "done", "a\\|b \\\\| c"),), {})
    assert file_format("a.md")(split).splitlines()[-1] == r"| 1 | 1.md | a\\\|b \\\\\| c |  |"
    assert '"value":"=1|2"' in file_format("a.json")(shown)
    with pytest.raises(BadInput, match="no known kind"):
        file_format("a.xls")
