"""Answers about memory's caches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from sage import wire
from sage.core.memory_state import MemoryState
from sage.engine.desk import Desk, handles
from sage.engine.service import Emit, Line


@handles(wire.ShowMemory)
async def _show(desk: Desk, request: wire.ShowMemory, line: Line, emit: Emit) -> MemoryState:
    return await asyncio.to_thread(desk.house.memory.state)


@handles(wire.VerifyMemory)
async def _verify(desk: Desk, request: wire.VerifyMemory, line: Line, emit: Emit) -> wire.MemoryVerified:
    return wire.MemoryVerified(tuple(await asyncio.to_thread(desk.house.memory.verify, _teller(emit))))


@handles(wire.RebuildMemory)
async def _rebuild(desk: Desk, request: wire.RebuildMemory, line: Line, emit: Emit) -> wire.MemoryRebuilt:
    memory = desk.house.memory
    reports = await asyncio.to_thread(memory.rebuild, _teller(emit))
    return wire.MemoryRebuilt(tuple(reports), await asyncio.to_thread(memory.state))


def _teller(emit: Emit) -> Callable[[Any], None]:
    """Tells progress from a thread."""
    loop = asyncio.get_running_loop()

    def tell(progress: Any) -> None:
        asyncio.run_coroutine_threadsafe(emit(progress), loop)

    return tell
