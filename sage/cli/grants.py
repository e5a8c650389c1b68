"""`sage grant`: how far Sage may answer for you, for whom and on what."""

from __future__ import annotations

import argparse
from typing import Any, cast

from sage import wire
from sage.cli.printing import UNASKED, Printer, confirm
from sage.client import Client
from sage.core.deputy.grants import ORDER, How
from sage.core.errors import BadInput
from sage.core.sharing_words import counted


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    grant = commands.add_parser("grant", parents=[common])
    grant.add_argument("who", nargs="?", default="list", metavar="WHO", help="a contact or a circle (else: list)")
    grant.add_argument("topic", nargs="?", default="", metavar="TOPIC", help="a note's name, calendar, contacts or any")
    grant.add_argument("how", nargs="?", choices=ORDER, help="nothing; drafts for you; or by itself while you are away")
    grant.add_argument("--yes", action="store_true", help="do not ask before Sage may answer by itself")
    grant.set_defaults(run=run_grant)


def run_grant(given: argparse.Namespace, printer: Printer) -> int:
    if given.who == "list" and not given.topic:
        return _list(given, printer)
    if not given.topic or not given.how:
        raise BadInput(
            "It was not said for which topic, or how far.",
            safe="Nothing was granted.",
            do="Such as: sage grant work office-faq draft   or: sage grant list",
        )
    how = cast("How", given.how)
    with Client(given.home, profile=given.profile or "") as client:
        change = client.call(wire.GiveGrant(given.who, given.topic, how, preview=True))
        if how == "auto" and change.widens and not given.yes:
            for line in _lines(change):
                printer.line(line)
            if printer.as_json or not confirm("Let Sage answer that by itself while you are away?"):
                raise BadInput("Nothing was granted.", safe=f"It stays at {change.before}.", do=UNASKED)
        else:
            for hint in change.hints:
                printer.trouble(hint)
        change = client.call(wire.GiveGrant(given.who, given.topic, how))
    grant = change.grant
    printer.data(change, [f"{grant.who} on {grant.topic}: {grant.how} (it was {change.before})."])
    return 0


def _lines(change: wire.GrantChange) -> list[str]:
    """For whom it is, what the topic is and what they see of it, and what was drafted on it."""
    lines = [f"{change.grant.who} on {change.grant.topic}: from {change.before} to {change.grant.how}"]
    lines += [f"  The topic is: {note}" for note in change.notes]
    lines += [f"  {each.name} may see {counted(each.passages, 'passage')} of it" for each in change.members]
    for item in change.drafts:
        lines += [f"  {item.contact}: {_line(item.asked)}", f"    {_line(item.text)}  ({item.state})"]
    return [*lines, *(f"  {hint}" for hint in change.hints)]


def _list(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.ListGrants())
    lines = [_grant_line(grant) for grant in shown.grants] or ["Nothing is granted: all answers are drafts for you."]
    printer.data(shown, [*lines, *(offer.words for offer in shown.offers)])
    return 0


def _grant_line(grant: wire.Grant) -> str:
    who = ", ".join(grant.members)
    members = f" ({who or 'nobody is in it'})" if grant.members != (grant.who,) else ""
    return f"{grant.who}{members}  {grant.topic}: {grant.how}"


def _line(text: str) -> str:
    return " ".join(text.split())[:120]
