"""`sage facts`: what you stated, what changed, what contradicts itself, what you promised."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

import msgspec

from sage import wire
from sage.cli.memory import at_least_one
from sage.cli.printing import Printer
from sage.client import Client
from sage.core.facts.beliefs import Belief, afterwards, before
from sage.core.facts.fact_wording import contradiction, day_in_words, source_line, told
from sage.core.hit_words import joined


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    facts = commands.add_parser("facts", parents=[common])
    _limits(facts, None, 30)
    facts.set_defaults(run=run_show, words=[], scope="all", recipients=None)
    _audience(facts)
    what = facts.add_subparsers(metavar="WHAT")
    about = what.add_parser("about", parents=[common], help="facts about somebody or something")
    about.add_argument("words", nargs="+")
    _limits(about, argparse.SUPPRESS, argparse.SUPPRESS)
    _audience(about)
    about.set_defaults(run=run_show, scope="all")
    waiting = what.add_parser("open", parents=[common], help="what contradicts itself, and what you promised")
    waiting.set_defaults(run=run_show, words=[], scope="open")
    resolve = what.add_parser(
        "resolve", parents=[common], help="say which of two facts is right, or that a promise is kept"
    )
    resolve.add_argument("id", help="the fact's id, as the other commands print it")
    how = resolve.add_mutually_exclusive_group()
    for name, text in (("right", "it is right: what contradicts it is not (so without any of these)"), ("wrong", "it is not so"),
                       ("done", "it is done: a promise that you kept")):  # fmt: skip
        how.add_argument(f"--{name}", dest="decision", action="store_const", const=name, help=text)
    resolve.set_defaults(run=run_resolve, decision="right")

    read = what.add_parser(
        "read",
        parents=[common],
        help="let the model that answers look for more facts in what you wrote; it costs what it costs",
    )
    read.add_argument("--about", nargs="+", default=[], metavar="WORDS", help="only in passages that these words find")
    read.add_argument(
        "--since", default="", metavar="DATE", help="only in what was written since then: May, 2026-05-03"
    )
    read.add_argument(
        "--limit", type=at_least_one, default=20, metavar="N", help="passages at most, one call each (20)"
    )
    read.set_defaults(run=run_read)


def _limits(parser: argparse.ArgumentParser, at: str | None, most: int | str) -> None:
    parser.add_argument(
        "--at", default=at, metavar="DATE", help="what held then: May, 2026-05, 'last spring', 2026-05-03"
    )
    parser.add_argument("-k", dest="most", type=at_least_one, default=most, metavar="N", help="how many at most (30)")


def _audience(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--for", dest="recipients", action="append", metavar="NAME", default=argparse.SUPPRESS,
                        help="only what follows from what NAME may see; several: what all of them may")  # fmt: skip


def run_show(given: argparse.Namespace, printer: Printer) -> int:
    recipients = None if given.recipients is None else tuple(name for name in given.recipients if name != "public")
    request = wire.ShowFacts(" ".join(given.words), given.at or "", given.scope, given.most, recipients)
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(request)
    lines = _lines(shown.beliefs, shown.related)
    if shown.count > len(shown.beliefs):
        lines.append(
            f"{shown.count - len(shown.beliefs)} more; see them with -k {shown.count}, or: sage facts about WORDS"
        )
    printer.data(_data(shown), lines or [_nothing(request, shown)])
    return 0


def run_read(given: argparse.Namespace, printer: Printer) -> int:
    def show(event: Any) -> None:
        if isinstance(event, wire.FactsReading):
            if not event.done:
                printer.line(f"{event.model} reads {_counted(event.total, 'passage')}: {_at_most(event.worst)}.")
            printer.progress(f"Reading {event.done + 1} of {event.total}")

    with Client(given.home, profile=given.profile or "") as client:
        try:
            read = client.call(wire.ReadFacts(" ".join(given.about), given.since, given.limit), show)
        finally:
            printer.progress_over()
    cost = "price unknown" if read.cost is None else f"${read.cost:.4f}"
    lines = ["Nothing is left that it has not read."]
    if read.passages:
        by = ", ".join(read.models)
        lines = [
            f"{_counted(read.new, 'new fact')} in {_counted(read.passages, 'passage')}, by {by}; it used {cost}.",
            "",
        ]
    printer.data(
        {**msgspec.to_builtins(read), "found": [_told(one) for one in read.found]}, [*lines, *_lines(read.found, ())]
    )
    if read.stopped:
        printer.trouble(read.stopped)
    return 1 if read.stopped else 0


def _at_most(worst: float | None) -> str:
    if worst is None:
        return "its price is not known"
    return f"at most ${worst:.4f}" if worst else "it costs nothing"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def run_resolve(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.DecideFact(given.id, given.decision or "right"))
    said = {"right": "Kept as right", "wrong": "Set aside as not so", "done": "Kept as done"}[given.decision or "right"]
    printer.data(_data(shown), [f"{said}:", *_lines(shown.beliefs, shown.related), "Both sources stay as they are."])
    return 0


def _lines(beliefs: Sequence[Belief], related: Sequence[Belief]) -> list[str]:
    by_statement = {one.id: belief for belief in (*related, *beliefs) for one in belief.statements}
    lines: list[str] = []
    for belief in beliefs:
        lines.append(f"{told(belief)}  {belief.id}")
        lines += [f"    {source_line(one)}" for one in belief.statements[:3]]
        if len(belief.statements) > 3:
            lines.append(f"    and {len(belief.statements) - 3} more places")
        for when, others in (("then", afterwards(belief, by_statement)), ("before", before(belief, by_statement))):
            lines += [f"    {when}: {told(other)} {source_line(other.statements[0])}" for other in others]
        lines += [f"    but: {other}" for other in contradiction(belief, by_statement)]
        if belief.state == "open":
            lines.append(f"    which is right? sage facts resolve {belief.id}")
        lines.append("")
    return lines


def _nothing(request: wire.ShowFacts, shown: wire.FactsShown) -> str:
    if request.scope == "open":
        return "Nothing contradicts itself, and no promise is open."
    when = f" from {day_in_words(shown.first)} to {day_in_words(shown.last)}" if shown.first else ""
    about = f" about {request.about}" if request.about else ""
    if request.recipients is not None:
        return f"No facts{about}{when} in what {joined(request.recipients or ('everybody',))} may see."
    return f"No facts{about}{when} yet: they are read from what you write and say."


def _data(shown: wire.FactsShown) -> dict[str, Any]:
    return {**msgspec.to_builtins(shown), "beliefs": [_told(belief) for belief in shown.beliefs]}


def _told(belief: Belief) -> dict[str, Any]:
    citations = [one.citation for one in belief.statements]
    return {"id": belief.id, "sentence": told(belief), "citations": citations, **msgspec.to_builtins(belief)}
