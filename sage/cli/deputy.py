"""`sage reply`, `sage away`, `sage back`: what is answered on your behalf, and when."""

from __future__ import annotations

import argparse
from typing import Any

from sage import wire
from sage.cli.printing import Printer
from sage.client import Client
from sage.core.deputy.replies import WORDS, Decision

_DECIDED: dict[Decision, str] = {
    "answer": "Sage would answer by itself",
    "draft": "You would get a draft",
    "handoff": "It would be left to you",
    "silence": "Nothing would be said",
}


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    reply = commands.add_parser("reply", parents=[common])
    reply.add_argument("--contact", required=True, metavar="NAME", help="one of `sage contacts list`, or an address")
    reply.add_argument("--channel", required=True, metavar="ACCOUNT", help="such as matrix/me, or a plugin alone")
    reply.add_argument("text", help="what they would write")
    reply.set_defaults(run=run_reply)
    away = commands.add_parser("away", parents=[common])
    away.add_argument(
        "words", nargs="*", metavar="HOW LONG", help="such as 2h, or: until friday (else: until `sage back`)"
    )
    away.set_defaults(run=run_away)
    back = commands.add_parser("back", parents=[common])
    back.set_defaults(run=run_back)


def run_reply(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        tried = client.call(wire.TryReply(given.contact, given.channel, given.text))
    lines = [f"{_DECIDED[tried.decision]}: {tried.reason}."]
    if tried.decision == "handoff":
        lines.append("They hear one constant sentence:" if tried.text else "They hear nothing.")
    lines += ["", tried.text] if tried.text else []
    lines += [f"  from {piece.citation}" for piece in tried.sources]
    lines += ["", f"Who would read it: {', '.join(tried.audience)}", *_next(given, tried)]
    printer.data(tried, lines)
    return 0


def _next(given: argparse.Namespace, tried: wire.ReplyTried) -> list[str]:
    """What would let Sage answer it, where one command does."""
    if tried.reason == WORDS["stranger"]:
        return [f"To make them a contact: sage contacts add NAME --address {' '.join(tried.audience)}"]
    if tried.reason == WORDS["ask"]:
        topics = dict.fromkeys(piece.topic for piece in tried.sources)
        return [
            f"To let Sage answer it by itself: sage grant {' '.join(tried.audience)} {each} auto" for each in topics
        ]
    return []


def run_away(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.GoAway(" ".join(given.words)))
    printer.data(
        shown, [f"You are {shown.words}. What is answered meanwhile: sage inbox away", *filter(None, (shown.but,))]
    )
    return 0


def run_back(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.ComeBack())
    printer.data(shown, [f"You are {shown.words}."])
    return 0
