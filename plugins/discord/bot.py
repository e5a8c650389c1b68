"""One bot at Discord: the library's client, what it hears, and who reads a channel."""

from __future__ import annotations

import asyncio
import logging
import time
import warnings
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from sage.plugin_api import Refused, Unreachable

from .config import DISCORD
from .failures import told

if TYPE_CHECKING:
    import discord

MOST = 50
"""Readers of a channel that is answered."""
_SECONDS = 60.0
_MARGIN_MS = 5_000
"""Numbers of several channels are not in order to the millisecond: what came shortly before a cursor comes again."""


class Bot:
    """A bot that is logged in by `open`, and hears after `listen`."""

    def __init__(self, server: str, token: str) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of its voice part, which is not used
            import discord
        import discord.gateway
        import discord.http
        import yarl

        logging.getLogger("discord").setLevel(logging.CRITICAL)  # it logs what is written, below that
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        if server != DISCORD:
            discord.http.Route.BASE = server
            gateway = yarl.URL(server).with_scheme("ws").with_path("/gateway")
            discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = gateway
        wanted = discord.Intents(guilds=True, messages=True, message_content=True, members=True)
        self.client = discord.Client(
            intents=wanted,
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            max_ratelimit_timeout=30.0,
            guild_ready_timeout=0.5,
        )
        self._token = token
        self.heard: asyncio.Queue[discord.Message] = asyncio.Queue()
        self._listening: asyncio.Task[None] | None = None
        self._readers: dict[int, tuple[float, tuple[str, ...]]] = {}
        self._sessions = 0
        self.client.event(self.on_ready)
        self.client.event(self.on_message)
        self.client.event(self.on_raw_message_edit)

    async def on_ready(self) -> None:
        self._sessions += 1
        if self._sessions > 1:  # Discord forgot the session, and what was written meanwhile: it is asked for anew
            await self.client.close()

    async def on_message(self, message: discord.Message) -> None:
        self.heard.put_nowait(message)

    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        if event.message.edited_at:  # links that get a preview are no change
            self.heard.put_nowait(event.message)

    @property
    def me(self) -> int:
        return self.client.user.id if self.client.user else 0

    async def open(self) -> None:
        with told():
            await self.client.login(self._token)

    async def listen(self) -> None:
        """Returns when the bot hears."""
        self._listening = asyncio.create_task(self.client.connect(reconnect=False))
        ready = asyncio.create_task(self.client.wait_until_ready())
        await asyncio.wait([ready, self._listening], return_when=asyncio.FIRST_COMPLETED)
        if not ready.done():
            ready.cancel()
            await self.hear()

    async def hear(self) -> list[discord.Message]:
        """What was written, as soon as something was; at most 100. Raises when the connection has ended."""
        assert self._listening
        if self.heard.empty():
            waiting = asyncio.ensure_future(self.heard.get())
            try:
                await asyncio.wait([waiting, self._listening], return_when=asyncio.FIRST_COMPLETED)
            except asyncio.CancelledError:
                waiting.cancel()
                raise
            if not waiting.done():
                waiting.cancel()
                with told():
                    await self._listening
                raise Unreachable("Discord hung up.")
            found = [waiting.result()]
        else:
            found = []
        while len(found) < 100 and not self.heard.empty():
            found.append(self.heard.get_nowait())
        return found

    async def close(self) -> None:
        with told():
            await self.client.close()
        if self._listening:
            self._listening.cancel()
            await asyncio.wait([self._listening])
            if not self._listening.cancelled():
                self._listening.exception()

    # --- what was written while nobody listened

    async def since(self, cursor: int, direct: list[int]) -> AsyncIterator[list[discord.Message]]:
        """What was written after a number, channel by channel: in the channels that the bot sees, and in direct ones."""
        import discord

        after = discord.Object(max(0, cursor - (_MARGIN_MS << 22)))
        places: list[Any] = [each for guild in self.client.guilds for each in (*guild.text_channels, *guild.threads)]
        places += [self.client.get_partial_messageable(each, type=discord.ChannelType.private) for each in direct]
        for place in places:
            if (getattr(place, "last_message_id", None) or after.id + 1) <= after.id:
                continue
            page: list[discord.Message] = []
            try:
                with told():
                    async for each in place.history(limit=None, after=after, oldest_first=True):
                        page.append(each)
                        if len(page) == 100:
                            yield page
                            page = []
            except Refused:
                continue  # a channel whose past the bot may not read
            if page:
                yield page

    async def direct_with(self, person: int) -> int:
        """The number of the direct channel with somebody."""
        with told():
            return int((await self.client.http.start_private_message(person))["id"])

    # --- who reads a channel

    async def readers(self, channel: int, *, anew: bool = False) -> tuple[str, ...]:
        """All others who can read a channel, () when that is not certain or they are many."""
        at, found = self._readers.get(channel, (0.0, ()))
        if anew or channel not in self._readers or time.monotonic() - at > _SECONDS:
            try:
                found = await self._find(channel)
            except Refused:
                found = ()
            self._readers[channel] = (time.monotonic(), found)
        return found

    async def _find(self, number: int) -> tuple[str, ...]:
        with told():
            channel = await self.client.fetch_channel(number)
            if getattr(channel, "guild", None) is None or getattr(channel, "parent_id", None):
                return ()
            guild = await self.client.fetch_guild(channel.guild.id)  # type: ignore[union-attr]
            place = await guild.fetch_channel(number)
            members = [each async for each in guild.fetch_members(limit=1000)]
        if len(members) == 1000:
            return ()
        found = [each.id for each in members if place.permissions_for(each).read_messages and each.id != self.me]
        return tuple(str(each) for each in sorted(found)) if len(found) <= MOST else ()
