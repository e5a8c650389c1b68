"""`sage map`, `filter`, `reduce`, `resolve` and `sage sheet`: the same asked of many texts of yours."""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import msgspec

from sage import wire
from sage.cli.memory import at_least_one
from sage.cli.printing import Printer, confirm
from sage.client import Client
from sage.core.errors import BadInput
from sage.core.sheets.sheet import Cell, Column
from sage.core.sheets.sheet_files import file_format
from sage.core.sheets.sheet_words import KINDS, counted, plan_lines, result_lines, said, sampled, standing
from sage.locations import write_new

_ROWS = (
    "notes:FOLDER, passages:FOLDER, tag:NAME, query:WORDS, tasks, messages or list:ID,ID (else the sheet's own rows)"
)


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    for kind in KINDS:
        one = commands.add_parser(kind, parents=[common])
        one.add_argument("prompt", nargs="+", help="what to ask; {text} stands for the row's text")
        one.add_argument("--over", default="", metavar="ROWS", help=_ROWS)
        one.add_argument("--name", default="sheet", metavar="SHEET", help="the sheet's name (sheet)")
        one.add_argument("--column", default=kind, metavar="NAME", help=f"the column's name ({kind})")
        one.add_argument("--cap", type=_dollars, metavar="USD", help="the most to spend (else caps.per_turn_usd)")
        one.add_argument("--role", default="deep" if kind == "filter" else "quick", help="who is asked",
                         choices=("quick", "talk", "deep", "local-only"))  # fmt: skip
        one.add_argument("--limit", type=at_least_one, default=0, metavar="N", help="rows at most")
        one.set_defaults(of="", recall=0.95, sure=False)
        _own(one, kind)
        one.add_argument("--yes", action="store_true", help="agree to the price without being asked")
        one.set_defaults(run=run_column, kind=kind)
    _sheet_commands(commands, common)


def _own(parser: argparse.ArgumentParser, kind: str) -> None:
    """What one kind of column takes besides."""
    if kind == "filter":
        parser.add_argument("--recall", type=_share, metavar="SHARE", help="how many of those that fit are kept (0.95)")
        parser.add_argument("--sure", action="store_true", help="until that is sure, whatever it costs within the cap")
    elif kind in ("reduce", "resolve"):
        parser.add_argument("--of", metavar="COLUMN", help="read what that column says in place of the rows")


def _sheet_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    sheet = commands.add_parser("sheet").add_subparsers(required=True, metavar="WHAT")
    listing = sheet.add_parser("list", parents=[common], help="your sheets")
    listing.set_defaults(run=run_list)
    show = sheet.add_parser("show", parents=[common], help="rows and cells, each with where its words stand")
    show.add_argument("name")
    show.add_argument("--sample", type=at_least_one, default=0, metavar="N",
                      help="so many rows by chance, whole, to see whether they are right")  # fmt: skip
    show.set_defaults(run=run_show)
    correct = sheet.add_parser("correct", parents=[common], help="say yourself what a cell shall be")
    correct.add_argument("name")
    correct.add_argument("row", type=int)
    correct.add_argument("column")
    correct.add_argument("value", nargs="*", help="the right words; with none the model's count again")
    correct.set_defaults(run=run_correct)
    export = sheet.add_parser("export", parents=[common], help="write a sheet to a file: .csv, .json or .md")
    export.add_argument("name")
    export.add_argument("file", type=Path)
    export.set_defaults(run=run_export)
    drop = sheet.add_parser("drop", parents=[common], help="take a sheet away, or one of its columns")
    drop.add_argument("name")
    drop.add_argument("--column", default="")
    drop.add_argument("--yes", action="store_true", help="without being asked")
    drop.set_defaults(run=run_drop)


def run_column(given: argparse.Namespace, printer: Printer) -> int:
    column = Column(given.column, given.kind, " ".join(given.prompt), given.role, given.of, given.recall, given.sure)
    request = wire.PlanSheet(given.name, column, given.over, given.limit, given.cap)
    with Client(given.home, profile=given.profile or "") as client:
        plan = client.call(request)
        for line in plan_lines(plan):
            printer.line(line)
        if plan.calls and not given.yes and not confirm("Do it?"):
            raise BadInput("Nothing was asked.", safe="Nothing was spent.", do="Agree with y, or pass --yes.")

        def show(event: Any) -> None:
            if isinstance(event, wire.SheetStep):
                spent = "" if not event.spent else f", ${event.spent:.4f}"
                printer.progress(f"{event.doing or event.column}: {event.done} of {event.total}{spent}")

        try:
            filled = client.call(wire.FillSheet(request, plan.mark), show)
        finally:
            printer.progress_over()
        shown = _whole(client, given.name)
    printer.data({"filled": filled, "sheet": shown}, [*_lines(shown, given.column), "", *result_lines(filled)])
    if filled.stopped:
        printer.trouble(filled.stopped)
    return 1 if filled.stopped else 0


