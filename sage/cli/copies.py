"""`sage copies`: copies of Sage, sent out on a question each; what they bring back stands side by side."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec

from sage import wire
from sage.cli.memory import at_least_one
from sage.cli.printing import Printer, hit_as_data
from sage.client import Client
from sage.core.copies import CopyBack, asked_apart
from sage.core.sheets.sheet_words import counted, money


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    copies = commands.add_parser("copies", parents=[common])
    copies.add_argument(
        "questions", nargs="+", metavar="QUESTION", help="one for each copy; or a single one with --split"
    )
    copies.add_argument("--split", type=at_least_one, default=0, metavar="N", help="break the question up into N first")
    copies.set_defaults(run=run_copies)


def run_copies(given: argparse.Namespace, printer: Printer) -> int:
    questions = tuple(given.questions)
    if len(questions) == 1 and not given.split:
        questions = asked_apart(questions[0])

    def show(event: Any) -> None:
        if isinstance(event, wire.CopyStep):
            printer.progress(
                f"Out on {counted(event.total, 'question')}" if not event.number else f"{event.number} is back"
            )

    with Client(given.home, profile=given.profile or "") as client:
        try:
            back = client.call(wire.SendCopies(questions, given.split), show)
        finally:
            printer.progress_over()
    lines = [line for number, each in enumerate(back.copies, 1) for line in (*copy_lines(number, each), "")]
    printer.data(_data(back), [*lines, f"{back.model}; it cost {money(back.cost)}."])
    return 0 if any(each.answer for each in back.copies) else 1


def copy_lines(number: int, brought: CopyBack) -> list[str]:
    """What one brought back: its question, the answer, the sources."""
    lines = [f"{number}. {brought.question}"]
    if brought.answer:
        lines += brought.answer.answer.splitlines()
        lines += [f"[{place}] {hit.citation}" for place, hit in enumerate(brought.answer.sources, 1)]
    return [*lines, brought.trouble] if brought.trouble else lines


def _data(back: wire.CopiesBack) -> dict[str, Any]:
    return {
        "model": back.model,
        "cost": back.cost,
        "copies": [
            {
                "question": each.question,
                "answer": each.answer.answer if each.answer else None,
                "sources": [hit_as_data(hit) for hit in each.answer.sources] if each.answer else [],
                "actions": msgspec.to_builtins(each.answer.actions) if each.answer else [],
                "trouble": each.trouble,
            }
            for each in back.copies
        ],
    }
