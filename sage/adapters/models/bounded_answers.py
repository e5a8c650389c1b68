"""How much a server of models may send in one answer: whoever sends without end is hung up on before it fills the memory."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx

MOST_BYTES, LONGEST_LINE = 64_000_000, 4_000_000
"""Bytes of an answer, and of one line in it: clients gather a line whole before they read it."""
MOST_PACKED = 64_000
"""Bytes of an answer that comes packed, though nobody asked for that: unpacked it may be a thousand times as long."""


def bound(client: httpx.AsyncClient) -> None:
    """Bounds all answers that a client gets. One that is longer ends in httpx.ReadError."""
    client.headers["Accept-Encoding"] = "identity"
    hooks = client.event_hooks
    client.event_hooks = {**hooks, "response": [*hooks["response"], _bounded]}


async def _bounded(response: httpx.Response) -> None:
    assert isinstance(response.stream, httpx.AsyncByteStream)
    packed = response.headers.get("Content-Encoding", "identity").strip().casefold() not in ("", "identity")
    response.stream = _Bounded(response.stream, MOST_PACKED if packed else MOST_BYTES)


class _Bounded(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream, most: int) -> None:
        self._stream, self._most = stream, most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        line = got = 0
        async for data in self._stream:
            got += len(data)
            end = data.rfind(b"\n")
            line = len(data) - end - 1 if end >= 0 else line + len(data)
            if got > self._most or line > LONGEST_LINE:
                raise httpx.ReadError("The answer is longer than any answer of a model.")
            yield data

    async def aclose(self) -> None:
        await self._stream.aclose()
