"""Who is in a group. Telegram tells bots how many there are, who its administrators are, and whether somebody is in it: not
who all are. So the members are known when those who were seen there are as many as there are, and else nobody is named."""

from __future__ import annotations

import time
from collections import defaultdict
from typing import Any

from sage.plugin_api import Refused

from .bot import Bot
from .reading import Said

MOST = 50
"""Members of the largest group whose members are named."""
_SECONDS = 60.0
"""How long what was found counts for messages that come in."""
_MOST_SEEN = 1000


class Groups:
    """The groups of one bot. `me`: its number; `own`: the person's addresses."""

    def __init__(self, bot: Bot, me: int, own: tuple[str, ...]) -> None:
        self._bot, self._me = bot, me
        self._own = frozenset(int(each) for each in own if _is_number(each)) - {me}
        self._seen: dict[int, set[int]] = defaultdict(set)
        self._known: dict[int, tuple[float, frozenset[int]]] = {}

    def note(self, said: Said) -> None:
        """Somebody wrote, came or went."""
        chat, came = said.chat.id, {each for each in said.came if each != self._me}
        if said.left or came - self._seen[chat]:
            self._known.pop(chat, None)
        self._seen[chat] |= came
        self._seen[chat].discard(said.left)
        if len(self._seen[chat]) > _MOST_SEEN:
            self._seen.pop(chat)

    async def members(self, chat: int) -> tuple[str, ...]:
        """All others in a group, () when that is not certain."""
        found_at, found = self._known.get(chat, (-_SECONDS, frozenset()))
        if time.monotonic() - found_at >= _SECONDS:
            try:
                found = await self._find(chat)
            except Refused:
                found = frozenset()
            self._known[chat] = (time.monotonic(), found)
        return tuple(str(each) for each in sorted(found))

    async def are_all(self, chat: int, named: set[str]) -> bool:
        """Whether those named, all of them, and the person's own addresses are all others in a group, asked anew."""
        numbers = {int(each) for each in named if _is_number(each)}
        if len(numbers) != len(named) or len(numbers) > MOST:
            return False
        others = await self._bot.ask("getChatMemberCount", chat_id=chat) - 1
        for each in numbers:
            if not await self._is_in(chat, each):
                return False
        readers = len(numbers)
        for each in self._own - numbers if readers < others else ():
            readers += await self._is_in(chat, each)
        return bool(readers == others)

    async def _find(self, chat: int) -> frozenset[int]:
        others = await self._bot.ask("getChatMemberCount", chat_id=chat) - 1
        if others > MOST:
            return frozenset()
        leading = await self._bot.ask("getChatAdministrators", chat_id=chat)
        found = {each["user"]["id"] for each in leading} - {self._me}
        for each in sorted((self._seen[chat] | self._own) - found)[: MOST * 2] if len(found) < others else ():
            if await self._is_in(chat, each):
                found.add(each)
            else:
                self._seen[chat].discard(each)
        return frozenset(found) if len(found) == others else frozenset()

    async def _is_in(self, chat: int, user: int) -> bool:
        try:
            told: Any = await self._bot.ask("getChatMember", chat_id=chat, user_id=user)
        except Refused:
            return False
        status = told.get("status")
        return status in ("creator", "administrator", "member") or (status == "restricted" and bool(told["is_member"]))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 20
