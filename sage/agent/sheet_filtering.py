"""A column that keeps some rows: a cheap model's glance at each of them, the strong model where that is not enough."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, log

from sage.agent.sheet_filling import Asking, Cells, Progress, each, take_known
from sage.core.sheets.asking import judge_request, look_request, odds_of_yes, read_judgement
from sage.core.sheets.cascades import Cascade, Promise
from sage.core.sheets.sheet import Cell, CellState, Column, SheetRow, Span, bearing, cell_key, find_quote

GLANCE = " (at a glance)"
"""Ends the name of the column in which a cheap model's glances are kept."""
LIKENESS_WEIGHT = 0.5
"""What one standard deviation of likeness counts, as log-odds, beside a glance."""
SUREST = 0.998
"""How sure a glance can be at most: a small model's certainty is not."""


@dataclass
class Filter:
    """How rows are filtered, and what was found out on the way. `likeness` is how alike a row and the condition are, by row."""

    column: Column
    promise: Promise
    quick: Asking
    strong: Asking
    cells: Cells
    likeness: Mapping[int, float] = field(default_factory=dict)
    cascade: Cascade | None = None
    strong_rows: int = 0

    async def run(self, rows: Sequence[SheetRow], progress: Progress) -> None:
        """Decides every row; stops at the cap, or when nobody answers. What was asked by then is kept, and not asked again."""
        withheld = [row for row in rows if not self.strong.whom(row) or not self.quick.whom(row)]
        for row in withheld:
            await self._keep(Cell(row.row, self.column.name, self.strong.key(self.column, row), "withheld"))
            await progress.step()
        readable = {row.row: row for row in rows if row not in withheld}
        scores = await self._glances(list(readable.values()), progress)
        if progress.stopped:
            return
        self.cascade = cascade = Cascade(scores, self.promise)
        known = await asyncio.to_thread(
            self.cells.known, (self.strong.key(self.column, row) for row in readable.values())
        )
        while not progress.stopped and (numbers := cascade.ask(self.strong.at_once)):
            found: dict[int, Cell] = {}

            async def judge(number: int, found: dict[int, Cell] = found) -> None:
                found[number] = await self._judge(readable[number], known)
                await self._keep(found[number])
                await progress.step(found[number])

            before = self.strong.calls
            progress.stopped = await each(numbers, judge, self.strong.at_once)
            if len(found) < len(numbers) and not progress.stopped:
                progress.stopped = "A row could not be judged: its model failed. Run it again."
            for number in numbers:  # in their order, so that whoever goes on asks the same
                if number in found:
                    self.strong_rows += 1
                    cascade.answer(number, found[number].says == "yes")
            cascade.calls += max(0, self.strong.calls - before - len(found))
        if not progress.stopped:
            await self._rest(readable, progress)

    async def _glances(self, rows: Sequence[SheetRow], progress: Progress) -> dict[int, float]:
        """How likely each row fits, at a glance; not asked if the strong model will be asked about all."""
        if self.quick is self.strong or len(rows) < 2:
            return {row.row: 0.5 for row in rows}
        look = Column(
            self.column.name + GLANCE, self.column.kind, f"{self.column.prompt}\n(at a glance)", self.quick.role
        )
        odds: dict[int, float] = {}

        async def one(row: SheetRow) -> None:
            done = await self.quick.ask(look_request(self.column.prompt, row.text), row)
            odds[row.row] = odds_of_yes(done.text, done.odds)
            key = self.quick.key(look, row)
            value = f"{odds[row.row]:.4f}"
            await self._keep(Cell(row.row, look.name, key, "done", value, (), None, done.model, done.usage.cost))
            await progress.step()

        keys = {self.quick.key(look, row): row for row in rows}
        for key, cell in (await asyncio.to_thread(self.cells.known, keys)).items():
            odds[keys[key].row] = float(cell.value)
        await take_known(look, [row for row in rows if row.row in odds], self.cells, self.quick, progress)
        progress.stopped = await each([row for row in rows if row.row not in odds], one, self.quick.at_once)
        return _scores(odds, self.likeness)

    async def _judge(self, row: SheetRow, known: Mapping[str, Cell]) -> Cell:
        """The strong model's word on a row; one that surprises is asked for again, in other words, and then counts."""
        assert self.cascade
        key = self.strong.key(self.column, row)
        if (cell := known.get(key)) is not None:
            return Cell(row.row, self.column.name, key, cell.state, cell.value, cell.spans, None, cell.model, 0.0)
        cost: float | None = 0.0
        for again in (False, True):
            done = await self.strong.ask(judge_request(self.column.prompt, row.text, again=again), row)
            cost = None if cost is None or done.usage.cost is None else cost + done.usage.cost
            read = read_judgement(done.text, row.text)
            if read is not None and not self.cascade.surprises(row.row, read[0]):
                break
        if read is None:  # what cannot be read is kept: it is the person who leaves it out
            return Cell(row.row, self.column.name, key, "unsupported", "yes", (), None, done.model, cost)
        fits, spans = read
        spans = spans or bearing(self.column.prompt, row.text)
        state: CellState = "done" if spans or not fits else "unsupported"
        return Cell(row.row, self.column.name, key, state, "yes" if fits else "no", spans, None, done.model, cost)

    async def _rest(self, rows: Mapping[int, SheetRow], progress: Progress) -> None:
        """The rows of which the strong model was not asked: for those that are kept the cheap one names its words."""
        assert self.cascade
        cascade = self.cascade
        others = [row for number, row in rows.items() if number not in cascade.answers]
        for row in (row for row in others if not cascade.keeps(row.row)):
            await self._keep(self._guess(row, "no", (), 0.0))
            await progress.step()

        async def quote(row: SheetRow) -> None:
            done = await self.quick.ask(judge_request(self.column.prompt, row.text), row)
            read = read_judgement(done.text, row.text)
            spans = read[1] if read else ()
            cell = self._guess(row, "yes", spans or nearest_words(self.column.prompt, row.text), done.usage.cost)
            await self._keep(cell)
            await progress.step(cell)

        progress.stopped = await each([row for row in others if cascade.keeps(row.row)], quote, self.quick.at_once)

    def _guess(self, row: SheetRow, value: str, spans: tuple[Span, ...], cost: float | None) -> Cell:
        """A cell without the strong model's word; its key is nobody's question, so that it is never taken for an answer."""
        model = f"{self.quick.whom(row)[0].name}{GLANCE}"
        key = cell_key("guess", self.column.prompt, row.text, model)
        state: CellState = "done" if spans or value == "no" else "unsupported"
        return Cell(row.row, self.column.name, key, state, value, spans, None, model, cost)

    async def _keep(self, cell: Cell) -> None:
        await asyncio.shield(asyncio.to_thread(self.cells.keep, cell))


