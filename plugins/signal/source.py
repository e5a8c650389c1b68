"""A Signal account in signal-cli as a surface for messages."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from sage.plugin_api import (
    Batch,
    Context,
    Health,
    Inbound,
    MessagingSurface,
    Outbound,
    PluginError,
    Receipt,
    Refused,
    Unreachable,
    Unsure,
)

from .reading import Said, inbound, is_group, is_person, moment_of, name_of, named, person_of, said_in

if TYPE_CHECKING:
    from .daemon import Daemon

LONGEST = 65_536
"""Bytes of the longest message."""
_AT_ONCE = 200
_MOST_WAITING = 2000
"""Messages that wait here for Sage; while it is that many, none is taken from signal-cli."""
_GROUP_SECONDS = 60.0


class Signal(MessagingSurface):
    """One account. A cursor is the moment of the first start, in milliseconds: what was written before is not read."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self._daemon: Daemon | None = None
        self._reading: asyncio.Task[None] | None = None
        self._came: list[Said] = []
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._ended: PluginError | None = None
        self._since = 0
        self._known: dict[str, tuple[float, tuple[str, ...]]] = {}

    async def open(self) -> None:
        """Connects, and listens: signal-cli hands over what comes from now on, and hands it over once."""
        from .daemon import Daemon

        await self.close()
        daemon = Daemon(self.ctx.config.server, self.ctx.config.account)
        try:
            await daemon.check()
            self._since = self._since or int(self.ctx.now().timestamp() * 1000)
            await self._listen(daemon)
        except BaseException:
            await self._hang_up()
            await daemon.close()
            raise
        self._daemon = daemon

    async def health(self) -> Health:
        version = await self._there().version()
        if self._reading is None or self._reading.done():
            return Health("waits", "signal-cli answers, and nothing listens to what comes in.")
        return Health(words=f"signal-cli {version} is connected to this account.")

    async def close(self) -> None:
        await self._hang_up()
        daemon, self._daemon = self._daemon, None
        if daemon:
            await daemon.close()

    def _there(self) -> Daemon:
        if self._daemon is None:
            raise Unreachable("The account is not open.")
        return self._daemon

    # --- what comes in

    async def events(self, cursor: str) -> AsyncIterator[Batch]:
        """See `MessagingSurface.events`. What signal-cli handed over stays here until it is on disk."""
        daemon = self._there()
        if self._reading is None or self._reading.done():
            await self._listen(daemon)
        since = int(cursor) if cursor.isascii() and cursor.isdecimal() else self._since
        if not cursor:
            yield Batch((), str(since))
        while True:
            self._news.clear()
            if taken := self._came[:_AT_ONCE]:
                yield Batch(await self._read(taken, since), str(since))
                del self._came[: len(taken)]  # being asked for more means that these are on disk
                self._room.set()
            elif self._ended is not None:
                raise self._ended
            elif self._reading is None or self._reading.done():
                raise Unreachable("The account was closed.")
            else:
                await self._news.wait()

    async def _listen(self, daemon: Daemon) -> None:
        await self._hang_up()
        self._ended = None
        listens = asyncio.Event()
        self._reading = asyncio.create_task(self._take(daemon, listens))
        self._reading.add_done_callback(lambda _: self._news.set())
        await listens.wait()
        if self._ended is not None:
            raise self._ended

    async def _hang_up(self) -> None:
        reading, self._reading = self._reading, None
        if reading:
            reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reading

    async def _take(self, daemon: Daemon, listens: asyncio.Event) -> None:
        try:
            async for told in daemon.stream():
                listens.set()
                if said := said_in(told, self.ctx.config.account):
                    self._came.append(said)
                    self._news.set()
                while len(self._came) >= _MOST_WAITING:
                    self._room.clear()
                    await self._room.wait()
        except PluginError as error:
            self._ended = error
        finally:
            listens.set()

    async def _read(self, taken: list[Said], since: int) -> tuple[Inbound, ...]:
        found = []
        for said in taken:
            if said.changes_group:
                self._known.pop(said.group, None)
            if _written(said) < since:
                continue
            members = await self._members(said.group) if said.group else ()
            config = self.ctx.config
            if message := inbound(said, config.account, frozenset(self.ctx.own), members, config.keep_disappearing):
                found.append(message)
        return tuple(found)

    async def _members(self, group: str) -> tuple[str, ...]:
        """All others in a group, () when signal-cli does not say."""
        found_at, found = self._known.get(group, (-_GROUP_SECONDS, ()))
        if time.monotonic() - found_at >= _GROUP_SECONDS:
            found = tuple(sorted(await self._others(group) or ()))
            self._known[group] = (time.monotonic(), found)
        return found

    async def _others(self, group: str) -> set[str] | None:
        """All others in a group, asked anew; None if this account is not in it."""
        try:
            told = await self._there().groups(group)
        except Refused:
            return None
        if not told or told[0].get("isMember") is not True:
            return None
        account = self.ctx.config.account
        found = {person_of(each, account) for each in told[0].get("members") or ()} - {account}
        return None if "" in found else found

    # --- what is sent

    async def send(self, out: Outbound, idempotency_key: str) -> Receipt:
        """Sends one message as plain text, to one person or a group."""
        daemon = self._there()
        size = len(out.text.encode("utf-8", "replace"))
        if size > LONGEST:
            raise Refused(f"A message may have {LONGEST} bytes, and this one has {size}.")
        given: dict[str, Any] = {"message": out.text}
        if is_group(out.conversation):
            await self._check_group(out)
            given["groupId"] = [out.conversation]
        elif not is_person(out.conversation):
            raise Refused("That is no address on Signal.")
        elif set(out.to) != {out.conversation}:
            raise Refused("Only one person can get what is written to them alone.")
        else:
            given["recipient"] = [out.conversation]
        if answered := named(out.reply_to):
            given["quoteAuthor"], given["quoteTimestamp"] = answered
            given["quoteMessage"] = ""  # the other's program shows what it has itself
        return self._receipt(await daemon.send(**given))

    async def _check_group(self, out: Outbound) -> None:
        others, to = await self._others(out.conversation), set(out.to)
        if others is None or not to or to - others or others - to - set(self.ctx.own):
            raise Refused("Others are in that group by now, or signal-cli does not say who is.")

    def _receipt(self, sent: dict[str, Any]) -> Receipt:
        from .daemon import trouble

        if told := trouble(sent):
            raise told
        written = sent.get("timestamp")
        if not isinstance(written, int):
            raise Unsure("signal-cli answered without the message's moment.")
        return Receipt(name_of(self.ctx.config.account, written), moment_of(written))


def _written(said: Said) -> int:
    """When Signal's server took it, in milliseconds: senders' clocks may be wrong."""
    for key in ("serverReceivedTimestamp", "timestamp"):
        if isinstance(found := said.envelope.get(key), int) and found > 0:
            return found
    return 0
