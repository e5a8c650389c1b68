"""All rows of a sheet brought together: reduced to statements, or resolved to the things that they are about."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from sage.agent.sheet_filling import Asking, Cells, Progress, each
from sage.core.labels import LOCAL_ONLY
from sage.core.sheets.joining import (
    Statement,
    clusters,
    grouped,
    pair_request,
    read_lines,
    read_pair,
    read_statements,
    reduce_request,
)
from sage.core.sheets.sheet import Cell, Column, SheetRow, Span, cell_key

PARTS, PAIRS = " (parts)", " (pairs)"
"""End the names of the columns in which the steps of a reduction and judgements of pairs are kept."""
APART = 100_000
"""More rows than any sheet has: pairs are kept under a number made of two rows."""


async def reduce(
    column: Column, texts: Sequence[SheetRow], carried: Mapping[int, tuple[Span, ...]], cells: Cells, asking: Asking,
    progress: Progress,
) -> None:  # fmt: skip
    """Brings texts together until one group of statements is left, which becomes the cell of row 0. `carried` are the spans that a
    text rests on already, by row. What no row bears out is left out."""
    readable = [row for row in texts if asking.whom(row) and row.text.strip()]
    level = [Statement(row.text, carried.get(row.row) or (Span(0, len(row.text), row.row),)) for row in readable]
    by_number = {row.row: row for row in readable}
    leaves, number = not carried, 0
    while level:
        groups = grouped(level)
        progress.total = progress.done + len(groups) + (len(groups) > 1)
        found: dict[int, list[Statement]] = {}

        async def one(place: int, groups: list[list[Statement]] = groups, found: dict[int, list[Statement]] = found,
                      leaves: bool = leaves, number: int = number) -> None:  # fmt: skip
            found[place] = await _part(column, groups[place], number - place - 1, leaves, cells, asking, by_number)
            await progress.step()

        progress.stopped = await each(list(range(len(groups))), one, asking.at_once)
        if progress.stopped or len(found) < len(groups):
            progress.stopped = progress.stopped or "A part could not be read: its model failed. Run it again."
            return
        number -= len(groups)
        done = [statement for place in sorted(found) for statement in found[place]]
        if len(groups) == 1 or not done or (len(done) >= len(level) > 1 and not leaves):
            await _finish(column, done, readable, cells, asking)
            return
        level, leaves = done, False


async def _part(
    column: Column, group: Sequence[Statement], number: int, leaves: bool, cells: Cells, asking: Asking,
    rows: Mapping[int, SheetRow],
) -> list[Statement]:  # fmt: skip
    """The statements of one group, from the model, or as they were found before."""
    row = _reader(group, rows)
    said = "\n\n".join(f"{one.text}\n{one.rows}" for one in group)
    key = cell_key("reduce", column.prompt, said, asking.whom(row)[0].name)
    known = (await asyncio.to_thread(cells.known, [key])).get(key)
    if known is not None:
        return read_lines(known.value, known.spans)
    done = await asking.ask(reduce_request(column.prompt, group), row)
    found = read_statements(done.text, group, leaves=leaves)
    spans = tuple(dict.fromkeys(span for one in found for span in one.spans))
    value = "\n".join(one.line for one in found)
    cell = Cell(number, column.name + PARTS, key, "done", value, spans, None, done.model, done.usage.cost)
    await asyncio.shield(asyncio.to_thread(cells.keep, cell))
    return found


def _reader(group: Sequence[Statement], rows: Mapping[int, SheetRow]) -> SheetRow:
    """A row of a group: one that is for this machine alone, if there is any, so that whoever reads the group may read all of it."""
    named = [rows[number] for one in group for number in one.rows if number in rows]
    return strictest(named)


def strictest(rows: Sequence[SheetRow]) -> SheetRow:
    """The row among some that the fewest models may read."""
    return next((row for row in rows if LOCAL_ONLY in row.audience), rows[0])


async def _finish(
    column: Column, found: Sequence[Statement], rows: Sequence[SheetRow], cells: Cells, asking: Asking
) -> None:
    spans = tuple(dict.fromkeys(span for one in found for span in one.spans))
    key = cell_key(
        "reduced", column.prompt, "\n".join(row.text for row in rows), asking.models[0].name if asking.models else ""
    )
    value = "\n".join(one.line for one in found)
    model = asking.models[0].name if asking.models else ""
    cell = Cell(0, column.name, key, "done" if found else "nothing", value, spans, None, model, 0.0)
    await asyncio.shield(asyncio.to_thread(cells.keep, cell))


async def resolve(
    column: Column, texts: Sequence[SheetRow], pairs: Sequence[tuple[int, int]], told: Mapping[int, str], cells: Cells,
    asking: Asking, progress: Progress,
) -> None:  # fmt: skip
    """Judges pairs, and gives each row the first row that is about the same thing. `told` is what the person said before."""
    by_number = {row.row: row for row in texts}
    judged: dict[tuple[int, int], bool] = {}
    words: dict[int, tuple[Span, ...]] = {}

    async def one(pair: tuple[int, int]) -> None:
        first, second = by_number[pair[0]], by_number[pair[1]]
        reader = strictest((first, second))
        if not asking.whom(reader):
            await progress.step()
            return
        key = cell_key("resolve", column.prompt, f"{pair}{first.text}\0{second.text}", asking.whom(reader)[0].name)
        cell = (await asyncio.to_thread(cells.known, [key])).get(key)
        if cell is None:
            done = await asking.ask(pair_request(column.prompt, first.text, second.text), reader)
            same, here, there = read_pair(done.text, first.text, second.text) or (False, (), ())
            spans = tuple(
                Span(span.start, span.end, row) for row, found in ((pair[0], here), (pair[1], there)) for span in found
            )
            cell = Cell(-(pair[0] * APART + pair[1]), column.name + PAIRS, key, "done", "yes" if same else "no", spans, None,
                        done.model, done.usage.cost)  # fmt: skip
            await asyncio.shield(asyncio.to_thread(cells.keep, cell))
        judged[pair] = cell.value == "yes"
        for span in cell.spans if judged[pair] else ():
            words[span.row] = (*words.get(span.row, ()), Span(span.start, span.end))
        await progress.step()

    progress.stopped = await each(pairs, one, asking.at_once)
    if progress.stopped:
        return
    things = clusters(by_number, {pair: judged[pair] for pair in pairs if pair in judged}, told)
    many = {thing for thing in things.values() if list(things.values()).count(thing) > 1}
    for number, thing in things.items():
        key = cell_key(
            "resolved", column.prompt, by_number[number].text, asking.models[0].name if asking.models else ""
        )
        spans = tuple(dict.fromkeys(words.get(number, ())))[:2]
        state = "unsupported" if thing in many and not spans and number not in told else "done"
        cell = Cell(number, column.name, key, state, str(thing), spans, None, asking.models[0].name, 0.0)  # type: ignore[arg-type]
        await asyncio.shield(asyncio.to_thread(cells.keep, cell))
