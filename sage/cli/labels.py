"""`sage share`: who may see what."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sage import wire
from sage.cli.printing import Printer, confirm
from sage.client import Client
from sage.core.errors import BadInput
from sage.core.sharing import PutLabel, ShareChange, ShareHow
from sage.core.sharing_words import about_change, change_done, counted, effects, sharing, sight_lines


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    share = commands.add_parser("share", parents=[common])
    share.add_argument("target", nargs="?", default="",
                       help="a path, a note's name, a citation, a conversation, or an id that recall --json prints")  # fmt: skip
    how = share.add_mutually_exclusive_group()
    how.add_argument("--with", dest="names", nargs="+", metavar="NAME",
                     help="people, circles such as work, or public; whoever sees it already goes on seeing it")  # fmt: skip
    how.add_argument("--private", action="store_true", help="nobody but you, whatever stands around it")
    how.add_argument("--clear", action="store_true", help="take its label away: what stands around it decides again")
    how.add_argument("--list", action="store_true", help="all labels that you put on something")
    share.add_argument("--for", dest="recipients", nargs="+", metavar="NAME",
                       help="with --list: what all of these may see, and why; 'public' alone: what is public")  # fmt: skip
    share.add_argument("--yes", action="store_true", help="do not ask before more people see something")
    share.set_defaults(run=run_share)


def run_share(given: argparse.Namespace, printer: Printer) -> int:
    if given.list:
        return _list(given, printer)
    if not given.target or not (given.names or given.private or given.clear):
        raise BadInput(
            "It was not said what to share, or with whom.",
            safe="No label was changed.",
            do="Such as: sage share notes/garden.md --with work   or: sage share --list",
        )
    how: ShareHow = "clear" if given.clear else "set" if given.private else "add"
    request = wire.Share(given.target, how, tuple(given.names or ()), str(Path.cwd()), preview=True)
    with Client(given.home, profile=given.profile or "") as client:
        change = client.call(request)
        for hint in change.hints:
            printer.trouble(hint)
        if change.widens and not given.yes:
            _ask(change, printer)
        change = client.call(wire.Share(request.target, how, request.names, request.folder))
    printer.data(change, [change_done(change), *effects(change)])
    return 0


def _ask(change: ShareChange, printer: Printer) -> None:
    """Tells what becomes visible, and stops here unless the person wants it. Raises BadInput."""
    for line in (about_change(change), *effects(change, "would see", "would no longer see")):
        printer.line(line)
    if not confirm("Share it?"):
        raise BadInput("It was not shared.", safe="No label was changed.", do="Say y, or add --yes.")


def _list(given: argparse.Namespace, printer: Printer) -> int:
    recipients = None if given.recipients is None else tuple(name for name in given.recipients if name != "public")
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.ShowLabels(recipients))
    if shown.sight is not None:
        printer.data(shown.sight, sight_lines(shown.sight))
    else:
        printer.data(shown.labels, [_line(label) for label in shown.labels] or [
            "Nothing has a label yet: all is private but what notes say of themselves. Share with: sage share TARGET --with NAME"
        ])  # fmt: skip
    return 0


def _line(label: PutLabel) -> str:
    state = "what it was on has gone or was edited" if label.lost else counted(label.passages, "passage")
    return f"{label.kind:<12} {sharing(label.audience):<24} {label.name}  ({state})"
