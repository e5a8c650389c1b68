"""What signal-cli says of a message, as Sage's messages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sage.plugin_api import Address, Attachment, Inbound

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBER = re.compile(r"\+[1-9][0-9]{4,14}")
_GROUP = re.compile(r"[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{22}==")
_ID = re.compile(r"([^/]+)/([0-9]{1,15})")
_LONG_TEXT = "text/x-signal-plain"
_OTHERS = ("contacts", "payment", "pollCreate")
_OTHER = "It holds something that is not read here, such as a contact or a poll."
_ONCE = "It can be seen once only, in Signal itself."
_DISAPPEARS = "It disappears in Signal, so its words are not kept here."
_UNTRUSTED = "The sender's safety number has changed, so signal-cli did not read it: compare it in Signal."
_UNREAD = "signal-cli could not decrypt it."


@dataclass(frozen=True)
class Said:
    """A message. `data` is what was said, `edits` when the message was written that it replaces (0: it is new), `own`
    whether another device of this account wrote it, to whom `to` says. `error`: the kind of what went wrong."""

    envelope: Mapping[str, Any]
    data: Mapping[str, Any]
    edits: int = 0
    own: bool = False
    to: str = ""
    error: str = ""

    @property
    def group(self) -> str:
        """The group's id, "" for none."""
        return _text(_record(self.data, "groupInfo"), "groupId")

    @property
    def changes_group(self) -> bool:
        """Whether it tells that the group has changed."""
        return _record(self.data, "groupInfo").get("type") == "UPDATE"


def is_person(text: str) -> bool:
    """Whether it is what Signal knows a person by: the account's UUID, or a telephone number."""
    return bool(_UUID.fullmatch(text) or _NUMBER.fullmatch(text))


def is_group(text: str) -> bool:
    """Whether it is a group's id."""
    return bool(_GROUP.fullmatch(text))


def said_in(told: Mapping[str, Any], account: str) -> Said | None:
    """The message that came; None for receipts, typing, calls, stories, and what is another account's."""
    envelope, error = _record(told, "envelope"), _record(told, "exception")
    if told.get("account") != account or not envelope:
        return None
    if error and not any(envelope.get(key) for key in ("dataMessage", "editMessage", "syncMessage")):
        return Said(envelope, {}, error=_text(error, "type") or "unknown")
    sent = _record(_record(envelope, "syncMessage"), "sentMessage")
    to = _who(sent, "destination", account)
    changed = _record(sent or envelope, "editMessage")
    data = _record(changed, "dataMessage") or sent or _record(envelope, "dataMessage")
    return Said(envelope, data, _number(changed, "targetSentTimestamp"), bool(sent), to) if data else None


def inbound(
    said: Said, account: str, own: frozenset[str], members: tuple[str, ...], keep: bool = False
) -> Inbound | None:
    """It as Sage knows it; None for what only tells that something happened, such as a reaction. `keep`: the words of what
    disappears, too."""
    data, written = said.data, _number(said.data, "timestamp") or _number(said.envelope, "timestamp")
    who = account if said.own else _who(said.envelope, "source", account)
    where = said.group or (said.to if said.own else who)
    if not (who and where and written):
        return None
    name = "" if who == account else _text(said.envelope, "sourceName")
    if said.error:
        changed = "UntrustedIdentity" in said.error
        return Inbound(
            # Once it is trusted, the message itself comes under its own id.
            id=f"{name_of(who, written)}/unread",
            conversation=where,
            sender=Address(who, name),
            text="",
            at=moment_of(written),
            verified="no" if changed else "unknown",
            unreadable=_UNTRUSTED if changed else _UNREAD,
        )
    text, unreadable, files = _content(data, keep)
    if not (text or unreadable or files):
        return None
    quote = _record(data, "quote")
    author, quoted = _who(quote, "author", account), _number(quote, "id")
    return Inbound(
        id=name_of(who, written),
        conversation=where,
        sender=Address(who, name),
        text=text,
        at=moment_of(written),
        group=bool(said.group),
        members=members,
        reply_to=name_of(author, quoted) if author and quoted else "",
        edits=name_of(who, said.edits) if said.edits else "",
        own=said.own or who == account or who in own,
        verified="yes",
        left_out=_left_out(data, text),
        unreadable=unreadable,
        attachments=files,
    )


