"""Sheets of a home: rows chosen, prices told, columns filled."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from sage import wire
from sage.adapters.journal.journal_budget import BudgetPages, OwnCap
from sage.adapters.journal.journal_sheets import SheetPages
from sage.agent.sheet_filling import Asking, Progress, fill
from sage.agent.sheet_filtering import Filter, told
from sage.agent.sheet_joining import reduce, resolve, strictest
from sage.core.chat_prompt import request_tokens
from sage.core.errors import BadInput, NotFound
from sage.core.messages import ModelRequest
from sage.core.model_choice import ModelRole
from sage.core.passages import digest_of
from sage.core.providers import EMBEDDED
from sage.core.sheets.asking import LIKELY_TOKENS, judge_request, look_request, map_request
from sage.core.sheets.cascades import FEWEST_ROWS, Promise
from sage.core.sheets.joining import Statement, candidates, grouped, pair_request, reduce_request
from sage.core.sheets.sheet import Cell, Column, Sheet, SheetRow, Span, check_name, cited, job_of, read_over
from sage.engine.bootstrap import House, fresh_id
from sage.engine.sheet_likeness import likeness, pairs_alike
from sage.engine.sheet_rows import choose, labels_of, same_rows
from sage.profile import Resolved

PAGE = 8_000_000
"""Characters of rows and cells that are told at once: however they are written, they fit into a frame of the door."""
AT_ONCE = 4
"""Calls that are made at the same time of a model elsewhere; one that runs on this machine is asked one by one."""
READS, WRITES = 60.0, 15.0
"""Tokens a second that a small model on this machine reads and writes on one core."""
LIKE_EACH, LIKE_LEAST = 4, 0.45
"""Pairs judged for each row at most, and how alike two rows must be to be judged at all."""

Tell = Callable[[wire.SheetStep], Awaitable[None]]
Asked = list[tuple[ModelRequest, SheetRow]]


@dataclass
class Planned:
    """A column with the rows that it is asked of; `texts` are they, or the cells of another column in their place."""

    sheet: Sheet
    column: Column
    rows: list[SheetRow]
    texts: list[SheetRow]
    asking: Asking
    plan: wire.SheetPlan
    quick: Asking | None = None
    likeness: dict[int, float] = field(default_factory=dict)
    pairs: list[tuple[int, int]] = field(default_factory=list)
    carried: dict[int, tuple[Span, ...]] = field(default_factory=dict)


class Kept:
    """The cells of one sheet (`agent.sheet_filling.Cells`)."""

    def __init__(self, house: House, sheet: str) -> None:
        self._house, self._sheet, self._pages = house, sheet, SheetPages(house.database)

    def known(self, keys: Iterable[str]) -> dict[str, Cell]:
        return self._pages.known(keys)

    def keep(self, *cells: Cell) -> None:
        self._pages.put_cells(self._sheet, cells, self._house.clock.now())


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
    most = request.most or (sheet.most if sheet and not request.over else 0)
    before = await asyncio.to_thread(pages.rows, sheet.id) if sheet else []
    rows = same_rows(before, await asyncio.to_thread(choose, house, read_over(over), most))
    sheet = Sheet(sheet.id if sheet else fresh_id("s"), name, over, most, _with(sheet, column), "running")
    cap = profile.settings.caps.per_turn_usd if request.cap is None else request.cap
    return await _planned(house, profile, sheet, column, rows, cap)


async def _planned(
    house: House, profile: Resolved, sheet: Sheet, column: Column, rows: list[SheetRow], cap: float
) -> Planned:
    job = job_of(sheet.id, column.name)
    budget = house.budget.within(f"{job}/", OwnCap("--cap", lambda: cap, per="all"))  # also past midnight
    asking = _asking(house, profile, column.role, budget, job)
    texts, carried = await asyncio.to_thread(_texts, house, sheet, column, rows)
    models = asking.models or asking.inside
    planned = Planned(sheet, column, rows, texts, asking, wire.SheetPlan(
        sheet=sheet.name, column=column.name, kind=column.kind, model=models[0].name, rows=len(rows), cap=cap,
        withheld=sum(not asking.whom(row) for row in texts), mark=_mark(column, texts, models[0].name, cap),
    ), carried=carried)  # fmt: skip
    steps = await _steps(house, profile, planned, budget, job)
    calls, known, worst, likely, seconds = 0, 0, 0.0, 0.0, 0.0
    unknown = False
    for asker, asked, share, was_known in steps:
        most, usual = await asker.price(asked)
        unknown |= most is None or usual is None
        worst, likely, known = worst + (most or 0.0), likely + share * (usual or 0.0), known + was_known
        calls += len(asked)
        seconds += share * sum(request_tokens(each) / READS + LIKELY_TOKENS / WRITES for each, _ in asked)
    inside = profile.places(column.role)[0].id.startswith(EMBEDDED)
    planned.plan = replace(
        planned.plan, calls=calls, known=known, worst=None if unknown else worst, likely=None if unknown else likely,
        seconds=seconds if inside else None, note=_note(planned),
    )  # fmt: skip
    return planned


def _note(planned: Planned) -> str:
    if planned.column.kind == "filter" and planned.quick is not planned.asking and planned.quick is not None:
        quick = (planned.quick.models or planned.quick.inside)[0].name
        return f"{quick} looks at each row first; {planned.plan.model} is asked where that is not enough."
    return ""


async def _steps(
    house: House, profile: Resolved, planned: Planned, budget: BudgetPages, job: str
) -> list[tuple[Asking, Asked, float, int]]:
    """Who is asked what, which share of it is likely, and how much of it is known already."""
    column, asking = planned.column, planned.asking
    texts = [row for row in planned.texts if asking.whom(row)]
    if column.kind == "reduce":
        level = [Statement(row.text, (Span(0, len(row.text), row.row),)) for row in texts if row.text.strip()]
        by_number = {row.row: row for row in texts}
        asked = [(reduce_request(column.prompt, group), strictest([by_number[n] for one in group for n in one.rows]))
                 for group in grouped(level) if group]  # fmt: skip
        return [(asking, asked * 2, 0.6, 0)]  # above the rows there are at most as many calls again
    if column.kind == "resolve":
        alike = await asyncio.to_thread(pairs_alike, house, profile, texts)
        planned.pairs = candidates(alike, LIKE_EACH, LIKE_LEAST)
        by_number = {row.row: row for row in texts}
        return [(asking, [(pair_request(column.prompt, by_number[one].text, by_number[other].text),
                           strictest((by_number[one], by_number[other]))) for one, other in planned.pairs], 1.0, 0)]  # fmt: skip
    pages = SheetPages(house.database)
    known = await asyncio.to_thread(pages.known, [asking.key(column, row) for row in texts])
    fresh = [row for row in texts if asking.key(column, row) not in known]
    if column.kind == "map":
        return [(asking, [(map_request(column.prompt, row.text), row) for row in fresh], 1.0, len(texts) - len(fresh))]
    planned.quick = quick = _quick(house, profile, planned, budget, job)
    strong = [(judge_request(column.prompt, row.text), row) for row in fresh]
    if quick is asking:
        return [(asking, strong, 1.0, len(texts) - len(fresh))]
    planned.likeness = await asyncio.to_thread(likeness, house, profile, column.prompt, texts)
    looks = [(look_request(column.prompt, row.text), row) for row in texts if quick.whom(row)]
    return [(quick, looks, 1.3, 0), (asking, strong, 0.4, len(texts) - len(fresh))]


def _quick(house: House, profile: Resolved, planned: Planned, budget: BudgetPages, job: str) -> Asking:
    """Who glances at the rows of a filter; whoever judges them, if there is nobody else or there are too few rows."""
    asking = _asking(house, profile, "quick", budget, job)
    mine = [(model.name for model in one.models[:1]) for one in (asking, planned.asking)]
    return planned.asking if len(planned.texts) < FEWEST_ROWS or [*mine[0]] == [*mine[1]] else asking


def _texts(
    house: House, sheet: Sheet, column: Column, rows: list[SheetRow]
) -> tuple[list[SheetRow], dict[int, tuple[Span, ...]]]:
    """The texts that a column reads: the rows', or what another column says of them, with what that rests on."""
    if not column.of:
        return rows, {}
    cells = {cell.row: cell for cell in SheetPages(house.database).cells(sheet.id, column.of)}
    if not cells:
        raise NotFound(f"{sheet.name} has no column {column.of!r}.", safe="Nothing was asked.",
                       do=f"See it: sage sheet show {sheet.name}")  # fmt: skip
    said = {row.row: cells[row.row] for row in rows if row.row in cells and cells[row.row].says}
    carried = {number: tuple(replace(span, row=number) for span in cell.spans) for number, cell in said.items()}
    texts = [replace(row, text=said[row.row].says) for row in rows if row.row in said]
    return texts, {number: spans for number, spans in carried.items() if spans}


