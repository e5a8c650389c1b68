"""`sage inbox approve|edit|answer|deny|take-back|away|correct|share|takeover`: what the person makes of what Sage would answer."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from textwrap import wrap
from typing import Any

from sage import wire
from sage.cli.printing import ROOM, UNASKED, Printer, confirm, short
from sage.client import Client
from sage.core.deputy.replies import Decision, settled_words
from sage.core.errors import BadInput
from sage.core.sharing_words import about_change, change_done, effects

_MADE: dict[Decision, str] = {"draft": "a draft", "handoff": "no draft", "answer": "an answer", "silence": "nothing"}
_DECIDED = {"approved": "; you approved it", "edited": "; you sent your own words", "denied": "; you denied it"}
_YOURS = "You answer there yourself: Sage drafts and sends nothing there."
QUOTED = 300
"""Characters of a piece of evidence that are shown."""


def add_to(what: Any, common: argparse.ArgumentParser) -> None:
    """The commands about drafts, below `sage inbox`."""
    approve = what.add_parser("approve", parents=[common], help="send a draft exactly as it is shown")
    edit = what.add_parser("edit", parents=[common], help="send your own words in the place of a draft")
    answer = what.add_parser("answer", parents=[common], help="answer a message for which there is no draft")
    correct = what.add_parser("correct", parents=[common], help="send another answer after a wrong one")
    for command, run in ((approve, run_approve), (edit, run_edit), (answer, run_edit), (correct, run_correct)):
        command.add_argument("id", help="as `sage inbox list` or `sage inbox away` names it")
        command.add_argument("--yes", action="store_true", help="do not ask")
        command.set_defaults(run=run)
    for command in (edit, answer):
        command.add_argument("text", nargs="?", default="", help="your words (else $EDITOR opens with the draft)")
    correct.add_argument("text", help="what is right")
    for name, told in (("deny", "nothing is answered"), ("take-back", "stop an answer that has not left yet")):
        settle = what.add_parser(name, parents=[common], help=told)
        settle.add_argument("id", help="as `sage inbox list` or `sage inbox away` names it")
        settle.set_defaults(run=partial(run_settle, how=name.replace("-", " ")))
    away = what.add_parser("away", parents=[common], help="what was answered since you went away")
    away.set_defaults(run=run_away)
    takeover = what.add_parser(
        "takeover", parents=[common], help="Sage drafts and sends nothing more in a conversation: you do"
    )
    takeover.add_argument("id", help="of a draft or a message there")
    takeover.add_argument("--off", action="store_true", help="let Sage answer there again")
    takeover.set_defaults(run=run_takeover)
    share = what.add_parser("share", parents=[common], help="let somebody see the passage that a draft's hint names")
    share.add_argument("id", help="of a draft, or of the message that it answers")
    share.add_argument("--with", dest="names", nargs="+", required=True, metavar="NAME", help="people or circles")
    share.add_argument("--hint", type=int, default=0, metavar="NUMBER", help="which hint, if there are several")
    share.add_argument("--note", action="store_true", help="the whole note, not that passage alone")
    share.add_argument("--yes", action="store_true", help="do not ask")
    share.set_defaults(run=run_share)


def _client(given: argparse.Namespace) -> Client:
    return Client(given.home, profile=given.profile or "")


# -- what waits -------------------------------------------------------------------------------------------------------


def waiting_lines(items: tuple[wire.ReplyShown, ...], offers: tuple[str, ...]) -> list[str]:
    """What waits for the person, before all else: who asked what, what Sage would do, and why."""
    lines = []
    for item in items:
        lines.append(f"{_moment(item.made_at)}  {item.account}  {item.contact}  [{item.id}]")
        lines += [short("  ", item.asked), f"  {said_of(item)}"]
    lines = [f"For you ({len(items)}), see: sage inbox show ID", *lines, ""] if lines else []
    return [*lines, *offers, *([""] if offers else [])]


def said_of(item: wire.ReplyShown) -> str:
    """What Sage would do, and why."""
    return f"{_MADE[item.decision]}: {item.reason}"


def reply_lines(item: wire.ReplyShown) -> list[str]:
    """A decision with all that the person needs to decide."""
    where = f"{item.account}, {item.conversation}" + (" (a group)" if item.group else "")
    lines = [f"From: {item.contact} <{item.sender}>", f"In: {where}", f"At: {_moment(item.made_at)}", ""]
    lines += _inset(item.asked or "(its words were forgotten)")
    lines += ["", f"Sage: {said_of(item)}" + _DECIDED.get(item.state, "")]
    lines += ["They were told that you will answer."] if item.told else []
    lines += [_YOURS] if item.yours else []
    lines += ["", *message_lines(item)] if item.text else []
    if not item.leaves and item.state not in ("open", "silent"):
        waits = item.fate.startswith("waiting")
        lines += ["", "It has not left yet." if waits else f"It was {item.fate}." if item.fate else "It was not sent."]
    for number, each in enumerate(item.sources, 1):
        lines += ["", f"It rests on [{number}] {each.citation}:", *_wrapped(" ".join(each.text.split())[:QUOTED])]
    seen = "Who would read it, and may see all of that" if item.sources else "Who would read it"
    lines += ["", f"{seen}: {', '.join(item.audience)}"]
    for sent in item.corrections:
        lines += ["", f"Corrected at {_moment(sent.at)} ({sent.state}):", *_inset(sent.text)]
    if item.hints:
        lines += ["", "Only you see this: " + "; ".join(item.hints)]
        lines.append(f"  To let them see it: sage inbox share {item.id} --with {' '.join(item.audience)}")
    return [*lines, "", *_what_to_do(item)]


def message_lines(item: wire.ReplyShown) -> list[str]:
    """Exactly what goes out, and to exactly whom."""
    return [f"To: {', '.join(item.to)}", f"From: {item.account}", "", *_inset(item.text)]


def _what_to_do(item: wire.ReplyShown) -> list[str]:
    if item.leaves:
        return [f"It leaves at {_moment(item.leaves, seconds=True)}. To stop it: sage inbox take-back {item.id}"]
    if item.state in ("open", "taken back"):
        approve = [f"sage inbox approve {item.id}"] if item.text else []
        yours = [*approve, f"sage inbox edit {item.id} TEXT", f"sage inbox deny {item.id}"]
        return ["Your turn:", *(f"  {each}" for each in yours)]
    if item.state == "silent":
        return [f"To answer it yourself: sage inbox answer {item.arrival} TEXT"]
    sent = item.fate.startswith(("sent", "uncertain"))
    return [f"If it was wrong: sage inbox correct {item.id} TEXT"] if sent else []


def _wrapped(text: str) -> list[str]:
    return wrap(text, ROOM, initial_indent="  ", subsequent_indent="  ")


def _inset(text: str) -> list[str]:
    return [f"  {line}" for line in text.splitlines()]


# -- decisions --------------------------------------------------------------------------------------------------------


def run_approve(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        shown = client.call(wire.ShowReply(given.id))
        _refuse_settled(shown)
        if not shown.text:
            raise BadInput(
                "There is no draft of it: nothing that they may see answers it.",
                safe="Nothing was sent.",
                do=f"Answer it yourself: sage inbox edit {shown.id} TEXT",
            )
        _ask(shown, given, printer)
        sent = client.call(wire.ApproveReply(shown.id, shown.digest))
    return _told(sent, printer)


def run_edit(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        first = client.call(wire.ShowReply(given.id))
        _refuse_settled(first)
        text = given.text or _edited(first.text)
        shown = client.call(wire.ShowReply(first.id, text))
        _ask(shown, given, printer)
        sent = client.call(wire.ApproveReply(shown.id, shown.digest, text))
    return _told(sent, printer)


def run_correct(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        if not given.text.strip():
            raise BadInput("There is no text.", safe="Nothing was sent.", do="Give it: sage inbox correct ID TEXT")
        shown = client.call(wire.ShowReply(given.id, given.text))
        _ask(shown, given, printer)
        sent = client.call(wire.CorrectReply(shown.id, shown.digest, given.text))
    state = sent.corrections[0].state if sent.corrections else "not sent"
    printer.data(sent, [f"The correction is {state}."])
    return 0 if state == "sent" else 1


def run_settle(given: argparse.Namespace, printer: Printer, how: Any) -> int:
    with _client(given) as client:
        shown = client.call(wire.SettleReply(given.id, how))
    lines = ["Nothing is answered."]
    if how == "take back":
        lines = [f"It was taken back, and not sent. What becomes of it: sage inbox show {shown.id}"]
    printer.data(shown, lines)
    return 0


def _refuse_settled(shown: wire.ReplyShown) -> None:
    if shown.state not in ("open", "taken back", "silent"):
        what = settled_words(shown.state, shown.fate)
        raise BadInput(what, safe="Nothing was sent.", do=f"See: sage inbox show {shown.id}")


def _ask(shown: wire.ReplyShown, given: argparse.Namespace, printer: Printer) -> None:
    """Shows exactly what goes out and to exactly whom, and stops here unless the person wants it. Raises BadInput."""
    if not shown.to:
        raise BadInput("The message that it answers was forgotten.", safe="Nothing was sent.")
    for line in (*message_lines(shown), ""):
        printer.line(line)
    _confirmed("Send exactly this?", "Nothing was sent.", given, printer)


def _confirmed(question: str, safe: str, given: argparse.Namespace, printer: Printer) -> None:
    """Raises BadInput unless the person says yes; with --json they saw nothing to say yes to."""
    if not (given.yes or (not printer.as_json and confirm(question))):
        raise BadInput(f"You did not say yes to: {question}", safe=safe, do=UNASKED)


def _told(sent: wire.ReplyShown, printer: Printer) -> int:
    lines = [f"{sent.fate[:1].upper()}{sent.fate[1:]}."]
    if sent.state == "edited" and sent.decision != "silence":
        lines.append(f"To let Sage answer that again: sage inbox keep {sent.id} --with NAME --question WORDS")
    printer.data(sent, lines)
    return 0 if sent.fate.startswith("sent") else 1


def _edited(text: str) -> str:
    """What the person makes of a text in their editor. Raises BadInput where there is none, or nothing was written."""
    from sage.tui.editor import editor_command

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise BadInput("There is no text.", safe="Nothing was sent.", do="Give it: sage inbox edit ID TEXT")
    descriptor, name = tempfile.mkstemp(prefix="sage-", suffix=".md")  # 0600
    path = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{text}\n" if text else "")
        ended = subprocess.run(editor_command(os.environ, path, 1), check=False).returncode
        written = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            "The editor did not write it.", safe="Nothing was sent.", do="Give it: sage inbox edit ID TEXT"
        ) from error
    finally:
        path.unlink(missing_ok=True)
    if ended or not written:
        raise BadInput("Nothing was written.", safe="Nothing was sent.", do="The draft still waits: sage inbox list")
    return written


# -- while the person was away ----------------------------------------------------------------------------------------


def run_away(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        shown = client.call(wire.ListAnswered())
    lines = [f"You are {shown.absence.words}.", *filter(None, (shown.absence.but,))]
    lines += [f"Answered since {_moment(shown.since)}: {len(shown.items)}", ""]
    for item in shown.items:
        asked = " ".join(item.asked.split())[:QUOTED]
        lines.append(f"{_moment(item.made_at)}  {item.account}  {item.contact}: {asked}")
        lines += _inset(item.text)
        lines.append(f"  {_fate(item)}  [{item.id}]")
        lines += [f"  corrected ({each.state}): {' '.join(each.text.split())}" for each in item.corrections]
        lines.append("")
    if shown.open:
        lines.append(f"{shown.open} {'waits' if shown.open == 1 else 'wait'} for you: sage inbox list")
    if shown.items:
        lines.append("If one was wrong: sage inbox correct ID TEXT")
    printer.data(shown, lines)
    return 0


def _fate(item: wire.ReplyShown) -> str:
    if item.leaves:
        return f"leaves at {_moment(item.leaves, seconds=True)}; to stop it: sage inbox take-back ID"
    if item.decision == "draft":
        stopped = {
            "open": "it did not leave, and waits for you",
            "taken back": "you took it back: it was not sent",
            "denied": "it did not leave, and you denied it",
        }
        return stopped.get(item.state, f"it did not leave by itself; you sent it: {item.fate}")
    return item.fate.replace("waiting", "it has not left yet", 1) or "it has not left yet"


def run_takeover(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        arrival = client.call(wire.ShowArrival(_arrival(client, given.id)))
        client.call(wire.TakeOver(arrival.account, arrival.conversation, not given.off))
    where = f"{arrival.account}, {arrival.conversation}"
    lines = [f"Sage may answer there again ({where})."]
    if not given.off:
        lines = [f"{_YOURS} ({where})", f"To let it do so again: sage inbox takeover {given.id} --off"]
    printer.data({"account": arrival.account, "conversation": arrival.conversation, "yours": not given.off}, lines)
    return 0


def _arrival(client: Client, name: str) -> str:
    """The message of a draft, or the one that was named itself."""
    return client.call(wire.ShowReply(name)).arrival if is_draft(name) else name


def is_draft(name: str) -> bool:
    """Whether an id is a decision's, and not a message's."""
    return name.startswith("y")


# -- sharing ----------------------------------------------------------------------------------------------------------


def run_share(given: argparse.Namespace, printer: Printer) -> int:
    with _client(given) as client:
        request = wire.ShareHint(given.id, tuple(given.names), given.hint, given.note)
        shown = client.call(request)
        for line in (about_change(shown.change), *effects(shown.change, "would see", "would no longer see")):
            printer.line(line)
        for hint in shown.change.hints:
            printer.trouble(hint)
        _confirmed("Share it?", "No label was changed.", given, printer)
        done = client.call(wire.ShareHint(request.id, request.names, request.hint, request.note, shown.digest))
    printer.data(done, [change_done(done.change), *effects(done.change), "", *reply_lines(done.reply)])
    return 0


def _moment(at: str, *, seconds: bool = False) -> str:
    return at[: 19 if seconds else 16].replace("T", " ")
