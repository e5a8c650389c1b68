from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.plugins.discord.scenes import DiscordScene
from tests.servers.discord_world import StandIn, stand_in


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    with stand_in(tmp_path_factory.mktemp("discord")) as found:
        yield found


@pytest_asyncio.fixture
async def scene(server: StandIn) -> AsyncIterator[DiscordScene]:
    async with DiscordScene(server) as found:
        yield found
