"""The engine's door: a Unix socket on which front ends ask and the engine answers, many calls at a time."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from typing import Any

from sage import __version__, wire
from sage.core.errors import BadInput, EngineTrouble, SageError
from sage.locations import Home, make_private_folder

log = logging.getLogger(__name__)

Emit = Callable[[Any], Coroutine[Any, Any, None]]
Handler = Callable[[Any, "Line", Emit], Awaitable[Any]]

TAKEN_WITHIN = 2.0
"""Seconds in which a front end must take news. One that is stopped is let go: it comes back by itself, and asks."""


class Line:
    """One front end's connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._sending = asyncio.Lock()
        self.profile = ""
        self.client = ""

    async def send(self, frame: wire.FromEngine) -> None:
        """Waits while the front end is slow; a front end that is gone is no error here. Raises BadInput for what no front end
        would take."""
        data = wire.pack(frame)
        if len(data) > wire.FRAME_LIMIT:
            raise BadInput(
                f"That is {len(data) / 1e6:.0f} MB at once; at most {wire.FRAME_LIMIT / 1e6:.0f} MB are told.",
                safe="Nothing is lost.",
                do="Ask for less of it.",
            )
        with contextlib.suppress(ConnectionError):
            async with self._sending:
                self._writer.write(data)
                await self._writer.drain()

    async def frames(self) -> AsyncGenerator[wire.ToEngine, None]:
        """What the front end says, until it leaves."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while line := await self._read():
                yield wire.read_to_engine(line)

    async def _read(self) -> bytes:
        try:
            return await self._reader.readline()
        except ValueError as error:
            limit = wire.FRAME_LIMIT // 1_000_000
            raise BadInput(
                f"That is more than {limit} MB at once.", safe="Nothing was changed.", do="Send less."
            ) from error

    def close(self) -> None:
        self._writer.close()

    def abort(self) -> None:
        """Breaks the line; what has not been taken yet is dropped, and whoever waits to send goes on."""
        self._writer.transport.abort()


class Service:
    """Listens, greets, and gives each call to `handle` in a task of its own.

    Ends when the last front end has been gone for `linger` seconds while `idle()`, unless it `stays`.
    """

    def __init__(self, home: Home, handle: Handler, *, idle: Callable[[], bool], linger: float, stays: bool,
                 patience: float = TAKEN_WITHIN) -> None:  # fmt: skip
        self._home, self._handle, self._idle = home, handle, idle
        self._linger, self.stays, self._patience = linger, stays, patience
        self.lines: set[Line] = set()
        self.greeted: Callable[[Line], Awaitable[None]] = _nothing_more
        """Called when a front end has been welcomed."""
        self._closing = asyncio.Event()
        self._connections: set[asyncio.Task[None]] = set()

    async def run(self, opened: Callable[[], None] = lambda: None) -> None:
        """Serves until it is told to close or nobody needs it any more; `opened` is called once front ends can come."""
        socket = self._home.socket
        make_private_folder(socket.parent)
        socket.unlink(missing_ok=True)  # ours: the home's lock is held
        mask = os.umask(0o177)
        try:
            server = await asyncio.start_unix_server(self._connected, str(socket), limit=wire.FRAME_LIMIT)
        finally:
            os.umask(mask)
        opened()
        watch = asyncio.create_task(self._leave_when_alone(), name="leave when alone")
        try:
            await self._closing.wait()
        finally:
            socket.unlink(missing_ok=True)
            server.close()
            watch.cancel()
            await self.tell_all(wire.EngineLeaves("The engine ends."))
            await self._leave_all()

    def close(self) -> None:
        """Ends `run`."""
        self._closing.set()

    async def tell_all(self, news: wire.AnyNews) -> int:
        """Sends news to every front end that stays (not to single commands); returns how many took it."""
        return sum(await asyncio.gather(*(self._tell(line, news) for line in self.listeners)))

    async def _tell(self, line: Line, news: wire.AnyNews) -> bool:
        try:
            async with asyncio.timeout(self._patience):
                await line.send(wire.News(news))
        except TimeoutError:
            line.abort()
            return False
        return True

    async def _leave_all(self) -> None:
        """Ends every connection, also of a front end that takes nothing any more."""
        lines, connections = list(self.lines), list(self._connections)
        for line in lines:
            line.close()
        for task in connections:
            task.cancel()
        if connections:
            await asyncio.wait(connections, timeout=self._patience)
        for line in lines:
            line.abort()
        await asyncio.gather(*connections, return_exceptions=True)

    @property
    def listeners(self) -> list[Line]:
        """The front ends that stay, and so can be told news."""
        return [line for line in self.lines if line.client == "tui"]

    async def _leave_when_alone(self) -> None:
        alone = 0.0
        step = max(0.05, min(1.0, self._linger / 4))
        while not self.stays:
            await asyncio.sleep(step)
            alone = 0.0 if self.lines or not self._idle() else alone + step
            if alone >= self._linger:
                self.close()
                return

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._connections.add(task)
        line = Line(reader, writer)
        try:
            await self._serve(line)
        except SageError as error:
            await line.send(_failed(0, error))
        finally:
            self.lines.discard(line)
            self._connections.discard(task)
            line.close()

    async def _serve(self, line: Line) -> None:
        frames = line.frames()
        hello = await anext(frames, None)
        if not isinstance(hello, wire.Hello):
            return
        if (hello.wire, hello.sage) != (wire.VERSION, __version__):
            raise wire.differing(__version__, hello.sage)
        line.profile, line.client = hello.profile, hello.client
        self.lines.add(line)
        await line.send(wire.Welcome(wire.VERSION, __version__, os.getpid()))
        await self.greeted(line)
        calls: dict[int, asyncio.Task[None]] = {}
        try:
            async for frame in frames:
                if isinstance(frame, wire.Call):
                    task = asyncio.create_task(self._answer(line, frame), name=type(frame.request).__name__)
                    calls[frame.id] = task
                    task.add_done_callback(lambda _, number=frame.id: calls.pop(number, None))  # type: ignore[misc]
                elif isinstance(frame, wire.Cancel) and frame.id in calls:
                    calls[frame.id].cancel()
        finally:
            await frames.aclose()
            for task in list(calls.values()):
                task.cancel()
            await asyncio.gather(*calls.values(), return_exceptions=True)

    async def _answer(self, line: Line, call: wire.Call[Any]) -> None:
        async def emit(event: Any) -> None:
            await line.send(wire.Event(call.id, event))

        try:
            body = await self._handle(call.request, line, emit)
            await line.send(wire.result(call.id, body if body is not None else wire.Nothing()))
        except SageError as error:
            await line.send(_failed(call.id, error))
        except asyncio.CancelledError:
            await line.send(_failed(call.id, EngineTrouble("Stopped.", safe="What was done before is kept.")))
        except Exception as error:
            log.exception("%s failed", type(call.request).__name__)
            told = EngineTrouble(
                f"Something went wrong inside Sage ({type(error).__name__}).",
                safe="What was acknowledged before is safe.",
                do="Try again; the log in the home's logs folder says where it happened.",
            )
            await line.send(_failed(call.id, told))


async def _nothing_more(line: Line) -> None:
    """After a welcome there is nothing more to say."""


def _failed(call: int, error: SageError) -> wire.Failed:
    return wire.Failed(call, error.kind, error.what, error.safe, error.do)
