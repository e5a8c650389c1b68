"""A column of a sheet, filled: one call a row, several at once, each cell kept as soon as it is there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from msgspec.structs import replace

from sage.agent.single_call import Completion, complete
from sage.core.errors import ModelTrouble, OverBudget, SageError
from sage.core.labels import LOCAL_ONLY
from sage.core.ledger import Job
from sage.core.messages import ModelRequest
from sage.core.model_choice import ModelRole
from sage.core.ports import Budget, ChatModel, Clock
from sage.core.sheets.asking import LIKELY_TOKENS, map_request, read_answer
from sage.core.sheets.sheet import Cell, Column, SheetRow, cell_key

TROUBLES = 3
"""Rows in a row whose models fail, after which no more are asked."""
TAKEN_AT_ONCE = 200
"""Cells that cost nothing and are written together."""

Item = TypeVar("Item")


class Cells(Protocol):
    """Where cells are kept; on disk when a method returns."""

    def known(self, keys: Iterable[str]) -> dict[str, Cell]: ...

    def keep(self, *cells: Cell) -> None: ...


@dataclass
class Asking:
    """Who is asked, and what it may cost. `models` are asked first to last, `inside` are those that run on this machine; what is
    for this machine alone goes to no other. `job` is what calls are booked on; the row follows."""

    models: Sequence[ChatModel]
    inside: Sequence[ChatModel]
    budget: Budget
    clock: Clock
    job: str
    role: ModelRole = "quick"
    at_once: int = 1
    spent: float | None = 0.0
    calls: int = 0

    def whom(self, row: SheetRow) -> Sequence[ChatModel]:
        """Who may read a row; nobody, perhaps."""
        return self.inside if LOCAL_ONLY in row.audience else self.models

    async def ask(self, request: ModelRequest, row: SheetRow) -> Completion:
        """One call. Raises OverBudget or the last model's trouble."""
        self.calls += 1
        done = await complete(
            self.whom(row), self.budget, self.clock, request, Job(f"{self.job}/{row.row}", "sheet", self.role)
        )
        self.spent = None if self.spent is None or done.usage.cost is None else self.spent + done.usage.cost
        return done

    def key(self, column: Column, row: SheetRow) -> str:
        models = self.whom(row)
        return cell_key(column.kind, column.prompt, row.text, models[0].name if models else "")

    async def price(self, requests: Iterable[tuple[ModelRequest, SheetRow]]) -> tuple[float | None, float | None]:
        """US dollars at most, and likely; None where a price is not known."""
        worst: float | None = 0.0
        likely: float | None = 0.0
        for request, row in requests:
            model = self.whom(row)[0]
            most = await model.worst_cost(request)
            usual = await model.worst_cost(replace(request, max_tokens=min(request.max_tokens, LIKELY_TOKENS)))
            worst = None if worst is None or most is None else worst + most
            likely = None if likely is None or usual is None else likely + usual
        return worst, likely


@dataclass
class Progress:
    """How far a column is. `tell` hears of every cell."""

    total: int
    tell: Callable[[Progress], Awaitable[None]]
    done: int = 0
    stopped: str = ""
    last: Cell | None = field(default=None)

    async def step(self, cell: Cell | None = None) -> None:
        self.done, self.last = self.done + 1, cell
        await self.tell(self)


async def fill(column: Column, rows: Sequence[SheetRow], cells: Cells, asking: Asking, progress: Progress) -> None:
    """Fills what is not there yet; stops at the cap, or when nobody answers any more. What is there by then stays."""

    async def one(row: SheetRow) -> None:
        cell = await map_cell(column, row, asking)
        await asyncio.shield(asyncio.to_thread(cells.keep, cell))
        await progress.step(cell)

    missing = await take_known(column, rows, cells, asking, progress)
    progress.stopped = await each(missing, one, asking.at_once)


async def take_known(
    column: Column, rows: Sequence[SheetRow], cells: Cells, asking: Asking, progress: Progress
) -> list[SheetRow]:
    """Takes over what the same model was asked before of the same words, in whichever sheet; returns the other rows."""
    keys = {row.row: asking.key(column, row) for row in rows}
    known = await asyncio.to_thread(cells.known, keys.values())
    there = [row for row in rows if keys[row.row] in known]
    for start in range(0, len(there), TAKEN_AT_ONCE):
        some = [(row.row, known[keys[row.row]]) for row in there[start : start + TAKEN_AT_ONCE]]
        taken = [
            Cell(row, column.name, one.key, one.state, one.value, one.spans, None, one.model, 0.0) for row, one in some
        ]
        await asyncio.to_thread(cells.keep, *taken)
        for cell in taken:
            await progress.step(cell)
    return [row for row in rows if keys[row.row] not in known]


async def map_cell(column: Column, row: SheetRow, asking: Asking) -> Cell:
    """What the model makes of one row. Raises OverBudget or the last model's trouble."""
    key = asking.key(column, row)
    if not asking.whom(row):
        return Cell(row.row, column.name, key, "withheld")
    done = await asking.ask(map_request(column.prompt, row.text), row)
    read = read_answer(done.text, row.text)
    return Cell(row.row, column.name, key, read.state, read.value, read.spans, None, done.model, done.usage.cost)


async def each(items: Sequence[Item], work: Callable[[Item], Awaitable[None]], at_once: int) -> str:
    """Does all items, some at once; returns why it ended early, in words ("" if it did not). Whatever ends it, no call goes on."""
    waiting, troubles, stopped = iter(items), 0, ""

    async def worker() -> None:
        nonlocal troubles, stopped
        for item in waiting:
            try:
                await work(item)
                troubles = 0
            except OverBudget as trouble:
                stopped = stopped or told(trouble)
            except ModelTrouble as trouble:
                troubles += 1
                if troubles >= min(TROUBLES, len(items)):
                    stopped = stopped or told(trouble)
            if stopped:
                return

    workers = [asyncio.create_task(worker(), name="fill a sheet") for _ in range(max(1, min(at_once, len(items))))]
    try:
        await asyncio.gather(*workers)
    finally:
        for task in workers:
            task.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    return stopped


def told(trouble: SageError) -> str:
    """A trouble in words for the person."""
    return f"{trouble.what} {trouble.do}".strip()
