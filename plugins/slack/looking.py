"""Looks for what is new in the conversations of an app, and moves its marks.

A mark is a moment of Slack's in a conversation: all up to it, also in threads, was brought. A look brings what stands up to the
latest moment that its first page names: what is written while it goes on is left for the next one.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any

from sage.plugin_api import Refused

from .reading import STAMP, is_after, latest
from .web import Web

_KINDS = "public_channel,private_channel,mpim,im"
_PAGE = 100
"""Of the latest messages of each conversation, at each look: an older thread that goes on is not seen."""


@dataclass
class Marks:
    """Where reading stands: by conversation, and, for one that is new, `since`."""

    since: str
    at: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, cursor: str) -> Marks:
        told = json.loads(cursor)
        return cls(told["since"], told["at"])

    def cursor(self) -> str:
        return json.dumps({"since": self.since, "at": self.at}, separators=(",", ":"))

    def of(self, conversation: str) -> str:
        return self.at.get(conversation, self.since)


async def conversations(web: Web) -> AsyncIterator[dict[str, Any]]:
    """All that the app is in."""
    async for page in web.pages("users.conversations", types=_KINDS, limit=_PAGE, exclude_archived="true"):
        for each in page.get("channels", ()):
            if isinstance(each, dict) and isinstance(each.get("id"), str):
                yield each


async def begin(web: Web) -> Marks:
    """The marks of now."""
    marks = Marks("0.0")
    async for each in conversations(web):
        page = await web.ask("conversations.history", channel=each["id"], limit=_PAGE)
        if stamps := _stamps(page):
            marks.at[each["id"]] = latest(stamps)
    if web.date:
        marks.since = f"{int(parsedate_to_datetime(web.date).timestamp())}.0"
    return marks


async def look(web: Web, conversation: str, mark: str) -> tuple[list[dict[str, Any]], str]:
    """The messages of a conversation after a mark, oldest first, and the mark after them."""
    found: dict[str, dict[str, Any]] = {}
    until = ""
    async for page in web.pages("conversations.history", channel=conversation, limit=_PAGE):
        stamps = _stamps(page)
        until = until or (latest([*stamps, mark]) if stamps else mark)
        for message in _messages(page):
            if is_after(_reply(message), mark):
                found |= await _thread(web, conversation, message["ts"], mark)
            found[message["ts"]] = message
        if not all(is_after(message["ts"], mark) for message in _messages(page)):
            break
    wanted = [each for each in found.values() if is_after(each["ts"], mark) and not is_after(each["ts"], until)]
    return sorted(wanted, key=lambda message: [int(part) for part in message["ts"].split(".")]), until or mark


async def _thread(web: Web, conversation: str, root: str, mark: str) -> dict[str, dict[str, Any]]:
    found = {}
    try:
        async for page in web.pages("conversations.replies", channel=conversation, ts=root, oldest=mark, limit=_PAGE):
            found.update({message["ts"]: message for message in _messages(page)})
    except Refused:
        return {}  # the thread was deleted meanwhile
    return found


def _messages(page: dict[str, Any]) -> list[dict[str, Any]]:
    given = page.get("messages") or []
    return [each for each in given if isinstance(each, dict) and STAMP.fullmatch(str(each.get("ts", "")))]


def _reply(message: dict[str, Any]) -> str:
    found = str(message.get("latest_reply", ""))
    return found if STAMP.fullmatch(found) else "0.0"


def _stamps(page: dict[str, Any]) -> list[str]:
    return [stamp for message in _messages(page) for stamp in (message["ts"], _reply(message))]
