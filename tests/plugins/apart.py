"""A messaging plugin in a process of its own, as it runs in Sage, behind the surface that the conformance kit drives."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from sage.adapters.plugins import frames
from sage.adapters.plugins.process import Heard, PluginProcess, environment_for
from sage.core.plugins.manifest import Manifest
from sage.plugin_api import API, Batch, Context, Health, MessagingSurface, Outbound, Receipt
from sage.testing.plugins.accounts import GivenAccount, folder_of


class Apart(MessagingSurface):
    """Stands for the plugin's own object."""

    def __init__(self, manifest: Manifest, given: GivenAccount, folder: Path) -> None:
        super().__init__(Context(f"{manifest.name}/test", None, folder))
        folder.mkdir(exist_ok=True)
        self._manifest, self._given = manifest, given
        self._arrived: asyncio.Queue[Batch] = asyncio.Queue()
        self._taken = asyncio.Event()
        self.process: PluginProcess | None = None

    async def open(self) -> None:
        manifest, given = self._manifest, self._given
        told = frames.Open(
            API,
            self.ctx.account,
            str(folder_of(manifest.name).parent),
            manifest.runtime,
            manifest.config,
            dict(given.config),
            dict(given.secrets),
            str(self.ctx.folder),
            "UTC",
            given.own,
            manifest.memory_mb,
        )
        environment = environment_for(manifest.environment, os.environ)
        self.process = await PluginProcess.start(told, Heard(self._on_batch, lambda: None), environment)

    async def events(self, cursor: str) -> AsyncIterator[Batch]:
        assert self.process
        listening = asyncio.ensure_future(self.process.listen(cursor))
        got: asyncio.Future[Batch] = asyncio.ensure_future(self._arrived.get())
        try:
            while True:
                await asyncio.wait({got, listening}, return_when=asyncio.FIRST_COMPLETED)
                if not got.done():
                    listening.result()
                yield await got
                self._taken.set()
                got = asyncio.ensure_future(self._arrived.get())
        finally:
            got.cancel()
            listening.cancel()
            await asyncio.wait({got, listening})

    async def _on_batch(self, batch: Batch) -> None:
        self._taken.clear()
        self._arrived.put_nowait(batch)
        await self._taken.wait()

    async def send(self, out: Outbound, idempotency_key: str) -> Receipt:
        found: Receipt = await self._ask("send", out, idempotency_key)
        return found

    async def health(self) -> Health:
        found: Health = await self._ask("health")
        return found

    async def close(self) -> None:
        process, self.process = self.process, None
        if process:
            await process.stop()

    async def _ask(self, do: str, *given: Any) -> Any:
        assert self.process, "the account is not open"
        return await self.process.ask(do, *given)
