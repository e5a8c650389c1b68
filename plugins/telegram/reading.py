"""What an update of the Bot API says, as Sage's messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sage.plugin_api import Address, Attachment, Inbound

_FILES = {
    "animation": "video/mp4",
    "audio": "audio/mpeg",
    "document": "",
    "photo": "image/jpeg",
    "sticker": "image/webp",
    "video": "video/mp4",
    "video_note": "video/mp4",
    "voice": "audio/ogg",
}
"""Kinds of files, with what they are if nothing says it."""
_OTHERS = ("checklist", "contact", "dice", "game", "invoice", "location", "paid_media", "poll", "story", "venue")
_UNREADABLE = "It holds something that is not read here, such as a place or a poll."


@dataclass(frozen=True)
class Chat:
    """Where something was written. `id` as Telegram has it: a person's in private, negative for groups."""

    id: int
    group: bool


@dataclass(frozen=True)
class Said:
    """A message of an update. `raw` is the message, `edit` the number of the update that changed it, 0: it is new."""

    chat: Chat
    raw: Mapping[str, Any]
    edit: int

    @property
    def came(self) -> list[int]:
        """Who is known to be in the chat by this message."""
        return [each["id"] for each in [self._user("from"), *_users(self.raw.get("new_chat_members"))] if each]

    @property
    def left(self) -> int:
        """Who went, 0: nobody."""
        return int(self._user("left_chat_member").get("id", 0))

    def _user(self, key: str) -> Mapping[str, Any]:
        found = self.raw.get(key)
        return found if isinstance(found, dict) and isinstance(found.get("id"), int) else {}

    @property
    def sender(self) -> Address:
        """Who wrote it: a chat that somebody wrote in the name of, or a person."""
        chat, user = self._user("sender_chat"), self._user("from")
        if chat:
            return Address(str(chat["id"]), _text(chat, "title"))
        if not user:
            return Address("")
        name = " ".join(filter(None, (_text(user, "first_name"), _text(user, "last_name"))))
        known = _text(user, "username")
        return Address(str(user["id"]), f"{name} (@{known})" if known else name)

    @property
    def auto(self) -> bool:
        """Whether a program wrote it. Who writes in a chat's name is shown with a bot's account."""
        by_bot = self._user("from").get("is_bot") is True and not self._user("sender_chat")
        return by_bot or self.raw.get("is_automatic_forward") is True

    @property
    def thread(self) -> str:
        """The topic; in other groups the number only tells which message was answered, and nothing can be sent to it."""
        chat, number = self.raw.get("chat", {}), self.raw.get("message_thread_id")
        topics = self.raw.get("is_topic_message") or chat.get("is_forum") or not self.chat.group
        return str(number) if isinstance(number, int) and topics else ""


def said_in(update: Any) -> Said | None:
    """The message that an update brings; None for what is none of a person or group."""
    if not isinstance(update, dict):
        return None
    edited = update.get("edited_message")
    raw = edited or update.get("message")
    if not isinstance(raw, dict):
        return None
    chat = raw.get("chat")
    if not isinstance(chat, dict) or not isinstance(chat.get("id"), int) or not isinstance(raw.get("message_id"), int):
        return None
    if chat.get("type") not in ("private", "group", "supergroup"):
        return None
    return Said(Chat(chat["id"], chat["type"] != "private"), raw, int(update["update_id"]) if edited else 0)


def inbound(said: Said, bot: int, own: frozenset[str], members: tuple[str, ...]) -> Inbound | None:
    """It as Sage knows it; None for what only tells that something happened, such as somebody coming in."""
    raw = said.raw
    files = tuple(_file(kind, raw[kind]) for kind in _FILES if raw.get(kind))
    other = any(kind in raw for kind in _OTHERS)
    text = _text(raw, "text") or _text(raw, "caption")
    if not (text or files or other):
        return None
    sender = said.sender
    answered = raw.get("reply_to_message")
    number = answered.get("message_id") if isinstance(answered, dict) else None
    name = name_of(bot, said.chat.id, raw["message_id"])
    return Inbound(
        id=f"{name}/{said.edit}" if said.edit else name,
        conversation=str(said.chat.id),
        sender=sender,
        text=text,
        at=moment_of(raw.get("edit_date") if said.edit else raw.get("date")),
        group=said.chat.group,
        members=members,
        thread=said.thread,
        reply_to=name_of(bot, said.chat.id, number) if isinstance(number, int) else "",
        edits=name if said.edit else "",
        own=sender.id in own or sender.id == str(bot),
        auto=said.auto,
        verified="yes" if sender.id else "unknown",
        unreadable=_UNREADABLE if other and not text else "",
        attachments=files,
    )


def name_of(bot: int, chat: int, message: int) -> str:
    """A message's id: Telegram counts in each chat, and in private ones for each bot anew."""
    return f"{bot}/{chat}/{message}"


def number_in(name: str, bot: int, chat: int) -> int:
    """The number of a message of this chat by its id, 0 for any other."""
    before, _, number = name.rpartition("/")
    return int(number) if before == f"{bot}/{chat}" and number.isascii() and number.isdecimal() else 0


def _file(kind: str, found: Any) -> Attachment:
    one = found[-1] if isinstance(found, list) and found else found  # a photo comes in several sizes, the largest last
    one = one if isinstance(one, dict) else {}
    size = one.get("file_size")
    name = _text(one, "file_name") or kind.replace("_", " ")
    return Attachment(name, _text(one, "mime_type") or _FILES[kind], size if isinstance(size, int) and size > 0 else 0)


def moment_of(seconds: Any) -> str:
    """Seconds since 1970 as ISO 8601."""
    known = seconds if isinstance(seconds, int) and 0 <= seconds < 1 << 35 else 0
    return datetime.fromtimestamp(known, UTC).isoformat()


def _users(found: Any) -> list[dict[str, Any]]:
    users = found if isinstance(found, list) else []
    return [each for each in users if isinstance(each, dict) and isinstance(each.get("id"), int)]


def _text(record: Mapping[str, Any], key: str) -> str:
    found = record.get(key)
    return found if isinstance(found, str) else ""
