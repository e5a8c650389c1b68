"""Where the person is told something: surfaces in the order in which they are tried."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sage import wire
from sage.core.schedules.schedule import Ring
from sage.core.schedules.wall_time import in_quiet_hours
from sage.engine.desktop import Desktop
from sage.engine.notifier_surface import NotifierSurface
from sage.engine.service import Line, Service
from sage.profile import resolve

if TYPE_CHECKING:
    from sage.engine.alarms import Surface
    from sage.engine.bootstrap import House
    from sage.engine.desk import Desk

TAKEN_WITHIN, SHOWN_WITHIN = 3.0, 5.0
"""Seconds in which an app must ask for a reminder that it is told of, and then say that it has shown it."""

TYPING_LASTS = timedelta(seconds=20)
"""How long after a key somebody still counts as typing: whoever writes thinks in between."""


def surfaces_of(desk: Desk) -> Iterable[Surface]:
    """All of them, as they are tried."""
    return _Surfaces(desk)


class _Surfaces:
    """Looked up at each look: accounts come and go while the engine runs."""

    def __init__(self, desk: Desk) -> None:
        self._always, self._desk = (desk.apps, Desktop(desk.house)), desk

    def __iter__(self) -> Iterator[Surface]:
        yield from self._always
        yield from self._notifiers()
        yield from self._desk.messaging.surfaces()

    def _notifiers(self) -> Iterator[Surface]:
        accounts = self._desk.house.accounts
        for account in accounts.accounts("notifier"):
            yield NotifierSurface(account, accounts, partial(accounts.is_on, account), self._is_quiet)

    def _is_quiet(self) -> bool:
        hours = resolve("default", self._desk.house.home).settings.quiet_hours
        return in_quiet_hours(self._desk.house.clock.now(), hours.start, hours.end)


class OpenApps:
    """The terminal apps that are open. An app shows what has one key only once, also when another engine sends it.

    An app that does not ask for a reminder in time has not shown it, and will not: when it asks later it is told no.
    """

    name = "app"
    idempotent = True

    def __init__(self, house: House, service: Callable[[], Service | None]) -> None:
        self._house, self._service = house, service
        self._open: dict[str, _Telling] = {}
        self.unsaid: list[str] = []
        """What is to be said to the person once, and was said to no app yet."""
        self._when_said: dict[str, Callable[[], None]] = {}
        """By the text, what keeps that it was said."""
        self._typed_at: datetime | None = None
        self.came_in: Callable[[], None] = lambda: None
        """Called when an app was opened."""

    @property
    def reachable(self) -> bool:
        service = self._service()
        return bool(service and service.listeners)

    async def tell(self, ring: Ring, key: str) -> bool:
        service, house = self._service(), self._house
        settings = resolve("default", house.home).settings
        quiet = in_quiet_hours(house.clock.now(), settings.quiet_hours.start, settings.quiet_hours.end)
        news = wire.ReminderDue(ring, key, quiet, settings.notify.terminal and not quiet)
        telling = self._open[key] = _Telling()
        try:
            if not service or not await service.tell_all(news) or not await _within(TAKEN_WITHIN, telling.taken):
                return False
            async with asyncio.timeout(SHOWN_WITHIN):
                await telling.shown.wait()
            return True
        finally:
            del self._open[key]

    def take(self, key: str) -> bool:
        """Whether a reminder is still to be shown by the app that asks."""
        telling = self._open.get(key)
        if telling:
            telling.taken.set()
        return telling is not None

    def shown(self, key: str) -> None:
        """An app has shown it."""
        if telling := self._open.get(key):
            telling.taken.set()
            telling.shown.set()

    def typed(self) -> None:
        """Keys come in an app."""
        self._typed_at = self._house.clock.now()

    @property
    def typing(self) -> bool:
        """Whether somebody types in an app at this moment."""
        return self._typed_at is not None and timedelta() <= self._house.clock.now() - self._typed_at <= TYPING_LASTS

    async def say(self, text: str, said: Callable[[], None] | None = None) -> None:
        """Says something once: now, or to the first app that is opened. `said` keeps that it was (it may block); what is to be
        kept is said once, however often it is asked for meanwhile."""
        if said:
            if text in self._when_said:
                return
            self._when_said[text] = said
        self.unsaid.append(text)
        await self._say_all()

    async def was_said(self, texts: Iterable[str]) -> None:
        """These have reached the person."""
        for text in texts:
            if said := self._when_said.get(text):
                await asyncio.to_thread(said)
                del self._when_said[text]

    async def mention(self, text: str) -> None:
        """Says something to the apps that are open now, and to nobody later."""
        if service := self._service():
            await service.tell_all(wire.Notice(text))

    async def refresh(self) -> None:
        """Apps show the engine's state anew."""
        if service := self._service():
            await service.tell_all(wire.StatusChanged())

    async def greet(self, line: Line) -> None:
        """An app was opened, or a command came in."""
        if line.client == "tui":
            await self._say_all()
            self.came_in()

    async def _say_all(self) -> None:
        service = self._service()
        while service and service.listeners and self.unsaid:
            text = self.unsaid.pop(0)
            if await service.tell_all(wire.Notice(text)):
                await self.was_said([text])
            else:
                self.unsaid.insert(0, text)  # nobody was left to hear it
                return


class _Telling:
    def __init__(self) -> None:
        self.taken, self.shown = asyncio.Event(), asyncio.Event()


async def _within(seconds: float, event: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return event.is_set()
