"""A message of Sage's as a mail (RFC 5322), such that nothing in its fields becomes a header or a recipient of its own."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.charset import QP, Charset
from email.header import Header
from email.message import Message
from email.policy import compat32
from email.utils import format_datetime, formataddr

from sage.plugin_api import Outbound, Refused

from .addresses import normal
from .charsets import header_text, plain

_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,250}>")
_ANSWER = re.compile(r"(?:re|aw|sv|antw|odp|rif)\s*:", re.I)
_LONGEST_THREAD = 10
_SUBJECT_FROM_TEXT = 60


@dataclass(frozen=True)
class Mail:
    """A mail to be sent or left as a draft, with CRLF line ends."""

    message_id: str
    to: tuple[str, ...]
    data: bytes


def message_id(account: str, key: str, address: str) -> str:
    """The Message-ID for a key: always the same, so that what was sent or left once is found again."""
    digest = hashlib.sha256(f"{account}\0{key}".encode()).hexdigest()[:32]
    return f"<sage.{digest}@{address.rpartition('@')[2]}>"


@dataclass(frozen=True)
class Answered:
    """Of the mail that is answered: its headers Subject and References, as they are."""

    subject: str = ""
    references: str = ""


def write(
    out: Outbound,
    message_id: str,
    sender: str,
    name: str,
    at: datetime,
    *,
    draft: bool = False,
    to_what: Answered = Answered(),
) -> Mail:
    """The mail. Without a subject it has that of what it answers, or the beginning of its text. Raises Refused for what is no
    address."""
    to = tuple(_recipient(address) for address in dict.fromkeys(out.to))
    if not to:
        raise Refused("The message names nobody to send it to.")
    mail = Message(policy=compat32)
    mail["From"] = formataddr((_line(name), sender))
    mail["To"] = ", ".join(to)
    mail["Subject"] = Header(_subject(out, to_what), header_name="Subject").encode()
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id
    answered = id_in(out.reply_to)
    if answered:
        mail["In-Reply-To"] = answered
    if references := _references(id_in(out.thread), to_what, answered):
        mail["References"] = " ".join(references)
    if out.auto and not draft:
        mail["Auto-Submitted"] = "auto-replied" if references else "auto-generated"  # RFC 3834 section 5
        mail["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
    utf8 = Charset("utf-8")
    utf8.body_encoding = QP
    mail["MIME-Version"] = "1.0"
    mail.set_payload(plain(out.text).rstrip("\n") + "\n", utf8)
    return Mail(message_id, to, mail.as_bytes(policy=compat32.clone(linesep="\r\n")))


def _recipient(address: str) -> str:
    known = normal(address)
    if not known or not known.isascii():
        raise Refused(f"{_line(address)[:100]!r} is no address that mail can be sent to.")
    return known


def id_in(id_or_thread: str) -> str:
    """The Message-ID in the id of a message; "" if it has none."""
    found = _MESSAGE_ID.match(id_or_thread)
    return found[0] if found else ""


def _references(thread: str, to_what: Answered, answered: str) -> list[str]:
    """The beginning of a thread and its last mails, the answered one last."""
    before = [known for known in _MESSAGE_ID.findall(to_what.references) if known not in (thread, answered)]
    return list(dict.fromkeys(filter(None, (thread, *before[-_LONGEST_THREAD:], answered))))


def _subject(out: Outbound, to_what: Answered) -> str:
    if given := _line(out.subject):
        return given
    if theirs := _line(header_text(to_what.subject, 500)):
        return theirs if _ANSWER.match(theirs) else f"Re: {theirs}"
    first = _line(plain(out.text).strip().partition("\n")[0])
    return first if len(first) <= _SUBJECT_FROM_TEXT else f"{first[:_SUBJECT_FROM_TEXT].rstrip()}…"


def _line(text: str) -> str:
    return " ".join(plain(text).split())
