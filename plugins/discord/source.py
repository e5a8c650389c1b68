"""A Discord bot as a surface for messages."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from sage.plugin_api import Batch, Context, Health, Inbound, MessagingSurface, Outbound, Receipt, Refused, Unreachable

from .failures import told
from .reading import inbound, is_number, name_of, number_in
from .tries import Tries

if TYPE_CHECKING:
    import discord

    from .bot import Bot

LONGEST = 2000
"""Characters of the longest message."""
_EPOCH_MS = 1_420_070_400_000
"""Discord's numbers count milliseconds from here on, in their upper 42 bits."""


class Discord(MessagingSurface):
    """One bot. A cursor is the highest number of a message that is on disk."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self._bot: Bot | None = None
        self._own = frozenset(ctx.own)
        self._met_file = ctx.folder / "direct.json"
        self._met: dict[str, int] = {}

    async def open(self) -> None:
        from .bot import Bot

        await self.close()
        if self._met_file.exists():
            self._met = json.loads(self._met_file.read_text(encoding="utf-8"))
        self._tries = Tries(self.ctx.folder)
        bot = Bot(self.ctx.config.server, self.ctx.secret("token").reveal())
        try:
            await bot.open()
        except BaseException:
            await bot.close()
            raise
        self._bot = bot

    async def health(self) -> Health:
        bot = await self._there()
        with told():
            found = await bot.client.http.get_user(bot.me)
        return Health(words=f"Its name is {found['username']}.")

    async def close(self) -> None:
        bot, self._bot = self._bot, None
        if bot:
            await bot.close()

    async def _there(self) -> Bot:
        if self._bot is None or self._bot.client.is_closed():
            await self.open()
        if self._bot is None:
            raise Unreachable("The account is not open.")
        return self._bot

    # --- messages

    async def events(self, cursor: str) -> AsyncIterator[Batch]:
        """See `MessagingSurface.events`. The gateway is heard first and the past asked for then, so that nothing falls
        between the two."""
        await self.open()  # a connection that ended is not taken up again
        bot = await self._there()
        await bot.listen()
        start = int(cursor or (int(time.time() * 1000) - _EPOCH_MS) << 22)
        highest = start
        if not cursor:
            yield Batch((), str(start))
        else:
            async for batch, number in self._past(bot, start):
                yield batch
                highest = number
        while True:
            messages = await bot.hear()
            new = {each.channel.id for each in messages if each.guild is None} - set(self._met.values())
            for each in messages:
                if each.guild is None and each.author.id != bot.me:
                    self._meet(str(each.author.id), each.channel.id)
            highest = max(highest, *(each.id for each in messages))
            found = await self._read(bot, messages)
            if new and cursor:
                async for page in bot.since(start, sorted(new)):
                    yield Batch(await self._read(bot, page), str(start))
            yield Batch(found, str(highest))

    async def _past(self, bot: Bot, start: int) -> AsyncIterator[tuple[Batch, int]]:
        """What was written since; the cursor moves when all channels were read, as each has its own order."""
        for person in {*self.ctx.config.people, *self.ctx.own} - set(self._met):
            if is_number(person):
                try:
                    self._meet(person, await bot.direct_with(int(person)))
                except Refused:
                    continue
        highest = start
        async for page in bot.since(start, sorted(self._met.values())):
            highest = max(highest, *(each.id for each in page))
            yield Batch(await self._read(bot, page), str(start)), highest
        yield Batch((), str(highest)), highest

    async def _read(self, bot: Bot, messages: list[discord.Message]) -> tuple[Inbound, ...]:
        found = []
        for each in messages:
            place = getattr(each.channel, "parent_id", None) or each.channel.id
            members = await bot.readers(place) if each.guild else ()
            if message := inbound(each, bot.me, self._own, members):
                found.append(message)
        return tuple(found)

    def _meet(self, person: str, channel: int) -> None:
        if self._met.get(person) != channel:
            self._met[person] = channel
            anew = self._met_file.with_suffix(".new")
            anew.write_text(json.dumps(self._met), encoding="utf-8")
            anew.replace(self._met_file)

    # --- what goes out

    async def send(self, out: Outbound, idempotency_key: str) -> Receipt:
        """Sends one message, which calls nobody by a mention."""
        bot = await self._there()
        if len(out.text) > LONGEST:
            raise Refused(f"Discord takes {LONGEST} characters in one message, and this one has {len(out.text)}.")
        channel = await self._place(bot, out)
        at, message = self._tries.before(idempotency_key)
        if at and not message:
            message = await self._sent_since(bot, channel, out.text, at)
        if not message:
            self._tries.note(idempotency_key)
            message = await self._say(bot, channel, out, idempotency_key)
        self._tries.note(idempotency_key, message)
        return Receipt(name_of(channel, message))

    async def _say(self, bot: Bot, channel: int, out: Outbound, key: str) -> int:
        import discord

        answered = number_in(out.reply_to, channel)
        reference: Any = None
        if answered:
            reference = discord.MessageReference(message_id=answered, channel_id=channel, fail_if_not_exists=False)
        nonce = hashlib.sha256(key.encode()).hexdigest()[:25]  # the longest that Discord takes
        with told(sends=True):
            place = bot.client.get_partial_messageable(channel)
            sent = await place.send(out.text, nonce=nonce, reference=reference, suppress_embeds=True)
        return sent.id

    async def _place(self, bot: Bot, out: Outbound) -> int:
        """The channel or thread in which those named, and nobody else, read it."""
        number = out.conversation.removeprefix("#")
        if not is_number(number):
            raise Refused("That is no number of a person or a channel of Discord.")
        if number == out.conversation:
            if set(out.to) != {number}:
                raise Refused("Only one person can get what is written to them alone.")
            channel = self._met.get(number) or await bot.direct_with(int(number))
            self._meet(number, channel)
            return channel
        readers = set(await bot.readers(int(number), anew=True))
        if not readers or not (readers - self._own <= set(out.to) <= readers):
            raise Refused("Others read that channel by now, or Discord does not say who does.")
        if not out.thread:
            return int(number)
        with told():
            thread: Any = await bot.client.http.get_channel(int(out.thread)) if is_number(out.thread) else {}
        if str(thread.get("parent_id")) != number or thread.get("type") == 12:  # a private one has other readers
            raise Refused("That thread is not in this channel, or is a private one.")
        return int(out.thread)

    async def _sent_since(self, bot: Bot, channel: int, text: str, at: int) -> int:
        """A message with this text that was written since and belongs to no key, 0: there is none."""
        import discord

        after = discord.Object(((at - 60) * 1000 - _EPOCH_MS) << 22)
        with told():
            async for each in bot.client.get_partial_messageable(channel).history(limit=500, after=after):
                if each.author.id == bot.me and each.content.strip() == text.strip() and not self._tries.has(each.id):
                    return each.id
        return 0
