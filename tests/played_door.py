"""An engine that is played at a home's real door: whatever front end comes in speaks the real wire with it."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from sage import __version__, wire
from sage.core.errors import SageError
from sage.locations import Home
from tests.tui.made_up import Words, made_up, plain_words

Emit = Callable[[Any], Awaitable[None]]
"""Sends one event of the call that is answered, once the line takes it."""
Reply = Callable[[Any, Emit], Awaitable[Any]]
"""The result of a request; a told error is raised."""


def says(result: Any) -> Reply:
    """Always the same result."""

    async def reply(request: Any, emit: Emit) -> Any:
        return result

    return reply


class PlayedDoor:
    """Answers requests by their type with `replies`, all others with what is made up of the type of their result."""

    def __init__(self, home: Home, replies: Mapping[type, Reply] = {}, words: Words = plain_words) -> None:
        self._home, self._replies, self._words = home, dict(replies), words
        self.asked: list[Any] = []
        self._calls: dict[tuple[int, int], asyncio.Task[None]] = {}
        self._writers: list[asyncio.StreamWriter] = []

    async def tell(self, news: wire.AnyNews) -> None:
        """Says something unasked to every front end."""
        for writer in self._writers:
            await _send(writer, wire.News(news))

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[PlayedDoor]:
        self._home.prepare()
        server = await asyncio.start_unix_server(self._serve, os.fspath(self._home.socket), limit=wire.FRAME_LIMIT)
        try:
            yield self
        finally:
            server.close()
            for task in self._calls.values():
                task.cancel()
            for writer in self._writers:
                writer.close()
            await asyncio.gather(*self._calls.values(), return_exceptions=True)
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        with contextlib.suppress(ConnectionError):
            await reader.readline()  # hello
            await _send(writer, wire.Welcome(wire.VERSION, __version__, os.getpid()))
            while line := await reader.readline():
                frame = wire.read_to_engine(line)
                if isinstance(frame, wire.Call):
                    task = asyncio.create_task(self._answer(frame, writer))
                    self._calls[id(writer), frame.id] = task
                elif isinstance(frame, wire.Cancel) and (id(writer), frame.id) in self._calls:
                    self._calls[id(writer), frame.id].cancel()
        self._writers.remove(writer)
        writer.close()

    async def _answer(self, call: wire.Call, writer: asyncio.StreamWriter) -> None:
        async def emit(event: Any) -> None:
            await _send(writer, wire.Event(call.id, event))

        self.asked.append(call.request)
        try:
            body = await self._result(call.request, emit)
            await _send(writer, wire.result(call.id, body))
        except SageError as error:
            failed = wire.Failed(call.id, type(error).__name__, error.what, error.safe, error.do)
            with contextlib.suppress(ConnectionError):
                await _send(writer, failed)
        except ConnectionError:
            pass

    async def _result(self, request: Any, emit: Emit) -> Any:
        reply = self._replies.get(type(request))
        return await reply(request, emit) if reply else made_up(type(request).reply, self._words)


async def _send(writer: asyncio.StreamWriter, frame: wire.FromEngine) -> None:
    writer.write(wire.pack(frame))
    await writer.drain()
