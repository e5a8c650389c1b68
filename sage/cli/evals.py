"""`sage eval`: the person's own cases, made of turns, with which models are tried."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Literal, get_args

from sage import wire
from sage.cli import bundles
from sage.cli.printing import Printer, choose, confirm, refuse_pipe
from sage.client import Client
from sage.core.case_words import case_lines, case_marks
from sage.core.cases import MUST_ASK, Calls, Check, Fits, NeverCalls, Omits, Rating, Says
from sage.core.errors import BadInput
from sage.core.model_choice import ModelRole
from sage.core.sharing_words import counted
from sage.core.trials import TrialProgress, agreement_words, dollars, verdict_words
from sage.tui.files import read_schema


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    evals = commands.add_parser("eval", parents=[common])
    evals.add_argument(
        "--without",
        metavar="PART",
        help="whether a part earns its place: retrieval, examples, skill:NAME, section:NAME or plugin:NAME",
    )
    add_trial_options(evals)
    evals.set_defaults(run=run_without)
    whats = evals.add_subparsers(metavar="WHAT")
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
    whats.add_parser("parts", parents=[common], help="what --without can leave out").set_defaults(run=run_parts)
    whats.add_parser("trials", parents=[common], help="what was tried").set_defaults(run=run_trials)
    trial = whats.add_parser("trial", parents=[common], help="a trial with its verdict, case by case")
    trial.add_argument("trial", nargs="?", default="last", help="its id; else the newest one")
    trial.set_defaults(run=run_trial)
    bundles.add_bundle(whats, common)
    vote = whats.add_parser(
        "vote", parents=[common], help="choose the better of two answers, not knowing whose they are"
    )
    vote.add_argument("trial", nargs="?", default="last", help="its id; else the newest one")
    vote.set_defaults(run=run_vote)


def add_try(models: Any, common: argparse.ArgumentParser) -> None:
    """`sage models try`."""
    tried = models.add_parser(
        "try", parents=[common], help="try a model on your own cases, beside the one that answers now"
    )
    tried.add_argument("id", help="embedded:NAME, or provider/NAME as litellm writes it")
    tried.add_argument("--role", default="talk", choices=get_args(ModelRole), help="whose place it would take (talk)")
    tried.add_argument("--base-url", default="", help="the address of an OpenAI-compatible server")
    tried.add_argument("--key-env", default="", metavar="VARIABLE", help="the environment variable that holds the key")
    add_trial_options(tried)
    tried.set_defaults(run=run_try)


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
        add.append(Fits(read_schema(given.schema)))
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


def add_trial_options(parser: argparse.ArgumentParser) -> None:
    """What every trial may be given."""
    parser.add_argument("--cases", action="append", default=[], metavar="CASE", help="only this case, or kind of task")
    parser.add_argument(
        "--judge", default="", metavar="MODEL", help="a model that compares what checks cannot tell apart"
    )
    parser.add_argument("--judge-base-url", default="", metavar="ADDRESS", help="the judge's OpenAI-compatible server")
    parser.add_argument("--yes", action="store_true", help="agree to the price without being asked")


def run_without(given: argparse.Namespace, printer: Printer) -> int:
    if not given.without:
        raise BadInput("What of your cases?", do="See what there is: sage eval --help")
    return run_tried(given, printer, without=given.without)


def run_try(given: argparse.Namespace, printer: Printer) -> int:
    """`sage models try`."""
    return run_tried(given, printer, model=given.id, base_url=given.base_url, key_env=given.key_env, role=given.role)


def run_tried(given: argparse.Namespace, printer: Printer, **what: Any) -> int:
    """A trial: its price, then its progress, then its verdict."""
    what |= {"cases": tuple(given.cases), "judge": given.judge, "judge_base_url": given.judge_base_url}
    with Client(given.home, profile=given.profile or "") as client:
        price = client.call(wire.PriceTrial(**what))
        if price.worst != 0 and price.calls and not given.yes:
            _agree(price)
        try:
            shown = client.call(wire.RunTrial(**what), lambda event: _show_progress(event, printer))
        finally:
            printer.progress_over()
    printer.data(shown, [*shown.words, *map(agreement_words, shown.agreements), *_next_steps(shown)])
    return 0


def run_trials(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.ListTrials())
    lines = [f"{one.id}  {verdict_words(one, ())[0]}" for one in shown.trials]
    printer.data(shown, lines or ["Nothing was tried yet. Begin with: sage models try MODEL"])
    return 0


def run_parts(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        parts = client.call(wire.ListParts()).parts
    lines = [f"{each.part:<28} in {each.cases} case{'s' * (each.cases != 1)}" for each in parts]
    printer.data(parts, lines or ["No cases yet. Make some: sage eval capture --last 20"])
    return 0


def run_trial(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.ShowTrial(given.trial))
    printer.data(shown, [*shown.words, *map(agreement_words, shown.agreements)])
    return 0


def run_vote(given: argparse.Namespace, printer: Printer) -> int:
    refuse_pipe()
    with Client(given.home, profile=given.profile or "") as client:
        ballot = client.call(wire.NextBallot(given.trial))
        if not ballot.case:
            printer.line("There is nothing to vote on: checks tell all answers apart, or you have voted.")
        while ballot.case:
            for line in ("", f"You: {ballot.said}", "", "1:", ballot.left, "", "2:", ballot.right, ""):
                printer.line(line)
            choice = choose(f"Which is better, 1 or 2? = for neither, Enter to stop ({ballot.open} left)", "12=")
            if not choice:
                break
            choices: dict[str, Literal["left", "right", "tie"]] = {"1": "left", "2": "right", "=": "tie"}
            told = client.call(wire.CastVote(ballot.trial, ballot.case, choices[choice]))
            printer.line(f"1 was the {_side(told.left)}, 2 the {_side(told.right)}.")
            ballot = client.call(wire.NextBallot(ballot.trial))
        shown = client.call(wire.ShowTrial(ballot.trial))
    printer.data(shown, ["", shown.words[0], *map(agreement_words, shown.agreements)])
    return 0


def _agree(price: wire.TrialPrice) -> None:
    most = (
        "at a price that is unknown (counted as $0.50 a call)"
        if price.worst is None
        else f"for at most {dollars(price.worst)}"
    )
    if not confirm(f"This asks up to {counted(price.calls, 'time')}, {most}, within your caps. Go on?"):
        raise BadInput("Nothing was tried.", safe="Nothing was spent.", do="Agree with y, or pass --yes.")


def _show_progress(event: Any, printer: Printer) -> None:
    if isinstance(event, TrialProgress) and event.total:
        printer.progress(f"{event.done} of {event.total} cases · {dollars(event.cost)}")


def _next_steps(shown: wire.TrialShown) -> list[str]:
    trial = shown.trial
    word = trial.verdict.word if trial.verdict else ""
    if trial.kind == "model" and word == "ADOPT":
        return [
            f"Let it answer: sage models use {trial.candidate}",
            f"Or half of your everyday questions first: sage models canary {trial.candidate}",
        ]
    if trial.kind == "with" and word == "ADOPT":
        return ["Show them to quick from now on: sage models examples on"]
    if word == "NEED":
        return ["More cases: sage eval capture --last 20, then try again. What was answered is not asked again."]
    return []


def _side(name: str) -> str:
    return "one that answers now" if name == "current" else "candidate"


def _lines(case: wire.EvalCaseLine) -> list[str]:
    marks = case_marks(case.task, case.rating, case.value, holdout=case.holdout, local=case.local)
    said = " ".join(case.said.split())
    checks = "; ".join(case.checks) or "nothing is checked yet"
    return [
        f"{case.id}  {said[:70]}{'…' if len(said) > 70 else ''}",
        f"    {' · '.join(filter(None, (*marks, case.model)))}",
        f"    {checks}",
    ]


def _hints(case: wire.EvalCaseLine) -> list[str]:
    if case.rating == "wrong":
        return [f"    Say what is right, if you like: sage eval edit {case.id} --says WORDS"]
    return []


def _case_lines(shown: wire.EvalCaseShown) -> list[str]:
    return case_lines(shown.case, shown.changed, add="sage eval edit CASE --says WORDS")
