"""A messaging plugin in a process of its own, as it runs in Sage, for its suite."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from sage.adapters.plugins.process import Fault, Heard, PluginProcess
from sage.core.plugins.manifest import Manifest
from sage.plugin_api import Batch, Context, DraftRef, Health, MessagingSurface, Outbound, PluginError, Receipt
from sage.testing.plugins.accounts import GivenAccount, ProcessDriver


class ProcessSurface(MessagingSurface):
    """Stands for a surface in a process: each batch is acknowledged when the next one is asked for."""

    def __init__(self, manifest: Manifest, account: GivenAccount, folder: Path) -> None:
        super().__init__(Context(f"{manifest.name}/test", None, folder))
        folder.mkdir(exist_ok=True)
        self._batches: asyncio.Queue[tuple[Batch, asyncio.Event]] = asyncio.Queue()
        self._driver = ProcessDriver(manifest, account, folder, Heard(self._arrived, lambda: None))

    async def open(self) -> None:
        await self._driver.open("Europe/Berlin")

    async def events(self, cursor: str) -> AsyncIterator[Batch]:
        listening = asyncio.ensure_future(self._process.listen(cursor))
        try:
            while True:
                arriving = asyncio.ensure_future(self._batches.get())
                await asyncio.wait([arriving, listening], return_when=asyncio.FIRST_COMPLETED)
                if not arriving.done():
                    arriving.cancel()
                    await listening  # it raises why it ended
                batch, kept = arriving.result()
                yield batch
                kept.set()
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError, PluginError, Fault):
                await listening

    async def _arrived(self, batch: Batch) -> None:
        kept = asyncio.Event()
        await self._batches.put((batch, kept))
        await kept.wait()

    async def send(self, out: Outbound, idempotency_key: str) -> Receipt:
        found: Receipt = await self._driver.ask("send", out, idempotency_key)
        return found

    async def draft(self, out: Outbound, idempotency_key: str) -> DraftRef:
        found: DraftRef = await self._driver.ask("draft", out, idempotency_key)
        return found

    async def health(self) -> Health:
        found: Health = await self._driver.ask("health")
        return found

    async def close(self) -> None:
        await self._driver.close()

    @property
    def _process(self) -> PluginProcess:
        assert self._driver.process, "the account is not open"
        return self._driver.process