def name_of(who: str, written: int) -> str:
    """A message's id: Signal knows one by who wrote it and when, in milliseconds."""
    return f"{who}/{written}"


def named(message: str) -> tuple[str, int] | None:
    """Who wrote the message of this id, and when."""
    found = _ID.fullmatch(message)
    return (found[1], int(found[2])) if found and is_person(found[1]) else None


def moment_of(milliseconds: Any) -> str:
    """Milliseconds since 1970 as ISO 8601."""
    known = milliseconds if isinstance(milliseconds, int) and 0 <= milliseconds < 1 << 45 else 0
    return datetime.fromtimestamp(known / 1000, UTC).isoformat(timespec="milliseconds")


def person_of(record: Mapping[str, Any], account: str) -> str:
    """A member's address: the account's own is its number, all others' the UUID that Signal vouches for."""
    if _text(record, "number") == account:
        return account
    return _text(record, "uuid") or _text(record, "number")


def _who(record: Mapping[str, Any], key: str, account: str) -> str:
    known = {"number": record.get(f"{key}Number"), "uuid": record.get(f"{key}Uuid")}
    return person_of(known, account)


def _content(data: Mapping[str, Any], keep: bool) -> tuple[str, str, tuple[Attachment, ...]]:
    """Text, why there is none, and files."""
    found = [each for each in data.get("attachments") or () if isinstance(each, dict)]
    files = tuple(_file(each) for each in found if each.get("contentType") != _LONG_TEXT)
    if data.get("sticker"):
        files += (Attachment("sticker", "image/webp"),)
    text = _with_mentions(data)
    if data.get("reaction") or data.get("remoteDelete") or data.get("isExpirationUpdate"):
        return "", "", ()
    if data.get("viewOnce"):
        return "", _ONCE, ()
    if (text or files) and _number(data, "expiresInSeconds") and not keep:
        return "", _DISAPPEARS, ()
    other = any(data.get(key) for key in _OTHERS)
    return text, _OTHER if other and not text else "", files


def _with_mentions(data: Mapping[str, Any]) -> str:
    """The text, with the address of whoever is mentioned in the place of Signal's mark (counted in UTF-16)."""
    text = _text(data, "message")
    mentions = [each for each in data.get("mentions") or () if isinstance(each, dict)]
    units = text.encode("utf-16-le", "surrogatepass")
    for each in sorted(mentions, key=lambda each: _number(each, "start"), reverse=True):
        start, length = _number(each, "start") * 2, _number(each, "length") * 2
        name = "@" + (_text(each, "number") or _text(each, "uuid"))
        if length and start + length <= len(units):
            units = units[:start] + name.encode("utf-16-le") + units[start + length :]
    return units.decode("utf-16-le", "replace")


def _left_out(data: Mapping[str, Any], text: str) -> int:
    """Bytes of a long text that signal-cli did not fetch."""
    found = [each for each in data.get("attachments") or () if isinstance(each, dict)]
    whole = max((_number(each, "size") for each in found if each.get("contentType") == _LONG_TEXT), default=0)
    return max(0, whole - len(_text(data, "message").encode("utf-8", "replace"))) if text else 0


def _file(one: Mapping[str, Any]) -> Attachment:
    kind = _text(one, "contentType")
    return Attachment(_text(one, "filename") or kind.partition("/")[0] or "file", kind, _number(one, "size"))


def _record(record: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = record.get(key)
    return found if isinstance(found, dict) else {}


def _number(record: Mapping[str, Any], key: str) -> int:
    found = record.get(key)
    return found if isinstance(found, int) and found > 0 else 0


def _text(record: Mapping[str, Any], key: str) -> str:
    found = record.get(key)
    return found if isinstance(found, str) else ""
