"""The plugin's process is killed at any moment: a task is made once for its key, and no note is torn."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from sage.plugin_api import NewTask, PluginError
from sage.testing.plugins.accounts import ProcessDriver, manifest_of
from tests.plugins.markdown.vaults import BEGINNING, NOTE, vault


@pytest.mark.slow
async def test_a_process_that_is_killed_makes_each_task_once(tmp_path: Path) -> None:
    account, private, chance = vault(tmp_path), tmp_path / "private", random.Random(1)
    private.mkdir()
    driver = ProcessDriver(manifest_of("markdown"), account, private)
    unsure = 0
    for number in range(15):
        for last in (False, True):
            await driver.open("Europe/Berlin")
            making = asyncio.ensure_future(driver.ask("create", NewTask("Water the plants"), f"key {number}"))
            if not last:
                await asyncio.sleep(chance.uniform(0.0, 0.03))
                assert driver.process
                os.kill(driver.process._child.pid, signal.SIGKILL)
                unsure += not making.done()
            with suppress(PluginError):
                await making
            await driver.close()
        note = (tmp_path / "vault" / NOTE).read_text(encoding="utf-8")
        assert note == BEGINNING + "- [ ] Water the plants\n" * (number + 1)
    assert unsure, "none was killed in the middle"
