"""An account in a process of its own, as it runs in Sage."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

pytest.importorskip("mautrix", reason="the extra `matrix` is not installed")

from sage.plugin_api import AuthRefused, Outbound
from sage.testing.plugins.accounts import manifest_of
from sage.testing.plugins.messaging_scene import Stage
from tests.plugins.apart import Apart
from tests.plugins.matrix.scenes import SealedScene

pytestmark = [
    pytest.mark.server,
    pytest.mark.filterwarnings("ignore:The sender_key field:DeprecationWarning"),  # in mautrix itself
]


@pytest_asyncio.fixture
async def stage(sealed: SealedScene, tmp_path: Path) -> AsyncIterator[Stage]:
    found = Stage(sealed, manifest_of("matrix"), tmp_path / "account", Apart)
    yield found
    await found.end()


async def test_messages_come_and_go_and_what_came_meanwhile_is_brought(sealed: SealedScene, stage: Stage) -> None:
    listening, met = await stage.meet()
    await listening.surface.send(Outbound(met.conversation, (met.sender.id,), "an answer"), "key-1")
    assert await stage.arrived("an answer") == 1
    cursor = await stage.leave(listening)
    await sealed.write("while it was gone")
    again = await stage.listen(cursor)
    assert (await again.until("while it was gone")).verified == "yes"
    await again.surface.send(Outbound(met.conversation, (met.sender.id,), "an answer"), "key-1")
    await again.surface.send(Outbound(met.conversation, (met.sender.id,), "end"), "key-2")
    assert await stage.arrived("end") == 1 and await stage.arrived("an answer") == 1
    assert isinstance(again.surface, Apart)
    process = again.surface.process
    await stage.leave(again)
    assert process and process._child.returncode == 0, "it had to be ended by force"


async def test_a_refusal_is_told_apart(stage: Stage) -> None:
    with pytest.raises(AuthRefused):
        await stage.make(stage.scene.refused_account()).open()
