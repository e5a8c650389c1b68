"""What Sage keeps of models, as it is exported: the ledger, cases and trials, swaps, and sheets with what each cell rests on."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from msgspec import Struct

from sage.core.cases import Case, check_words
from sage.core.ledger import LedgerCall, Outcome
from sage.core.reading.note_text import file_name
from sage.core.routing import Step
from sage.core.sheets.sheet import Cell, Sheet, SheetRow, cited
from sage.core.swaps import Changes, SwapState
from sage.core.terminal_text import clean_line
from sage.core.trials import Trial, TrialAnswer, Vote

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection")."""


class ExportedRoute(Struct, frozen=True):
    """Who was asked in a turn, step by step, and why."""

    turn: str
    task: str
    role: str
    steps: tuple[Step, ...]
    at: str


class ExportedTrial(Struct, frozen=True):
    """A trial with all that was answered in it, and the votes."""

    trial: Trial
    answers: tuple[TrialAnswer, ...]
    votes: tuple[Vote, ...]


class ExportedExample(Struct, frozen=True):
    """An answer that was kept to be shown to a smaller model."""

    id: str
    turn: str
    task: str
    body: Any
    documents: tuple[str, ...]
    state: str
    made_at: str


class ExportedSwap(Struct, frozen=True):
    """A swap of models: what it changed. The settings' bytes before and after are in no export."""

    id: str
    role: str
    changes: Changes
    trial: str
    state: SwapState
    reason: str
    made_at: str
    ended_at: str


class ExportedSheet(Struct, frozen=True):
    """A sheet with the texts that were asked, who may see each, and its cells."""

    sheet: Sheet
    rows: tuple[SheetRow, ...]
    cells: tuple[Cell, ...]


class ExportedModels(Struct, frozen=True, omit_defaults=True):
    """All of it."""

    calls: tuple[LedgerCall, ...] = ()
    routes: tuple[ExportedRoute, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    cases: tuple[Case, ...] = ()
    trials: tuple[ExportedTrial, ...] = ()
    examples: tuple[ExportedExample, ...] = ()
    swaps: tuple[ExportedSwap, ...] = ()
    sheets: tuple[ExportedSheet, ...] = ()


def model_pages(models: ExportedModels) -> Iterator[tuple[str, str]]:
    """Pages of Markdown: path and text."""
    if models.cases or models.examples:
        yield "cases.md", _cases(models)
    if models.swaps:
        yield "swaps.md", "# Swaps of models\n\n" + "\n".join(map(_swap, models.swaps)) + "\n"


def model_tables(models: ExportedModels) -> Iterator[tuple[str, str]]:
    """Tables (CSV, RFC 4180): path and text. What is not known is an empty field."""
    if models.calls:
        yield "models/ledger.csv", ledger_table(models.calls)
    if models.routes:
        steps = ("; ".join(f"{step.role} ({step.why})" for step in one.steps) for one in models.routes)
        rows = ((one.turn, one.at, one.task, one.role, told) for one, told in zip(models.routes, steps, strict=True))
        yield "models/routes.csv", _csv(("turn", "at", "task", "role", "steps"), rows)
    if models.outcomes:
        yield "models/outcomes.csv", _csv(Outcome.__struct_fields__, map(msgspec.structs.astuple, models.outcomes))
    taken: set[str] = set()
    for one in models.sheets:
        name, number = file_name(one.sheet.name), 1
        while (path := f"sheets/{name}{f' {number}' if number > 1 else ''}.csv").casefold() in taken:
            number += 1
        taken.add(path.casefold())
        yield path, _sheet(one)


def ledger_table(calls: Iterable[LedgerCall]) -> str:
    """Calls as a table (CSV): what is not known is an empty field."""
    return _csv(LedgerCall.__struct_fields__, map(msgspec.structs.astuple, calls))


def _cases(models: ExportedModels) -> str:
    blocks = ["# Cases"]
    for case in models.cases:
        body = case.body
        told = [case.task, case.rating or "not rated", f"worth {case.value:g}", "held back" if case.holdout else ""]
        blocks += [f"## {_moment(case.made_at)}, {case.id}", f"({', '.join(filter(None, told))})", _quoted(body.said)]
        blocks += [f"{body.model or 'Sage'} answered:", _quoted(body.answer)] if body.answer else []
        blocks += ["An answer to it:\n\n" + "\n".join(f"- {clean_line(check_words(each))}" for each in body.checks)]
        sources = {hit.citation for hit in body.opening.passages} | {
            hit.citation for one in body.record for hit in one.found
        }
        blocks += (
            ["Shown to it:\n\n" + "\n".join(f"- {clean_line(each)}" for each in sorted(sources))] if sources else []
        )
    if models.examples:
        blocks.append("# Examples")
    for example in models.examples:
        blocks += [f"## {_moment(example.made_at)}, {example.id} ({example.task}, {example.state})"]
        blocks += [_quoted(msgspec.json.format(msgspec.json.encode(example.body)).decode())]
    return "\n\n".join(blocks) + "\n"


def _swap(swap: ExportedSwap) -> str:
    ended = f" until {_moment(swap.ended_at)}" if swap.ended_at else ""
    why = f": {clean_line(swap.reason)}" if swap.reason else ""
    was, now = swap.changes.was or "nobody", swap.changes.now or "nobody"
    keys = ", ".join(".".join(each.key) for each in swap.changes.keys)
    return f"- {_moment(swap.made_at)}{ended}, {swap.role}: {was} to {now} ({swap.state}{why}; {keys})"


def _sheet(one: ExportedSheet) -> str:
    """A line a row; the line "all" has what was made of all rows together. Behind each column stands what its cells rest on."""
    names = [column.name for column in one.sheet.columns]
    rows = {row.row: row for row in one.rows}
    cells = {(cell.row, cell.column): cell for cell in one.cells}
    together = [0] if any((0, name) in cells for name in names) else []
    table = []
    for number in [*together, *rows]:
        row = rows.get(number)
        line = [str(number or "all"), row.source if row else "", ", ".join(row.audience) if row else ""]
        for name in names:
            cell = cells.get((number, name))
            spans = [(rows.get(span.row or number), span) for span in (cell.spans if cell else ())]
            line += [cell.says if cell else "", "; ".join(cited(row, span) for row, span in spans if row)]
        table.append(line)
    return _csv(("row", "source", "audience", *(each for name in names for each in (name, f"{name}: rests on"))), table)


def _csv(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    file = io.StringIO()
    table = csv.writer(file)
    table.writerow(map(_field, head))
    table.writerows(map(_field, row) for row in rows)
    return file.getvalue()


def _field(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula gets a quote before it."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _moment(at: str) -> str:
    return at[:16].replace("T", " ")


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.splitlines())
