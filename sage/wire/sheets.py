"""Sheets: many texts of the person's own, each asked the same."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct
from msgspec.structs import replace

from sage.core.labels import Audience, Origin
from sage.core.sheets.sheet import Cell, Column, Kind, Sheet, SheetRow
from sage.wire.base import Nothing, Request


class SheetPlan(Struct, frozen=True):
    """What filling a column would be: of `rows`, `known` were asked before and cost nothing, `withheld` are for this machine
    alone and nobody is there to read them. It costs at most `worst` and likely `likely` US dollars (None: price unknown), for
    `calls` calls at most, and takes about `seconds` (None: not known). `cap` is the most that is spent. `mark` says by content what
    was shown."""

    sheet: str
    column: str
    kind: Kind
    model: str
    rows: int
    cap: float
    mark: str
    known: int = 0
    withheld: int = 0
    calls: int = 0
    worst: float | None = 0.0
    likely: float | None = 0.0
    seconds: float | None = None
    note: str = ""


class SheetStep(Struct, frozen=True, tag=True):
    """How far a column is: `done` of `total` steps, `spent` US dollars so far (None: not known). `cell` is what the step put there,
    if it put anything, and `places` where that stands."""

    column: str
    done: int
    total: int
    spent: float | None = 0.0
    doing: str = ""
    cell: Cell | None = None
    places: tuple[str, ...] = ()


class SheetFilled(Struct, frozen=True):
    """What became of a column: its cells by state, what it cost now (None: price unknown), and why it ended early ("" if it did
    not). `told` are sentences on how it was decided."""

    plan: SheetPlan
    states: dict[str, int]
    spent: float | None
    strong_calls: int = 0
    calls: int = 0
    stopped: str = ""
    told: tuple[str, ...] = ()


class SheetShown(Struct, frozen=True):
    """A sheet with its rows and cells; `citations` say for each cell ("ROW COLUMN") where it stands. `whole` are origin and
    audience of what was made of all rows together, by column: nobody may see it who may not see each row that it rests on.
    `case` is the case that a correction became (`sage eval list`). `more`: there are further rows, to be asked for."""

    sheet: Sheet
    rows: tuple[SheetRow, ...]
    cells: tuple[Cell, ...]
    citations: dict[str, tuple[str, ...]]
    whole: dict[str, tuple[Origin, Audience]] = {}
    case: str = ""
    more: bool = False

    def with_more(self, page: SheetShown) -> SheetShown:
        """This and the page that comes after it."""
        rows, cells = (*self.rows, *page.rows), (*self.cells, *page.cells)
        return replace(self, rows=rows, cells=cells, citations=self.citations | page.citations, more=page.more)


class SheetLine(Struct, frozen=True):
    """A sheet in a list: its rows, its cells, of how many of these the words were found in their rows, and how many could not be
    read. `cost` is what it has cost by the ledger, in US dollars, `bound` what counts of calls whose cost nobody knows."""

    sheet: Sheet
    rows: int
    cells: int
    supported: int
    failed: int = 0
    cost: float = 0.0
    bound: float = 0.0


class SheetsListed(Struct, frozen=True):
    sheets: tuple[SheetLine, ...]


class PlanSheet(Request[SheetPlan], frozen=True, tag=True):
    """What a column of a sheet would ask, and what it would cost; writes nothing. `over` chooses the rows ("" for those that the
    sheet has), `most` of them (0: all); `cap` is the most to spend, in US dollars (None: what a turn may cost)."""

    sheet: str
    column: Column
    over: str = ""
    most: int = 0
    cap: float | None = None
    reply: ClassVar[Any] = SheetPlan


class FillSheet(Request[SheetFilled], frozen=True, tag=True):
    """Fills a column as it was planned (`mark`); what is there stays, what is missing is asked. BadInput when the rows are others
    by now than were shown."""

    plan: PlanSheet
    mark: str
    reply: ClassVar[Any] = SheetFilled


class ListSheets(Request[SheetsListed], frozen=True, tag=True):
    reply: ClassVar[Any] = SheetsListed


class ShowSheet(Request[SheetShown], frozen=True, tag=True):
    """A sheet by its name, or the rows that come `after` one. NotFound."""

    sheet: str
    after: int = 0
    reply: ClassVar[Any] = SheetShown


class CorrectCell(Request[SheetShown], frozen=True, tag=True):
    """The person's own word for a cell (None: the model's counts again). Its row alone is told."""

    sheet: str
    row: int
    column: str
    value: str | None
    reply: ClassVar[Any] = SheetShown


class DropSheet(Request[Nothing], frozen=True, tag=True):
    """Takes a sheet away, or one of its columns."""

    sheet: str
    column: str = ""


Requests = PlanSheet | FillSheet | ListSheets | ShowSheet | CorrectCell | DropSheet
