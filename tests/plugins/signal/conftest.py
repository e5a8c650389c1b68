from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.plugins.signal.scenes import SignalScene


@pytest_asyncio.fixture
async def scene() -> AsyncIterator[SignalScene]:
    async with SignalScene() as found:
        yield found
