"""`sage pause` and `sage resume`."""

from __future__ import annotations

import argparse
from typing import Any

from sage import wire
from sage.cli.printing import Printer
from sage.client import Client


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    pause = commands.add_parser("pause", parents=[common])
    pause.add_argument(
        "words", nargs="*", metavar="HOW LONG", help="such as 2h, or: until tomorrow at 9 (else: until you resume)"
    )
    pause.set_defaults(run=run_pause)
    resume = commands.add_parser("resume", parents=[common])
    resume.set_defaults(run=run_resume)


def run_pause(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        state = client.call(wire.PauseSage(" ".join(given.words)))
    printer.data(
        state,
        [
            f"Paused {state.words}: nothing is told, and nobody is answered.",
            "What is due meanwhile is told afterwards: sage resume",
        ],
    )
    return 0


def run_resume(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        state = client.call(wire.ResumeSage())
    printer.data(state, ["The pause is over." if state.ended else "Sage was not paused."])
    return 0
