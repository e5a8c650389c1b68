"""The device's file, without a server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

pytest.importorskip("mautrix", reason="the extra `matrix` is not installed")

from sage_plugins.matrix.device import Device
from sage_plugins.matrix.line import Line


@pytest_asyncio.fixture
async def line() -> AsyncIterator[Line]:
    found = Line("http://127.0.0.1:1")
    yield found
    await found.close()


async def test_who_is_cancelled_takes_nothing_of_others_along(line: Line, tmp_path: Path) -> None:
    device = Device(tmp_path, line)
    await device.open()
    begun = asyncio.Event()

    async def half_done() -> None:
        async with device.at_once():
            await device.keep("half", "done")
            begun.set()
            await asyncio.sleep(60)

    work = asyncio.create_task(half_done())
    await begun.wait()
    work.cancel()
    await asyncio.wait([work])
    await device.keep("other", "kept")
    async with device.at_once():
        await device.keep("more", "kept")
    await device.close()
    again = Device(tmp_path, line)
    await again.open()
    assert [await again.said(name) for name in ("half", "other", "more")] == ["", "kept", "kept"]
    await again.close()


async def test_its_file_is_the_person_s_alone(line: Line, tmp_path: Path) -> None:
    device = Device(tmp_path, line)
    await device.open()
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    await device.close()
