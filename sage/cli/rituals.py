"""`sage today`, `agenda`, `brief`, `shutdown`, `review` and `focus`."""

from __future__ import annotations

import argparse
import contextlib
import shutil
import sys
import textwrap
from functools import partial
from typing import Any, get_args

from sage import wire
from sage.cli.keys import ESCAPE, key_lines, read_key, read_words
from sage.cli.printing import Printer
from sage.client import Client
from sage.core.agenda_words import agenda_lines
from sage.core.errors import BadInput
from sage.core.focus import USUAL_MINUTES, focus_words
from sage.core.rituals import Deed, Ritual, RitualAnswer, RitualKind, RitualQuestion, ritual_lines
from sage.core.today import today_lines


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    today = commands.add_parser("today", parents=[common])
    today.add_argument("--focus", nargs="+", metavar="TASK", help="make this task or goal the focus of today")
    today.set_defaults(run=run_today)
    agenda = commands.add_parser("agenda", parents=[common])
    agenda.add_argument("day", nargs="*", help="such as tomorrow, friday, or 2026-11-27 (today when left out)")
    agenda.add_argument("--days", type=int, default=1, metavar="N", help="how many days from there on")
    agenda.set_defaults(run=run_agenda)

    brief = commands.add_parser("brief", parents=[common])
    brief.set_defaults(run=run_brief)
    asked: tuple[RitualKind, ...] = ("shutdown", "review")
    for kind in asked:
        ritual = commands.add_parser(kind, parents=[common])
        ritual.add_argument("--answers", nargs="+", metavar="ID=ANSWER[:WORDS]", help="answer without being asked")
        ritual.set_defaults(run=partial(run_ritual, kind=kind))

    focus = commands.add_parser("focus", parents=[common])
    focus.add_argument("about", nargs="*", help="what it is for (left out: shows the session that runs)")
    focus.add_argument("--minutes", type=int, metavar="N", help=f"how long ({USUAL_MINUTES} when left out)")
    focus.add_argument("--stop", action="store_true", help="end the session that runs")
    focus.set_defaults(run=run_focus)


def run_today(given: argparse.Namespace, printer: Printer) -> int:
    request = wire.ChooseFocus(" ".join(given.focus)) if given.focus else wire.ShowToday(looks=True)
    with Client(given.home, profile=given.profile or "") as client:
        found = client.call(request)
    printer.data(found, today_lines(found))
    return 0


def run_agenda(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        found = client.call(wire.ShowAgenda(" ".join(given.day), given.days))
    printer.data(found, agenda_lines(found))
    return 0


def run_brief(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        ritual = client.call(wire.ShowRitual("brief"))
    printer.data(ritual, ritual_lines(ritual))
    return 0


def run_ritual(given: argparse.Namespace, printer: Printer, *, kind: RitualKind) -> int:
    """Asks on a terminal, one key for each; elsewhere shows what is asked, or takes `--answers`."""
    with Client(given.home, profile=given.profile or "") as client:
        if given.answers:
            answered = client.call(wire.AnswerRitual(kind, tuple(map(_answer, given.answers))))
            printer.data(answered, [*answered.told, answered.ritual.goodbye])
            return 0
        ritual = client.call(wire.ShowRitual(kind))
        if printer.as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
            printer.data(ritual, _with_questions(ritual))
            return 0
        _fold(printer, *ritual_lines(ritual))
        with contextlib.suppress(KeyboardInterrupt):  # what was answered is kept already
            for question in ritual.questions:
                if not _ask(client, printer, kind, question):
                    break
        printer.line()
        printer.line(ritual.goodbye)
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


def _ask(client: Client, printer: Printer, kind: RitualKind, question: RitualQuestion) -> bool:
    """Asks one, and carries the answer out at once; False when the person ends the asking."""
    printer.line()
    _fold(printer, question.text + (f" ({question.note})" if question.note else ""))
    keys = [f"{choice.key} {choice.label}" for choice in question.choices]
    for line in key_lines((*keys, "Enter leaves it", "Esc ends"), _width() - 2):
        printer.line(f"  {line}")
    choices = {choice.key: choice for choice in question.choices}
    key = read_key((*choices, "\r", "\n", "q", ESCAPE))
    if key in ("q", ESCAPE):
        return False
    if key in choices:
        words = ""
        if choices[key].asks:
            _fold(printer, f"  {choices[key].asks}")
            words = read_words("  > ")
        if words or not choices[key].asks:
            answer = RitualAnswer(question.id, choices[key].deed, words)
            for line in client.call(wire.AnswerRitual(kind, (answer,))).told:
                _fold(printer, f"  {line}")
    return True


def _fold(printer: Printer, *lines: str) -> None:
    """Lines for a terminal: what is longer than it is wide goes on below, whole words at a time."""
    for line in lines:
        printer.line("\n".join(textwrap.wrap(line, _width(), subsequent_indent="    ")) or line)


def _width() -> int:
    return max(20, shutil.get_terminal_size().columns)


def _with_questions(ritual: Ritual) -> list[str]:
    lines = ritual_lines(ritual)
    if ritual.questions:
        lines.append("")
    for question in ritual.questions:
        note = f" ({question.note})" if question.note else ""
        deeds = "|".join(choice.deed for choice in question.choices)
        lines.append(f"{question.text}{note}  [{question.id}]: {deeds}")
    if ritual.questions:
        lines.append(
            f"Answer with: sage {ritual.kind} --answers {ritual.questions[0].id}={ritual.questions[0].choices[0].deed}"
        )
    return [*lines, ritual.goodbye]


def _answer(text: str) -> RitualAnswer:
    name, _, rest = text.partition("=")
    deed, _, words = rest.partition(":")
    known: dict[str, Deed] = {one: one for one in get_args(Deed)}
    if deed not in known:
        raise BadInput(
            f"{text!r} is no answer.", safe="Nothing was changed.", do="Write it like k1=carry, or g1=rewrite:WORDS."
        )
    return RitualAnswer(name, known[deed], words)