async def run(house: House, planned: Planned, tell: Tell) -> wire.SheetFilled:
    """Fills the column; each cell is on disk before the next one is asked for in its place."""
    pages, now = SheetPages(house.database), house.clock.now
    sheet, column = planned.sheet, planned.column
    await asyncio.to_thread(_begin, pages, planned, house)
    asking, quick = planned.asking, planned.quick or planned.asking

    by_number = {row.row: row for row in planned.rows}

    async def step(progress: Progress) -> None:
        total, last = max(progress.done, progress.total), progress.last
        cell = last if last and last.column == column.name else None
        places = citations_of(cell, by_number) if cell else ()
        await tell(wire.SheetStep(column.name, progress.done, total, _spent(asking, quick), cell=cell, places=places))

    progress = Progress(max(planned.plan.calls, len(planned.rows)), step)
    state, sentences = "stopped", tuple[str, ...]()
    try:
        await step(progress)  # the sheet is there, with its rows
        sentences = await _fill(pages, planned, Kept(house, sheet.id), progress)
        if sentences:
            whole = Cell(0, column.name, planned.plan.mark, "done", "\n".join(sentences))
            await asyncio.to_thread(pages.put_cell, sheet.id, whole, now())
        state = "stopped" if progress.stopped else "done"
    finally:
        await asyncio.shield(asyncio.to_thread(pages.put, replace(sheet, state=state), now()))
    cells = await asyncio.to_thread(pages.cells, sheet.id, column.name)
    return wire.SheetFilled(
        planned.plan,
        dict(Counter(cell.state for cell in cells if cell.row or column.kind == "reduce")),
        _spent(asking, quick),
        strong_calls=asking.calls,
        calls=asking.calls + (quick.calls if quick is not asking else 0),
        stopped=progress.stopped,
        told=sentences,
    )


