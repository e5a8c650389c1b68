"""`sage remind` and `sage schedule`."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from msgspec.structs import replace

from sage import wire
from sage.cli.keys import read_key
from sage.cli.printing import Printer
from sage.client import Client
from sage.core.schedules.schedule import Late

_LATE: dict[str, Late] = {"say-so": "say so", "skip": "skip", "ask": "ask"}


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    remind = commands.add_parser("remind", parents=[common])
    remind.add_argument("text", nargs="+", help="what and when, in your words")
    remind.add_argument("--yes", action="store_true", help="do not ask whether its times are right")
    _add_manner(remind)
    remind.set_defaults(run=run_remind)

    schedule = commands.add_parser("schedule").add_subparsers(required=True, metavar="WHAT")
    listing = schedule.add_parser("list", parents=[common], help="reminders with their next times")
    listing.add_argument("--all", action="store_true", help="also those that ended or were removed")
    listing.set_defaults(run=run_list)
    edit = schedule.add_parser("edit", parents=[common], help="change what it says, or when")
    edit.add_argument("schedule", nargs="+", help="its id, or words of it")
    edit.add_argument("--when", default="", metavar="WORDS", help="such as: every Friday at 16:30")
    edit.add_argument("--text", default="", help="what it says")
    _add_manner(edit)
    edit.set_defaults(run=run_edit)
    for name, told, run in (
        ("show", "one reminder: its rule, its next times, what was told", run_show),
        ("skip", "leave out the next time", run_skip),
        ("seen", "you have seen it: one that insists is told no more", run_seen),
        ("remove", "remind no more", run_remove),
    ):
        one = schedule.add_parser(name, parents=[common], help=told)
        one.add_argument("schedule", nargs="+", help="its id, or words of it")
        one.set_defaults(run=run)


def _add_manner(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--late", choices=_LATE, help="if its time passed while nobody could tell you (say-so)")
    parser.add_argument("--insist", action=argparse.BooleanOptionalAction, help="again and again until you answer")
    parser.add_argument("--travels", action=argparse.BooleanOptionalAction, help="at that local time wherever you are")


def run_remind(given: argparse.Namespace, printer: Printer) -> int:
    request = wire.Remind(
        " ".join(given.text),
        _LATE[given.late or "say-so"],
        bool(given.insist),
        bool(given.travels),
    )
    with _client(given) as client:
        if sys.stdin.isatty() and sys.stdout.isatty() and not (given.yes or printer.as_json):
            return _ask(client, request, printer)
        shown = client.call(request)
    printer.data(shown, [*_lines(shown), f"Take it back: sage schedule remove {shown.schedule.id}"])
    return 0


def _ask(client: Client, request: wire.Remind, printer: Printer) -> int:
    """Shows the exact times, and sets the reminder once the person agrees to them."""
    shown = client.call(replace(request, preview=True))
    for line in _lines(shown):
        printer.line(line)
    printer.line("Enter keeps it, n does not.")
    if read_key(("\n", "n", "\x1b")) != "\n":
        printer.line("No reminder was set.")
        return 0
    client.call(wire.KeepSchedule(shown.schedule))
    printer.line(f"Kept. Take it back: sage schedule remove {shown.schedule.id}")
    return 0


def run_list(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        schedules = client.call(wire.ListSchedules(given.all)).schedules
        missed = client.call(wire.ShowMissed())
        lines = [line for shown in schedules for line in _lines(shown, named=True)] or ["No reminders yet."]
        printer.data(schedules, ["While nobody could be told:", *missed.lines, "", *lines] if missed.lines else lines)
        if missed.keys and not printer.as_json:
            client.call(wire.OwnUp(missed.keys))
    return 0


def run_show(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        shown = client.call(wire.ShowSchedule(" ".join(given.schedule)))
    past = [
        f"  {one.due_at[:16].replace('T', ' ')} UTC: {one.state}" for one in shown.occurrences if one.state != "due"
    ]
    printer.data(shown, [*_lines(shown, named=True), *past])
    return 0


def run_edit(given: argparse.Namespace, printer: Printer) -> int:
    late = _LATE[given.late] if given.late else None
    request = wire.EditSchedule(
        " ".join(given.schedule),
        given.when,
        given.text,
        late,
        given.insist,
        given.travels,
    )
    with _client(given) as client:
        shown = client.call(request)
    printer.data(shown, _lines(shown, named=True))
    return 0


def run_skip(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        shown = client.call(wire.SkipSchedule(" ".join(given.schedule)))
    printer.data(shown, _lines(shown, named=True))
    return 0


def run_seen(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        answered = client.call(wire.AnswerReminder(" ".join(given.schedule)))
    printer.data(answered, [answered.words])
    return 0


def run_remove(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        shown = client.call(wire.RemoveSchedule(" ".join(given.schedule)))
    printer.data(shown, [f"Removed: {shown.schedule.text} ({shown.said})"])
    return 0


def _client(given: argparse.Namespace) -> Client:
    return Client(given.home, profile=given.profile or "")


def _lines(shown: wire.ScheduleShown, *, named: bool = False) -> list[str]:
    """A schedule, its next times, and what was settled unsaid."""
    schedule = shown.schedule
    manner = [
        {"skip": "skipped when late", "ask": "asks when late"}.get(schedule.late, ""),
        f"told again until you say: sage schedule seen {schedule.id}" if schedule.insists else "",
        "" if schedule.state == "on" else schedule.state,
    ]
    more = "".join(f", {word}" for word in manner if word)
    head = f"{schedule.text}: {shown.said}{more}" + (f"  [{schedule.id}]" if named else "")
    return [head, *(f"  {one.said}" for one in shown.next), *shown.notes]
