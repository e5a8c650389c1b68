"""A filter asks the strong model where a glance is not enough, cites what it keeps, and goes on where it was cut short."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Iterable
from datetime import datetime

import pytest

from sage.agent.sheet_filling import Asking, Progress
from sage.agent.sheet_filtering import GLANCE, Filter, told
from sage.core.errors import OverBudget
from sage.core.labels import LOCAL_ONLY
from sage.core.ledger import Job
from sage.core.messages import Finished, ModelEvent, ModelRequest, TextDelta, Usage
from sage.core.sheets.cascades import Promise
from sage.core.sheets.sheet import Cell, Column, SheetRow
from sage.testing.fakes import FakeBudget, FakeClock

COLUMN = Column("garden", "filter", "Is it a garden?")
MANY = 200


class Judge:
    """Says yes to rows whose number three divides; `lies` are rows of which its first word is wrong."""

    context_tokens = 100_000

    def __init__(self, name: str, lies: frozenset[int] = frozenset(), cost: float = 0.0) -> None:
        self.name, self.lies, self.cost = name, lies, cost
        self.asked: list[tuple[int, ModelRequest]] = []

    async def worst_cost(self, request: ModelRequest) -> float | None:
        return self.cost

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        row = int(re.search(r"number (\d+)", request.messages[0].text)[1])  # type: ignore[index]
        before = sum(number == row for number, _ in self.asked)
        self.asked.append((row, request))
        yes = (row % 3 == 0) != (row in self.lies and not before)
        if request.odds:
            yield TextDelta("yes" if yes else "no")
            yield Finished(
                self.name, Usage(cost=self.cost), "end", (("yes", 0.95 if yes else 0.05), ("no", 0.05 if yes else 0.95))
            )
        else:
            yield TextDelta(f'{{"quote": "number {row}", "answer": "{"yes" if yes else "no"}"}}')
            yield Finished(self.name, Usage(cost=self.cost))

    async def close(self) -> None:
        """Nothing is held."""


class Kept:
    def __init__(self) -> None:
        self.cells: dict[tuple[str, int], Cell] = {}

    def known(self, keys: Iterable[str]) -> dict[str, Cell]:
        wanted = set(keys)
        return {cell.key: cell for cell in self.cells.values() if cell.key in wanted}

    def keep(self, *cells: Cell) -> None:
        self.cells |= {(cell.column, cell.row): cell for cell in cells}


class Purse(FakeBudget):
    """So many calls and no more."""

    def __init__(self, calls: int) -> None:
        super().__init__()
        self.calls = calls

    def reserve(self, model: str, worst: float | None, job: Job, at: datetime) -> str:
        if len(self.reserved) >= self.calls:
            raise OverBudget("The cap is reached.")
        return super().reserve(model, worst, job, at)


ROWS = [SheetRow(row, f"{row}.md", str(row), f"This is number {row}.") for row in range(1, MANY + 1)]


async def run(
    quick: Judge, strong: Judge, kept: Kept, rows: list[SheetRow] = ROWS, calls: int = 9999
) -> tuple[Filter, Progress]:
    async def step(progress: Progress) -> None:
        """Nobody watches."""

    budget = Purse(calls)
    one, other = (Asking([model], [], budget, FakeClock(), "j", at_once=3) for model in (quick, strong))
    found = Filter(COLUMN, Promise(share=1.0), one, one if quick is strong else other, kept)
    progress = Progress(0, step)
    await found.run(rows, progress)
    return found, progress


def says(kept: Kept) -> dict[int, bool]:
    return {row: cell.value == "yes" for (column, row), cell in kept.cells.items() if column == COLUMN.name}


async def test_the_strong_model_is_asked_of_some_and_every_row_that_is_kept_is_cited() -> None:
    quick, strong, kept = Judge("quick"), Judge("strong"), Kept()
    found, progress = await run(quick, strong, kept)
    assert not progress.stopped and found.cascade
    assert len(strong.asked) < 0.6 * MANY and says(kept) == {row: row % 3 == 0 for row in range(1, MANY + 1)}
    for (column, row), cell in kept.cells.items():
        if column == COLUMN.name and cell.value == "yes":
            assert [ROWS[row - 1].text[span.start : span.end] for span in cell.spans] == [f"number {row}"]
    guessed = [cell for cell in kept.cells.values() if cell.model.endswith(GLANCE)]
    assert len(guessed) == MANY - len(found.cascade.answers) > 0
    assert "At least 9" in told(found)[1]


async def test_an_answer_that_surprises_is_asked_for_again_and_the_second_counts() -> None:
    quick, kept = Judge("quick"), Kept()
    strong = Judge("strong", lies=frozenset(range(1, MANY + 1, 7)))
    found, _ = await run(quick, strong, kept)
    assert found.cascade and len(strong.asked) > len(found.cascade.answers)
    wrong = [row for row, yes in says(kept).items() if yes != (row % 3 == 0)]
    assert len(wrong) <= 3
    assert any("in haste" in request.system for _, request in strong.asked)


async def test_what_was_asked_before_it_was_cut_short_is_not_asked_again() -> None:
    whole = Judge("strong"), Judge("quick")
    await run(whole[1], whole[0], Kept())
    kept = Kept()
    first = Judge("quick", cost=0.01), Judge("strong", cost=0.01)
    _, progress = await run(*first, kept, calls=MANY + 30)
    assert progress.stopped and len(first[0].asked) == MANY and 0 < len(first[1].asked) < 60
    then = Judge("quick", cost=0.01), Judge("strong", cost=0.01)
    _, progress = await run(*then, kept)
    again = {row for row, _ in first[1].asked} & {row for row, _ in then[1].asked}
    assert not progress.stopped and not again and not any(request.odds for _, request in then[0].asked)
    assert len(first[1].asked) + len(then[1].asked) == len(whole[0].asked)


async def test_without_another_model_or_with_few_rows_all_are_asked_plainly() -> None:
    only, kept = Judge("only"), Kept()
    found, _ = await run(only, only, kept, ROWS[:40])
    assert len(only.asked) == 40 and not any(request.odds for _, request in only.asked)
    assert "all 40 rows" in told(found)[0]


async def test_rows_for_this_machine_alone_are_withheld_from_models_elsewhere() -> None:
    quick, strong, kept = Judge("quick"), Judge("strong"), Kept()
    secret = SheetRow(1, "s.md", "s", "This is number 1.", "user", ("private", LOCAL_ONLY))
    await run(quick, strong, kept, [secret, *ROWS[1:50]])
    assert kept.cells[COLUMN.name, 1].state == "withheld"
    assert 1 not in {row for row, _ in (*quick.asked, *strong.asked)}


async def test_a_row_that_is_stopped_leaves_no_task_behind() -> None:
    quick, strong = Judge("quick"), Judge("strong")
    task = asyncio.create_task(run(quick, strong, Kept()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not [one for one in asyncio.all_tasks() if one.get_name() == "fill a sheet"]
