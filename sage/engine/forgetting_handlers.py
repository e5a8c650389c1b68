"""Answers about forgetting."""

from __future__ import annotations

import asyncio

from sage import wire
from sage.core.forgetting.forgetting import Forgetting, Preview, Purged, PurgeStep
from sage.engine.desk import Desk, handles
from sage.engine.service import Emit, Line


@handles(wire.PreviewForgetting)
async def _preview(desk: Desk, request: wire.PreviewForgetting, line: Line, emit: Emit) -> Preview:
    return await asyncio.to_thread(desk.house.forgetter.preview, request.target)


@handles(wire.Forget)
async def _forget(desk: Desk, request: wire.Forget, line: Line, emit: Emit) -> Forgetting:
    house = desk.house
    done = await asyncio.to_thread(house.forgetter.forget, request.target, request.digest, edit=request.edit)
    house.turns.let_go()
    return done


@handles(wire.UndoForgetting)
async def _undo(desk: Desk, request: wire.UndoForgetting, line: Line, emit: Emit) -> Forgetting:
    return await asyncio.to_thread(desk.house.forgetter.undo, request.id)


@handles(wire.PurgeForgotten)
async def _purge(desk: Desk, request: wire.PurgeForgotten, line: Line, emit: Emit) -> Purged:
    loop = asyncio.get_running_loop()

    def tell(step: str) -> None:
        asyncio.run_coroutine_threadsafe(emit(PurgeStep(step)), loop)

    return await asyncio.to_thread(desk.house.forgetter.purge, request.id, tell)


@handles(wire.ListForgettings)
async def _list(desk: Desk, request: wire.ListForgettings, line: Line, emit: Emit) -> wire.Forgettings:
    return wire.Forgettings(tuple(await asyncio.to_thread(desk.house.forgetter.list)))
