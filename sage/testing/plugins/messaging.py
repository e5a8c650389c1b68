"""The suite for messaging plugins.

    class TestIrc(MessagingConformance):
        plugin = "irc"

        @pytest_asyncio.fixture
        async def scene(self, tmp_path):
            async with running_server(tmp_path) as server:
                yield IrcScene(server)

A scene's account has to be a new one for each test.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import ClassVar

import pytest
import pytest_asyncio

from sage.core.plugins.manifest import Manifest
from sage.plugin_api import AuthRefused, Unreachable
from sage.testing.plugins.accounts import Conformance, needs
from sage.testing.plugins.messaging_in import Receiving
from sage.testing.plugins.messaging_out import Sending
from sage.testing.plugins.messaging_scene import Driver, MessagingScene, Stage, bare


class MessagingConformance(Receiving, Sending, Conformance):
    """All that Sage relies on in a messaging plugin. Subclass it, name the plugin, and give a `scene`."""

    patience: ClassVar[float] = 10.0
    """Seconds in which whatever is waited for has to happen."""

    @pytest.fixture
    def drive(self) -> Driver:
        """What makes the plugin's surface."""
        return bare

    @pytest_asyncio.fixture
    async def stage(
        self, scene: MessagingScene, manifest: Manifest, drive: Driver, tmp_path: Path
    ) -> AsyncIterator[Stage]:
        stage = Stage(scene, manifest, tmp_path / "account", drive, self.patience)
        yield stage
        await stage.end()

    # --- the account

    @needs()
    async def test_refused_credentials_are_told_apart(self, stage: Stage) -> None:
        surface = stage.make(stage.scene.refused_account())
        with pytest.raises(AuthRefused) as told:
            async with asyncio.timeout(stage.patience):
                await surface.open()
        assert not any(secret in str(told.value) for secret in stage.scene.refused_account().secrets.values())

    @needs()
    async def test_a_service_that_does_not_answer_is_unreachable(self, stage: Stage) -> None:
        await stage.scene.stop()
        surface = stage.make()
        with pytest.raises(Unreachable) as told:
            async with asyncio.timeout(stage.patience):
                await surface.open()
        await stage.scene.start()
        assert told.value.what, "the person gets a sentence"

    @needs()
    async def test_it_is_well(self, stage: Stage) -> None:
        assert (await (await stage.open()).health()).state == "ok"

    @needs("RECEIVE")
    async def test_closing_ends_a_wait_soon(self, stage: Stage) -> None:
        listening, _ = await stage.meet()
        listening.ask()
        await asyncio.sleep(0.05)
        began = time.monotonic()
        await stage.leave(listening)
        assert time.monotonic() - began < 3, "an account is let go within three seconds"

    @needs()
    async def test_closing_twice_and_unopened_is_nothing(self, stage: Stage) -> None:
        await stage.make().close()
        surface = await stage.open()
        await surface.close()
        await surface.close()
