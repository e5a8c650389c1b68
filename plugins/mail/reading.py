"""A mail as an `Inbound`. Nothing in a mail makes this raise: what cannot be read is said so."""

from __future__ import annotations

import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.parser import BytesParser

from sage.plugin_api import Address, Inbound

from . import parts, trust
from .addresses import addresses, same_mailbox
from .charsets import header_text
from .trust import Headers

BROKEN = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    RecursionError,
    MessageError,
    binascii.Error,
)
"""What the standard library's mail package raises for mails that somebody broke, by mistake or not."""
TEXT_LIMIT = 100_000
"""Bytes of a mail's text that are given on."""
NOBODY = Address("nobody@sender.invalid")
"""Who wrote what names no sender. The domain never exists (RFC 2606)."""
_MESSAGE_ID = re.compile(r"<[^<>\s\x00-\x20\x7f-\U0010ffff]{1,250}>")
_LONGEST_CONVERSATION = 400


@dataclass
class Letter:
    """A mail as its server gave it. `body` is None where it could not be fetched or read; `arrived`: when the server took
    it, in seconds since 1970."""

    uid: int
    arrived: int
    header: bytes
    body: parts.Part | None = None

    @property
    def mark(self) -> str:
        """By which it is known again when its server numbers all anew."""
        try:
            headers = headers_of(self.header)
        except BROKEN:
            return _digest([self.header])
        return _digest(value for name in ("message-id", "date", "from") for value in trust.values(headers, name))


@dataclass(frozen=True)
class Reader:
    """What has to be known to read mails of one account."""

    own: tuple[str, ...]
    """The person's addresses, normal."""
    authserv_id: str = ""

    def read(self, letter: Letter, now: datetime) -> Inbound:
        """The message that a letter is; `now` stands for an arrival that is not known."""
        at = (datetime.fromtimestamp(letter.arrived, UTC) if letter.arrived else now).isoformat()
        try:
            headers = headers_of(letter.header)
            return self._read(letter, headers, at)
        except BROKEN:
            return Inbound(
                id=_own_id(letter.header, at),
                conversation=NOBODY.id,
                sender=NOBODY,
                text="",
                at=at,
                auto=True,
                unreadable="Its headers cannot be read.",
            )

    def _read(self, letter: Letter, headers: Headers, at: str) -> Inbound:
        text, left_out, unreadable = _text(letter.body)
        authors = _all_addresses(headers, "from")
        sender = authors[0] if authors else NOBODY
        verified = trust.verdict(headers, sender.id, self.authserv_id)
        if len(authors) != 1 or sum(name == "from" for name, _ in headers) != 1:
            verified = "no"  # it cannot be told whom the server vouched for
        own = same_mailbox(sender.id, self.own)
        others = self._others(headers, sender.id)
        message_id, answered = _first_id(headers, "message-id"), _first_id(headers, "in-reply-to")
        key = (message_id, sender.id, verified, *trust.values(headers, "date"), *trust.values(headers, "subject"), text)
        asked = [address.id for address in _all_addresses(headers, "reply-to") if address.id != sender.id]
        return Inbound(
            id=f"{message_id}#{_digest(key)}" if message_id else _own_id(letter.header, text),
            conversation=_conversation(others) or sender.id,
            sender=sender,
            text=text,
            at=at,
            group=len(others) > 1,
            members=others if len(others) > 1 else (),
            thread=_first_id(headers, "references") or answered,
            reply_to=answered,
            answer_to=asked[0] if asked else "",
            subject=header_text((_raw(headers, "subject") or [""])[0], 1_000),
            own=own,
            auto=not authors or trust.is_automatic(headers, sender.id),
            verified=verified,
            left_out=left_out,
            unreadable=unreadable if authors else "It names no sender.",
            attachments=parts.attachments(letter.body) if letter.body else (),
        )

    def _others(self, headers: Headers, sender: str) -> tuple[str, ...]:
        named = [sender, *(found.id for name in ("to", "cc") for found in _all_addresses(headers, name))]
        return tuple(dict.fromkeys(one for one in named if one and not same_mailbox(one, self.own)))


def headers_of(data: bytes) -> Headers:
    """A mail's headers, names in lower case, values as the standard library holds them."""
    message = BytesParser().parsebytes(data, headersonly=True)
    return [(name.lower(), str(value)[: _longest(name)]) for name, value in message.raw_items()]


def whole(header: bytes, text: bytes) -> parts.Part | None:
    """The parts of a mail that was fetched as a whole; None if it is too broken."""
    try:
        return parts.part_of(BytesParser().parsebytes(header + text))
    except BROKEN:
        return None


def _text(body: parts.Part | None) -> tuple[str, int, str]:
    """The text, how many of its bytes are left out, and why there is none."""
    if body is None:
        return "", 0, "It is broken, and can only be read in your mail program."
    if parts.is_encrypted(body):
        return "", 0, "It is encrypted, and can be read in your mail program."
    try:
        data = parts.text_of(body).encode()
    except BROKEN:
        return "", 0, "Its text cannot be read."
    missing = sum(max(0, part.whole - len(part.content)) for part in parts.texts(body))
    text = data[:TEXT_LIMIT].decode(errors="ignore")
    return text, max(0, len(data) - TEXT_LIMIT) + missing, ""


def _longest(name: str) -> int:
    """How many characters of a header are looked at; only lists of addresses are long by right."""
    return 65_536 if name.lower() in ("to", "cc") else 20_000


def _raw(headers: Headers, name: str) -> list[str]:
    return [value for known, value in headers if known == name]


def _all_addresses(headers: Headers, name: str) -> list[Address]:
    return [found for value in _raw(headers, name) for found in addresses(value)]


def _first_id(headers: Headers, name: str) -> str:
    found = _MESSAGE_ID.search(" ".join(trust.values(headers, name)))
    return found[0] if found else ""


def _conversation(members: tuple[str, ...]) -> str:
    """A name for a conversation: all others in it, so that what is said to one group is never taken up in another one."""
    name = ", ".join(sorted(members))
    return name if len(name) <= _LONGEST_CONVERSATION else f"{name[:_LONGEST_CONVERSATION]}… {_digest(sorted(members))}"


def _own_id(*pieces: object) -> str:
    return f"#{_digest(pieces)}"


def _digest(pieces: Iterable[object]) -> str:
    return hashlib.sha256("\0".join(str(piece) for piece in pieces).encode("utf-8", "replace")).hexdigest()[:16]
