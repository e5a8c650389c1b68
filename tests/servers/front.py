"""An HTTP server that stands before another one on loopback and may answer in its place."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any, NamedTuple, Self

import httpx


class Call(NamedTuple):
    """One request; `method` is the last part of its path, `given` its JSON or its query."""

    how: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def method(self) -> str:
        return httpx.URL(self.path).path.rpartition("/")[2]

    @property
    def given(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body) if self.body else dict(httpx.URL(self.path).params)
        return found


class Said(NamedTuple):
    """An answer."""

    status: int
    body: bytes
    headers: bytes = b""


class Front:
    """Passes everything on to the port `behind`, each call on a connection of its own; an asynchronous context."""

    def __init__(self, behind: int) -> None:
        self.behind, self.port = behind, 0

    async def __aenter__(self) -> Self:
        self._client = httpx.AsyncClient(timeout=90.0, limits=httpx.Limits(max_keepalive_connections=0))
        self._door = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._door.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._door.close()
        await self._client.aclose()

    async def answer(self, call: Call) -> Said:
        """What is answered. Here: what the server behind says."""
        return await self.passed(call)

    async def passed(self, call: Call) -> Said:
        """What the server behind says."""
        kept = {name: call.headers[name] for name in ("authorization", "content-type") if name in call.headers}
        address = f"http://127.0.0.1:{self.behind}{call.path}"
        found = await self._client.request(call.how, address, content=call.body, headers=kept)
        return Said(found.status_code, found.content)

    async def _serve(self, near: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, httpx.HTTPError):
            first, *lines = (await near.readuntil(b"\r\n\r\n")).decode().strip().splitlines()
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            body = await near.readexactly(int(headers.get("content-length", "0")))
            how, path, _ = first.split()
            answering = asyncio.ensure_future(self.answer(Call(how, path, headers, body)))
            hung_up = asyncio.ensure_future(near.read(1))
            await asyncio.wait([answering, hung_up], return_when=asyncio.FIRST_COMPLETED)
            hung_up.cancel()
            if not answering.done():
                answering.cancel()
            else:
                status, told, more = answering.result()
                length = b"Connection: close\r\nContent-Length: %d\r\n" % len(told)
                out.write(b"HTTP/1.1 %d X\r\n%s%s\r\n%s" % (status, length, more, told))
                await out.drain()
        out.close()
