"""`sage reply`, `sage away`, `sage back`: what is answered on your behalf, and when."""

from __future__ import annotations

import argparse
from typing import Any

from sage import wire
from sage.cli.printing import Printer
from sage.client import Client


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    reply = commands.add_parser(
        "reply", parents=[common], help="what would be said to somebody's message while you are away; never sends it"
    )
    reply.add_argument(
        "--contact", required=True, metavar="ID", help="a name of your settings' [people], or an address"
    )
    reply.add_argument("--channel", required=True, metavar="NAME", help="an account such as matrix/me, or a plugin")
    reply.add_argument("text", help="what they would write")
    reply.set_defaults(run=run_reply)
    away = commands.add_parser("away", parents=[common], help="let easy questions be answered, as your grants allow")
    away.add_argument(
        "words", nargs="*", metavar="HOW LONG", help="such as 2h, or: until friday (else: until `sage back`)"
    )
    away.set_defaults(run=run_away)
    back = commands.add_parser("back", parents=[common], help="you are back: nothing is answered without you any more")
    back.set_defaults(run=run_back)


def run_reply(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        tried = client.call(wire.TryReply(given.contact, given.channel, given.text))
    lines = [f"{tried.decision}: {tried.reason}"]
    lines += ["", tried.text] if tried.text else []
    lines += [f"  from {piece.citation}" for piece in tried.sources]
    lines += ["", f"Who would read it: {', '.join(tried.audience)}"]
    printer.data(tried, lines)
    return 0


def run_away(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.GoAway(" ".join(given.words)))
    printer.data(shown, [f"You are {shown.words}. What is answered meanwhile: sage inbox away"])
    return 0


def run_back(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.ComeBack())
    printer.data(shown, [f"You are {shown.words}."])
    return 0
