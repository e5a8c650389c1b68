"""What is sent: to whom it reaches in the end, and as what kind of event."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any

from mautrix.errors import MatrixError, MNotFound

from sage.plugin_api import Outbound, PluginError, Refused, Unreachable, Unsure

from .device import Device
from .line import Line, Method, Path, Unanswered
from .reading import ENCRYPTED, LATER, MESSAGE, list_of, table_of, text_of

PART = 40_000
"""Bytes of one event's text as JSON (an event has at most 65,536, and encryption makes four of three)."""
_SEALED = {"algorithm": "m.megolm.v1.aes-sha2"}


class Outgoing:
    """Sends for one account. `own`: the person's other addresses, who may read whatever is sent."""

    def __init__(self, device: Device, line: Line, own: tuple[str, ...], changed: Callable[[str], None]) -> None:
        self._device, self._line, self._own, self._changed = device, line, frozenset(own), changed
        self._me = str(device.client.mxid)

    async def send(self, out: Outbound, key: str) -> str:
        """Sends to a room, or to the person of an address; the id of its (first) event. Two with one `key` are one."""
        room = await self._room_of(out)
        others = await self._readers(room, out)
        sealed = await self._is_encrypted(room)
        first = ""
        for number, text in enumerate(parts(out.text)):
            name = hashlib.sha256(f"{key}\0{number}".encode()).hexdigest()
            try:
                kind, content = MESSAGE, content_of(out, text)
                if sealed:
                    kind, content = ENCRYPTED, await self._device.encrypt(room, [*others, self._me], content)
                sent = await put(self._line, room, kind, name, content)
            except (PluginError, MatrixError) as error:
                if first:
                    raise Unsure("Some parts of a long message were sent.") from error
                raise
            first = first or sent
        return first

    async def _room_of(self, out: Outbound) -> str:
        """The room of a conversation; for an address, one of the two alone, which is made if there is none."""
        other = out.conversation
        if not other.startswith("@"):
            return other
        if not await self._device.said("whole"):
            raise Unreachable("The account's rooms are not known yet.")
        if room := await self._device.room_with(other):
            return room
        if other not in out.to:
            raise Refused("The message is not meant for the person of that conversation.")
        try:
            await self._line.ask(Method.GET, Path.v3.profile[other])
        except MNotFound as error:
            raise Refused("The Matrix server knows nobody of that address.") from error
        sealed = {"type": "m.room.encryption", "state_key": "", "content": _SEALED}
        wanted = {"preset": "trusted_private_chat", "is_direct": True, "invite": [other], "initial_state": [sealed]}
        room = text_of((await self._line.ask(Method.POST, Path.v3.createRoom, wanted)).get("room_id"))
        await self._device.set_encrypted(room, _SEALED)
        return room

    async def _readers(self, room: str, out: Outbound) -> list[str]:
        """All others in the room now, as the server says. Raises Refused when one of them is not to get the message."""
        answer = await self._line.ask(Method.GET, Path.v3.rooms[room].members, not_membership="leave")
        now: dict[str, str] = {}
        async with self._device.at_once():
            for raw in list_of(answer.get("chunk")):
                content, user = table_of(raw.get("content")), text_of(raw.get("state_key"))
                if user and content.get("membership") in ("join", "invite"):
                    now[user] = text_of(content.get("membership"))
                    await self._device.set_member(room, user, now[user], text_of(content.get("displayname")))
            for user in await self._device.members(room):
                if user not in now:
                    await self._device.set_member(room, user, "leave", "")
        self._changed(room)
        if now.pop(self._me, "") != "join":
            raise Refused("The account is not in that room.")
        if not now:
            raise Refused("Nobody else is in that room any more.")
        if set(now) - set(out.to) - self._own:
            raise Refused("There are others in that room than those who may get the message.")
        return list(now)

    async def _is_encrypted(self, room: str) -> bool:
        """Only a room of which the server says that it is not, and which never was, is not encrypted."""
        if await self._device.is_encrypted(room):
            return True
        try:
            content = await self._line.ask(Method.GET, Path.v3.rooms[room].state["m.room.encryption"])
        except MNotFound:
            return False
        await self._device.set_encrypted(room, content)
        return True


async def put(line: Line, room: str, kind: str, key: str, content: Any) -> str:
    """Sends one event; its id. Two with one `key` are one."""
    try:
        answer = await line.ask(Method.PUT, Path.v3.rooms[room].send[kind][key], content)
    except Unanswered as error:
        raise Unsure("The connection ended before the server said whether it took the message.") from error
    return text_of(answer.get("event_id"))


def content_of(out: Outbound, text: str) -> dict[str, Any]:
    """What a message says, as an event: plain text that calls nobody, a notice if nobody approved it."""
    content: dict[str, Any] = {"msgtype": "m.notice" if out.auto else "m.text", "body": text, "m.mentions": {}}
    reply, thread = out.reply_to.removesuffix(LATER), out.thread
    relation: dict[str, Any] = {}
    if thread:
        relation = {"rel_type": "m.thread", "event_id": thread, "is_falling_back": not reply}
    if reply or thread:
        relation["m.in_reply_to"] = {"event_id": reply or thread}
    return {**content, "m.relates_to": relation} if relation else content


def parts(text: str) -> Iterator[str]:
    """A text in parts that one event can hold, cut at the ends of lines or words where there are any."""
    while len(json.dumps(text)) > PART:
        end = PART // 12  # no sign is longer than twelve in JSON
        while len(json.dumps(text[: end * 2])) <= PART:
            end *= 2
        cut = next((at + 1 for sign in "\n " if (at := text.rfind(sign, end // 2, end)) >= 0), end)
        yield text[:cut]
        text = text[cut:]
    yield text
