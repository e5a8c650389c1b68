"""`sage ask`: one turn of a conversation on the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from sage import wire
from sage.cli.printing import Printer, confirm, hit_as_data
from sage.client import Client
from sage.core.errors import BadInput, NotFound
from sage.core.messages import TextDelta
from sage.core.passages import OWNER, SAGE
from sage.core.turns import ActionTaken, Answer, ApprovalNeeded, Branch, Correction, StartedOver, TurnStarted, goes_on


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    ask = commands.add_parser("ask", parents=[common])
    ask.add_argument("text", nargs="+", help="the words; - reads standard input, and may stand beside words")
    ask.add_argument("-c", "--continue", dest="goes_on", action="store_true", help="go on with the last conversation")
    ask.add_argument("--conversation", default="", metavar="ID", help="go on with that conversation")
    branch = ask.add_mutually_exclusive_group()
    branch.add_argument("--after", default="", metavar="TURN", help="a branch: go on after that turn, which stays")
    branch.add_argument(
        "--in-place-of", default="", metavar="TURN", help="a branch: ask this in place of that turn's words"
    )
    depth = ask.add_mutually_exclusive_group()
    for wish, told in (("deep", "let your deep model answer"), ("quick", "let your quick model answer")):
        depth.add_argument(f"--{wish}", dest="wish", action="store_const", const=wish, default="", help=told)
    ask.add_argument(
        "--attach",
        action="append",
        default=[],
        metavar="FILE",
        help="a PDF or text, or a picture for a model that can see",
    )
    ask.set_defaults(run=run_ask)
    talk = commands.add_parser("talk").add_subparsers(required=True, metavar="WHAT")
    listing = talk.add_parser("list", parents=[common], help="the newest conversations")
    listing.add_argument("words", nargs="*", help="only those in which each of these words was said or answered")
    listing.set_defaults(run=run_list)
    for name, run, told in (
        ("show", run_show, "every turn of a conversation, with its time"),
        ("summarize", run_summarize, "make a conversation into a note that cites its turns; the turns stay"),
    ):
        one = talk.add_parser(name, parents=[common], help=told)
        one.add_argument("conversation", nargs="?", default="last", help="its id (the last one)")
        one.set_defaults(run=run)


def run_ask(given: argparse.Namespace, printer: Printer) -> int:
    said = given_words(given.text, nothing="There is nothing to ask.")
    conversation = given.conversation or ("last" if given.goes_on else "")
    attended = "-" not in given.text and sys.stdin.isatty() and sys.stderr.isatty() and not given.json
    turn = given.after or given.in_place_of
    branch = Branch(turn, instead=bool(given.in_place_of)) if turn else None
    attach = tuple(str(Path(file).expanduser().absolute()) for file in given.attach)
    with Client(given.home, profile=given.profile or "") as client:
        stream = _Stream(client, printer)
        try:
            ask = wire.Ask(said, conversation, attended, wish=given.wish, attach=attach, branch=branch)
            answer = client.call(ask, stream.show)
        except KeyboardInterrupt:
            if stream.turn:
                client.call(wire.StopTurn(stream.turn))
            raise
        finally:
            stream.end()
    _print_answer(answer, stream, printer)
    return 0


def run_list(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        found = client.call(wire.ListConversations(words=" ".join(given.words))).conversations
    lines = [
        f"{each.id}  {_minute(each.last_at)}  {each.turns:3} turns  {each.title}{_branch(each.branch)}"
        for each in found
    ]
    printer.data(
        found,
        lines or ["No talk holds these words." if given.words else "No conversation yet. Begin one with: sage ask"],
    )
    return 0


def run_show(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.ShowConversation(given.conversation))
    lines = [f"({shown.branch})", ""] if shown.branch else []
    for turn in shown.turns:
        lines += [f"{OWNER}, {_minute(turn.said_at)} ({turn.answer.turn})", turn.said, ""]
        lines += [f"{SAGE} ({turn.answer.model})", turn.answer.answer, ""]
    if not lines:
        raise NotFound(f"There is no conversation {given.conversation!r}.", do="See them with: sage talk list")
    printer.data(shown, lines)
    return 0


def run_summarize(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        made = client.call(wire.Summarize(given.conversation))
    cost = "price unknown" if made.cost is None else f"${made.cost:.4f}"
    turns = f"{len(made.turns)} turn{'s' * (len(made.turns) != 1)}"
    printer.data(
        made, [f"Written to {given.home.path / made.note.path}: {turns} cited, worded by {made.model}, {cost}."]
    )
    return 0


def _branch(told: str) -> str:
    return f"  ({told})" if told else ""


def _minute(moment: str) -> str:
    return moment[:16].replace("T", " ")


def given_words(parts: list[str], *, nothing: str) -> str:
    """The words of the command line, and standard input where `-` stands. Raises BadInput: `nothing` if there are none."""
    piped = ""
    if "-" in parts:
        try:
            piped = sys.stdin.buffer.read().decode()
        except UnicodeDecodeError as error:
            raise BadInput(
                "Standard input is not UTF-8 text.", safe="Nothing was done with it.", do="Convert it to UTF-8 first."
            ) from error
    said = " ".join(part for part in parts if part != "-")
    text = "\n\n".join(filter(None, (said, piped.strip())))
    if not text.strip():
        raise BadInput(
            nothing, safe="Nothing was done.", do="Write some words after the command, or pipe text in with -"
        )
    return text


class _Stream:
    """Prints an answer while it comes, and asks the person when the turn asks them."""

    def __init__(self, client: Client, printer: Printer) -> None:
        self._client, self._printer = client, printer
        self.turn = ""
        self.shown = ""

    def show(self, event: Any) -> None:
        match event:
            case TurnStarted():
                self.turn = event.turn
            case TextDelta():
                self.shown += event.text
                self._printer.piece(event.text)
            case StartedOver():
                if self.shown:  # else nothing was said yet, and the line below the answer tells
                    self._void(f"{event.why} {event.model} answers instead.")
            case Correction():
                self._correct(event.text)
            case ApprovalNeeded():
                granted = confirm(f"\n{event.why} Do it? {event.text}")
                self._client.post(wire.Decide(event.approval, event.digest, granted))
            case ActionTaken() if event.action.state != "done":
                self._printer.line(f"({event.action.tool}: {event.action.result})")

    def _void(self, why: str) -> None:
        self._printer.line()
        self._printer.line()
        self._printer.line(f"({why})")
        self.shown = ""

    def _correct(self, text: str) -> None:
        """What was printed cannot be taken back: what is new is put below it, or all of it if it begins otherwise."""
        rest = goes_on(self.shown, text)
        if rest is None:
            self._void("What stands above is void.")
        self._printer.piece(text if rest is None else rest)
        self.shown = text

    def end(self) -> None:
        if self.shown:
            self._printer.line()


def _print_answer(answer: Answer, stream: _Stream, printer: Printer) -> None:
    data = {
        "answer": answer.answer,
        "sources": [hit_as_data(hit) for hit in answer.sources],
        "actions": answer.actions,
        "model": answer.model,
        "usage": answer.usage,
        "cost": answer.cost,
        "id": answer.turn,
        "conversation": answer.conversation,
        "state": answer.state,
        "aside": answer.aside,
    }
    lines = [""] if answer.sources else []
    lines += [f"[{number}] {hit.citation}" for number, hit in enumerate(answer.sources, 1)]
    if answer.trouble:
        lines.append(answer.trouble)
    printer.data(data, lines)
    cost = "" if answer.cost == 0 else " · price unknown" if answer.cost is None else f" · ${answer.cost:.4f}"
    if sys.stdout.isatty():
        aside = f" · {answer.aside}" if answer.aside else ""
        printer.line(f"{answer.model}{cost}{aside} · sage why {answer.turn}")
