"""Open apps as a surface: told is what an app has shown; one that hangs has not shown it, and never will."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from sage import wire
from sage.core.schedules.schedule import Ring
from sage.engine import surfaces
from sage.engine.service import Emit, Line, Service
from sage.engine.surfaces import OpenApps
from sage.testing.fakes import FakeClock
from tests.engine.test_service import come_in
from tests.homes import make_home
from tests.reminders import one_reminder

RING = Ring(*one_reminder("r1", "stretch", "2026-11-23T09:00"))


@asynccontextmanager
async def apps_at(tmp_path: Path) -> AsyncGenerator[tuple[OpenApps, Any]]:
    home = make_home(tmp_path)
    service: list[Service] = []
    apps = OpenApps(SimpleNamespace(home=home, clock=FakeClock()), lambda: service[0])  # type: ignore[arg-type]

    async def handle(request: Any, line: Line, emit: Emit) -> Any:
        if isinstance(request, wire.TakeReminder):
            return wire.Taken(apps.take(request.key))
        apps.shown(request.key)
        return wire.Nothing()

    service.append(Service(home, handle, idle=lambda: True, linger=60, stays=True, patience=0.1))
    service[0].greeted = apps.greet
    opened = asyncio.Event()
    running = asyncio.create_task(service[0].run(opened.set))
    await opened.wait()
    try:
        yield apps, home
    finally:
        service[0].close()
        async with asyncio.timeout(10):
            await running


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: Any) -> Any:
    writer.write(wire.pack(wire.Call(1, request)))
    frame = wire.read_from_engine(await reader.readline())
    assert isinstance(frame, wire.Result)
    return wire.read_result(request, frame.body)


async def test_told_is_what_an_app_has_shown(tmp_path: Path) -> None:
    async with apps_at(tmp_path) as (apps, home):
        assert not apps.reachable
        reader, writer = await come_in(home)
        telling = asyncio.create_task(apps.tell(RING, "k1"))
        news = wire.read_from_engine(await reader.readline())
        assert isinstance(news, wire.News) and isinstance(news.news, wire.ReminderDue) and news.news.outside
        assert (await ask(reader, writer, wire.TakeReminder("k1"))).wanted and not telling.done()
        await ask(reader, writer, wire.ReminderShown("k1"))
        assert await telling
        assert not (await ask(reader, writer, wire.TakeReminder("k1"))).wanted
        writer.close()


async def test_an_app_that_hangs_has_not_shown_it_and_is_told_no_when_it_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surfaces, "TAKEN_WITHIN", 0.05)
    async with apps_at(tmp_path) as (apps, home):
        reader, writer = await come_in(home)
        assert not await apps.tell(RING, "k1")
        await reader.readline()
        assert not (await ask(reader, writer, wire.TakeReminder("k1"))).wanted
        writer.close()


async def test_an_app_that_goes_while_it_shows_it_leaves_that_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surfaces, "SHOWN_WITHIN", 0.05)
    async with apps_at(tmp_path) as (apps, home):
        reader, writer = await come_in(home)
        telling = asyncio.create_task(apps.tell(RING, "k1"))
        await reader.readline()
        await ask(reader, writer, wire.TakeReminder("k1"))
        with pytest.raises(TimeoutError):
            await telling
        writer.close()


async def test_whoever_types_types_for_a_while_and_not_when_the_clock_is_set_back(tmp_path: Path) -> None:
    clock = FakeClock()
    apps = OpenApps(SimpleNamespace(home=None, clock=clock), lambda: None)  # type: ignore[arg-type]
    assert not apps.typing
    apps.typed()
    clock.go_on(seconds=20)
    assert apps.typing
    clock.go_on(seconds=1)
    assert not apps.typing
    clock.go_on(hours=-1)
    assert not apps.typing


async def test_what_is_said_while_no_app_is_open_is_said_to_the_next_once(tmp_path: Path) -> None:
    async with apps_at(tmp_path) as (apps, home):
        await apps.say("The clock was set.")
        reader, writer = await come_in(home)
        assert wire.read_from_engine(await reader.readline()) == wire.News(wire.Notice("The clock was set."))
        other, other_writer = await come_in(home)
        await apps.say("Again.")
        assert wire.read_from_engine(await other.readline()) == wire.News(wire.Notice("Again."))
        for each in (writer, other_writer):
            each.close()


async def test_in_quiet_hours_it_comes_silently_and_not_later(tmp_path: Path) -> None:
    async with apps_at(tmp_path) as (apps, home):
        apps._house.clock.go_on(hours=13)
        reader, writer = await come_in(home)
        telling = asyncio.create_task(apps.tell(RING, "k1"))
        frame = wire.read_from_engine(await reader.readline())
        assert isinstance(frame, wire.News) and isinstance(frame.news, wire.ReminderDue)
        assert frame.news.quiet and not frame.news.outside
        await ask(reader, writer, wire.ReminderShown("k1"))
        assert await telling
        writer.close()
