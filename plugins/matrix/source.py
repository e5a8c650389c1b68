"""A Matrix account as a surface for messages."""

from __future__ import annotations

import contextlib
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
    Unreachable,
)

from .reading import text_of

if TYPE_CHECKING:
    from .device import Device
    from .incoming import Incoming
    from .line import Line
    from .outgoing import Outgoing


class Matrix(MessagingSurface):
    """One account. mautrix is imported when it is opened."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self._line: Line | None = None
        self._device: Device | None = None
        self._incoming: Incoming | None = None
        self._outgoing: Outgoing | None = None
        self._unsigned = ""

    # --- the account

    async def open(self) -> None:
        logging.getLogger("mau").setLevel(logging.CRITICAL)  # mautrix logs what others wrote
        from .device import Device
        from .incoming import Incoming
        from .line import Line
        from .outgoing import Outgoing
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
        self._incoming = incoming = Incoming(self._device, self._line, self.ctx.own, self.ctx.now)
        self._outgoing = Outgoing(self._device, self._line, self.ctx.own, incoming.forget_room)

    async def health(self) -> Health:
        from .line import Method, Path
        from .signing import RECOVERY

        await self._there()[0].ask(Method.GET, Path.versions)
        if self._incoming and self._incoming.gap:
            return Health("stuck", "The server forgot where Sage had stopped to read: look there for older messages.")
        if self._unsigned:
            return Health("stuck", self._unsigned)
        key = self.ctx.folder / RECOVERY
        return Health(words=f"Keep its recovery key in a safe place: {key}" if key.exists() else "")

    async def close(self) -> None:
        line, device = self._line, self._device
        self._line = self._device = self._incoming = self._outgoing = None
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
        here = f"{self.ctx.config.user} {self.ctx.config.homeserver}"  # another server never gets this one's token
        line.token = token.reveal() if token else await device.said(f"token {here}")
        again = ""
        if line.token:
            try:
                return self._checked(await line.ask(Method.GET, Path.v3.account.whoami))
            except SignedOut as error:
                if token or not password:
                    raise
                again = await device.said(f"device {here}") if error.soft else ""
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
        await device.keep(f"device {here}", found)
        await device.keep(f"token {here}", line.token)
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
        self._there()
        assert self._outgoing
        with _refusals("The Matrix server refused the message"):
            return Receipt(await self._outgoing.send(out, idempotency_key))


@contextlib.contextmanager
def _refusals(what: str) -> Iterator[None]:
    """What mautrix raises, as Sage knows it."""
    from mautrix.errors import MatrixError

    from .line import refusal

    try:
        yield
    except MatrixError as error:
        raise refusal(error, what) from error
