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
from .charsets import plain

_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,250}>")


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


def write(out: Outbound, message_id: str, sender: str, name: str, at: datetime, *, draft: bool = False) -> Mail:
    """The mail. Raises Refused for what is no address."""
    to = tuple(_recipient(address) for address in dict.fromkeys(out.to))
    if not to:
        raise Refused("The message names nobody to send it to.")
    mail = Message(policy=compat32)
    mail["From"] = formataddr((_line(name), sender))
    mail["To"] = ", ".join(to)
    mail["Subject"] = Header(_line(out.subject), header_name="Subject").encode()
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id
    answered = _id_in(out.reply_to)
    if answered:
        mail["In-Reply-To"] = answered
    if references := list(dict.fromkeys(known for known in (_id_in(out.thread), answered) if known)):
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


def _id_in(id_or_thread: str) -> str:
    """The Message-ID in the id of a message; "" if it has none."""
    found = _MESSAGE_ID.match(id_or_thread)
    return found[0] if found else ""


def _line(text: str) -> str:
    return " ".join(plain(text).split())
