"""Matrix holds what Sage relies on, in rooms with and without encryption, against a real homeserver."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from sage.testing.plugins.messaging import MessagingConformance

pytest.importorskip("mautrix", reason="the extra `matrix` is not installed")

from tests.plugins.matrix.scenes import SealedScene

pytestmark = [
    pytest.mark.server,
    pytest.mark.filterwarnings("ignore:The sender_key field:DeprecationWarning"),  # in mautrix itself
]


class TestMatrix(MessagingConformance):
    plugin = "matrix"


class TestSealedMatrix(MessagingConformance):
    plugin = "matrix"

    @pytest_asyncio.fixture
    async def scene(self, sealed: SealedScene) -> AsyncIterator[SealedScene]:
        yield sealed
