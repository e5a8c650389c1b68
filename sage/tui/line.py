"""The terminal app's line to the engine: calls in tasks, events and news as they come, and a new line when it breaks."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Any, TypeVar

from sage import wire
from sage.client import connect, gone
from sage.core.errors import SageError, revive
from sage.locations import Home

R = TypeVar("R")


def _let_go(opening: asyncio.Future[socket.socket]) -> None:
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()


class EngineLine:
    """One connection. `on_news` gets what the engine says unasked, `on_lost` the error when the line breaks, and
    `on_answered` each request with its result."""

    def __init__(
        self,
        home: Home,
        profile: str,
        *,
        on_news: Callable[[wire.AnyNews], None],
        on_lost: Callable[[SageError], None],
        on_answered: Callable[[Any, Any], None] = lambda request, result: None,
    ) -> None:
        self._home, self._profile, self._on_news, self._on_lost = home, profile, on_news, on_lost
        self._on_answered = on_answered
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._calls: dict[int, tuple[asyncio.Future[Any], Callable[[Any], None]]] = {}
        self._next = 0

    @property
    def is_open(self) -> bool:
        """Whether calls can be made."""
        return self._writer is not None

    async def open(self) -> None:
        """Starts the engine if none runs, and says hello. Raises what the engine tells, or EngineGone."""
        opening = asyncio.ensure_future(asyncio.to_thread(connect, self._home, profile=self._profile, kind="tui"))
        try:
            door = await asyncio.shield(opening)
        except asyncio.CancelledError:
            opening.add_done_callback(_let_go)  # the app is left while the engine starts
            raise
        reader, writer = await asyncio.open_connection(sock=door, limit=wire.FRAME_LIMIT)
        self._writer = writer
        self._reading = asyncio.create_task(self._read(reader), name="engine line")

    async def call(self, request: wire.Request[R], on_event: Callable[[Any], None] = lambda event: None) -> R:
        """Asks and waits for the result; events go to `on_event`. Raises what the engine tells, or EngineGone."""
        if self._writer is None:
            raise gone(self._home)
        self._next += 1
        number = self._next
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._calls[number] = (future, on_event)
        try:
            self._writer.write(wire.pack(wire.Call(number, request)))
            with contextlib.suppress(ConnectionError):
                await self._writer.drain()
            result = wire.read_result(request, await future)
            self._on_answered(request, result)
            return result
        except asyncio.CancelledError:
            if self._writer:
                self._writer.write(wire.pack(wire.Cancel(number)))
            raise
        finally:
            self._calls.pop(number, None)

    async def close(self) -> None:
        """May be called twice."""
        if self._reading:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)
        if self._writer:
            self._writer.close()
            self._writer = None

    async def _read(self, reader: asyncio.StreamReader) -> None:
        error: SageError = gone(self._home)
        try:
            while line := await reader.readline():
                self._take(wire.read_from_engine(line))
        except SageError as told:
            error = told
        except OSError:
            pass
        if self._writer:
            self._writer.close()
            self._writer = None
        for future, _ in self._calls.values():
            if not future.done():
                future.set_exception(error)
        self._on_lost(error)

    def _take(self, frame: wire.FromEngine) -> None:
        if isinstance(frame, wire.News):
            self._on_news(frame.news)
            return
        if isinstance(frame, wire.Welcome):
            return
        future, on_event = self._calls.get(frame.id, (None, None))
        if future is None or on_event is None or future.done():
            return
        if isinstance(frame, wire.Event):
            on_event(frame.event)
        elif isinstance(frame, wire.Result):
            future.set_result(frame.body)
        else:
            future.set_exception(revive(frame.kind, frame.what, frame.safe, frame.do))