async def _fill(pages: SheetPages, planned: Planned, cells: Kept, progress: Progress) -> tuple[str, ...]:
    """Fills a column by its kind; returns what is to be said of how."""
    column, asking, rows = planned.column, planned.asking, planned.rows
    match column.kind:
        case "map":
            progress.total = len(rows)
            await fill(column, rows, cells, asking, progress)
        case "filter":
            promise = Promise(column.recall, share=1.0) if column.sure else Promise(column.recall)
            found = Filter(column, promise, planned.quick or asking, asking, cells, planned.likeness)
            await found.run(rows, progress)
            if progress.stopped:
                return ()
            judged = await asyncio.to_thread(pages.cells, planned.sheet.id, column.name)
            fits = sum(cell.value == "yes" for cell in judged if cell.row)
            return f"{fits} of {len(rows)} rows fit.", *told(found)
        case "reduce":
            await reduce(column, planned.texts, planned.carried, cells, asking, progress)
        case "resolve":
            before = await asyncio.to_thread(pages.cells, planned.sheet.id, column.name)
            corrected = {cell.row: cell.corrected for cell in before if cell.corrected is not None}
            await resolve(column, planned.texts, planned.pairs, corrected, cells, asking, progress)
    return ()


def _spent(asking: Asking, quick: Asking) -> float | None:
    if quick is asking:
        return asking.spent
    return None if asking.spent is None or quick.spent is None else asking.spent + quick.spent


