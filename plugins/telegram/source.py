"""A Telegram bot as a surface for messages."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from sage.plugin_api import (
    Batch,
    Context,
    Health,
    Inbound,
    MessagingSurface,
    Outbound,
    Receipt,
    Refused,
    Unreachable,
    Unsure,
)

from .reading import inbound, moment_of, name_of, number_in, said_in

if TYPE_CHECKING:
    from .bot import Bot
    from .groups import Groups

LONGEST = 4096
"""UTF-16 units of the longest message."""
_POLL_SECONDS = 50
_AT_ONCE = 100
_KINDS = ["message", "edited_message"]
_CHAT = re.compile(r"-?[1-9][0-9]{0,18}")


class Telegram(MessagingSurface):
    """One bot. A cursor is the number of the first update that is not on disk, or "0" when none ever came."""

    def __init__(self, ctx: Context) -> None:
        super().__init__(ctx)
        self._bot: Bot | None = None
        self._groups: Groups | None = None
        self._me = 0
        self._own = frozenset(ctx.own)

    async def open(self) -> None:
        from .bot import Bot
        from .groups import Groups

        await self.close()
        bot = Bot(self.ctx.config.server, self.ctx.secret("token").reveal())
        try:
            self._me = int((await bot.ask("getMe"))["id"])
        except BaseException:
            await bot.close()
            raise
        self._bot, self._groups = bot, Groups(bot, self._me, self.ctx.own)

    async def health(self) -> Health:
        told = await self._there()[0].ask("getMe")
        blind = "" if told.get("can_read_all_group_messages") else " In groups it gets only what is addressed to it."
        return Health(words=f"Its name is @{told.get('username', '')}.{blind}")

    async def close(self) -> None:
        bot, self._bot, self._groups = self._bot, None, None
        if bot:
            await bot.close()

    def _there(self) -> tuple[Bot, Groups]:
        if self._bot is None or self._groups is None:
            raise Unreachable("The account is not open.")
        return self._bot, self._groups

    # --- messages

    async def events(self, cursor: str) -> AsyncIterator[Batch]:
        """See `MessagingSurface.events`. Asking from a cursor on tells Telegram that all before it was taken."""
        bot, _ = self._there()
        if not cursor:
            cursor = _after(await self._updates(bot, -1, 0), "0")
            yield Batch((), cursor)
        while True:
            updates = await self._updates(bot, int(cursor), _POLL_SECONDS)
            if updates:
                # Not the highest number: after a quiet week Telegram goes on with any other, also a lower one.
                cursor = _after(updates, cursor)
                yield Batch(await self._read(updates), cursor)

    async def _updates(self, bot: Bot, offset: int, seconds: int) -> list[Any]:
        found = await bot.ask(
            "getUpdates", wait=seconds, offset=offset, limit=_AT_ONCE, timeout=seconds, allowed_updates=_KINDS
        )
        return list(found)

    async def _read(self, updates: list[Any]) -> tuple[Inbound, ...]:
        _, groups = self._there()
        found = []
        for said in filter(None, map(said_in, updates)):
            members: tuple[str, ...] = ()
            if said.chat.group:
                groups.note(said)
                members = await groups.members(said.chat.id)
            if message := inbound(said, self._me, self._own, members):
                found.append(message)
        return tuple(found)

    async def send(self, out: Outbound, idempotency_key: str) -> Receipt:
        """Sends one message as plain text, and shows no preview of links, for which Telegram would open them."""
        bot, groups = self._there()
        if not _CHAT.fullmatch(out.conversation):
            raise Refused("That is no number of a Telegram chat.")
        chat = int(out.conversation)
        units = len(out.text.encode("utf-16-le", "surrogatepass")) // 2
        if units > LONGEST:
            raise Refused(f"Telegram takes {LONGEST} characters in one message, and this one has {units}.")
        if chat > 0 and set(out.to) != {out.conversation}:
            raise Refused("Only one person can get what is written to them alone.")
        if chat < 0 and not await groups.are_all(chat, set(out.to)):
            raise Refused("Others are in that group by now, or Telegram does not say who is.")
        sent = await bot.do("sendMessage", **self._message(chat, out))
        if not isinstance(sent, dict) or not isinstance(sent.get("message_id"), int):
            raise Unsure("Telegram answered without the message.")
        return Receipt(name_of(self._me, chat, sent["message_id"]), moment_of(sent.get("date")))

    def _message(self, chat: int, out: Outbound) -> dict[str, Any]:
        message: dict[str, Any] = {"chat_id": chat, "text": out.text, "link_preview_options": {"is_disabled": True}}
        if out.thread.isascii() and out.thread.isdecimal():
            message["message_thread_id"] = int(out.thread)
        if answered := number_in(out.reply_to, self._me, chat):
            message["reply_parameters"] = {"message_id": answered, "allow_sending_without_reply": True}
        return message


def _after(updates: list[Any], cursor: str) -> str:
    return str(int(updates[-1]["update_id"]) + 1) if updates else cursor
