"""Answers about memory."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from sage import wire
from sage.engine.desk import Desk, handles
from sage.engine.service import Emit, Line


@handles(wire.Recall)
async def _recall(desk: Desk, request: wire.Recall, line: Line, emit: Emit) -> wire.Recalled:
    began = time.perf_counter()
    house = desk.house
    readers = await asyncio.to_thread(desk.readers, request.recipients)
    hits = await asyncio.to_thread(
        house.memory.recall, request.query, k=request.k, recipients=readers, now=house.clock.now(), quick=request.quick
    )
    elapsed = round(1000 * (time.perf_counter() - began), 2)
    nothing = False
    hints: tuple[str, ...] = ()
    unread = await asyncio.to_thread(house.memory.unread) if readers is None else ""
    if readers is not None and not hits:
        sight = await asyncio.to_thread(house.sharing.seen_by, readers)
        nothing, hints = not sight.passages, sight.hints
    return wire.Recalled(request.query, elapsed, tuple(hits), nothing, unread, hints)


@handles(wire.ReadAround)
async def _read_around(desk: Desk, request: wire.ReadAround, line: Line, emit: Emit) -> wire.Passages:
    readers = await asyncio.to_thread(desk.readers, request.recipients)
    hits, at = await asyncio.to_thread(desk.house.memory.around, request.id, readers)
    return wire.Passages(tuple(hits), at)


@handles(wire.ListNewest)
async def _list_newest(desk: Desk, request: wire.ListNewest, line: Line, emit: Emit) -> wire.Passages:
    readers = await asyncio.to_thread(desk.readers, request.recipients)
    hits = await asyncio.to_thread(desk.house.memory.newest, request.limit, readers)
    return wire.Passages(tuple(hits))


@handles(wire.ImportNotes)
async def _import(desk: Desk, request: wire.ImportNotes, line: Line, emit: Emit) -> Any:
    loop = asyncio.get_running_loop()

    def tell(progress: Any) -> None:
        asyncio.run_coroutine_threadsafe(emit(progress), loop)

    try:
        return await asyncio.to_thread(desk.house.memory.import_path, request.path, progress=tell)
    finally:
        desk.house.looking.wake()
