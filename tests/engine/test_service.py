"""The engine's door, served in this process: what front ends that take nothing any more do to the others."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sage import wire
from sage.client import hello
from sage.core.schedules.schedule import Ring
from sage.engine.service import Emit, Line, Service
from sage.locations import Home
from tests.homes import make_home
from tests.reminders import one_reminder

_SCHEDULE, _OCCURRENCE = one_reminder("r1", "stretch", "2026-11-23T09:00", "UTC")
DUE = wire.ReminderDue(Ring(_SCHEDULE, _OCCURRENCE), _OCCURRENCE.key)
MUCH = wire.Recalled("x" * 4_000_000, 0.0, ())

TOO_MUCH = wire.Recall("too much")


async def give_much(request: Any, line: Line, emit: Emit) -> Any:
    """More than a socket holds; more than a frame may have where that is asked for."""
    return wire.Recalled("x" * wire.FRAME_LIMIT, 0.0, ()) if request == TOO_MUCH else MUCH


@asynccontextmanager
async def serving(home: Home) -> AsyncGenerator[tuple[Service, asyncio.Task[None]], None]:
    service = Service(home, give_much, idle=lambda: True, linger=60, stays=True, patience=0.1)
    opened = asyncio.Event()
    running = asyncio.create_task(service.run(opened.set))
    await opened.wait()
    try:
        yield service, running
    finally:
        service.close()
        async with asyncio.timeout(10):
            await running


async def come_in(home: Home, kind: str = "tui") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_unix_connection(str(home.socket))
    writer.write(hello(kind, ""))
    await reader.readline()
    return reader, writer


async def stop_reading(home: Home, service: Service, kind: str = "tui") -> socket.socket:
    """A front end that asks for much and takes nothing of it."""
    loop = asyncio.get_running_loop()
    door = socket.socket(socket.AF_UNIX)
    door.setblocking(False)
    await loop.sock_connect(door, str(home.socket))
    known = len(service.lines)
    await loop.sock_sendall(door, hello(kind, "") + wire.pack(wire.Call(1, wire.Recall("x"))))
    # nothing tells when the engine has begun to answer
    while len(service.lines) == known or not any(  # noqa: ASYNC110
        task.get_name() == "Recall" for task in asyncio.all_tasks()
    ):
        await asyncio.sleep(0)
    return door


async def test_an_app_that_takes_nothing_does_not_keep_news_from_another(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    async with serving(home) as (service, _):
        stuck = await stop_reading(home, service)
        reader, writer = await come_in(home)
        async with asyncio.timeout(10):
            assert await service.tell_all(DUE) == 1
            assert wire.read_from_engine(await reader.readline()) == wire.News(DUE)
        writer.close()
        stuck.close()


async def test_the_engine_ends_also_with_front_ends_that_take_nothing(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    async with serving(home) as (service, running):
        stuck = [await stop_reading(home, service, kind) for kind in ("tui", "cli")]
        service.close()
        async with asyncio.timeout(10):
            await asyncio.shield(running)
        for door in stuck:
            door.close()


async def test_what_no_front_end_would_take_is_told_and_the_line_holds(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    async with serving(home):
        reader, writer = await come_in(home)
        writer.write(wire.pack(wire.Call(1, TOO_MUCH)))
        told = wire.read_from_engine(await reader.readline())
        assert isinstance(told, wire.Failed) and (told.id, told.kind) == (1, "BadInput") and "67 MB" in told.what
        writer.write(wire.pack(wire.Call(2, TOO_MUCH)))
        assert wire.read_from_engine(await reader.readline()) == wire.Failed(
            2, told.kind, told.what, told.safe, told.do
        )
        writer.close()