def run_list(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        listed = client.call(wire.ListSheets())
    lines = [
        f"{line.sheet.name:<20} {counted(line.rows, 'row')} of {line.sheet.over}; "
        f"{', '.join(column.name for column in line.sheet.columns)} ({standing(line)})"
        + ("" if line.sheet.state == "done" else "; run its command again")
        for line in listed.sheets
    ]
    printer.data(listed, lines or ["No sheet yet. Make one with: sage map"])
    return 0


def run_show(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = _whole(client, given.name)
    lines = [f"{shown.sheet.name}: {counted(len(shown.rows), 'row')} of {shown.sheet.over}", ""]
    lines += [f"{column.name} ({column.kind}): {column.prompt}" for column in shown.sheet.columns]
    if given.sample:
        shown = msgspec.structs.replace(shown, rows=sampled(shown.rows, given.sample, random.Random()))
        lines += ["", *(line for row in shown.rows for line in (f"--- {row.row} {row.source}", row.text.strip()))]
        lines += ["", f"Put a wrong one right with: sage sheet correct {shown.sheet.name} ROW COLUMN WORDS"]
    printer.data(shown, [*lines, "", *_lines(shown)])
    return 0


def run_correct(given: argparse.Namespace, printer: Printer) -> int:
    value = " ".join(given.value) if given.value else None
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.CorrectCell(given.name, given.row, given.column, value))
    said = "Kept." if value is not None else "What the model said counts again."
    printer.data(shown, [said, f"It is a case for trying models on, too: {shown.case}"] if shown.case else [said])
    return 0


def run_export(given: argparse.Namespace, printer: Printer) -> int:
    write = file_format(given.file.name)
    with Client(given.home, profile=given.profile or "") as client:
        shown = _whole(client, given.name)
    write_new(given.file, write(shown))
    printer.data({"file": str(given.file)}, [f"Written to {given.file}."])
    return 0


def run_drop(given: argparse.Namespace, printer: Printer) -> int:
    what = f"column {given.column} of {given.name}" if given.column else f"sheet {given.name}"
    if not given.yes and not confirm(f"Take the {what} away, with what models and you wrote in it?"):
        raise BadInput("Nothing was taken away.", do="Agree with y, or pass --yes.")
    with Client(given.home, profile=given.profile or "") as client:
        client.call(wire.DropSheet(given.name, given.column))
    printer.data({"dropped": what}, [f"The {what} is gone."])
    return 0


def _whole(client: Client, name: str) -> wire.SheetShown:
    """A sheet, page by page."""
    shown = client.call(wire.ShowSheet(name))
    while shown.more:
        shown = shown.with_more(client.call(wire.ShowSheet(name, shown.rows[-1].row)))
    return shown


def _lines(shown: wire.SheetShown, column: str = "") -> list[str]:
    """Each row with its cells below it, and below each the words that it rests on."""
    cells: dict[int, list[Cell]] = defaultdict(list)
    for cell in shown.cells:
        if not column or cell.column == column:
            cells[cell.row].append(cell)
    lines: list[str] = []
    for cell in cells[0]:
        lines += [f"{cell.column}:", *cell.says.splitlines()]
        lines += [f"  {text}" for text in shown.citations.get(f"0 {cell.column}", ())]
    if column and set(cells) == {0}:
        return lines
    for row in shown.rows:
        lines.append(f"{row.row:>3}  {row.source}")
        for cell in cells[row.row]:
            lines += [f"       {cell.column}: {said(cell)}"]
            lines += [f"         {text}" for text in shown.citations.get(f"{cell.row} {cell.column}", ())]
    return lines


def _share(text: str) -> float:
    value = float(text)
    if not 0.5 <= value < 1:
        raise ValueError
    return value


def _dollars(text: str) -> float:
    value = float(text.removeprefix("$"))
    if not 0 <= value < float("inf"):
        raise ValueError
    return value
