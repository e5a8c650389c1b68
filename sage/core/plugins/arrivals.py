"""Messages that came in: cleaned once at the door, and as they are shown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from sage.core.passages import digest_of
from sage.core.terminal_text import clean, clean_line
from sage.plugin_api import Address, Attachment, Inbound

TEXT_BYTES = 200_000
"""Of a message's text; what is longer is cut, and how much is said."""
NAME_LENGTH, ID_LENGTH = 200, 1000
MOST_MEMBERS, MOST_ATTACHMENTS = 500, 50
MOST_LEFT_OUT = 1 << 40
"""Bytes; whoever claims more could claim what no row can hold."""

State = Literal["kept", "held", "ignored"]


class Arrival(Struct, frozen=True):
    """A message as the journal has it. `text`, `name`, `subject` and `attachments` are "" or empty unless it was kept.

    `why` is a key of `admission.WORDS` ("": it was kept). `event` is the service's id of it, `answer_to` where its sender wants
    answers, if that is elsewhere: shown, never followed. `settled`: nobody needs to look at it any more. `text_id` names its text
    in memory. Times are ISO 8601; `received_at` is when it came in here.
    """

    id: str
    account: str
    conversation: str
    sender: str
    state: State
    why: str = ""
    name: str = ""
    contact: str = ""
    subject: str = ""
    text: str = ""
    text_id: str = ""
    thread: str = ""
    reply_to: str = ""
    edits: str = ""
    group: bool = False
    members: tuple[str, ...] = ()
    verified: str = "unknown"
    left_out: int = 0
    unreadable: str = ""
    attachments: tuple[Attachment, ...] = ()
    at: str = ""
    received_at: str = ""
    settled: bool = False
    event: str = ""
    answer_to: str = ""


def cleaned(event: Inbound, now: datetime) -> Inbound:
    """A message whose every word can be kept and shown. Ids go back to the service and stay as they are; one that is too
    long, or would steer a terminal, becomes "" (the message's own: a digest, by which it is known again)."""
    text, cut = _bounded(clean(_text(event.text)))
    members = tuple(dict.fromkeys(_id(each) for each in event.members))
    return replace(
        event,
        id=_id(event.id) or (f"sha256:{digest_of(_text(event.id))}" if event.id else ""),
        conversation=_id(event.conversation),
        thread=_id(event.thread),
        reply_to=_id(event.reply_to),
        answer_to=_line(event.answer_to),
        edits=_id(event.edits),
        sender=Address(_id(event.sender.id), _line(event.sender.name)),
        text=text,
        left_out=min(max(0, event.left_out), MOST_LEFT_OUT) + cut,
        subject=_line(event.subject),
        unreadable=_line(event.unreadable),
        at=_moment(event.at, now),
        members=members if len(members) <= MOST_MEMBERS and "" not in members else (),
        attachments=tuple(
            Attachment(_line(each.name), _line(each.media_type), max(0, each.size))
            for each in event.attachments[:MOST_ATTACHMENTS]
        ),
    )


def _text(text: str) -> str:
    """Without what is no Unicode text."""
    return text.encode("utf-8", "replace").decode()


def _line(text: str) -> str:
    return " ".join(clean_line(_text(text)).split())[:NAME_LENGTH]


def _id(name: str) -> str:
    known = _text(name)
    return known if len(known) <= ID_LENGTH and known == clean_line(known) else ""


def _bounded(text: str) -> tuple[str, int]:
    data = text.encode()
    if len(data) <= TEXT_BYTES:
        return text, 0
    kept = data[:TEXT_BYTES].decode(errors="ignore")
    return kept, len(data) - len(kept.encode())


def _moment(at: str, now: datetime) -> str:
    """When it was written; what is no moment, or lies ahead, was written now. Written anew, as ISO 8601 lets any character
    stand between date and time."""
    try:
        found = datetime.fromisoformat(at)
        past = found.tzinfo is not None and found.astimezone(UTC) <= now.astimezone(UTC)
    except (ValueError, OverflowError):  # an hour of the year 1 that lies before it elsewhere
        return now.isoformat()
    return found.isoformat() if past else now.isoformat()
