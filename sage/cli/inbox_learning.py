"""`sage inbox cases|keep|figures`: what is learnt from drafts, and only if the person wants it."""

from __future__ import annotations

import argparse
from typing import Any

from sage import wire
from sage.cli.printing import UNASKED, Printer, confirm, number
from sage.client import Client
from sage.core.deputy.learning import Case, Figure
from sage.core.errors import BadInput


def add_to(what: Any, common: argparse.ArgumentParser) -> None:
    """The commands about learning, below `sage inbox`."""
    cases = what.add_parser("cases", parents=[common], help="drafts that were wrong, and what you made of them")
    cases.add_argument("--limit", type=number, default=200, metavar="N", help="how many (default: %(default)s)")
    cases.set_defaults(run=run_cases)
    keep = what.add_parser("keep", parents=[common], help="keep what you answered, so that Sage may answer it again")
    keep.add_argument("id", help="of what you sent, as `sage inbox show` names it")
    keep.add_argument("--with", dest="names", nargs="+", required=True, metavar="NAME", help="who may be told it")
    keep.add_argument("--question", default="", metavar="WORDS", help="what it answers, in your own words")
    keep.add_argument(
        "--answer", default="", metavar="WORDS", help="in the place of what you sent; if you sent nothing"
    )
    keep.add_argument("--yes", action="store_true", help="do not ask")
    keep.set_defaults(run=run_keep)
    figures = what.add_parser(
        "figures", parents=[common], help="how much Sage could answer, and how often it was right"
    )
    figures.set_defaults(run=run_figures)


def run_cases(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.ListCases(given.limit))
    lines = [line for case in shown.cases for line in _case_lines(case)]
    printer.data(shown, lines or ["No draft was edited, denied or corrected yet."])
    return 0


def _case_lines(case: Case) -> list[str]:
    lines = [f"{case.at[:16].replace('T', ' ')}  {case.contact}: {_line(case.asked)}  [{case.id}]"]
    lines += [f"  drafted: {_line(case.drafted)}"]
    lines += [f"  from:    {piece.citation}" for piece in case.pieces]
    return [*lines, f"  {case.made}" + (f": {_line(case.final)}" if case.final else ""), ""]


def run_keep(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.KeepAnswer(given.id, tuple(given.names), given.question, given.answer))
        for line in (f"Into {shown.path}:", "", *(f"  {line}" for line in shown.text.splitlines()), ""):
            printer.line(line)
        printer.line(f"Who may see it: {', '.join(shown.audience)} (now: {', '.join(shown.readers) or 'nobody'})")
        if not (given.yes or (not printer.as_json and confirm("Keep it?"))):
            raise BadInput("It was not kept.", safe="Nothing was written.", do=UNASKED)
        kept = client.call(wire.KeepAnswer(given.id, shown.audience, given.question, given.answer, shown.digest))
    printer.data(kept, [f"Kept in {kept.path}. It is yours to edit."])
    return 0


def run_figures(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.ShowFigures())
    data = {"figures": [_as_data(each) for each in shown.figures], "offers": shown.offers}
    lines = [each.words for each in shown.figures]
    printer.data(data, [*lines, *(offer.words for offer in shown.offers)] or ["Nobody asked anything yet."])
    return 0


def _as_data(figure: Figure) -> dict[str, Any]:
    fields = {name: getattr(figure, name) for name in figure.__struct_fields__}
    return fields | {"coverage": round(figure.coverage, 4), "precision": figure.precision}


def _line(text: str) -> str:
    return " ".join(text.split())[:200]
