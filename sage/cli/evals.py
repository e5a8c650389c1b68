"""`sage eval`: the person's own cases, made of turns, with which models are tried."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from sage import wire
from sage.cli.printing import Printer
from sage.client import Client
from sage.core.cases import MUST_ASK, Calls, Check, Fits, NeverCalls, Omits, Rating, Says, check_words
from sage.core.errors import BadInput


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    evals = commands.add_parser("eval", parents=[common], help="your own cases, with which models are tried")
    whats = evals.add_subparsers(required=True, metavar="WHAT")
    capture = whats.add_parser("capture", parents=[common], help="make a case of a turn")
    capture.add_argument(
        "turn", nargs="?", default="last", help="the turn's id, as after an answer; else the newest one"
    )
    capture.add_argument("--last", type=int, default=0, metavar="N", help="the newest N turns")
    rated = capture.add_mutually_exclusive_group()
    for name, rating in (("--right", "right"), ("--wrong", "wrong"), ("--should-have-asked", MUST_ASK)):
        rated.add_argument(name, dest="rating", action="store_const", const=rating, help=f"the answer was {rating}")
    capture.add_argument("--value", type=float, default=1.0, help="what a right answer is worth beside others (1)")
    capture.add_argument("--holdout", action="store_true", help="keep it apart: for verdicts alone")
    capture.set_defaults(run=run_capture)
    whats.add_parser("list", parents=[common], help="all cases").set_defaults(run=run_list)
    show = whats.add_parser("show", parents=[common], help="a case with its words and checks")
    show.add_argument("case", help="its id, or its turn's")
    show.set_defaults(run=run_show)
    edit = whats.add_parser("edit", parents=[common], help="change what a case checks")
    edit.add_argument("case", help="its id, or its turn's")
    edit.add_argument("--says", action="append", default=[], metavar="TEXT", help="the answer must have these words")
    edit.add_argument("--omits", action="append", default=[], metavar="TEXT", help="the answer must not have them")
    edit.add_argument("--calls", action="append", default=[], metavar="TOOL", help="it must call this tool")
    edit.add_argument("--never-calls", action="append", default=[], metavar="TOOL", help="it must never call it")
    edit.add_argument("--schema", type=Path, metavar="FILE", help="the answer must be JSON that fits this schema")
    edit.add_argument("--remove", action="append", type=int, default=[], metavar="NUMBER", help="take a check away")
    edit.add_argument("--value", type=float, help="what a right answer is worth beside others")
    edit.add_argument("--holdout", action=argparse.BooleanOptionalAction, help="keep it apart: for verdicts alone")
    edit.add_argument("--task", help="what kind of task it is")
    edit.set_defaults(run=run_edit)
    drop = whats.add_parser("drop", parents=[common], help="take a case away, with what was answered to it")
    drop.add_argument("case", help="its id, or its turn's")
    drop.set_defaults(run=run_drop)


def run_capture(given: argparse.Namespace, printer: Printer) -> int:
    rating: Rating = given.rating or ""
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.CaptureTurns(given.turn, given.last, rating, given.value, given.holdout))
    lines = [text for case in shown.cases for text in (*_lines(case), *_hints(case))]
    printer.data(shown, [*lines, *shown.left_out])
    return 0


def run_list(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.ListEvalCases())
    none = ["No cases yet. Make one of the newest answer: sage eval capture --right"]
    printer.data(shown, [text for case in shown.cases for text in _lines(case)] or none)
    return 0


def run_show(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.ShowEvalCase(given.case))
    printer.data(shown, _case_lines(shown))
    return 0


def run_edit(given: argparse.Namespace, printer: Printer) -> int:
    add: list[Check] = [*map(Says, given.says), *map(Omits, given.omits), *map(Calls, given.calls)]
    add += map(NeverCalls, given.never_calls)
    if given.schema:
        add.append(Fits(_schema(given.schema)))
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(
            wire.EditEvalCase(given.case, tuple(given.remove), tuple(add), given.value, given.holdout, given.task)
        )
    printer.data(shown, _case_lines(shown))
    return 0


def run_drop(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        client.call(wire.DropEvalCase(given.case))
    printer.data({"dropped": given.case}, [f"{given.case} is gone, with all that was answered to it."])
    return 0


def _schema(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(
            f"{path} is no JSON file.", safe="Nothing was changed.", do="Name one with a JSON schema."
        ) from error
    if not isinstance(found, dict):
        raise BadInput(f"{path} holds no schema.", safe="Nothing was changed.", do="A JSON schema is an object.")
    return found


def _lines(case: wire.EvalCaseLine) -> list[str]:
    marks = [
        case.task,
        case.rating,
        f"worth {case.value:g}" if case.value != 1 else "",
        "kept apart" if case.holdout else "",
    ]
    marks += ["on this machine only" if case.local else "", case.model]
    said = " ".join(case.said.split())
    checks = "; ".join(case.checks) or "nothing is checked yet"
    return [
        f"{case.id}  {said[:70]}{'…' if len(said) > 70 else ''}",
        f"    {' · '.join(filter(None, marks))}",
        f"    {checks}",
    ]


def _hints(case: wire.EvalCaseLine) -> list[str]:
    if case.rating == "wrong":
        return [f"    Say what is right, if you like: sage eval edit {case.id} --says WORDS"]
    return []


def _case_lines(shown: wire.EvalCaseShown) -> list[str]:
    case, body = shown.case, shown.case.body
    lines = [f"{case.id} · {case.task}{f' · {case.rating}' if case.rating else ''} · worth {case.value:g}"]
    lines[0] += " · kept apart for verdicts" if case.holdout else ""
    lines += ["", f"You: {body.said}"]
    for step in body.record:
        for call in step.calls:
            shown_arguments = ", ".join(f"{key}: {value}" for key, value in call.arguments.items())
            lines.append(f"  {call.name}({shown_arguments})")
        lines += [f"    {message.text}" for message in step.results]
    lines += [f"{body.model}: {body.answer}", "", "An answer is right if it"]
    lines += [f"  {number}. {check_words(check)}" for number, check in enumerate(body.checks, 1)]
    if not body.checks:
        lines.append("  (nothing is checked yet: sage eval edit CASE --says WORDS)")
    if shown.changed:
        lines += ["", f"Since it was recorded, these have changed: {', '.join(shown.changed)}."]
    if body.local:
        lines.append("It holds words that stay on this machine: no model elsewhere is asked it.")
    return lines
