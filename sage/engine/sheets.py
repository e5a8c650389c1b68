"""Sheets of a home: rows chosen, prices told, columns filled."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from sage import wire
from sage.adapters.journal.journal_budget import OwnCap
from sage.adapters.journal.journal_sheets import SheetPages
from sage.agent.sheet_filling import Asking, Progress, fill
from sage.core.chat_prompt import request_tokens
from sage.core.errors import BadInput, NotFound
from sage.core.messages import ModelRequest
from sage.core.model_choice import ModelRole
from sage.core.passages import digest_of
from sage.core.providers import EMBEDDED
from sage.core.sheets.asking import LIKELY_TOKENS, map_request
from sage.core.sheets.sheet import Cell, Column, Sheet, SheetRow, check_name, cited, read_over
from sage.engine.bootstrap import House, fresh_id
from sage.engine.sheet_rows import choose, same_rows
from sage.profile import Resolved

AT_ONCE = 4
"""Calls that are made at the same time of a model elsewhere; one that runs on this machine is asked one by one."""
READS, WRITES = 60.0, 15.0
"""Tokens a second that a small model on this machine reads and writes on one core, while its own pace is not known."""

Tell = Callable[[wire.SheetStep], Awaitable[None]]


@dataclass
class Planned:
    """A column with the rows that it would be asked of. `rows` are all, `asked` those that are not known yet."""

    sheet: Sheet
    column: Column
    rows: list[SheetRow]
    asked: list[SheetRow]
    asking: Asking
    plan: wire.SheetPlan


class Kept:
    """The cells of one sheet (`agent.sheet_filling.Cells`)."""

    def __init__(self, house: House, sheet: str) -> None:
        self._house, self._sheet, self._pages = house, sheet, SheetPages(house.database)

    def known(self, keys: Iterable[str]) -> dict[str, Cell]:
        return self._pages.known(keys)

    def keep(self, cell: Cell) -> None:
        self._pages.put_cell(self._sheet, cell, self._house.clock.now())


async def plan(house: House, profile: Resolved, request: wire.PlanSheet) -> Planned:
    """What a column would ask. Raises BadInput without a model, NotFound without rows."""
    pages = SheetPages(house.database)
    name, column = check_name(request.sheet, "sheet"), request.column
    check_name(column.name, "column")
    sheet = await asyncio.to_thread(pages.find, name)
    over = request.over or (sheet.over if sheet else "")
    if not over:
        raise NotFound(
            f"There is no sheet {name!r}.", safe="Nothing was asked.", do="Say what its rows are: --over notes:FOLDER"
        )
    before = await asyncio.to_thread(pages.rows, sheet.id) if sheet else []
    chosen = await asyncio.to_thread(choose, house, read_over(over), request.most)
    rows = same_rows(before, chosen)
    sheet = Sheet(sheet.id if sheet else fresh_id("s"), name, over, _with(sheet, column), "running")
    asking = await _asking(house, profile, sheet, column, request.cap)
    keys = {row.row: asking.key(column, row) for row in rows}
    known = await asyncio.to_thread(pages.known, keys.values())
    readable = [row for row in rows if asking.whom(row)]
    asked = [row for row in readable if keys[row.row] not in known]
    worst, likely = await asking.price((request_of(column, row), row) for row in asked)
    cap = profile.settings.caps.per_turn_usd if request.cap is None else request.cap
    models = asking.models or asking.inside
    told = wire.SheetPlan(
        sheet=name,
        column=column.name,
        kind=column.kind,
        model=models[0].name,
        rows=len(rows),
        known=len(readable) - len(asked),
        withheld=len(rows) - len(readable),
        calls=len(asked),
        worst=worst,
        likely=likely,
        seconds=_seconds(column, asked) if profile.places(column.role)[0].id.startswith(EMBEDDED) else None,
        cap=cap,
        mark=_mark(column, rows, models[0].name, cap),
    )
    return Planned(sheet, column, rows, asked, asking, told)


def request_of(column: Column, row: SheetRow) -> ModelRequest:
    """What is asked of a row."""
    return map_request(column.prompt, row.text)


async def run(house: House, planned: Planned, tell: Tell) -> wire.SheetFilled:
    """Fills the column; each cell is on disk before the next one is asked for in its place."""
    pages, now = SheetPages(house.database), house.clock.now
    sheet, column = planned.sheet, planned.column
    await asyncio.to_thread(_begin, pages, planned, house)
    asking = planned.asking

    async def step(progress: Progress) -> None:
        await tell(wire.SheetStep(column.name, progress.done, progress.total, asking.spent))

    progress = Progress(len(planned.rows), step)
    state = "stopped"
    try:
        await fill(column, planned.rows, Kept(house, sheet.id), asking, progress)
        state = "stopped" if progress.stopped else "done"
    finally:
        await asyncio.shield(asyncio.to_thread(pages.put, replace(sheet, state=state), now()))
    cells = await asyncio.to_thread(pages.cells, sheet.id, column.name)
    return wire.SheetFilled(
        planned.plan,
        dict(Counter(cell.state for cell in cells)),
        asking.spent,
        calls=asking.calls,
        stopped=progress.stopped,
    )


def _begin(pages: SheetPages, planned: Planned, house: House) -> None:
    pages.put(planned.sheet, house.clock.now())
    pages.put_rows(planned.sheet.id, planned.rows)


def _with(sheet: Sheet | None, column: Column) -> tuple[Column, ...]:
    """A sheet's columns with one more, or with one changed."""
    others = tuple(one for one in sheet.columns if one.name != column.name) if sheet else ()
    return (*others, column)


