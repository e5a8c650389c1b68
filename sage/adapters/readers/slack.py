"""Slack's export: a folder (or archive) with the list of its people, and for each channel a file a day."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from sage.adapters.readers.reading import BROKEN_JSON, Files, Reading, read_bytes
from sage.core.errors import NotFound, Unreadable
from sage.core.reading.documents import Message, Part, spoken_parts

_LISTS = ("channels.json", "groups.json", "dms.json", "mpims.json")
_DAY = re.compile(r"([^/]+)/(\d{4}-\d\d-\d\d)\.json")
_MENTION = re.compile(r"<([@#!]?)([^<>|]{1,500})(?:\|([^<>]{0,500}))?>")
_NOTICES = frozenset(
    """channel_join channel_leave channel_topic channel_purpose channel_name channel_archive channel_unarchive group_join
    group_leave bot_add bot_remove pinned_item reminder_add channel_posting_permissions huddle_thread""".split()
)
Read = TypeVar("Read")


class _Profile(Struct):
    real_name: str | None = None
    display_name: str | None = None
    email: str | None = None


class _User(Struct):
    id: str
    name: str | None = None
    real_name: str | None = None
    profile: _Profile = msgspec.field(default_factory=_Profile)


class _Channel(Struct):
    id: str = ""
    name: str | None = None
    members: list[str] | None = None


class _File(Struct):
    name: str | None = None


class _Said(Struct):
    ts: str = ""
    type: str = ""
    subtype: str | None = None
    user: str | None = None
    username: str | None = None
    text: str | None = None
    thread_ts: str | None = None
    files: list[_File] | None = None


def is_slack_export(names: frozenset[str]) -> bool:
    return bool(names & {"users.json", "org_users.json"}) and bool(names & set(_LISTS))


def read_slack(files: Files, name: str, reading: Reading) -> Iterator[Part]:
    """The days of all channels."""
    listed = frozenset(files.names())
    users = {
        user.id: user
        for file in ("users.json", "org_users.json")
        for user in _read_list(files, file, _User, reading, listed)
    }
    people = {name: _name(user) for name, user in users.items()}
    own = {
        name
        for name, user in users.items()
        if reading.person.has_address(user.profile.email or "") or reading.person.is_named(people[name])
    }
    titles = {
        key: title
        for file in _LISTS
        for channel in _read_list(files, file, _Channel, reading, listed)
        for key, title in _titles(channel, file, people)
    }
    for file in sorted(listed):
        if found := _DAY.fullmatch(file):
            channel, day = found.groups()
            said = _read_list(files, file, _Said, reading, listed)
            yield from spoken_parts(
                f"{channel}/{day}", f"{titles.get(channel, channel)}, {day}", _messages(said, people, own), file
            )


def _read_list(files: Files, name: str, kind: type[Read], reading: Reading, listed: frozenset[str]) -> list[Read]:
    """A JSON list; an entry that does not fit is left out and told."""
    if name not in listed:
        return []
    try:
        entries = msgspec.json.decode(read_bytes(files, name), type=list[msgspec.Raw])
    except BROKEN_JSON:
        reading.cut_off = True
        reading.tell("It is no list in JSON.", "Export again.", name)
        return []
    except (Unreadable, NotFound) as error:
        reading.cut_off = True
        reading.tell(error.what, error.do, name)
        return []
    found, broken = [], 0
    for entry in entries:
        try:
            found.append(msgspec.json.decode(entry, type=kind))
        except BROKEN_JSON:
            broken += 1
    if broken:
        reading.tell(f"Entries that do not read: {broken}.", "The others were read.", name)
    return found


def _titles(channel: _Channel, file: str, people: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What a channel's folder may be called, and its title."""
    members = ", ".join(people.get(member, member) for member in channel.members or ())
    title = f"#{channel.name}" if file in ("channels.json", "groups.json") and channel.name else members
    for key in (channel.name, channel.id):
        if key:
            yield key, title or key


def _messages(said: list[_Said], people: Mapping[str, str], own: set[str]) -> list[Message]:
    """A day's messages, each answer in a thread below what it answers."""
    times = {one.ts for one in said}
    kept = [(place, one) for place, one in enumerate(said, 1) if one.subtype not in _NOTICES]
    kept.sort(key=lambda pair: (pair[1].thread_ts if pair[1].thread_ts in times else pair[1].ts, pair[1].ts))
    found = []
    for place, one in kept:
        text = _plain(one.text or "", people).strip()
        attached = ", ".join(file.name for file in one.files or () if file.name)
        text = "\n".join(filter(None, (text, f"Attached: {attached}" if attached else "")))
        if text:
            speaker = people.get(one.user or "") or one.username or one.user or "somebody"
            found.append(Message(text, speaker, _when(one.ts), place, one.user in own))
    return found


def _plain(text: str, people: Mapping[str, str]) -> str:
    def shown(found: re.Match[str]) -> str:
        sign, target, label = found.groups()
        if sign == "@":
            return f"@{label or people.get(target, target)}"
        if sign:
            return f"{'#' if sign == '#' else '@'}{label or target}"
        return f"{label} ({target})" if label and label != target else target

    return html.unescape(_MENTION.sub(shown, text))


def _name(user: _User) -> str:
    profile = user.profile
    return profile.real_name or user.real_name or profile.display_name or user.name or user.id


def _when(ts: str) -> str:
    try:
        moment: Any = datetime.fromtimestamp(int(float(ts)), UTC)
        return str(moment.isoformat())
    except (ValueError, OverflowError, OSError):
        return ""
