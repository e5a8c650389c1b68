"""What comes in: pages of the server's sync, in their order, as batches of messages.

Everything that a page brings is on disk before its cursor is given away: keys and members in the device's file, and the
messages when the batch after them is asked for.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from mautrix.errors import DecryptionError, MatrixRequestError, SessionNotFound

from sage.plugin_api import Address, Batch, Inbound

from .device import PERHAPS, Device, Waiting
from .line import POLL, Line, Method, Path
from .reading import (
    ENCRYPTED,
    LATER,
    REDACTION,
    WRITTEN,
    Origin,
    Room,
    changes,
    list_of,
    message,
    moment_of,
    table_of,
    text_of,
    unreadable,
)

MOST = 200
"""Messages of one batch."""
GRACE = 5.0
"""Seconds that the key of a message may take before the message comes in as unreadable."""
_PAGE = 100
_KNOWN = 2000
_TYPES = [*WRITTEN, REDACTION, "m.room.member", "m.room.encryption"]
_NOTHING: dict[str, list[str]] = {"types": []}
FILTER = json.dumps(
    {
        "presence": _NOTHING,
        "account_data": _NOTHING,
        "room": {
            "timeline": {"limit": 50, "types": _TYPES},
            "state": {"types": ["m.room.member", "m.room.encryption"]},
            "ephemeral": _NOTHING,
            "account_data": _NOTHING,
        },
    }
)

INVITED = "An invitation to a room. Sage joins only rooms that the person's own addresses invite it to."
_NO_KEY = "Its key has not arrived, so that it cannot be decrypted yet."
_BROKEN = "It cannot be decrypted."
_TAKEN_BACK = "It was taken back by its sender."
_TAKEN_AWAY = "It was taken away by somebody who looks after the room."


class _Found(NamedTuple):
    """A message, and what is to be done in the device's file once it is on disk."""

    message: Inbound
    told: str = ""
    forgotten: str = ""


