"""Reads a mailbox as Sage does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sage_plugins.mail.config import Config
from sage_plugins.mail.source import Mailbox

from sage.plugin_api import (
    Batch,
    Context,
    Inbound,
    Secret,
)
from tests.plugins.mail.scenes import MailScene
from tests.servers.mail import PASSWORD


def mailbox(scene: MailScene, folder: Path, password: str = PASSWORD, **settings: object) -> Mailbox:
    config = Config.model_validate({**scene.account.config, **settings})
    return Mailbox(Context("mail/me", config, folder, own=scene.account.own, secrets={"password": Secret(password)}))


class Reading:
    """Reads a mailbox; each batch is on disk before the next one is asked for."""

    def __init__(self, surface: Mailbox, cursor: str = "") -> None:
        self.events = surface.events(cursor)
        self.cursor = cursor
        self.came: list[Inbound] = []

    async def batch(self) -> Batch:
        async with asyncio.timeout(15):
            found = await anext(self.events)
        self.cursor = found.cursor
        self.came += found.events
        return found

    async def until(self, text: str) -> Inbound:
        while not (found := [each for each in self.came if each.text == text]):
            await self.batch()
        return found[0]


@asynccontextmanager
async def reading(surface: Mailbox, cursor: str = "") -> AsyncIterator[Reading]:
    began = Reading(surface, cursor)
    if not cursor:
        assert (await began.batch()).events == ()
    try:
        yield began
    finally:
        await surface.close()
        await began.events.aclose()  # type: ignore[attr-defined]
