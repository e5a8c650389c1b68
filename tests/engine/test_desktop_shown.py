"""Notifications on a real desktop: dunst under a screen that nobody sees."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sage.engine.desktop import tell_bus
from tests.servers.desktop import Desktop, dunst
from tests.servers.running import kill

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desktop]:
    with dunst(tmp_path_factory.mktemp("desktop")) as running:
        yield running


def shown(desktop: Desktop, words: str) -> str:
    end = time.monotonic() + 10
    while words not in desktop.shown():
        assert time.monotonic() < end, desktop.shown()
        time.sleep(0.02)
    return desktop.shown()


async def test_what_is_told_is_shown_as_it_was_written(desktop: Desktop) -> None:
    assert await tell_bus(desktop.bus, "Water the tomatoes 🍅 & <b>basil</b>", "Due <today>, später", quiet=False)
    words = shown(desktop, "basil")
    assert "summary: 'Water the tomatoes 🍅 & <b>basil</b>'" in words
    assert (
        "body: 'Due &lt;today&gt;, später'" in words
    )  # the body is markup to a desktop, and is shown as it was written


async def test_each_is_shown_also_in_quick_succession(desktop: Desktop) -> None:
    for number in range(10):
        assert await tell_bus(desktop.bus, f"Reminder {number} of ten", "", quiet=True)
    for number in range(10):
        shown(desktop, f"Reminder {number} of ten")


async def test_a_desktop_that_is_gone_is_no_receipt(tmp_path: Path) -> None:
    with dunst(tmp_path) as running:
        assert await tell_bus(running.bus, "Before", "", quiet=False)
        kill(running.dunst)
        assert not await tell_bus(running.bus, "After", "", quiet=False)
