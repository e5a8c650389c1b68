"""A server of models that sends without end, or packs a great deal into little, is hung up on."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator

import httpx
import pytest

from sage.adapters.models.bounded_answers import LONGEST_LINE, MOST_BYTES, MOST_PACKED, bound

PIECE = b"a" * 500_000


class Sent(httpx.AsyncByteStream):
    def __init__(self, *pieces: bytes) -> None:
        self.pieces, self.sent, self.closed = pieces, 0, False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            self.sent += len(piece)
            yield piece

    async def aclose(self) -> None:
        self.closed = True


async def got(sent: Sent, **headers: str) -> int:
    async def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["Accept-Encoding"] == "identity"
        return httpx.Response(200, headers=headers, stream=sent)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        bound(client)
        async with client.stream("POST", "http://127.0.0.1/") as response:
            return sum([len(piece) async for piece in response.aiter_bytes()])


@pytest.mark.parametrize(
    ("pieces", "most"),
    [
        ([PIECE] * 40, LONGEST_LINE),
        ([PIECE + b"\n"] * 400, MOST_BYTES),
        ([b"x\n" + PIECE] + [PIECE] * 40, LONGEST_LINE),
    ],
)
async def test_what_never_ends_is_hung_up_on(pieces: list[bytes], most: int) -> None:
    sent = Sent(*pieces)
    with pytest.raises(httpx.ReadError):
        await got(sent)
    assert sent.sent <= most + 2 * len(PIECE) and sent.closed


async def test_what_is_packed_is_read_only_while_it_is_short() -> None:
    packed = gzip.compress(b"data: a\n" * 1000)
    assert await got(Sent(packed), **{"Content-Encoding": "gzip"}) == 8000
    bomb = gzip.compress(b"a" * 400_000_000, 1)
    pieces = [bomb[at : at + 10_000] for at in range(0, len(bomb), 10_000)]
    sent = Sent(*pieces)
    with pytest.raises(httpx.ReadError):
        await got(sent, **{"Content-Encoding": "gzip"})
    assert sent.sent <= MOST_PACKED + 20_000


async def test_an_ordinary_long_answer_is_read_whole() -> None:
    assert await got(Sent(*[PIECE + b"\n"] * 100)) == 100 * (len(PIECE) + 1)
