"""`sage models ledger` and `sage models told`: what models were asked, what it cost, what became of it."""

from __future__ import annotations

import argparse
import csv
import os
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, get_args

import msgspec

from sage import wire
from sage.cli.printing import Printer
from sage.client import Client
from sage.core.errors import BadInput
from sage.core.ledger import LedgerCall, What
from sage.core.ledger_sums import By, cap_words, chart, line_words, money_words
from sage.locations import typed_path


def add_ledger(models: Any, common: argparse.ArgumentParser) -> None:
    ledger = models.add_parser(
        "ledger", parents=[common], help="what models were asked, what it cost, what became of it"
    )
    ledger.add_argument("--days", type=int, default=30, metavar="N", help="so many days, today included (30)")
    ledger.add_argument("--by", choices=get_args(By), default="model", help="what the calls are summed by (model)")
    ledger.add_argument("--csv", default="", metavar="FILE", help="write each call as a line of a new CSV file")
    ledger.set_defaults(run=run_ledger)
    told = models.add_parser("told", parents=[common], help="say what became of an answer")
    told.add_argument("what", choices=get_args(What), metavar="WHAT", help=", ".join(get_args(What)))
    told.add_argument("turn", nargs="?", default="last", help="the turn's id; without one the newest")
    told.set_defaults(run=run_told)


def run_ledger(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        if given.csv:
            path = typed_path(given.csv)
            count = _write(path, _calls(client, given.days))
            printer.data({"file": str(path), "calls": count}, [f"{count:,} calls written to {path}"])
            return 0
        shown = client.call(wire.ShowLedger(given.days, given.by))
    printer.data(shown, _lines(shown))
    return 0


def run_told(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        client.call(wire.TellOutcome(given.turn, given.what))
    printer.data({"turn": given.turn, "what": given.what}, [f"Noted: {given.what}."])
    return 0


def _lines(shown: wire.LedgerShown) -> Iterator[str]:
    if not shown.whole.calls:
        yield f"No model was asked anything from {shown.first} to {shown.last}."
    else:
        yield f"{shown.first} to {shown.last}: {money_words(shown.whole)}. By {shown.by}:"
        for line in shown.lines:
            yield ""
            yield from line_words(line)
        yield ""
        yield from chart(shown.days, date.fromisoformat(shown.first), date.fromisoformat(shown.last))
    yield ""
    yield from cap_words(shown.caps)


def _calls(client: Client, days: int) -> Iterator[LedgerCall]:
    after, more = "", True
    while more:
        page = client.call(wire.ListLedgerCalls(days, after))
        yield from page.calls
        after, more = page.calls[-1].id if page.calls else "", page.more


def _write(path: Path, calls: Iterable[LedgerCall]) -> int:
    """Writes them into a new file that nobody else may read; what is not known is an empty field."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        why = "It is there already." if isinstance(error, FileExistsError) else str(error.strerror)
        raise BadInput(
            f"{path} cannot be written: {why}", safe="Nothing was changed.", do="Name another file."
        ) from error
    count = 0
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(LedgerCall.__struct_fields__)
        for call in calls:
            table.writerow(_cell(value) for value in msgspec.structs.astuple(call))
            count += 1
    return count


def _cell(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula gets a quote before it (OWASP, "CSV Injection")."""
    if isinstance(value, str) and value[:1] in tuple("=+-@\t\r"):
        return f"'{value}"
    return value
