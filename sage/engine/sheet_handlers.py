"""Answers about sheets."""

from __future__ import annotations

import asyncio
from collections import Counter

from msgspec.structs import replace

from sage import wire
from sage.adapters.journal.journal_sheets import SheetPages, Tally
from sage.core.errors import BadInput, NotFound
from sage.engine import sheets
from sage.engine.desk import Desk, handles
from sage.engine.service import Emit, Line
from sage.engine.sheet_cases import keep_case


@handles(wire.PlanSheet)
async def _plan(desk: Desk, request: wire.PlanSheet, line: Line, emit: Emit) -> wire.SheetPlan:
    return (await sheets.plan(desk.house, desk.profile(line), request)).plan


@handles(wire.FillSheet)
async def _fill(desk: Desk, request: wire.FillSheet, line: Line, emit: Emit) -> wire.SheetFilled:
    planned = await sheets.plan(desk.house, desk.profile(line), request.plan)
    if planned.plan.mark != request.mark:
        raise BadInput(
            "The rows, the model or the cap are others by now than were shown.",
            safe="Nothing was asked.",
            do="Look again.",
        )
    return await sheets.run(desk.house, planned, emit)


@handles(wire.ListSheets)
async def _list(desk: Desk, request: wire.ListSheets, line: Line, emit: Emit) -> wire.SheetsListed:
    pages = SheetPages(desk.house.database)

    def listed() -> wire.SheetsListed:
        return wire.SheetsListed(tuple(map(_line, pages.tally())))

    return await asyncio.to_thread(listed)


def _line(tally: Tally) -> wire.SheetLine:
    names = {column.name for column in tally.sheet.columns}
    states = Counter[str]()
    for (column, state), many in tally.cells.items():
        states[state] += many if column in names else 0
    return wire.SheetLine(
        tally.sheet, tally.rows, states.total(), states["done"], states["failed"], tally.cost, tally.bound
    )


@handles(wire.ShowSheet)
async def _show(desk: Desk, request: wire.ShowSheet, line: Line, emit: Emit) -> wire.SheetShown:
    return await sheets.shown(desk.house, request.sheet, request.after)


@handles(wire.CorrectCell)
async def _correct(desk: Desk, request: wire.CorrectCell, line: Line, emit: Emit) -> wire.SheetShown:
    pages = SheetPages(desk.house.database)

    def correct() -> str:
        sheet = sheets.found(pages, request.sheet)
        column, row = sheet.column(request.column), pages.row(sheet.id, request.row)
        cell = pages.correct(sheet.id, request.row, request.column, request.value, desk.house.clock.now())
        if cell is None:
            raise NotFound(
                f"Row {request.row} of {sheet.name} has nothing in {request.column!r}.",
                safe="Nothing was changed.",
                do=f"See it: sage sheet show {sheet.name}",
            )

        return keep_case(desk.house, sheet, column, row, cell) if column and row else ""

    case = await asyncio.to_thread(correct)
    return replace(await sheets.shown(desk.house, request.sheet, only=request.row), case=case)


@handles(wire.DropSheet)
async def _drop(desk: Desk, request: wire.DropSheet, line: Line, emit: Emit) -> None:
    pages = SheetPages(desk.house.database)

    def drop() -> None:
        sheet = sheets.found(pages, request.sheet)
        if not request.column:
            pages.drop(sheet.id)
            return
        if sheet.column(request.column) is None:
            raise NotFound(f"{sheet.name} has no column {request.column!r}.", safe="Nothing was changed.",
                           do=f"See it: sage sheet show {sheet.name}")  # fmt: skip
        pages.drop_column(sheet.id, request.column)
        left = tuple(one for one in sheet.columns if one.name != request.column)
        pages.put(replace(sheet, columns=left), desk.house.clock.now())

    await asyncio.to_thread(drop)
