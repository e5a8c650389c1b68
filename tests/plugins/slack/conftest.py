from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.plugins.slack.scenes import SlackScene, SocketScene
from tests.servers.crabline import Crabline, crabline


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crabline]:
    with crabline("slack", tmp_path_factory.mktemp("crabline")) as found:
        yield found


@pytest_asyncio.fixture
async def scene(server: Crabline) -> AsyncIterator[SlackScene]:
    async with SlackScene(server) as found:
        yield found


@pytest_asyncio.fixture
async def socket_scene(server: Crabline) -> AsyncIterator[SocketScene]:
    async with SocketScene(server) as found:
        yield found
