"""What a message of Slack's says, as one of Sage's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sage.plugin_api import Address, Attachment, Inbound

_SUBTYPES = ("", "file_share", "thread_broadcast", "me_message", "bot_message")
"""Kinds of messages in which somebody says something; all others only tell that something happened."""
_MARKED = re.compile(r"<([^<>]*)>")
STAMP = re.compile(r"[0-9]{1,12}\.[0-9]{1,9}")


def inbound(
    raw: Mapping[str, Any], conversation: str, me: str, own: frozenset[str], members: tuple[str, ...] | None
) -> Inbound | None:
    """A message; None for what only tells that something happened. `members`: of a group, None: it is none."""
    text, stamp = plain(_text(raw, "text")), _text(raw, "ts")
    files = tuple(_file(each) for each in raw.get("files") or () if isinstance(each, dict))
    if _text(raw, "subtype") not in _SUBTYPES or not (text or files):
        return None
    sender = _text(raw, "user") or _text(raw, "bot_id")
    root = _text(raw, "thread_ts")
    return Inbound(
        id=f"{conversation}/{stamp}",
        conversation=conversation,
        sender=Address(sender),
        text=text,
        at=datetime.fromtimestamp(float(stamp), UTC).isoformat(),
        group=members is not None,
        members=members or (),
        thread=root if root != stamp else "",
        reply_to=f"{conversation}/{root}" if root and root != stamp else "",
        own=sender in own or sender == me,
        auto=bool(raw.get("bot_id")) or _text(raw, "subtype") == "bot_message",
        verified="yes" if sender else "unknown",
        attachments=files,
    )


def plain(text: str) -> str:
    """Slack's text without its marks: links, and people by their ids."""
    shown = _MARKED.sub(lambda found: _shown(found[1]), text)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def marked(text: str) -> str:
    """Text as Slack takes it, with nothing in it that is a mark."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def is_after(stamp: str, mark: str) -> bool:
    """Whether a moment of Slack's is later than another."""
    return _moment(stamp) > _moment(mark)


def latest(stamps: list[str]) -> str:
    """The last of some moments."""
    return max(stamps, key=_moment)


def _moment(stamp: str) -> tuple[int, int]:
    seconds, _, parts = stamp.partition(".")
    return int(seconds), int(parts.ljust(9, "0"))


def _shown(mark: str) -> str:
    target, bar, label = mark.partition("|")
    if target[:1] in ("@", "#", "!"):
        return f"{target[0] if target[0] != '!' else '@'}{label or target[1:]}"
    return f"{label} ({target})" if bar and label != target else target


def _file(found: Mapping[str, Any]) -> Attachment:
    size = found.get("size")
    name = _text(found, "name") or "file"
    return Attachment(name, _text(found, "mimetype"), size if isinstance(size, int) and size > 0 else 0)


def _text(record: Mapping[str, Any], key: str) -> str:
    found = record.get(key)
    return found if isinstance(found, str) else ""
