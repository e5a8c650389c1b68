"""A Matrix account as a surface for messages."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

from sage.plugin_api import (
    AuthRefused,
    BadConfig,
    Batch,
    Context,
    Health,
    MessagingSurface,
    Outbound,
    Receipt,
    Refused,
    Unreachable,
    Unsure,
)

from .reading import ENCRYPTED, LATER, MESSAGE, list_of, table_of, text_of

if TYPE_CHECKING:
    from .device import Device
    from .incoming import Incoming
    from .line import Line

PART = 40_000
"""Bytes of one event's text as JSON (an event has at most 65,536, and encryption makes four of three)."""


class Matrix(MessagingSurface):
    """One account. mautrix is imported when it is opened."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self._line: Line | None = None
        self._device: Device | None = None
        self._incoming: Incoming | None = None
        self._unsigned = ""

    # --- the account

    async def open(self) -> None:
        logging.getLogger("mau").setLevel(logging.CRITICAL)  # mautrix logs what others wrote
        from .device import Device
        from .incoming import Incoming
        from .line import Line
        from .signing import sign

        await self.close()
        self._line = Line(self.ctx.config.homeserver)
        self._device = Device(self.ctx.folder, self._line)
        try:
            with _refusals("The Matrix server refused the account"):
                await self._device.open()
                await self._device.begin(*await self._enter(self._line, self._device))
                given = self.ctx.secrets.get("recovery_key")
                self._unsigned = await sign(self._device, self.ctx.folder, given.reveal() if given else "")
        except BaseException:
            await self.close()
            raise
        self._incoming = Incoming(self._device, self._line, self.ctx.own, self.ctx.now)

    async def health(self) -> Health:
        from .line import Method, Path
        from .signing import RECOVERY

        await self._there()[0].ask(Method.GET, Path.versions)
        if self._incoming and self._incoming.gap:
            return Health(
                "needs you", "The server forgot where Sage had stopped to read: look there for older messages."
            )
        if self._unsigned:
            return Health("needs you", self._unsigned)
        key = self.ctx.folder / RECOVERY
        return Health(words=f"Keep its recovery key in a safe place: {key}" if key.exists() else "")

    async def close(self) -> None:
        line, device = self._line, self._device
        self._line = self._device = self._incoming = None
        if line:
            await line.close()
        if device:
            await device.close()

    def _there(self) -> tuple[Line, Device]:
        if self._line is None or self._device is None:
            raise Unreachable("The account is not open.")
        return self._line, self._device

    async def _enter(self, line: Line, device: Device) -> tuple[str, str]:
        """Signs in; the user and the device that the server says this is."""
        from .line import Method, Path, SignedOut

        password = self.ctx.secrets.get("password")
        token = self.ctx.secrets.get("token")
        line.token = token.reveal() if token else await device.said("token")
        again = ""
        if line.token:
            try:
                return self._checked(await line.ask(Method.GET, Path.v3.account.whoami))
            except SignedOut as error:
                if token or not password:
                    raise
                again = await device.said("device") if error.soft else ""
        if not password:
            raise AuthRefused("There is neither a token nor a password for this account.")
        line.token = ""
        body = {
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": self.ctx.config.user},
            "password": password.reveal(),
            "initial_device_display_name": "Sage",
            **({"device_id": again} if again else {}),
        }
        answer = await self._logged_in(line, body)
        user, found = self._checked(answer)
        line.token = text_of(answer.get("access_token"))
        await device.keep("device", found)
        await device.keep("token", line.token)
        return user, found

    async def _logged_in(self, line: Line, body: dict[str, Any]) -> Any:
        from mautrix.errors import MForbidden

        from .line import Method, Path

        try:
            return await line.ask(Method.POST, Path.v3.login, body)
        except MForbidden as error:
            raise AuthRefused("The Matrix server refuses this user and password.") from error

    def _checked(self, answer: Any) -> tuple[str, str]:
        user, device = text_of(answer.get("user_id")), text_of(answer.get("device_id"))
        if user != self.ctx.config.user:
            raise BadConfig("The credentials belong to another user than the settings name.", "user")
        if not device:
            raise AuthRefused("The token belongs to no device, so that nothing can be encrypted with it.")
        return user, device

    # --- messages

    async def events(self, cursor: str) -> AsyncIterator[Batch]:
        self._there()
        assert self._incoming
        with _refusals("The Matrix server refused to say what came in"):
            async with contextlib.aclosing(self._incoming.batches(cursor)) as batches:  # type: ignore[type-var]
                async for batch in batches:
                    yield batch

    async def send(self, out: Outbound, idempotency_key: str) -> Receipt:
        line, device = self._there()
        with _refusals("The Matrix server refused the message"):
            others = await self._readers(out)
            sealed = await self._is_encrypted(out.conversation)
            first = ""
            for number, text in enumerate(parts(out.text)):
                kind, content = MESSAGE, content_of(out, text)
                try:
                    if sealed:
                        users = [*others, str(device.client.mxid)]
                        kind, content = ENCRYPTED, await device.encrypt(out.conversation, users, content)
                except Unreachable as error:
                    if first:
                        raise Unsure("Some parts of a long message were sent.") from error
                    raise
                key = hashlib.sha256(f"{idempotency_key}\0{number}".encode()).hexdigest()
                sent = await _put(line, out.conversation, kind, key, content, begun=bool(first))
                first = first or sent
        return Receipt(first)

    async def _readers(self, out: Outbound) -> list[str]:
        """All others in the room now, as the server says. Raises Refused when one of them is not to get the message."""
        from .line import Method, Path

        line, device = self._there()
        room = Path.v3.rooms[out.conversation]
        answer = await line.ask(Method.GET, room.members, not_membership="leave")
        now: dict[str, str] = {}
        async with device.at_once():
            for raw in list_of(answer.get("chunk")):
                content, user = table_of(raw.get("content")), text_of(raw.get("state_key"))
                if user and content.get("membership") in ("join", "invite"):
                    now[user] = text_of(content.get("membership"))
                    await device.set_member(out.conversation, user, now[user], text_of(content.get("displayname")))
            for user in await device.members(out.conversation):
                if user not in now:
                    await device.set_member(out.conversation, user, "leave", "")
        if self._incoming:
            self._incoming.forget_room(out.conversation)
        me = self.ctx.config.user
        if now.pop(me, "") != "join":
            raise Refused("The account is not in that room.")
        if not now:
            raise Refused("Nobody else is in that room any more.")
        if set(now) - set(out.to):
            raise Refused("There are others in that room than those who may get the message.")
        return list(now)

    async def _is_encrypted(self, room: str) -> bool:
        """Only a room of which the server says that it is not, and which never was, is not encrypted."""
        from mautrix.errors import MNotFound

        from .line import Method, Path

        line, device = self._there()
        if await device.is_encrypted(room):
            return True
        try:
            content = await line.ask(Method.GET, Path.v3.rooms[room].state["m.room.encryption"])
        except MNotFound:
            return False
        await device.set_encrypted(room, content)
        return True


async def _put(line: Line, room: str, kind: str, key: str, content: Any, *, begun: bool) -> str:
    """Sends one event; its id. Two with one `key` are one. `begun`: parts before it were sent."""
    from .line import Method, Path, Unanswered

    try:
        answer = await line.ask(Method.PUT, Path.v3.rooms[room].send[kind][key], content)
    except Unreachable as error:
        if begun or isinstance(error, Unanswered):
            raise Unsure("The connection ended before the server said whether it took the message.") from error
        raise
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


@contextlib.contextmanager
def _refusals(what: str) -> Iterator[None]:
    """What mautrix raises, as Sage knows it."""
    from mautrix.errors import MatrixError

    from .line import refusal

    try:
        yield
    except MatrixError as error:
        raise refusal(error, what) from error
