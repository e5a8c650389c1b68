"""What every notifier must hold.

    class TestMine(NotifierConformance):
        plugin = "mine"

        @pytest.fixture
        def account(self) -> GivenAccount:
            return GivenAccount(config={...}, other=Screen(...))

`other` has `shown()`: what can be seen now, a list of (title, more), the latest last; `def` or `async def`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sage.plugin_api import Health
from sage.testing.plugins.accounts import Conformance, Driver, GivenAccount, needs, settled

SOON = 10.0
"""Seconds within which what was told can be seen."""
TEXTS = (
    "Grüße & <b>no markup</b> \" ' ` \\ 100% {braces}",
    "買い物 をする 🥙 👩‍👩‍👧‍👦",
    "שלום עולם, milk 2 ליטר",
)


class NotifierConformance(Conformance):
    """All of it."""

    @needs(other=True)
    async def test_what_is_told_is_seen_as_it_was_written(self, driver: Driver, account: GivenAccount) -> None:
        async with _open(driver):
            for number, text in enumerate(TEXTS):
                assert await driver.ask("tell", text, f"more of {text}", f"key-{number}", False) is True
                await _seen(account, (text, f"more of {text}"))

    @needs(other=True)
    async def test_one_with_the_same_key_takes_its_own_place(self, driver: Driver, account: GivenAccount) -> None:
        async with _open(driver):
            for _ in range(2):
                assert await driver.ask("tell", "Tea", "", "one", False)
            assert await driver.ask("tell", "Water", "", "two", True)
            await _seen(account, ("Water", ""))
            titles = [title for title, _ in await settled(account.other.shown())]
            assert titles.count("Tea") == 1

    @needs(other=True)
    async def test_without_more_words_the_title_is_enough(self, driver: Driver, account: GivenAccount) -> None:
        async with _open(driver):
            assert await driver.ask("tell", "Tea", "", "k", True)
            await _seen(account, ("Tea", ""))

    @needs()
    async def test_it_says_how_it_is_and_closes_twice(self, driver: Driver) -> None:
        async with _open(driver):
            assert isinstance(await driver.ask("health"), Health)
        await driver.close()


@asynccontextmanager
async def _open(driver: Driver) -> AsyncGenerator[None, None]:
    await driver.open("UTC")
    try:
        yield
    finally:
        await driver.close()


async def _seen(account: GivenAccount, wanted: tuple[str, str]) -> None:
    for _ in range(int(SOON / 0.02)):
        if wanted in await settled(account.other.shown()):
            break
        await asyncio.sleep(0.02)
    assert wanted in await settled(account.other.shown())
