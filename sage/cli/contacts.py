"""`sage contacts`: whom you know, under which addresses, and what each could learn."""

from __future__ import annotations

import argparse
from typing import Any

from sage import wire
from sage.cli.printing import UNASKED, Printer, confirm
from sage.client import Client
from sage.core.errors import BadInput
from sage.core.sharing_words import learnable_lines


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    contacts = commands.add_parser("contacts")
    contacts.set_defaults(run=run_list)
    what = contacts.add_subparsers(metavar="WHAT")
    listing = what.add_parser("list", parents=[common], help="all of them")
    listing.set_defaults(run=run_list)
    show = what.add_parser("show", parents=[common], help="one of them, and what they could learn")
    show.add_argument("name", help="a name or an address")
    show.set_defaults(run=run_show)
    add = what.add_parser("add", parents=[common], help="a new one, or more addresses and circles of one")
    add.add_argument("name", help="theirs among labels: sage share TARGET --with NAME")
    add.add_argument("--called", default="", metavar="WORDS", help="how they are called")
    _add_places(add)
    add.add_argument("--from", dest="arrival", default="", metavar="MESSAGE_ID", help="the address of a message")
    add.add_argument("--yes", action="store_true", help="do not ask before more people see something")
    add.set_defaults(run=run_add)
    remove = what.add_parser("remove", parents=[common], help="one of them, or an address or circle of theirs")
    remove.add_argument("name")
    _add_places(remove)
    remove.set_defaults(run=run_remove)
    again = what.add_parser("answer-again", parents=[common], help="answer one again who wanted no answers of Sage's")
    again.add_argument("name")
    again.set_defaults(run=run_again)


def _add_places(command: argparse.ArgumentParser) -> None:
    command.add_argument("--address", dest="addresses", nargs="+", default=[], metavar="PLUGIN:ADDRESS")
    command.add_argument("--circle", dest="circles", nargs="+", default=[], metavar="NAME")


def run_list(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.ListContacts())
    printer.data(shown, [_line(each) for each in shown.contacts] or [
        "You have no contacts yet. Such as: sage contacts add NAME --from MESSAGE_ID   or --address PLUGIN:ADDRESS"
    ])  # fmt: skip
    return 0


def _line(contact: wire.ContactShown) -> str:
    called = f" ({contact.called})" if contact.called not in ("", contact.name) else ""
    parts = [f"{contact.name}{called}", ", ".join(contact.addresses) or "no address"]
    parts += [f"in {', '.join(contact.circles)}"] if contact.circles else []
    parts += [f"{grant.topic}: {grant.how}" for grant in contact.grants]
    parts += ["wants no answers of Sage's"] if contact.opted_out else []
    parts += [f"wrote {contact.last_at[:16].replace('T', ' ')}"] if contact.last_at else []
    return "  ".join(parts)


def run_show(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.ShowContact(given.name))
    card = [f"  {line}" for line in shown.contact.card]
    printer.data(shown, [_line(shown.contact), *card, "", *_sight_lines(shown)])
    return 0


def _sight_lines(shown: wire.ContactSight) -> list[str]:
    topics = ((grant.topic, grant.how) for grant in shown.topics)
    return learnable_lines(shown.sight, topics, busy=shown.busy, cards=shown.cards)


def run_add(given: argparse.Namespace, printer: Printer) -> int:
    request = wire.AddContact(
        given.name, given.called, tuple(given.addresses), tuple(given.circles), given.arrival, preview=True
    )
    with Client(given.home, profile=given.profile or "") as client:
        change = client.call(request)
        for hint in change.hints:
            printer.trouble(hint)
        if change.widens and not given.yes:
            _ask(change, printer)
        change = client.call(
            wire.AddContact(request.name, request.called, request.addresses, request.circles, request.arrival)
        )
    printer.data(change, [_line(change.after.contact)])
    return 0


def _ask(change: wire.ContactChange, printer: Printer) -> None:
    """Tells what whoever writes from there could learn, and stops here unless the person wants it. Raises BadInput."""
    printer.line(f"Whoever writes from {', '.join(change.after.contact.addresses) or 'an address of theirs'} is them:")
    for line in _sight_lines(change.after):
        printer.line(line)
    if printer.as_json or not confirm("Is that right?"):
        raise BadInput("Nothing was changed.", safe="They can learn what they could before.", do=UNASKED)


def run_remove(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        was = client.call(wire.RemoveContact(given.name, tuple(given.addresses), tuple(given.circles)))
    lines = [
        line for each in was.contacts for line in (f"Taken out of: {_line(each)}", *(f"  {one}" for one in each.card))
    ]
    if not (given.addresses or given.circles):
        lines[:1] = [f"{each.name} is no contact any more. It was: {_line(each)}" for each in was.contacts]
        lines.append("What you shared with that name keeps its labels: sage share --list")
    printer.data(was, lines)
    return 0


def run_again(given: argparse.Namespace, printer: Printer) -> int:
    with Client(given.home, profile=given.profile or "") as client:
        shown = client.call(wire.AnswerAgain(given.name))
    printer.data(shown, [f"{shown.name} may be answered again, as your grants allow."])
    return 0
