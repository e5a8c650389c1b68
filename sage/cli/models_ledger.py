"""`sage models ledger` and `sage models told`: what models were asked, what it cost, what became of it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from typing import Any, get_args

from sage import wire
from sage.cli.printing import Printer
from sage.client import Client
from sage.core.ledger import LedgerCall, What
from sage.core.ledger_sums import By, cap_words, chart, line_words, money_words
from sage.core.model_exports import ledger_table
from sage.core.sharing_words import counted
from sage.locations import typed_path
from sage.tui.files import write_new


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
            calls = list(_calls(client, given.days))
            write_new(path, ledger_table(calls))
            printer.data({"file": str(path), "calls": len(calls)}, [f"{counted(len(calls), 'call')} written to {path}"])
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