class Incoming:
    """The messages of one account. `own`: the person's addresses besides the account's own user."""

    def __init__(self, device: Device, line: Line, own: tuple[str, ...], now: Callable[[], datetime]) -> None:
        self._device, self._line, self._now = device, line, now
        self._me = str(device.client.mxid)
        self._inviters = frozenset(own) - {self._me}
        self._own = self._inviters | {self._me}
        self._rooms: dict[str, Room] = {}
        self._writers: dict[str, str] = {}
        self._due: dict[str, float] = {}
        self._whole = False
        self.gap = False
        """Whether the server no longer knew the cursor, so that messages may be missing."""

    async def batches(self, cursor: str) -> AsyncIterator[Batch]:
        since, wait, look = cursor, 0.0, True
        self._whole = bool(await self._device.said("whole"))
        while True:
            page, since = await self._sync(since, wait)
            look = await self._device.take(page) or look
            following = text_of(page.get("next_batch"))
            found: list[_Found] = []
            async for each in self._all_of(page, since, look):
                found.append(each)
                if len(found) == MOST:
                    yield await self._batch(found, since)
                    await self._kept(found)
                    found = []
            if not self._whole:
                await self._device.keep("whole", "yes")
                self._whole = True
            if found or following != since:
                yield await self._batch(found, following)
                await self._kept(found)
                await self._device.taken()
            since, look = following, False
            wait = min([POLL, *(max(0.1, due - _clock()) for due in self._due.values())])

    def forget_room(self, room: str) -> None:
        """Its members changed."""
        self._rooms.pop(room, None)

    # --- pages

    async def _sync(self, since: str, wait: float) -> tuple[Mapping[str, Any], str]:
        """The next page, and the cursor that it follows: "" if the server does not know `since` any more."""
        query = {"timeout": str(int(wait * 1000)), "filter": FILTER, "set_presence": "offline"}
        if since:
            query["since"] = since
            if not self._whole:
                query["full_state"] = "true"
        try:
            return await self._line.ask(Method.GET, Path.v3.sync, **query), since
        except MatrixRequestError as error:
            if not since or getattr(error, "http_status", 0) != 400:
                raise
        self.gap = True
        return await self._sync("", 0.0)

    async def _all_of(self, page: Mapping[str, Any], since: str, look: bool) -> AsyncIterator[_Found]:
        rooms = table_of(page.get("rooms"))
        for room, data in table_of(rooms.get("invite")).items():
            if (invited := await self._invitation(room, table_of(data))) and since:
                yield _Found(invited)
        for section in ("leave", "join"):
            for room, data in table_of(rooms.get(section)).items():
                async for found in self._room(room, table_of(data), since):
                    yield _Found(found)
        async for late in self._waiting(look):
            yield late

    async def _waiting(self, look: bool) -> AsyncIterator[_Found]:
        """What waited for its key and can be read now (if it is worth a `look`), or has waited long enough."""
        readable = await self._device.readable() if look else []
        for waiting in readable:
            if late := await self._late(waiting):
                if waiting.told == PERHAPS and (blank := await self._blank(waiting)):
                    yield _Found(blank)
                yield _Found(late, forgotten=waiting.event)
            else:
                await self._forget(waiting.event)
        for waiting in await self._device.untold():
            if waiting in readable or self._due.get(waiting.event, 0.0) > _clock():
                continue
            if blank := await self._blank(waiting):
                yield _Found(blank, told=waiting.event)
            else:
                await self._forget(waiting.event)

    async def _batch(self, found: list[_Found], cursor: str) -> Batch:
        for one in found:
            if one.told:
                await self._device.tell(one.told, surely=False)
        return Batch(tuple(one.message for one in found), cursor)

    async def _kept(self, found: list[_Found]) -> None:
        """These are on disk."""
        for one in found:
            if one.told:
                await self._device.tell(one.told, surely=True)
                self._due.pop(one.told, None)
            elif one.forgotten:
                await self._forget(one.forgotten)

    async def _forget(self, event: str) -> None:
        """It no longer waits for its key."""
        await self._device.forget(event)
        self._due.pop(event, None)

    # --- rooms

    async def _room(self, room: str, data: Mapping[str, Any], since: str) -> AsyncIterator[Inbound]:
        async with self._device.at_once():
            for raw in list_of(table_of(data.get("state")).get("events")):
                await self._state(room, raw)
        timeline = table_of(data.get("timeline"))
        before = text_of(timeline.get("prev_batch"))
        seen = set()
        if since and timeline.get("limited") is True and before:
            async for raw in self._between(room, since, before):
                seen.add(raw.get("event_id"))
                if found := await self._event(room, raw, state=False):
                    yield found
        for raw in list_of(timeline.get("events")):
            if raw.get("event_id") not in seen:
                found = await self._event(room, raw, state=True, only_state=not since)
                if found:
                    yield found

    async def _between(self, room: str, since: str, until: str) -> AsyncIterator[Mapping[str, Any]]:
        """What a page leaves out because it was too much, oldest first."""
        asked = json.dumps({"types": [*WRITTEN, REDACTION]})
        while since:
            query = {"dir": "f", "limit": str(_PAGE), "filter": asked, "from": since, "to": until}
            try:
                page = await self._line.ask(Method.GET, Path.v3.rooms[room].messages, **query)
            except MatrixRequestError:
                return  # a room that shows its past no more, as one that was left, must not stop all others
            for raw in list_of(page.get("chunk")):
                yield raw
            since = text_of(page.get("end"))

    async def _state(self, room: str, raw: Mapping[str, Any]) -> None:
        content = table_of(raw.get("content"))
        user = text_of(raw.get("state_key"))
        if raw.get("type") == "m.room.member" and user:
            membership, name = text_of(content.get("membership")), text_of(content.get("displayname"))
            await self._device.set_member(room, user, membership, name)
            self.forget_room(room)
        elif raw.get("type") == "m.room.encryption" and not user:
            await self._device.set_encrypted(room, content)

    async def _invitation(self, room: str, data: Mapping[str, Any]) -> Inbound | None:
        events = list_of(table_of(data.get("invite_state")).get("events"))
        mine = [raw for raw in events if raw.get("type") == "m.room.member" and raw.get("state_key") == self._me]
        inviter = text_of(mine[-1].get("sender")) if mine else ""
        if not inviter:
            return None
        words = INVITED
        if inviter in self._inviters:
            try:
                await self._line.ask(Method.POST, Path.v3.rooms[room].join)
                return None
            except MatrixRequestError:
                words = "An invitation to a room that could not be joined."
        at = moment_of(mine[-1].get("origin_server_ts"), self._now())
        return Inbound(f"invitation {inviter} {room}", room, Address(inviter), "", at, unreadable=words)

    async def _as_it_is(self, room: str) -> Room:
        found = self._rooms.get(room)
        if found is None:
            names = await self._device.members(room)
            others = tuple(user for user in names if user != self._me)
            found = self._rooms[room] = Room(room, others, names)
        return found

    # --- events

    async def _event(
        self, room: str, raw: Mapping[str, Any], *, state: bool, only_state: bool = False
    ) -> Inbound | None:
        """The message of an event of a room; what it changes of the room's state is taken if `state`."""
        if "state_key" in raw:
            if state:
                await self._state(room, raw)
            return None
        kind, event, sender = text_of(raw.get("type")), text_of(raw.get("event_id")), text_of(raw.get("sender"))
        if only_state or kind not in (*WRITTEN, REDACTION) or not event or not sender:
            return None
        if kind == REDACTION:
            return await self._redaction(room, raw)
        if len(self._writers) >= _KNOWN:
            self._writers.clear()
        self._writers[event] = sender
        if not table_of(raw.get("content")):
            return None  # taken back before it was read
        try:
            return await self._said(room, raw)
        except SessionNotFound:
            self._due[event] = _clock() + GRACE
            await self._device.wait(event, room, text_of(table_of(raw["content"]).get("session_id")))
            return None

    async def _said(self, room: str, raw: Mapping[str, Any], **known: str) -> Inbound | None:
        """What a message says. Raises SessionNotFound when its key is not here."""
        kind, content = text_of(raw.get("type")), table_of(raw.get("content"))
        origin = await self._origin(room, raw, **known)
        if kind == ENCRYPTED:
            try:
                kind, content, verified = await self._device.decrypt({**raw, "room_id": room})
            except SessionNotFound:
                raise
            except DecryptionError:
                return unreadable(origin, _BROKEN)
            origin = origin._replace(verified=verified)
        elif await self._device.is_encrypted(room):
            origin = origin._replace(verified="no")
        edits = changes(content)
        if not edits or await self._writer_of(room, edits) != origin.sender:
            edits = known.get("edits", "")
        return message(origin, kind, content, edits)

    async def _origin(self, room: str, raw: Mapping[str, Any], **known: str) -> Origin:
        sender = text_of(raw.get("sender"))
        at = moment_of(raw.get("origin_server_ts"), self._now())
        event = known.get("event") or text_of(raw.get("event_id"))
        return Origin(event, await self._as_it_is(room), sender, at, sender in self._own, "unknown")

    async def _redaction(self, room: str, raw: Mapping[str, Any]) -> Inbound | None:
        target = text_of(table_of(raw.get("content")).get("redacts")) or text_of(raw.get("redacts"))
        writer = await self._writer_of(room, target)
        if not writer:
            return None
        origin = await self._origin(room, raw)
        return unreadable(origin, _TAKEN_BACK if writer == origin.sender else _TAKEN_AWAY, edits=target)

    async def _writer_of(self, room: str, event: str) -> str:
        """Who wrote a message; "" if there is none with that id."""
        if event not in self._writers:
            raw = await self._fetched(room, event)
            if raw.get("type") not in WRITTEN:
                return ""
            self._writers[event] = text_of(raw.get("sender"))
        return self._writers[event]

    async def _fetched(self, room: str, event: str) -> Mapping[str, Any]:
        """An event as the server has it now, or an empty table."""
        if not event:
            return {}
        try:
            return await self._line.ask(Method.GET, Path.v3.rooms[room].event[event])
        except MatrixRequestError:
            return {}

    # --- messages whose keys came late

    async def _late(self, waiting: Waiting) -> Inbound | None:
        raw = await self._fetched(waiting.room, waiting.event)
        if not table_of(raw.get("content")):
            return None
        try:
            if waiting.told:
                return await self._said(waiting.room, raw, event=waiting.event + LATER, edits=waiting.event)
            return await self._said(waiting.room, raw)
        except SessionNotFound:
            return None

    async def _blank(self, waiting: Waiting) -> Inbound | None:
        raw = await self._fetched(waiting.room, waiting.event)
        if not table_of(raw.get("content")):
            return None
        return unreadable(await self._origin(waiting.room, raw), _NO_KEY)


def _clock() -> float:
    return asyncio.get_running_loop().time()
