"""The way to a server elsewhere: bounded answers, and a note of a refusal. (The library follows redirects to the same place
only.)"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

LARGEST_ANSWER = 4_000_000
"""Bytes of one answer. (Events that are streamed are bounded one by one, by the library.)"""


@asynccontextmanager
async def web_client(
    headers: Mapping[str, str], seconds: float, refused: Callable[[], None]
) -> AsyncGenerator[Any, None]:
    """A client for the library's streamable HTTP. `refused` is called when the server wants other credentials."""
    import httpx2

    class Bounded(httpx2.AsyncByteStream):
        def __init__(self, inner: Any) -> None:
            self._inner = inner

        async def __aiter__(self) -> AsyncIterator[bytes]:
            came = 0
            async for part in self._inner:
                came += len(part)
                if came > LARGEST_ANSWER:
                    raise httpx2.ReadError("more than 4 MB at once")
                yield part

        async def aclose(self) -> None:
            await self._inner.aclose()

    async def look(response: Any) -> None:
        if response.status_code in (401, 403):
            refused()
        if not response.headers.get("content-type", "").startswith("text/event-stream"):
            response.stream = Bounded(response.stream)

    timeout = httpx2.Timeout(30.0, read=max(seconds, 300.0))
    async with httpx2.AsyncClient(headers=dict(headers), timeout=timeout, event_hooks={"response": [look]}) as client:
        yield client
