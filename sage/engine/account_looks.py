"""Looks at accounts again and again, each in a task of its own: soon after it says that something changed, and now and then."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection

from sage.core.errors import SageError

log = logging.getLogger(__name__)

LOOK_EVERY = 300.0
"""Seconds between two looks at an account that does not say by itself that something changed."""
LEAST, SHARE = 0.5, 4.0
"""Seconds of rest after a look, and how many times as long as it took: an account that says again and again that something
changed is read as often as the machine bears."""
RETRIES = (15.0, 30.0, 60.0, 120.0, 300.0)
"""Seconds until an account that could not be read is looked at again."""


class AccountLooks:
    """`look` is asked for one account at a time, and says whether it could be read."""

    def __init__(self, look: Callable[[str], Awaitable[bool]], what: str) -> None:
        self._look, self._what = look, what
        self._wakes: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def keep_to(self, accounts: Collection[str]) -> None:
        """Begins with accounts that are new, and ends with those that are not named any more."""
        for name in [name for name in self._tasks if name not in accounts]:
            self._tasks.pop(name).cancel()
        for name in accounts:
            if name not in self._tasks:
                self._wakes[name] = asyncio.Event()
                self._tasks[name] = asyncio.create_task(self._keep_looking(name), name=f"{self._what} of {name}")

    def soon(self, account: str) -> None:
        """Has an account looked at now, if it is looked at at all."""
        if account in self._tasks:
            self._wakes[account].set()

    async def close(self) -> None:
        """Ends all looking."""
        tasks = list(self._tasks.values())
        self.keep_to(())
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep_looking(self, account: str) -> None:
        failures, wake, loop = 0, self._wakes[account], asyncio.get_running_loop()
        while True:
            wake.clear()
            began = loop.time()
            failures = 0 if await self._looked(account) else failures + 1
            wait = RETRIES[min(failures, len(RETRIES)) - 1] if failures else LOOK_EVERY
            rest = min(max(LEAST, SHARE * (loop.time() - began)), wait)
            await asyncio.sleep(rest)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait - rest):
                    await wake.wait()

    async def _looked(self, account: str) -> bool:
        try:
            return await self._look(account)
        except SageError as error:  # a full disk, say: what was to be kept is looked at again
            log.warning("%s of %s: looked at again later (%s)", self._what, account, error.kind)
        except Exception:
            log.exception("%s of %s: looked at again later", self._what, account)
        return False