def nearest_words(prompt: str, text: str) -> tuple[Span, ...]:
    """The sentence that has most of a condition's words, however few; none if it has none."""
    return bearing(prompt, text, least=0.01, fewest=1) or find_quote(prompt, text)


def _scores(odds: Mapping[int, float], likeness: Mapping[int, float]) -> dict[int, float]:
    """Glances and likeness as one score from 0 to 1."""
    values = [likeness[row] for row in odds if row in likeness]
    mean = sum(values) / len(values) if values else 0.0
    spread = (sum((value - mean) ** 2 for value in values) / len(values)) ** 0.5 if values else 0.0
    scores = {}
    for row, chance in odds.items():
        chance = min(max(chance, 1 - SUREST), SUREST)
        besides = LIKENESS_WEIGHT * (likeness[row] - mean) / spread if spread and row in likeness else 0.0
        scores[row] = 1 / (1 + exp(-(log(chance / (1 - chance)) + besides)))
    return scores


def told(found: Filter) -> tuple[str, ...]:
    """How it was decided, in sentences."""
    cascade = found.cascade
    if cascade is None:
        return ()
    rows = len(cascade.scores)
    if cascade.plain:
        return (f"The strong model was asked about all {rows} rows: too few, or too hard to tell, for less.",)
    asked = len(cascade.answers)
    return (
        f"The strong model was asked about {asked} of {rows} rows ({asked / rows:.0%}), the rest was decided at a glance.",
        f"At least {cascade.stated:.0%} of the rows that it would keep are kept; that holds in "
        f"{found.promise.confidence:.0%} of such filters, whatever the glances are worth.",
    )
