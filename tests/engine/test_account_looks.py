from __future__ import annotations

import asyncio
import logging

import pytest

from sage.core.errors import DiskFull
from sage.engine import account_looks
from sage.engine.account_looks import AccountLooks


class Looked:
    """What is looked at, and what goes wrong with it."""

    def __init__(self, *troubles: BaseException | None) -> None:
        self.troubles = list(troubles)
        self.seen: asyncio.Queue[str] = asyncio.Queue()

    async def look(self, account: str) -> bool:
        self.seen.put_nowait(account)
        if self.troubles and (trouble := self.troubles.pop(0)):
            raise trouble
        return True


async def test_a_fault_ends_no_looking(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(account_looks, "RETRIES", (0.0,))
    caplog.set_level(logging.WARNING)
    looked = Looked(KeyError("odd"), DiskFull("full"), None)
    looks = AccountLooks(looked.look, "tasks")
    looks.keep_to(["a/b"])
    async with asyncio.timeout(5):
        assert [await looked.seen.get() for _ in range(3)] == ["a/b"] * 3
    await looks.close()
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]


async def test_each_account_is_looked_at_at_once_and_again_when_it_says_so_until_it_is_gone() -> None:
    looked = Looked()
    looks = AccountLooks(looked.look, "tasks")
    looks.keep_to(["a/b", "a/c"])
    async with asyncio.timeout(5):
        assert {await looked.seen.get() for _ in range(2)} == {"a/b", "a/c"}
        looks.soon("a/c")
        assert await looked.seen.get() == "a/c"
        looks.keep_to(["a/b"])
        looks.soon("a/c")  # nobody looks at it any more
        looks.soon("a/b")
        assert await looked.seen.get() == "a/b"
    await looks.close()
    assert looked.seen.empty()


async def test_one_that_says_so_without_end_is_looked_at_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_looks, "LEAST", 1000.0)
    looked = Looked()
    looks = AccountLooks(looked.look, "tasks")
    looks.keep_to(["a/b"])
    async with asyncio.timeout(5):
        await looked.seen.get()
    for _ in range(50):
        looks.soon("a/b")
        await asyncio.sleep(0.002)
    await looks.close()
    assert looked.seen.empty()
