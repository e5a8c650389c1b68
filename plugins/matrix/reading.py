"""What an event of a room says, as Sage takes it. All of it was written by others: nothing here trusts a type, and
nothing here asks the network."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from sage.plugin_api import Address, Attachment, Inbound

Verified = Literal["yes", "no", "unknown"]

MESSAGE, STICKER, ENCRYPTED, REDACTION = "m.room.message", "m.sticker", "m.room.encrypted", "m.room.redaction"
WRITTEN = (MESSAGE, STICKER, ENCRYPTED)
LATER = "~text"
"""Behind the id of an event: its text, which could only be read later. No event's own id has this sign."""

MEMBERS = 100
"""In a room of more others than this, none are named: nobody can then say who an answer would reach, so there is none."""
_NAME = 200
_MEDIA = frozenset({"m.image", "m.file", "m.audio", "m.video"})
_PROGRAMS = frozenset({"m.notice", "m.server_notice"})
_NO_MESSAGE = frozenset({"m.key.verification.request"})


class Room(NamedTuple):
    """A room as it is now: all others in it or invited, and what they call themselves."""

    id: str
    others: tuple[str, ...]
    names: Mapping[str, str]


class Origin(NamedTuple):
    """An event without what it says. `own`: the person or Sage wrote it."""

    id: str
    room: Room
    sender: str
    at: str
    own: bool
    verified: Verified


def text_of(value: Any) -> str:
    """A string that stands where one should, else ""; halves of signs, which no file takes, become "?"."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def table_of(value: Any) -> Mapping[str, Any]:
    """A table that stands where one should, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def list_of(value: Any) -> list[Mapping[str, Any]]:
    """The tables of a list that stands where one should."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def moment_of(milliseconds: Any, now: datetime) -> str:
    """The server's moment (since 1970, UTC) in ISO 8601, or `now` where it is none."""
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds")
    except (TypeError, ValueError, OverflowError, OSError):
        return now.isoformat(timespec="milliseconds")


def changes(content: Mapping[str, Any]) -> str:
    """The id of the event whose text this one replaces, or "" (also if it has no new text)."""
    relation = table_of(content.get("m.relates_to"))
    if relation.get("rel_type") != "m.replace" or not table_of(content.get("m.new_content")):
        return ""
    return text_of(relation.get("event_id"))


def message(origin: Origin, kind: str, content: Mapping[str, Any], edits: str = "") -> Inbound | None:
    """The message of an event (its `kind` without encryption), or None if it is none. `edits`: the event that it
    replaces, which has to be its own sender's."""
    relation = table_of(content.get("m.relates_to"))
    said = table_of(content.get("m.new_content")) if edits and edits == changes(content) else content
    msgtype = "m.image" if kind == STICKER else text_of(said.get("msgtype"))
    if kind not in (MESSAGE, STICKER) or msgtype in _NO_MESSAGE or not said:
        return None
    reply = text_of(table_of(relation.get("m.in_reply_to")).get("event_id"))
    text = text_of(said.get("body"))
    attachments: tuple[Attachment, ...] = ()
    if msgtype in _MEDIA:
        text, attachments = _media(said, text)
    elif msgtype == "m.emote":
        text = f"* {text}"
    elif reply:
        text = _without_quote(text)
    threaded = relation.get("rel_type") == "m.thread"
    return _inbound(
        origin,
        text=text,
        auto=msgtype in _PROGRAMS,
        edits=edits,
        thread=text_of(relation.get("event_id")) if threaded else "",
        reply_to="" if relation.get("is_falling_back") is True else reply,
        attachments=attachments,
    )


def unreadable(origin: Origin, why: str, *, edits: str = "") -> Inbound:
    """A message whose text is not there."""
    return _inbound(origin, unreadable=why, edits=edits)


def _inbound(origin: Origin, **more: Any) -> Inbound:
    """A message. Nobody vouches for a sender with capitals: old servers know two people whose ids differ in nothing else,
    and Sage does not."""
    room = origin.room
    group = len(room.others) > 1
    return Inbound(
        id=origin.id,
        conversation=room.id,
        sender=Address(origin.sender, room.names.get(origin.sender, "")[:_NAME]),
        at=origin.at,
        group=group,
        members=room.others if group and len(room.others) <= MEMBERS else (),
        own=origin.own,
        verified="no" if not origin.own and origin.sender.lower() != origin.sender else origin.verified,
        **{"text": "", **more},
    )


def _media(said: Mapping[str, Any], body: str) -> tuple[str, tuple[Attachment, ...]]:
    """The words beside a file, and the file; the file itself stays on the server."""
    name, info = text_of(said.get("filename")), table_of(said.get("info"))
    size = info.get("size")
    known = size if isinstance(size, int) and 0 <= size < 1 << 53 else 0
    file = Attachment((name or body)[:_NAME], text_of(info.get("mimetype"))[:_NAME], int(known))
    return (body if name and name != body else ""), (file,)


def _without_quote(text: str) -> str:
    """An answer without the message that older programs quote above it."""
    if not text.startswith(("> <", "> * <")):
        return text
    lines = text.split("\n")
    quoted = next((number for number, line in enumerate(lines) if not line.startswith(">")), len(lines))
    return "\n".join(lines[quoted:]).removeprefix("\n")