async def _asking(house: House, profile: Resolved, sheet: Sheet, column: Column, cap: float | None) -> Asking:
    models, inside = house.brains.bare(profile, column.role), house.brains.inside(profile)
    if not models:
        raise BadInput(
            "No model is set, and a sheet is filled by one.",
            safe="Nothing was asked.",
            do="Choose a model with: sage models use NAME",
        )
    job = f"sheet/{sheet.id}/{column.name}"
    most = profile.settings.caps.per_turn_usd if cap is None else cap
    budget = house.budget.within(f"{job}/", OwnCap("--cap", lambda: most))
    at_once = AT_ONCE if _leaves(profile, column.role) else 1
    return Asking(models, inside, budget, house.clock, job, column.role, at_once)


def _leaves(profile: Resolved, role: ModelRole) -> bool:
    """Whether whoever is asked first runs elsewhere: one on this machine has one processor for all."""
    return not profile.places(role)[0].stays


def _seconds(column: Column, rows: Sequence[SheetRow]) -> float:
    return sum(request_tokens(request_of(column, row)) / READS + LIKELY_TOKENS / WRITES for row in rows)


def _mark(column: Column, rows: Sequence[SheetRow], model: str, cap: float) -> str:
    said = (part for row in rows for part in (str(row.row), row.document, row.text, "\n".join(row.audience)))
    return digest_of(column.kind, column.name, column.prompt, column.role, str(column.recall), model, str(cap), *said)


async def shown(house: House, name: str) -> wire.SheetShown:
    """A sheet with its rows and cells. Raises NotFound."""
    pages = SheetPages(house.database)

    def read() -> wire.SheetShown:
        sheet = found(pages, name)
        rows, cells = pages.rows(sheet.id), pages.cells(sheet.id)
        by_number = {row.row: row for row in rows}
        citations = {f"{cell.row} {cell.column}": citations_of(cell, by_number) for cell in cells if cell.spans}
        return wire.SheetShown(sheet, tuple(rows), tuple(cells), citations)

    return await asyncio.to_thread(read)


def citations_of(cell: Cell, rows: dict[int, SheetRow]) -> tuple[str, ...]:
    """Where the words stand that a cell rests on."""
    named = [(rows.get(span.row or cell.row), span) for span in cell.spans]
    return tuple(cited(row, span) for row, span in named if row is not None)


def found(pages: SheetPages, name: str) -> Sheet:
    """The sheet of a name. Raises NotFound."""
    sheet = pages.find(name.strip())
    if sheet is None:
        raise NotFound(f"There is no sheet {name!r}.", safe="Nothing was changed.", do="See them: sage sheet list")
    return sheet
