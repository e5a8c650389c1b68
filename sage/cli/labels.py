"""`sage share`: who may see what."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from sage import wire
from sage.cli.printing import Printer, confirm
from sage.client import Client
from sage.core.errors import BadInput
from sage.core.labels import PRIVATE, Audience
from sage.core.sharing import PutLabel, Reach, ShareChange, ShareHow, Sight, told


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    share = commands.add_parser(
        "share", parents=[common], help="let somebody see a note, folder, passage, text or talk"
    )
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
    printer.data(change, [_said(change), *_effects(change)])
    return 0


def _ask(change: ShareChange, printer: Printer) -> None:
    """Tells what becomes visible, and stops here unless the person wants it. Raises BadInput."""
    for line in (_about(change), *_effects(change, "would see", "would no longer see")):
        printer.line(line)
    if not confirm("Share it?"):
        raise BadInput("It was not shared.", safe="No label was changed.", do="Say y, or add --yes.")


def _about(change: ShareChange) -> str:
    return f"The {change.kind} {change.name}:"


def _said(change: ShareChange) -> str:
    if change.audience is None:
        return f"The {change.kind} {change.name} has no label of its own any more."
    return f"The {change.kind} {change.name} is {_shared(change.audience)}."


def _shared(audience: Audience) -> str:
    return "private" if audience == PRIVATE else f"shared with {', '.join(audience)}"


def _effects(change: ShareChange, sees: str = "sees", sees_not: str = "no longer sees") -> list[str]:
    lines = [f"  {_reach(reach, sees)} that {_who(reach)} did not." for reach in change.gains]
    lines += [f"    {line}" for line in change.opening]
    lines += [f"  {_reach(reach, sees_not)}." for reach in change.losses]
    if change.widens and change.kind in ("folder", "conversation"):
        lines.append(f"  What is added to this {change.kind} later is visible as well.")
    if change.kind == "conversation" and change.widens:
        lines.append("  What Sage said in it stays private: it rests on your notes. Share one answer by its id.")
    if change.others:
        lines.append(f"  {_count(change.others, 'passage')} in it stay visible by labels of their own.")
    return lines


def _who(reach: Reach) -> str:
    return "everybody" if reach.name == "public" else reach.name


def _reach(reach: Reach, verb: str) -> str:
    many = _count(reach.passages, "passage")
    return f"{_who(reach)} {verb} {many}" + (f" of {reach.sources} sources" if reach.sources > 1 else "")


def _count(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")


def _list(given: argparse.Namespace, printer: Printer) -> int:
    recipients = None if given.recipients is None else tuple(name for name in given.recipients if name != "public")
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.ShowLabels(recipients))
    if shown.sight is not None:
        printer.data(shown.sight, _sight(shown.sight))
    else:
        printer.data(shown.labels, [_line(label) for label in shown.labels] or [
            "Nothing has a label yet: all is private but what notes say of themselves. Share with: sage share TARGET --with NAME"
        ])  # fmt: skip
    return 0


def _line(label: PutLabel) -> str:
    state = "what it was on has gone or was edited" if label.lost else _count(label.passages, "passage")
    return f"{label.kind:<12} {_shared(label.audience):<24} {label.name}  ({state})"


def _sight(sight: Sight) -> list[str]:
    names = " and ".join(sight.names) or "everybody"
    if not sight.seen:
        return [nothing_shared(sight.names)]
    lines = [f"{names} may see {_count(sight.passages, 'passage')} of {_count(sight.sources, 'source')}:"]
    lines += [f"  {one.source}  ({_count(one.passages, 'passage')}, {told(one.label)})" for one in sight.seen]
    if (left := sight.sources - len({one.source for one in sight.seen})) > 0:
        lines.append(f"  and {left} more")
    return lines


def nothing_shared(names: Audience) -> str:
    """What to tell when somebody may see nothing at all."""
    who = " and ".join(names)
    return f"Nothing is shared with {who or 'everybody'} yet. Share with: sage share TARGET --with {who or 'public'}"