def _begin(pages: SheetPages, planned: Planned, house: House) -> None:
    pages.put(planned.sheet, house.clock.now())
    pages.put_rows(planned.sheet.id, planned.rows)


def _with(sheet: Sheet | None, column: Column) -> tuple[Column, ...]:
    """A sheet's columns with one more, or with one changed in its place."""
    columns = {one.name: one for one in sheet.columns} if sheet else {}
    return tuple((columns | {column.name: column}).values())


def _asking(house: House, profile: Resolved, role: ModelRole, budget: BudgetPages, job: str) -> Asking:
    models, inside = house.brains.bare(profile, role), house.brains.inside(profile)
    if not models:
        raise BadInput(
            "No model is set, and a sheet is filled by one.",
            safe="Nothing was asked.",
            do="Choose a model with: sage models use NAME",
        )
    at_once = 1 if profile.places(role)[0].stays else AT_ONCE  # one on this machine has one processor for all
    return Asking(models, inside, budget, house.clock, job, role, at_once)


def _mark(column: Column, rows: Sequence[SheetRow], model: str, cap: float) -> str:
    said = (part for row in rows for part in (str(row.row), row.document, row.text, "\n".join(row.audience)))
    asked = column.kind, column.name, column.prompt, column.role, column.of, str(column.recall), str(column.sure)
    return digest_of(*asked, model, str(cap), *said)


async def shown(house: House, name: str, after: int = 0, only: int | None = None) -> wire.SheetShown:
    """A sheet with its rows and cells: as many of those after a row as one page takes, or a row alone. Raises NotFound."""
    pages = SheetPages(house.database)

    def read() -> wire.SheetShown:
        sheet = found(pages, name)
        names = {column.name for column in sheet.columns}
        first, last, more = (only, only, False) if only is not None else _page(pages, sheet.id, after)
        rows = pages.rows(sheet.id, first, last)
        cells = [cell for cell in pages.cells(sheet.id, None, first, last) if cell.column in names]
        by_number = {row.row: row for row in rows}
        if any(not cell.row and cell.spans for cell in cells):  # of all rows together
            by_number = {row.row: row for row in pages.rows(sheet.id)}
        citations = {f"{cell.row} {cell.column}": citations_of(cell, by_number) for cell in cells if cell.spans}
        whole = {cell.column: labels_of(by_number[span.row] for span in cell.spans if span.row in by_number)
                 for cell in cells if not cell.row and cell.spans}  # fmt: skip
        return wire.SheetShown(sheet, tuple(rows), tuple(cells), citations, whole, more=more)

    return await asyncio.to_thread(read)


def _page(pages: SheetPages, sheet: str, after: int) -> tuple[int, int, bool]:
    """The first and last row of the page that comes after a row (0: what was made of all rows comes first), and whether there are
    more."""
    first, last, size = after + 1 if after else 0, after, 0
    for number, characters in pages.sizes(sheet, first):
        size += characters
        if size > PAGE and last > after:
            return first, last, True
        last = number
    return first, last, False


def citations_of(cell: Cell, rows: dict[int, SheetRow]) -> tuple[str, ...]:
    """Where the words stand that a cell rests on; of all rows together each with its row's number."""
    named = [(rows.get(span.row or cell.row), span) for span in cell.spans]
    return tuple(("" if cell.row else f"[{row.row}] ") + cited(row, span) for row, span in named if row is not None)


def found(pages: SheetPages, name: str) -> Sheet:
    """The sheet of a name. Raises NotFound."""
    sheet = pages.find(name.strip())
    if sheet is None:
        raise NotFound(f"There is no sheet {name!r}.", safe="Nothing was changed.", do="See them: sage sheet list")
    return sheet
