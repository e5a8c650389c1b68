"""The network of the kit: it carries, is cut, and loses the answer that it is told to lose."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from sage.testing.plugins.relay import Relay


@pytest.fixture
async def relay() -> AsyncIterator[Relay]:
    """Before a server that answers each line with the same in capitals."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(line.upper())
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with Relay(server.sockets[0].getsockname()[1]) as found:
        yield found
    server.close()


async def ask(relay: Relay, *lines: bytes) -> list[bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    answers = []
    try:
        for line in lines:
            writer.write(line + b"\n")
            answers.append(await asyncio.wait_for(reader.readline(), 5))
    finally:
        writer.transport.abort()
    return answers


async def test_it_carries(relay: Relay) -> None:
    assert await ask(relay, b"one", b"two") == [b"ONE\n", b"TWO\n"]


async def test_one_that_was_cut_takes_nobody_until_it_is_mended(relay: Relay) -> None:
    port = relay.port
    await relay.cut()
    with pytest.raises(OSError):
        await ask(relay, b"one")
    await relay.mend()
    assert relay.port == port
    assert await ask(relay, b"one") == [b"ONE\n"]


async def test_cutting_ends_what_is_open(relay: Relay) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", relay.port)
    writer.write(b"one\n")
    await reader.readline()
    await relay.cut()
    with pytest.raises(OSError):
        assert await asyncio.wait_for(reader.read(), 5) == b""
        raise ConnectionResetError
    writer.transport.abort()


async def test_the_answer_of_a_number_is_lost(relay: Relay) -> None:
    relay.lose_answer(2)
    with pytest.raises(OSError):
        assert await ask(relay, b"one", b"two") == [b"ONE\n", b""]
        raise ConnectionResetError
    assert relay.lost
    relay.lose_answer(0)
    assert await ask(relay, b"one", b"two") == [b"ONE\n", b"TWO\n"]
    assert not relay.lost
