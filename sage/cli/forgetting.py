"""`sage forget`: shows what would go, takes it out after a yes, gives it back, purges it for good."""

from __future__ import annotations

import argparse
from typing import Any

from sage import wire
from sage.cli.printing import Printer, confirm
from sage.client import Client
from sage.core.errors import BadInput
from sage.core.forgetting.forgetting import Forgetting, Preview, PurgeStep, Target
from sage.core.forgetting.forgetting_words import line_of, preview_lines, purged_lines
from sage.locations import existing_path


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    forget = commands.add_parser("forget", parents=[common])
    forget.add_argument("target", nargs="*", help="a note's path, or the id of a passage, text, turn or conversation")
    forget.add_argument("--person", default="", metavar="NAME", help="all that NAME said or that tells of NAME")
    forget.add_argument(
        "--from", dest="since", default="", metavar="DATE", help="what was said and written from then on"
    )
    forget.add_argument("--to", dest="until", default="", metavar="DATE", help="and up to then")
    forget.add_argument("--words", default="", help="all that holds these words")
    forget.add_argument("--only", action="store_true", help="leave repeats of the words in other places")
    forget.add_argument("--edit", action="store_true", help="also edit files of your own vaults, as shown")
    forget.add_argument("--yes", action="store_true", help="do not ask")
    forget.add_argument("--now", action="store_true", help="purge it at once: there is no undo then")
    forget.add_argument("--undo", metavar="ID", default="", help="give back what a forgetting took")
    forget.add_argument("--purge", metavar="ID", default="", help="remove it for good ('all': everything that waits)")
    forget.add_argument("--list", action="store_true", help="what was forgotten, and what still can come back")
    forget.set_defaults(run=run_forget)


def run_forget(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        if given.list:
            return _list(client, printer)
        if given.undo:
            back = client.call(wire.UndoForgetting(given.undo))
            printer.data(back, ["It is all back as it was."])
            return 0
        if given.purge:
            return _purge(client, given.purge, given, printer)
        return _forget(client, given, printer)


def _forget(client: Client, given: argparse.Namespace, printer: Printer) -> int:
    names = tuple(_name(word) for word in given.target)
    target = Target(names, given.person, given.since, given.until, given.words, given.only)
    preview = client.call(wire.PreviewForgetting(target))
    yours = "this edit will be made" if given.edit else "Sage edits it only with --edit"
    for line in preview_lines(preview, yours):
        printer.line(line)
    if not (given.yes or confirm("\nForget all of this?")):
        if printer.as_json:
            printer.data({"preview": preview, "forgotten": None}, ())
            return 0
        raise BadInput("Nothing was forgotten.", safe="All is as it was.", do="Say yes, or give --yes.")
    done = client.call(wire.Forget(target, preview.digest, given.edit))
    if given.now:
        return _purge(client, done.id, given, printer, asked=True, preview=preview)
    printer.data({"preview": preview, "forgotten": done}, _done_lines(done))
    return 0


def _name(word: str) -> str:
    """A path that is there, in full; else what was typed."""
    path = existing_path(word) if "/" in word else None
    return str(path.resolve()) if path else word


def _purge(
    client: Client,
    name: str,
    given: argparse.Namespace,
    printer: Printer,
    *,
    asked: bool = False,
    preview: Preview | None = None,
) -> int:
    if not (asked or given.yes or confirm("Remove it for good? There is no way back.")):
        raise BadInput("Nothing was purged.", safe="It can still come back.", do="Say yes, or give --yes.")

    def show(event: Any) -> None:
        if isinstance(event, PurgeStep):
            printer.progress(f"Purging: {event.step}")

    try:
        purged = client.call(wire.PurgeForgotten(name), show)
    finally:
        printer.progress_over()
    data = {"purged": purged} if preview is None else {"preview": preview, "purged": purged}
    printer.data(data, purged_lines(purged))
    return 1 if purged.proof.leaks else 0


def _list(client: Client, printer: Printer) -> int:
    found = client.call(wire.ListForgettings())
    lines = []
    for each in found.forgettings:
        lines.append(f"{each.id}  {line_of(each)}")
        lines += [f"    waiting for your edit: {path}" for path in each.waiting]
    printer.data(found, lines or ["Nothing was forgotten."])
    return 0


def _done_lines(done: Forgetting) -> list[str]:
    if done.waiting:
        lines = ["", "Forgotten, but for your own files: what they say is still found."]
        lines += [f"Waiting for your edit: {path}" for path in done.waiting]
    else:
        lines = ["", "Forgotten: nothing finds or shows it any more."]
    return [*lines, f"Undo: sage forget --undo {done.id}   For good: sage forget --purge {done.id}"]
