"""What of accounts stands in the journal, as pieces that can be forgotten: messages, and changes of tasks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import apsw
import msgspec

from sage.adapters.forgetting import forgetting_replies
from sage.adapters.forgetting.journal_columns import RowChange, has, turn_key
from sage.core.deputy.frames import without_frames
from sage.core.forgetting.forgetting import Choice, Piece
from sage.core.passages import ANSWER

_EMPTY_INBOUND = {
    "conversation": "", "sender": "", "name": "", "members": "[]", "contact": "", "reason": "", "subject": "", "text_id": "",
    "unreadable": "", "attachments": "[]", "answer_to": "",
}  # fmt: skip
_UNSENT = frozenset(("waiting", "repeating"))


def pieces(journal: apsw.Connection) -> Iterator[Piece]:
    """What came in and what went out, what was changed of tasks elsewhere, and what was said of accounts."""
    if has(journal, "inbound"):
        yield from _inbound(journal)
        yield from _outbox(journal)
        yield from _task_changes(journal)
        yield from _accounts(journal)
    yield from forgetting_replies.pieces(journal)


def _inbound(journal: apsw.Connection) -> Iterator[Piece]:
    """The row of a message: that it came stays, since a service may bring it again. Its text stands among the texts."""
    rows = journal.execute(
        "SELECT id, conversation, sender, name, subject, attachments, text_id, at FROM inbound WHERE sender != '' ORDER BY seq"
    )
    for message, conversation, sender, name, subject, attachments, text, at in rows:
        files = [str(each.get("name", "")) for each in msgspec.json.decode(attachments, type=list[dict[str, Any]])]
        words = "\n".join(filter(None, (subject, *files)))
        yield Piece(
            "messages", f"inbound/{message}", "message", f"message of {name or sender}, {_moment(at)}", words, (message,),
            (message,), rests_on=(f"text/{text}", text) if text else (), group=conversation, when=at,
            speaker=f"{name} {sender}".strip(), fate="replaced", begins=words or f"(from {name or sender})",
        )  # fmt: skip


def _outbox(journal: apsw.Connection) -> Iterator[Piece]:
    """What answers a message for the person rests on what was decided of it, but for the one sentence that says nothing."""
    decided = forgetting_replies.replies_by_message(journal)
    rows = journal.execute(
        "SELECT id, conversation, recipients, subject, text, kind, answers, turn, made_at FROM outbox"
        " WHERE text != '' ORDER BY seq"
    )
    for message, conversation, recipients, subject, text, kind, answers, turn, made_at in rows:
        words = without_frames(text)
        to = ", ".join(msgspec.json.decode(recipients, type=list[str]))
        rests_on = (
            f"inbound/{answers}" if answers else "",
            decided.get(answers, "") if words else "",
            turn_key(turn, ANSWER) if turn else "",
        )
        yield Piece(
            "messages", f"outbox/{message}", f"message of yours ({kind})", f"message to {to}, {_moment(made_at)}",
            "\n".join(filter(None, (subject, words))), (message,), rests_on=tuple(filter(None, rests_on)),
            group=conversation, when=made_at, fate="replaced", begins=text,
        )  # fmt: skip


def _task_changes(journal: apsw.Connection) -> Iterator[Piece]:
    rows = journal.execute(
        "SELECT id, account, do, base, wanted, theirs, reason, made_at FROM task_changes ORDER BY seq"
    )
    for change, account, do, base, wanted, theirs, reason, made_at in rows:
        words = dict.fromkeys(filter(None, (*(_text_of(each) for each in (base, wanted, theirs)), reason)))
        yield Piece(
            "task changes", f"change/{change}", f"change of a task ({do})", f"{account}, {_moment(made_at)}", "\n".join(words),
            (change,), group=change, when=made_at,
        )  # fmt: skip


def _accounts(journal: apsw.Connection) -> Iterator[Piece]:
    for account, reason, since in journal.execute(
        "SELECT account, reason, since FROM plugin_accounts WHERE reason != ''"
    ):
        yield Piece(
            "accounts", f"account/{account}", "state of an account", account, reason, group=account, when=since, fate="replaced",
        )  # fmt: skip


def changes_of(journal: apsw.Connection, choice: Choice, day: str) -> list[RowChange]:
    """How rows change when a piece goes. A message that was not sent yet never is."""
    key = choice.piece.key
    kind, _, name = key.partition("/")
    forgotten = f"Forgotten on {day}."
    match kind:
        case "inbound":
            return [RowChange(key, "inbound", {"id": name}, {**_EMPTY_INBOUND, "reason": forgotten})]
        case "outbox":
            row = {"conversation": "", "recipients": "[]", "subject": "", "text": "", "digest": "", "reason": forgotten}
            states = journal.execute("SELECT state FROM outbox WHERE id = ?", (name,)).fetchall()
            unsent = {"state": "dropped"} if any(state in _UNSENT for (state,) in states) else {}
            return [RowChange(key, "outbox", {"id": name}, {**row, **unsent})]
        case "change":
            return [RowChange(key, "task_changes", {"id": name})]
        case "account":
            return [RowChange(key, "plugin_accounts", {"account": name}, {"reason": ""})]
    return forgetting_replies.changes_of(journal, choice)


def _text_of(task: str) -> str:
    """The words of a task, or of a change of one, that is kept as JSON."""
    return str(msgspec.json.decode(task, type=dict[str, Any]).get("text", "")) if task else ""


def _moment(at: str) -> str:
    return at[:16].replace("T", " ")
