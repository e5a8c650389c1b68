"""Sheets in the journal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_sheets import SheetPages
from sage.core.sheets.sheet import Cell, Column, Sheet, SheetRow, Span

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ROWS = [
    SheetRow(1, "a.md", "file//a.md", "Tea.", "user", ("work",)),
    SheetRow(2, "b.md", "file//b.md", "Cake.", "contact"),
]
CELL = Cell(1, "what", "k1", "done", "tea", (Span(0, 3),), None, "m", 0.01)


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[SheetPages]:
    database = open_journal(tmp_path / "journal.db")
    made = SheetPages(database)
    made.put(Sheet("s1", "drinks", "notes", 2, (Column("what", "map", "Which?"),), "running"), NOW)
    made.put_rows("s1", ROWS)
    made.put_cell("s1", CELL, NOW)
    yield made
    database.close()


def test_a_sheet_comes_back_as_it_was_put(pages: SheetPages) -> None:
    sheet = pages.find("drinks")
    assert sheet == pages.find("s1") == pages.sheets()[0] and sheet and sheet.columns[0].prompt == "Which?"
    assert pages.rows("s1") == ROWS and pages.cells("s1") == [CELL] == pages.cells("s1", "what")


def test_a_row_that_says_something_else_loses_its_cells_and_the_others_keep_theirs(pages: SheetPages) -> None:
    pages.put_cell("s1", Cell(2, "what", "k2", "done", "cake"), NOW)
    pages.put_rows("s1", [ROWS[0], SheetRow(2, "b.md", "file//b.md", "Pie.")])
    assert pages.cells("s1") == [CELL]
    pages.put_rows("s1", ROWS[1:])
    assert pages.cells("s1") == []


def test_a_correction_stays_until_something_else_was_asked(pages: SheetPages) -> None:
    corrected = pages.correct("s1", 1, "what", "green tea", NOW)
    assert corrected and (corrected.says, corrected.value) == ("green tea", "tea")
    pages.put_cell("s1", CELL, NOW)
    assert pages.cells("s1")[0].says == "green tea"
    pages.put_cell("s1", Cell(1, "what", "k9", "done", "black"), NOW)
    assert pages.cells("s1")[0].says == "black"
    assert pages.correct("s1", 7, "what", "x", NOW) is None


def test_what_a_cell_cost_stays_when_it_is_taken_over_again(pages: SheetPages) -> None:
    pages.put_cells("s1", [replace(CELL, cost=0.0), replace(CELL, row=2, cost=0.0)], NOW)
    assert [cell.cost for cell in pages.cells("s1")] == [0.01, 0.0]
    pages.put_cell("s1", replace(CELL, key="k9", cost=0.0), NOW)
    assert [cell.cost for cell in pages.cells("s1")] == [0.0, 0.0]


def test_what_was_asked_is_known_in_every_sheet_but_not_what_could_not_be_read(pages: SheetPages) -> None:
    pages.put_cell("s1", Cell(2, "what", "k2", "failed", "?"), NOW)
    assert set(pages.known(["k1", "k2", "k3"])) == {"k1"}


def test_a_dropped_sheet_leaves_nothing(pages: SheetPages) -> None:
    pages.drop_column("s1", "what")
    assert pages.cells("s1") == [] and pages.rows("s1") == ROWS
    pages.drop("s1")
    assert pages.find("drinks") is None and pages.rows("s1") == []


def test_a_column_goes_with_the_steps_on_the_way_to_it_and_no_other_does(pages: SheetPages) -> None:
    for name in ("what (parts)", "what else", "whatever (pairs)"):
        pages.put_cell("s1", Cell(1, name, name, "failed"), NOW)
    assert pages.tally()[0].cells == {
        ("what", "done"): 1, ("what (parts)", "failed"): 1, ("what else", "failed"): 1, ("whatever (pairs)", "failed"): 1,
    }  # fmt: skip
    pages.drop_column("s1", "what")
    assert [cell.column for cell in pages.cells("s1")] == ["what else", "whatever (pairs)"]


def test_what_a_sheet_cost_is_what_the_ledger_says_of_its_calls_alone(pages: SheetPages) -> None:
    sql = "INSERT INTO costs (id, at, day, model, turn, reserved, spent, usage) VALUES (?, '', '', 'm', ?, 0.5, ?, ?)"
    for number, (turn, spent, usage) in enumerate((
        ("sheet/s1/a/1", 0.01, '{"cost": 0.01}'), ("sheet/s1/b/2", 0.5, "{}"), ("sheet/s1/b/3", None, "{}"),
        ("sheet/s11/a/1", 7.0, '{"cost": 7.0}'), ("turn", 7.0, '{"cost": 7.0}'),
    )):  # fmt: skip
        pages._database.run(sql, (str(number), turn, spent, usage))
    assert (pages.tally()[0].rows, pages.tally()[0].cost, pages.tally()[0].bound) == (2, 0.01, 1.0)
