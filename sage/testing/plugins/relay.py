"""A network between a plugin and a server on this machine, which can be cut."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Protocol, Self


class Network(Protocol):
    """What stands between a plugin and its service."""

    async def cut(self) -> None:
        """Ends all connections, and takes no new ones."""
        ...

    async def mend(self) -> None:
        """Lets everything through again."""
        ...

    def lose_answer(self, number: int) -> None:
        """The service's answer of this number, from now on (1: the first after something was asked), is lost, and its
        connection ends. What was asked has reached the service. 0: none is lost."""
        ...

    @property
    def lost(self) -> bool:
        """Whether that answer was lost."""
        ...


class Relay:
    """A TCP relay on loopback to a server's port; an asynchronous context. What is encrypted passes as it is."""

    def __init__(self, server: int) -> None:
        self._target = server
        self._door: asyncio.Server | None = None
        self._open: dict[asyncio.Task[None], list[asyncio.StreamWriter]] = {}
        self._losing, self.lost = 0, False
        self.port = 0
        """Where the plugin connects."""

    async def __aenter__(self) -> Self:
        await self.mend()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.cut()

    async def mend(self) -> None:
        if self._door is None:
            self._door = await asyncio.start_server(self._carry, "127.0.0.1", self.port)
            self.port = self._door.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        if self._door is not None:
            self._door.close()
            self._door = None
        carrying = list(self._open)
        for each in carrying:
            each.cancel()
        await asyncio.gather(*carrying, return_exceptions=True)

    def lose_answer(self, number: int) -> None:
        self._losing, self.lost = number, False

    async def _carry(self, near_in: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        ends = self._open[task] = [near_out]
        try:
            far_in, far_out = await asyncio.open_connection("127.0.0.1", self._target)
            ends.append(far_out)
            asked = asyncio.Event()
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pass_questions(near_in, far_out, asked))
                both.create_task(self._pass_answers(far_in, near_out, asked))
        except (OSError, ExceptionGroup, asyncio.CancelledError):
            pass  # the connection ended, or the network was cut: both ends see it below
        finally:
            del self._open[task]
            for end in ends:
                end.transport.abort()

    async def _pass_questions(
        self, near: asyncio.StreamReader, far: asyncio.StreamWriter, asked: asyncio.Event
    ) -> None:
        while data := await near.read(65536):
            if self._losing:
                asked.set()
            far.write(data)
            await far.drain()
        with contextlib.suppress(OSError):
            far.write_eof()

    async def _pass_answers(self, far: asyncio.StreamReader, near: asyncio.StreamWriter, asked: asyncio.Event) -> None:
        while data := await far.read(65536):
            if self._losing and asked.is_set():
                self._losing -= 1
                asked.clear()
                if not self._losing:
                    self.lost = True
                    break
            near.write(data)
            await near.drain()
        raise ConnectionResetError  # the server hung up, or its answer is lost: nothing more passes either way
