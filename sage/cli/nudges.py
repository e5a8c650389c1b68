"""`sage nudge`: what Sage proposed, your answers, and what you agree to."""

from __future__ import annotations

import argparse
from typing import Any

from sage import wire
from sage.cli.printing import Printer
from sage.client import Client
from sage.core.focus import USUAL_MINUTES
from sage.core.nudge_words import KINDS, PARTS_OF_DAY, PLURAL, in_part

ANSWERS: dict[str, wire.NudgeReply] = {
    "do": "do",
    "done": "done",
    "snooze": "snooze",
    "today": "not today",
    "never": "never",
}


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    nudge = commands.add_parser("nudge")
    what = nudge.add_subparsers(required=True, metavar="WHAT")
    listing = what.add_parser("list", parents=[common], help="what waits, and what waits for an answer")
    listing.add_argument("--all", action="store_true", help="also those that are over")
    listing.set_defaults(run=run_list)
    answer = what.add_parser("answer", parents=[common], help="do it now, done, snooze, not today, or never this kind")
    answer.add_argument("answer", choices=ANSWERS)
    answer.add_argument("when", nargs="*", help="for snooze: 2h, or tomorrow at 9")
    answer.add_argument("--focus", nargs="?", type=int, const=USUAL_MINUTES, default=0, metavar="MINUTES",
                        help=f"for do: begins a focus session for it ({USUAL_MINUTES} minutes when left out)")  # fmt: skip
    answer.add_argument("--id", default="", help="which nudge (the one that you were told last)")
    answer.set_defaults(run=run_answer)
    allow = what.add_parser("allow", parents=[common], help="agree to kinds of nudges")
    allow.add_argument("kinds", nargs="+", choices=KINDS)
    allow.set_defaults(run=run_allow)
    never = what.add_parser("never", parents=[common], help="no nudges of a kind")
    never.add_argument("kind", choices=KINDS)
    never.add_argument("--in", dest="part", default="", choices=PARTS_OF_DAY, help="only in that part of the day")
    never.set_defaults(run=run_never)
    why = what.add_parser("why", parents=[common], help="why it was told, or was not")
    why.add_argument("id")
    why.set_defaults(run=run_why)
    learner = what.add_parser("learner", parents=[common], help="what was learned of your moments")
    learner.add_argument("--forget", action="store_true", help="begin anew")
    learner.set_defaults(run=run_learner)


def _client(given: argparse.Namespace) -> Client:
    return Client(given.home, profile=given.profile or "")


def run_list(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        shown = client.call(wire.ListNudges(given.all))
    lines = [f"{one.nudge.text}  ({_state(one)})  [{one.nudge.id}]" for one in shown.nudges]
    if not shown.allowed:
        lines.append("You have agreed to no nudges yet: sage nudge allow task goal promise")
    printer.data(shown, lines or ["Nothing waits."])
    return 0


def _state(shown: wire.NudgeShown) -> str:
    nudge = shown.nudge
    said = nudge.answer or ("not answered yet" if nudge.state == "sent" else nudge.state)
    return f"{nudge.kind}, {said}" + (f": {shown.because}" if shown.because and nudge.state == "waiting" else "")


def run_answer(given: argparse.Namespace, printer: Printer) -> int:
    request = wire.AnswerNudge(given.id, ANSWERS[given.answer], " ".join(given.when), given.focus)
    with _client(given) as client:
        answered = client.call(request)
    lines = [answered.words]
    if answered.offers:
        lines.append(f"For a stretch of time for it alone: sage nudge answer do --focus {answered.offers}")
    if answered.proposal:
        rule = answered.proposal
        part = f" --in {rule.part}" if rule.part else ""
        lines += [rule.words, f"If so: sage nudge never {rule.kind}{part}"]
    printer.data(answered, lines)
    return 0


def run_allow(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        consent = client.call(wire.AllowNudges(tuple(given.kinds)))
    printer.data(consent, [_consent(consent)])
    return 0


def run_never(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        consent = client.call(wire.NeverNudge(given.kind, given.part))
    printer.data(consent, [_consent(consent)])
    return 0


def _consent(consent: wire.NudgeConsent) -> str:
    if not consent.allowed:
        return "Sage proposes nothing by itself."
    pairs = [one.split() for one in consent.never]
    but = "".join(f" None about {PLURAL[kind]} {in_part(part)}." for kind, part in pairs)
    return f"Sage may propose {', '.join(PLURAL[kind] for kind in consent.allowed)}.{but}"


def run_why(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        told = client.call(wire.Why(given.id))
    printer.data({"id": told.id, "kind": told.kind, "lines": told.lines, **told.data}, told.lines)
    return 0


def run_learner(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        state = client.call(wire.ShowLearner(given.forget))
    none = "What was learned is forgotten." if given.forget else "Nothing was learned yet."
    lines = [f"{moment}: {tried.yes} taken up, {tried.no} declined" for moment, tried in sorted(state.moments.items())]
    off = [] if state.on else ["It is off (setting nudges.learn): what it would go by is kept, and changes nothing."]
    printer.data(state, [*(lines or [none]), *off])
    return 0
