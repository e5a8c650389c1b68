"""Why a sheet's cell says what it says: who was asked and why they, what it cost, and the words that it rests on."""

from __future__ import annotations

import re

import msgspec

from sage.adapters.journal.journal_sheets import SheetPages
from sage.core.labels import LOCAL_ONLY
from sage.core.ledger import LedgerCall
from sage.core.ledger_sums import call_words
from sage.core.sheets.sheet import Cell, Column, Sheet, SheetRow, job_of
from sage.core.sheets.sheet_words import said
from sage.engine.bootstrap import House
from sage.engine.sheets import citations_of
from sage.wire import Explanation

_NAMED = re.compile(r"(?P<sheet>[^/]+)/(?P<row>\d+)/(?P<column>[^/]+)")
_BOOKED = re.compile(r"sheet/(?P<sheet>[^/]+)/(?P<job>[0-9a-f]{8})/(?P<row>\d+)")
_GLANCE, _JUDGE = "quick", "deep"


def explain_cell(house: House, id: str) -> Explanation | None:  # noqa: A002
    """The explanation of a cell, named as `SHEET/ROW/COLUMN` or as its calls are booked; None if there is no such cell."""
    pages = SheetPages(house.database)
    named = _NAMED.fullmatch(id.strip()) or _BOOKED.fullmatch(id.strip())
    sheet = pages.find(named["sheet"].strip()) if named else None
    if named is None or sheet is None:
        return None
    wanted = named.groupdict()
    column = next((one for one in sheet.columns if _is(sheet, one, wanted)), None)
    number = int(named["row"])
    cell = next(iter(pages.cells(sheet.id, column.name, number, number)), None) if column else None
    if column is None or cell is None:
        return None
    row = pages.row(sheet.id, number)
    job = f"{job_of(sheet.id, column.name)}/{number}"
    calls = [] if not number else house.ledger.of(job)
    rows = {one.row: one for one in ([row] if row else pages.rows(sheet.id))}
    rests = citations_of(cell, rows)
    lines = [
        f"{sheet.name}, {f'row {number} ({row.source})' if row else 'all rows'}, {column.name} ({column.kind}): {column.prompt}",
        f"It says: {said(cell)}",
        *(
            [f"The model said: {said(msgspec.structs.replace(cell, corrected=None))}"]
            if cell.corrected is not None
            else []
        ),
        *_asked(column, row, cell, calls),
        *(f"It rests on {place}" for place in rests),
        *([] if rests else [_on_nothing(cell)]),
    ]
    raw = {"cell": msgspec.to_builtins(cell), "calls": msgspec.to_builtins(calls), "rests_on": rests}
    return Explanation(id, "cell", tuple(lines), raw)


def _is(sheet: Sheet, column: Column, wanted: dict[str, str]) -> bool:
    if "job" in wanted:
        return job_of(sheet.id, column.name).endswith(f"/{wanted['job']}")
    return column.name == wanted["column"].strip()


def _asked(column: Column, row: SheetRow | None, cell: Cell, calls: list[LedgerCall]) -> list[str]:
    """Who was asked, and what it cost."""
    if cell.state == "withheld":
        return ["Nobody was asked: the row is for models on this machine alone, and none is set (--role local-only)."]
    local = row is not None and LOCAL_ONLY in row.audience
    told = f"{cell.model} was asked: {_why(column, calls, local=local)}." if cell.model else ""
    paid = [call_words(call) for call in calls]
    if not paid and row is not None:
        paid = ["It cost nothing here: the same was asked of the same model before."]
    return [*filter(None, (told,)), *paid]


def _why(column: Column, calls: list[LedgerCall], *, local: bool) -> str:
    if local:
        return "the row is for models on this machine alone"
    roles = {call.role for call in calls}
    if column.kind == "filter" and roles == {_GLANCE} and column.role == _JUDGE:
        return "its glance was enough"
    if column.kind == "filter" and roles >= {_GLANCE, _JUDGE}:
        return "a glance of the quick one was not enough"
    return f"{column.role} is the role that the column asks"


def _on_nothing(cell: Cell) -> str:
    return {
        "nothing": "The row says nothing to that.",
        "failed": "What the model wrote could not be read; it is asked again when the column is gone on with.",
        "withheld": "It rests on nothing.",
    }.get(cell.state, "No words of the row were found for it, so read it with care.")
