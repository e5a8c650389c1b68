"""Reads the items of a list: all, some, or what changed. One that the server cannot give hides no other."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from sage.plugin_api import Refused

from . import web
from .lists import Calendar
from .web import CAL, DAV, Conflict, Failing, Member, Missing, Web

_AT_ONCE = 200
"""Items of one request."""
_FEW = 8
"""So many are asked for one by one: a server finds them at once, and may look through the whole list for a report."""
_MOST_PAGES = 1_000
_TOKEN_SECONDS = 30.0
"""Radicale takes 150 s for the first token of 10,000 items, and has it at once after that."""


class Item(NamedTuple):
    """A resource of a list."""

    path: str
    etag: str
    text: str


class Items(NamedTuple):
    """Some of a list, and how many of them could not be read."""

    found: list[Item]
    unread: int = 0


class Since(NamedTuple):
    """What changed: the paths of items that are new or changed, of those that are gone, and the next token."""

    changed: list[str]
    gone: list[str]
    token: str


class Expired(Exception):
    """The server no longer knows the token."""


async def everything(dav: Web, calendar: Calendar, kind: str, time_range: str = "") -> Items:
    """All items of a kind. A server that fails over one of them is asked for each."""
    try:
        members = (await dav.report(calendar.path, web.query(kind, time_range))).members
    except Missing:
        raise
    except (Failing, Refused):
        listed = (await dav.find(calendar.path, "<getetag/>", deep=True)).members
        return await some(
            dav, calendar, [one.href for one in listed if one.text(f"{DAV}getetag") and one.href != calendar.path]
        )
    found = [_item(member) for member in members if f"{CAL}calendar-data" in member.props]
    without = [one.href for one in members if not one.gone and f"{CAL}calendar-data" not in one.props]
    rest = await some(dav, calendar, without)
    return Items(found + rest.found, rest.unread)


async def some(dav: Web, calendar: Calendar, paths: list[str]) -> Items:
    """Those at some paths, without those that are gone."""
    if len(paths) <= _FEW:
        return _together([await _this(dav, path) for path in paths])
    starts = range(0, len(paths), _AT_ONCE)
    return _together([await _these(dav, calendar, paths[start : start + _AT_ONCE]) for start in starts])


async def _these(dav: Web, calendar: Calendar, paths: list[str]) -> Items:
    """Where the server fails over one of several, it is asked for half of them at a time."""
    try:
        members = (await dav.report(calendar.path, web.these(paths))).members
        return Items([_item(member) for member in members if f"{CAL}calendar-data" in member.props])
    except (Failing, Refused):
        if len(paths) <= _FEW:
            return _together([await _this(dav, path) for path in paths])
    half = len(paths) // 2
    return _together([await _these(dav, calendar, paths[:half]), await _these(dav, calendar, paths[half:])])


async def _this(dav: Web, path: str) -> Items:
    try:
        answer = await dav.get(path)
    except Missing:
        return Items([])
    except (Failing, Refused):
        return Items([], unread=1)
    return Items([Item(path, answer.etag, answer.body.decode("utf-8", "replace"))])


def _together(parts: list[Items]) -> Items:
    return Items([item for part in parts for item in part.found], sum(part.unread for part in parts))


async def token_of(dav: Web, calendar: Calendar) -> str:
    """The token of the list as it is now; "" from a server that has none, or takes long to make its first."""
    try:
        async with asyncio.timeout(_TOKEN_SECONDS):
            members = (await dav.find(calendar.path, "<sync-token/>")).members
    except TimeoutError:
        return ""
    return next((one.text(f"{DAV}sync-token") for one in members if one.href == calendar.path), "")


async def changed_since(dav: Web, calendar: Calendar, token: str) -> Since:
    """What changed since a token (RFC 6578). Raises Expired."""
    changed: dict[str, bool] = {}
    for _ in range(_MOST_PAGES):
        try:
            page = await dav.report(calendar.path, web.since(token), deep=False)
        except Conflict as error:
            if f"{DAV}valid-sync-token" in error.why or not error.why:
                raise Expired from error
            raise
        changed |= {member.href: not member.gone for member in page.members if member.href != calendar.path}
        moved, token = page.token and page.token != token, page.token
        if not (page.cut and moved):
            break
    if not token:
        raise Expired
    return Since(
        [path for path, there in changed.items() if there],
        [path for path, there in changed.items() if not there],
        token,
    )


def _item(member: Member) -> Item:
    data = member.props[f"{CAL}calendar-data"].text or ""
    return Item(member.href, member.text(f"{DAV}getetag"), data)
