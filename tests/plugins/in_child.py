"""A messaging plugin's surface that runs in a process of its own, as in the engine: a `drive` for the conformance suite."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

from sage.adapters.plugins import frames
from sage.adapters.plugins.process import Heard, PluginProcess, environment_for
from sage.core.plugins.manifest import Manifest
from sage.locations import bundled
from sage.plugin_api import API, Batch, Context, DraftRef, Health, MessagingSurface, Outbound, Receipt
from sage.testing.plugins.accounts import GivenAccount


class InChild(MessagingSurface):
    """Stands for the plugin; all that it is asked goes through pipes."""

    def __init__(self, manifest: Manifest, account: GivenAccount, folder: Path) -> None:
        super().__init__(Context(f"{manifest.name}/test", None, folder))
        self._told = frames.Open(
            API,
            f"{manifest.name}/test",
            str(bundled("plugins")),
            manifest.runtime,
            manifest.config,
            dict(account.config),
            dict(account.secrets),
            str(folder),
            "UTC",
            account.own,
            manifest.memory_mb,
        )
        self.process: PluginProcess | None = None
        self._came: asyncio.Queue[tuple[Batch, asyncio.Event]] = asyncio.Queue()

    async def open(self) -> None:
        heard = Heard(self._batch, lambda: None)
        self.process = await PluginProcess.start(self._told, heard, environment_for((), os.environ))

    async def _batch(self, batch: Batch) -> None:
        kept = asyncio.Event()
        self._came.put_nowait((batch, kept))
        await kept.wait()

    async def events(self, cursor: str) -> AsyncIterator[Batch]:
        assert self.process
        listening = asyncio.ensure_future(self.process.listen(cursor))
        try:
            while True:
                next_one = asyncio.ensure_future(self._came.get())
                await asyncio.wait([listening, next_one], return_when=asyncio.FIRST_COMPLETED)
                if not next_one.done():
                    next_one.cancel()
                    await listening
                batch, kept = next_one.result()
                yield batch
                kept.set()
        finally:
            listening.cancel()

    async def send(self, out: Outbound, idempotency_key: str) -> Receipt:
        assert self.process
        found: Receipt = await self.process.ask("send", out, idempotency_key)
        return found

    async def draft(self, out: Outbound, idempotency_key: str) -> DraftRef:
        assert self.process
        found: DraftRef = await self.process.ask("draft", out, idempotency_key)
        return found

    async def health(self) -> Health:
        assert self.process
        found: Health = await self.process.ask("health")
        return found

    async def close(self) -> None:
        if self.process:
            with contextlib.suppress(Exception):
                await self.process.stop()


def in_child(manifest: Manifest, account: GivenAccount, folder: Path) -> MessagingSurface:
    """The plugin's surface in a process of its own."""
    folder.mkdir(exist_ok=True)
    return InChild(manifest, account, folder)
