"""Listens to a surface, and never for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from sage.plugin_api import Batch


async def soon(events: AsyncIterator[Batch]) -> Batch:
    """The next batch. Raises TimeoutError when none comes in ten seconds."""
    async with asyncio.timeout(10):
        return await anext(events)
