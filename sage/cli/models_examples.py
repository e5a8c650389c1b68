"""`sage models examples`: what a stronger model answered and you kept, shown to the quick one."""

from __future__ import annotations

import argparse
from typing import Any

from sage import wire
from sage.cli.evals import add_trial_options, run_tried
from sage.cli.printing import Printer
from sage.client import Client


def add_examples(models: Any, common: argparse.ArgumentParser) -> None:
    examples = models.add_parser("examples", help="answers that you kept, shown to the quick model")
    whats = examples.add_subparsers(required=True, metavar="WHAT")
    listing = whats.add_parser("list", parents=[common], help="those that are kept, and what could serve")
    listing.set_defaults(run=run_list)
    show = whats.add_parser("show", parents=[common], help="one with all its words")
    show.add_argument("id", help="its id, or its turn's")
    show.set_defaults(run=run_show)
    add = whats.add_parser("add", parents=[common], help="keep what could serve")
    add.add_argument(
        "turn", nargs="?", default="", help='only this turn ("last": the newest); else all that is proposed'
    )
    add.set_defaults(run=run_add)
    drop = whats.add_parser("drop", parents=[common], help="take one away; it is not proposed again")
    drop.add_argument("id", help="its id, or its turn's")
    drop.set_defaults(run=run_drop)
    tried = whats.add_parser("try", parents=[common], help="keep what could serve, and try quick with it on your cases")
    add_trial_options(tried)
    tried.set_defaults(run=run_try)
    for name, on in (("on", True), ("off", False)):
        switch = whats.add_parser(name, parents=[common], help=f"quick is shown {'them' if on else 'none'} from now on")
        switch.set_defaults(run=run_set, on=on)


def run_list(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.ListExamples())
    printer.data(shown, _lines(shown))
    return 0


def run_show(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.ShowExample(given.id))
    printer.data(shown, [_line(shown), "", f"You: {shown.said}", f"{shown.model}: {shown.answer}"])
    return 0


def run_add(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.AddExamples(given.turn))
    printer.data(shown, _lines(shown))
    return 0


def run_drop(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        client.call(wire.DropExample(given.id))
    printer.data({"dropped": given.id}, [f"{given.id} is no example any more; its turn is as it was."])
    return 0


def run_try(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        client.call(wire.AddExamples())
    return run_tried(given, printer, examples=True)


def run_set(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        done = client.call(wire.SetExamples(given.on))
    again = ["Back again with: sage models rollback"] if done.swap else []
    printer.data(done, [*done.told, *(f"  {change}" for change in done.changes), *again])
    return 0


def _lines(shown: wire.ExamplesShown) -> list[str]:
    lines = [*shown.told]
    lines += ["", "Kept:", *(f"  {_line(each)}" for each in shown.examples)] if shown.examples else []
    lines += ["", "Could serve:", *(f"  {_line(each)}" for each in shown.proposed)] if shown.proposed else []
    return lines


def _line(each: wire.ExampleLine) -> str:
    said = " ".join(each.said.split())
    marks = [each.task, each.model, f"{each.tokens} tokens", "on this machine only" if each.local else ""]
    return f"{each.id or each.turn}  {said[:60]}{'…' if len(said) > 60 else ''}  ({', '.join(filter(None, marks))})"
