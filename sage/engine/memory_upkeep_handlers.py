"""Answers about memory's caches."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from sage import wire
from sage.adapters.home.settings_file import write_settings
from sage.core.errors import BadSetting
from sage.core.memory_map import MemoryMap, map_of
from sage.core.memory_state import MemoryState
from sage.core.providers import place_of
from sage.engine.desk import Desk, handles
from sage.engine.service import Emit, Line
from sage.settings import MemorySettings


@handles(wire.ShowMemory)
async def _show(desk: Desk, request: wire.ShowMemory, line: Line, emit: Emit) -> MemoryState:
    return await asyncio.to_thread(desk.house.memory.state)


@handles(wire.ShowMap)
async def _show_map(desk: Desk, request: wire.ShowMap, line: Line, emit: Emit) -> MemoryMap:
    def look() -> MemoryMap:
        notes, links = desk.house.memory.read(lambda store: store.map())
        return map_of(notes, links, desk.house.notebook.goals(), request.name)

    return await asyncio.to_thread(look)


@handles(wire.VerifyMemory)
async def _verify(desk: Desk, request: wire.VerifyMemory, line: Line, emit: Emit) -> wire.MemoryVerified:
    return wire.MemoryVerified(tuple(await asyncio.to_thread(desk.house.memory.verify, _teller(emit))))


@handles(wire.RebuildMemory)
async def _rebuild(desk: Desk, request: wire.RebuildMemory, line: Line, emit: Emit) -> wire.MemoryRebuilt:
    memory = desk.house.memory
    try:
        reports = await asyncio.to_thread(memory.rebuild, _teller(emit))
    finally:
        desk.house.looking.wake()
    return wire.MemoryRebuilt(tuple(reports), await asyncio.to_thread(memory.state))


@handles(wire.UseEmbedder)
async def _use_embedder(desk: Desk, request: wire.UseEmbedder, line: Line, emit: Emit) -> MemoryState:
    house = desk.house
    values = {
        "memory.embedder": request.name,
        "memory.embedder_url": request.base_url,
        "memory.embedder_key_env": request.key_env,
    }
    settings = MemorySettings(embedder=request.name, embedder_url=request.base_url, embedder_key_env=request.key_env)
    embedder = house.embedders.wanted(settings)
    network = desk.profile(line).settings.network
    if "/" in request.name and network == "loopback" and place_of(request.name, request.base_url) == "elsewhere":
        raise BadSetting(
            f"`{request.name}` would be reached over the network, and the profile forbids that.",
            safe="Nothing was sent.",
            do="Name a server on this machine with --base-url, or use another profile.",
        )
    await asyncio.to_thread(embedder.embed, ["one word"])
    await asyncio.to_thread(write_settings, house.home, values)
    await asyncio.to_thread(house.memory.use_embedder, embedder)
    house.looking.wake_vectors()
    return await asyncio.to_thread(house.memory.state)


def _teller(emit: Emit) -> Callable[[Any], None]:
    """Tells progress from a thread."""
    loop = asyncio.get_running_loop()

    def tell(progress: Any) -> None:
        asyncio.run_coroutine_threadsafe(emit(progress), loop)

    return tell
