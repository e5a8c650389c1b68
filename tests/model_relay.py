"""A relay in front of a model server on loopback, which lets answers through, refuses them, cuts them or stalls."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Literal, Self

How = Literal["through", "429", "500", "cut", "stall"]
_REASONS = {"429": "Too Many Requests", "500": "Internal Server Error"}


@dataclass
class Relay:
    """Listens while its `async with` runs. `how` says for each request what becomes of its answer (the last one stays), `after` how
    many bytes of it are let through before it is cut or stalls."""

    port: int
    how: list[How]
    after: int = 0
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Somebody went before their answer was whole."""
    _serving: set[asyncio.Future[None]] = field(default_factory=set)
    _server: asyncio.Server | None = None
    _ending: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def base_url(self) -> str:
        assert self._server
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server
        self._ending.set()
        self._server.close()
        await asyncio.gather(*self._serving)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served = asyncio.get_running_loop().create_future()
        self._serving.add(served)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._answer(reader, writer)
        finally:
            writer.close()
            served.set_result(None)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
        )
        body = await reader.readexactly(length)
        how = self.how.pop(0) if len(self.how) > 1 else self.how[0]
        if how in _REASONS:
            text = b'{"error": {"message": "not now", "type": "error"}}'
            writer.write(
                b"HTTP/1.1 %b %b\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b"
                % (how.encode(), _REASONS[how].encode(), len(text), text)
            )
            await writer.drain()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            back.write(head.replace(b"\r\n", b"\r\nConnection: close\r\n", 1) + body)
            await self._pass_on(there, reader, writer, how)
        finally:
            back.close()

    async def _pass_on(
        self, there: asyncio.StreamReader, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, how: How
    ) -> None:
        leaving = asyncio.create_task(reader.read(1))
        ending = asyncio.create_task(self._ending.wait())
        passed = 0
        try:
            while not ending.done():
                coming = asyncio.create_task(there.read(256))
                await asyncio.wait([coming, leaving, ending], return_when=asyncio.FIRST_COMPLETED)
                if leaving.done() or ending.done():
                    coming.cancel()
                    self.left.set()
                    return
                data = coming.result()
                if not data:
                    return
                writer.write(data)
                await writer.drain()
                passed += len(data)
                if how != "through" and passed > self.after:
                    if how == "stall":
                        await asyncio.wait([leaving, ending], return_when=asyncio.FIRST_COMPLETED)
                    return
        finally:
            leaving.cancel()
            ending.cancel()
