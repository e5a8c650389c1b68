from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.servers.matrix import Synapse, synapse

if TYPE_CHECKING:  # needs the extra `matrix`
    from tests.plugins.matrix.scenes import MatrixScene, SealedScene


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synapse]:
    with synapse(tmp_path_factory.mktemp("synapse")) as found:
        yield found


@pytest_asyncio.fixture
async def scene(server: Synapse, tmp_path: Path) -> AsyncIterator[MatrixScene]:
    from tests.plugins.matrix.scenes import MatrixScene

    async with MatrixScene(server, tmp_path) as found:
        yield found


@pytest_asyncio.fixture
async def sealed(server: Synapse, tmp_path: Path) -> AsyncIterator[SealedScene]:
    from tests.plugins.matrix.scenes import SealedScene

    async with SealedScene(server, tmp_path) as found:
        yield found
