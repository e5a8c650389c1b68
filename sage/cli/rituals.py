"""`sage agenda` and `sage focus`."""

from __future__ import annotations

import argparse
from typing import Any

from sage import wire
from sage.cli.printing import Printer
from sage.client import Client
from sage.core.agenda_words import agenda_lines
from sage.core.focus import USUAL_MINUTES, focus_words


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    agenda = commands.add_parser("agenda", parents=[common], help="what is on: events, tasks, reminders, goals")
    agenda.add_argument("day", nargs="*", help="such as tomorrow, friday, or 2026-11-27 (today when left out)")
    agenda.add_argument("--days", type=int, default=1, metavar="N", help="how many days from there on")
    agenda.set_defaults(run=run_agenda)

    focus = commands.add_parser("focus", parents=[common], help="a stretch of time for one thing")
    focus.add_argument("about", nargs="*", help="what it is for (left out: shows the session that runs)")
    focus.add_argument("--minutes", type=int, metavar="N", help=f"how long ({USUAL_MINUTES} when left out)")
    focus.add_argument("--stop", action="store_true", help="end the session that runs")
    focus.set_defaults(run=run_focus)


def run_agenda(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        found = client.call(wire.ShowAgenda(" ".join(given.day), given.days))
    printer.data(found, agenda_lines(found))
    return 0


def run_focus(given: argparse.Namespace, printer: Printer) -> int:
    about, begins = " ".join(given.about), bool(given.about) or given.minutes is not None
    with Client(given.home, profile=given.profile or "") as client:
        if given.stop:
            found = client.call(wire.EndFocus())
        elif begins:
            found = client.call(wire.BeginFocus(about, USUAL_MINUTES if given.minutes is None else given.minutes))
        else:
            found = client.call(wire.ShowFocus())
    printer.data(found, [focus_words(found.session, found.minutes)])
    return 0
