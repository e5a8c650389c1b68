"""Telegram's export as JSON (`result.json`): one chat, or all of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
from msgspec import Struct

from sage.adapters.readers.reading import BROKEN_JSON, Files, Reading, read_bytes
from sage.core.errors import Unreadable
from sage.core.reading.documents import Message, Part, chat_parts


class _Me(Struct):
    user_id: int = 0


class _Chat(Struct):
    name: str | None = None
    type: str = ""
    id: int = 0
    messages: list[msgspec.Raw] = []


class _Chats(Struct):
    chats: list[_Chat] = msgspec.field(default_factory=list, name="list")


class _Export(_Chat):
    personal_information: _Me | None = None
    chats: _Chats | None = None
    left_chats: _Chats | None = None


class _Said(Struct):
    type: str = ""
    date: str = ""
    date_unixtime: str = ""
    sender: str | None = msgspec.field(default=None, name="from")
    from_id: str | int | None = None
    text: Any = ""
    forwarded_from: str | None = None
    file_name: str | None = None
    sticker_emoji: str | None = None


def looks_like_telegram(head: bytes) -> bool:
    return head.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"{") and (
        b'"personal_information"' in head or (b'"type"' in head and b'"messages"' in head)
    )


def read_telegram(files: Files, name: str, reading: Reading) -> Iterator[Part]:
    """The chats of an export, day by day."""
    try:
        export = msgspec.json.decode(read_bytes(files, name), type=_Export)
    except BROKEN_JSON as error:
        raise Unreadable(
            "It is no whole export of Telegram.", do="Export the chats again, as machine-readable JSON."
        ) from error
    own = f"user{export.personal_information.user_id}" if export.personal_information else ""
    chats = [export, *(export.chats or _Chats()).chats, *(export.left_chats or _Chats()).chats]
    for chat in chats:
        if chat.messages:
            title = chat.name or ("Saved messages" if chat.type == "saved_messages" else "chat")
            yield from chat_parts(title, _messages(chat, own, reading), f"{title} ({chat.id})")


def _messages(chat: _Chat, own: str, reading: Reading) -> Iterator[Message]:
    broken = 0
    for place, raw in enumerate(chat.messages, 1):
        try:
            said = msgspec.json.decode(raw, type=_Said)
        except BROKEN_JSON:
            broken += 1
            continue
        text = _text(said)
        if said.type == "message" and text:
            from_person = str(said.from_id) == own if own else reading.person.is_named(said.sender)
            is_own = (from_person or chat.type == "saved_messages") and not said.forwarded_from
            yield Message(text, said.sender or "Deleted account", _when(said), place, is_own)
    if broken:
        reading.tell(f"Messages of {chat.name or 'a chat'} that do not read: {broken}.", "The others were read.")


def _text(said: _Said) -> str:
    """The words of a message, which may come in pieces, and the name of what is attached."""
    pieces = said.text if isinstance(said.text, list) else [said.text]
    words = "".join(str(piece.get("text", "")) if isinstance(piece, dict) else str(piece) for piece in pieces).strip()
    attached = f"Attached: {said.file_name}" if said.file_name else said.sticker_emoji or ""
    return "\n".join(filter(None, (words, attached)))


def _when(said: _Said) -> str:
    """The local time that stands there, with its distance from UTC where that can be told."""
    try:
        local = datetime.fromisoformat(said.date)
        away = local - datetime.fromtimestamp(int(said.date_unixtime), UTC).replace(tzinfo=None)
        quarter = timedelta(minutes=15 * round(away / timedelta(minutes=15)))
        return local.replace(tzinfo=timezone(quarter)).isoformat()
    except (ValueError, OverflowError, OSError, TypeError):
        return said.date if said.date[:4].isdigit() else ""
