"""Answers about memory."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

from sage import wire
from sage.engine.desk import Desk, handles
from sage.engine.service import Emit, Line


@handles(wire.Recall)
async def _recall(desk: Desk, request: wire.Recall, line: Line, emit: Emit) -> wire.Recalled:
    began = time.perf_counter()
    hits = await asyncio.to_thread(
        desk.house.memory.recall, request.query, k=request.k, recipients=request.recipients, now=desk.house.clock.now()
    )
    return wire.Recalled(request.query, round(1000 * (time.perf_counter() - began), 2), tuple(hits))


@handles(wire.ImportNotes)
async def _import(desk: Desk, request: wire.ImportNotes, line: Line, emit: Emit) -> Any:
    loop = asyncio.get_running_loop()

    def tell(progress: Any) -> None:
        asyncio.run_coroutine_threadsafe(emit(progress), loop)

    try:
        return await asyncio.to_thread(desk.house.memory.import_path, Path(request.path), progress=tell)
    finally:
        desk.house.looking.wake()
