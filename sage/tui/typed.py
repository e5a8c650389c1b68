"""Keys in their order, however fast they come: each finds what the keys before it opened. A key is dealt with by messages and
workers of its own, so the next one waits until it has come up through its place, and until what it began has opened its panel
or is over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary, WeakSet

from textual import events
from textual.message import Message
from textual.screen import Screen
from textual.worker import NoActiveWorker, Worker, get_current_worker

if TYPE_CHECKING:
    from textual.app import App
    from textual.message_pump import MessagePump

LOOKS_EVERY = 0.02
"""Seconds between two looks whether keys that wait can go on."""
PATIENCE = 1.0
"""Seconds after which the keys that lead away do not wait any more, and drop what does."""
COMMAND = 0.5
"""Seconds in which what is typed after a command in Talk may be meant for what that opens: it can also take long."""
_PASSES = 2
"""How often a key's place is gone through: what the key does there may tell the place by a message."""
_AWAY = frozenset(("escape", "ctrl+q", "ctrl+t", "ctrl+p", "f2", "f3", "f4", "f5", "f6"))
_LONG = frozenset(
    "busy making writing sending engine warm names capture typing status earlier reminder jumps answer offering glance".split()
)
"""Work that opens nothing for further keys, by its name or group."""

_asked: WeakKeyDictionary[Worker[Any], asyncio.Future[Any]] = WeakKeyDictionary()


def waits_for(answer: asyncio.Future[Any]) -> None:
    """The work that goes on here waits for the person until that is answered: keys are meant for it."""
    try:
        _asked[get_current_worker()] = answer
    except NoActiveWorker:
        return


class Passed(Message):
    """Comes up behind a key through all that could deal with it."""


class _Deed(NamedTuple):
    worker: Worker[Any]
    mode: str
    began: float

    def holds(self, mode: str, writes: bool) -> bool:
        """Whether keys wait for it: not where another place is shown, nor where words are being written."""
        answer = _asked.get(self.worker)
        if _is_over(self.worker) or self.mode != mode or (answer is not None and not answer.done()):
            return False
        is_command = self.worker.name == "command"
        return time.monotonic() - self.began < COMMAND if is_command else not writes


class Typed:
    """The keys of an app. `deliver` hands one on to where the cursor is, `is_shut` says whether there is no place at all yet."""

    def __init__(
        self, app: App[Any], deliver: Callable[[events.Event], Awaitable[None]], is_shut: Callable[[], bool]
    ) -> None:
        self._app, self._deliver, self._is_shut = app, deliver, is_shut
        self._held: list[events.Event] = []
        self._target: MessagePump | None = None
        """What the last key went to, until it was dealt with there."""
        self._passes = 0
        self._workers: set[Worker[Any]] = set()
        """Those that there were before it."""
        self._deeds: list[_Deed] = []
        self._ready: WeakSet[Screen[Any]] = WeakSet()
        self._waits_since = 0.0
        self._looks = False

    async def take(self, event: events.Key | events.Paste) -> None:
        """Hands a key on, as soon as it finds its place."""
        leads_away = isinstance(event, events.Key) and event.key in _AWAY and not self._is_shut()
        if leads_away and self._held and time.monotonic() - self._waits_since > PATIENCE:
            self._held.clear()
            self._deeds.clear()
            self._target = None
        elif self._held or self._waits():
            if not self._held:
                self._waits_since = time.monotonic()
            self._held.append(event)
            self._look_soon()
            return
        await self._hand_on(event)

    async def go_on(self) -> None:
        """Hands on what waits and can go on."""
        while self._held and not self._waits():
            await self._hand_on(self._held.pop(0))
            self._waits_since = time.monotonic()
        if self._held:
            self._look_soon()

    def passed(self) -> None:
        """A key was dealt with in its place, or what that told."""
        self._passes -= 1
        if self._passes <= 0 or self._target is None or not self._target.post_message(Passed()):
            self._end_pass()

    def _end_pass(self) -> None:
        self._target = None
        begun = [each for each in self._app.workers if each not in self._workers and not _is_over(each)]
        mode, now = self._app.current_mode, time.monotonic()
        self._deeds = [each for each in self._deeds if not _is_over(each.worker)]
        self._deeds += [_Deed(each, mode, now) for each in begun if _LONG.isdisjoint((each.name, each.group))]
        self._workers.clear()
        if self._held:
            self._app.call_later(self.go_on)

    async def _hand_on(self, event: events.Event) -> None:
        target = self._app.focused or self._app.screen
        writes = isinstance(event, events.Paste) or (isinstance(event, events.Key) and event.is_printable)
        if writes and _takes_words(target):
            await self._deliver(event)
            return
        self._workers, self._target, self._passes = set(self._app.workers), target, _PASSES
        await self._deliver(event)
        if not target.post_message(Passed()):
            self._end_pass()

    def _waits(self) -> bool:
        if self._is_shut() or not self._app.screen_stack:  # the app is not there yet, or is being left
            return True
        if self._target is not None:
            if self._target.is_running:
                return True
            self._end_pass()
        screen = self._app.screen
        if screen not in self._ready:  # what sets its cursor is before this in its queue
            screen.call_later(self._ready.add, screen)
            return True
        writes = _takes_words(self._app.focused)
        return any(deed.holds(self._app.current_mode, writes) for deed in self._deeds)

    def _look_soon(self) -> None:
        if not self._looks and not self._is_shut():
            self._looks = True
            self._app.set_timer(LOOKS_EVERY, self._look)

    async def _look(self) -> None:
        self._looks = False
        await self.go_on()


def _is_over(worker: Worker[Any]) -> bool:
    """Whether it opens nothing any more. One that was cancelled before its first step is said to run for ever."""
    return worker.is_finished or worker.is_cancelled


def _takes_words(target: object) -> bool:
    """Whether it is written into; told by name, since an app without such a field need not load it."""
    return any(each.__name__ in ("Input", "TextArea") for each in type(target).__mro__)
