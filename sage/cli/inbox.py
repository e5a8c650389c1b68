"""`sage inbox` and `sage send`: what waits for you, what others wrote, and what you send them yourself."""

from __future__ import annotations

import argparse
import secrets
from typing import Any

from sage import wire
from sage.cli import inbox_drafts, inbox_learning
from sage.cli.inbox_drafts import is_draft, reply_lines, said_of, waiting_lines
from sage.cli.printing import UNASKED, Printer, confirm, number, short
from sage.client import Client
from sage.core.deputy.replies import WORDS
from sage.core.errors import BadInput, NotFound
from sage.core.terminal_text import clean

LISTED = 20


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    inbox = commands.add_parser("inbox")
    inbox.set_defaults(run=run_list, all=False, limit=LISTED)
    what = inbox.add_subparsers(metavar="WHAT")
    listing = what.add_parser("list", parents=[common], help="what waits for you, and then what came in, newest first")
    listing.add_argument("--all", action="store_true", help="also your own, and what programs wrote")
    listing.add_argument("--limit", type=number, default=LISTED, metavar="N", help="how many (default: %(default)s)")
    listing.set_defaults(run=run_list)
    show = what.add_parser(
        "show", parents=[common], help="one draft or message: who asked what, and what would be sent"
    )
    show.add_argument("id", help="of a draft or a message")
    show.set_defaults(run=run_show)
    out = what.add_parser("out", parents=[common], help="what goes out, and what became of it")
    out.add_argument("--limit", type=number, default=LISTED, metavar="N", help="how many (default: %(default)s)")
    out.set_defaults(run=run_out)
    uncertain = what.add_parser("uncertain", parents=[common], help="what may have been sent, and nobody knows")
    uncertain.set_defaults(run=run_uncertain)
    settle = what.add_parser("settle", parents=[common], help="say what becomes of a message that goes out")
    settle.add_argument("id", help="as `sage inbox out` or `sage inbox uncertain` names it")
    settle.add_argument("how", choices=("sent", "again", "drop"), help="it arrived, send it once more, or not at all")
    settle.set_defaults(run=run_settle)
    inbox_drafts.add_to(what, common)
    inbox_learning.add_to(what, common)
    send = commands.add_parser("send", parents=[common])
    send.add_argument("account", help="such as matrix/me")
    send.add_argument("conversation", help="as `sage inbox show` names it, or somebody's address")
    send.add_argument("text")
    send.add_argument("--yes", action="store_true", help="do not ask")
    send.set_defaults(run=run_send)


def _client(given: argparse.Namespace) -> Client:
    return Client(given.home, profile=given.profile or "")


def run_list(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        waiting = client.call(wire.ListReplies(("open", "taken back"), given.limit)).items
        offers = client.call(wire.ShowFigures()).offers
        shown = client.call(wire.ListInbox(given.all, given.limit))
    data = {"waiting": waiting, "offers": offers, "items": shown.items}
    lines = waiting_lines(waiting, tuple(offer.words for offer in offers))
    came = [line for item in shown.items for line in _item_lines(item)]
    printer.data(data, [*lines, *(("Came in, newest first:", *came) if came else ["Nothing came in."])])
    return 0


def _item_lines(item: wire.InboxItem) -> list[str]:
    words = f"({item.state}: {item.because})" if item.because else item.text or item.unreadable
    return [f"{_moment(item.at)}  {item.account}  {_who(item)}  [{item.id}]", short("  ", words)]


def run_show(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        if is_draft(given.id):
            reply = client.call(wire.ShowReply(given.id))
            printer.data(reply, reply_lines(reply))
            return 0
        item = client.call(wire.ShowArrival(given.id))
        decided = _decided(client, item)
    printer.data(item, [*_lines(item), *decided])
    return 0


def _decided(client: Client, item: wire.InboxItem) -> list[str]:
    """What Sage made of a message, where it looked at it; else how it is answered, if it can be."""
    try:
        reply = client.call(wire.ShowReply(item.id))
    except (NotFound, BadInput):
        return []
    told = [] if reply.id == item.id else [f"Sage: {said_of(reply)}. See: sage inbox show {reply.id}"]
    if reply.reason == WORDS["stranger"]:
        told.append(f"To make them a contact: sage contacts add NAME --from {item.id}")
    told += [f"To answer it: sage inbox answer {item.id} TEXT"] if reply.state == "silent" else []
    return ["", *told]


def _lines(item: wire.InboxItem) -> list[str]:
    vouched = {"yes": "the service vouches for it", "no": "the service says that it is forged"}
    told = vouched.get(item.verified, "nobody vouches for it")
    lines = [
        f"From: {_who(item)} ({told})",
        f"In: {item.account}, {item.conversation}" + (" (a group)" if item.group else ""),
        f"At: {_moment(item.at)}",
    ]
    if item.because:
        return [*lines, f"Its words were not kept: {item.because}."]
    lines += [f"File: {name} (it stays with the service)" for name in item.files]
    lines += ["It replaces an earlier one."] if item.edits else []
    if item.answer_to:
        lines.append(f"Its sender wants answers elsewhere: {item.answer_to} (they would not go there)")
    words = [
        f"  {line}" for line in clean(item.text).splitlines()
    ]  # set off: no line of theirs passes for one of Sage's
    lines += ["", *(words or [f"It cannot be read: {item.unreadable or 'it has no text'}."])]
    lines += [f"({item.left_out} bytes more were left out)"] if item.left_out else []
    return lines


def run_out(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        shown = client.call(wire.ListOutbox(limit=given.limit))
    printer.data(shown, [line for item in shown.items for line in _out_lines(item)] or ["Nothing was sent."])
    return 0


def run_uncertain(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        shown = client.call(wire.ListOutbox(uncertain=True))
    lines = [line for item in shown.items for line in _out_lines(item)]
    if lines:
        lines.append("Look there whether they arrived, then: sage inbox settle ID sent (or again, or drop)")
    printer.data(shown, lines or ["There is no doubt about any message."])
    return 0


def run_settle(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        item = client.call(wire.SettleMessage(given.id, given.how))
    printer.data(item, _out_lines(item))
    return 0


def run_send(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        prepared = client.call(wire.PrepareMessage(given.account, given.conversation, given.text))
        to = ", ".join(prepared.to) + (" (a group)" if prepared.group else "")
        printer.line(f"To: {to}\nFrom: {prepared.account}\n\n{prepared.text}\n")
        if not (given.yes or confirm("Send exactly this?")):
            raise BadInput("Nothing was sent.", do=UNASKED)
        item = client.call(wire.SendPrepared(prepared, secrets.token_hex(12)))
    printer.data(item, _out_lines(item))
    return 0 if item.state == "sent" else 1


def _out_lines(item: wire.OutboxItem) -> list[str]:
    state = {"repeating": "waiting", "drafted": "left as a draft"}.get(item.state, item.state)
    why = f" ({item.reason})" if item.reason else ""
    again = f", tried again at {_moment(item.next_at)}" if item.next_at else ""
    head = f"{_moment(item.at)}  {item.account}  to {', '.join(item.to)}  [{item.id}]"
    return [head, short("  ", item.text), f"  {state}{why}{again}"]


def _who(item: wire.InboxItem) -> str:
    return f"{item.name} <{item.sender}>" if item.name else item.sender


def _moment(at: str) -> str:
    return at[:16].replace("T", " ")
