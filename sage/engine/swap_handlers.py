"""Answers about who answers from now on."""

from __future__ import annotations

import asyncio
from typing import Any

from sage import wire
from sage.core.model_choice import ModelRole
from sage.core.swaps import Return, Swap, returned_words
from sage.engine.desk import Desk, handles
from sage.engine.model_roles import FALL_BACK, values_for
from sage.engine.service import Emit, Line
from sage.profile import ModelPlace, Resolved


@handles(wire.UseModel)
async def _use(desk: Desk, request: wire.UseModel, line: Line, emit: Emit) -> wire.ModelUsed:
    profile = desk.profile(line)
    values = {**values_for(profile, request), **_setup(request.setup)}
    if request.id != FALL_BACK:
        place = ModelPlace(request.id, request.base_url, request.key_env)
        place = place if request.role == "talk" else profile.place(place)
        await desk.house.brains.check(place, look=request.check)
    names = (_chain(profile, request.role)[0], _chain(profile, "talk")[0] if request.id == FALL_BACK else request.id)
    swap = await asyncio.to_thread(desk.house.swapping.use, request.role, values, names, trial=request.trial)
    return wire.ModelUsed(swap.id if swap else "", _chain(desk.profile(line), request.role))


@handles(wire.ListSwaps)
async def _list(desk: Desk, request: wire.ListSwaps, line: Line, emit: Emit) -> wire.SwapsShown:
    swaps = await asyncio.to_thread(desk.house.swapping.last, request.limit)
    return wire.SwapsShown(tuple(map(_line, swaps)))


@handles(wire.RollBack)
async def _back(desk: Desk, request: wire.RollBack, line: Line, emit: Emit) -> wire.RolledBack:
    swap, way = await asyncio.to_thread(desk.house.swapping.back, request.swap)
    keys = tuple(".".join(key) for key in way.values)
    return wire.RolledBack(_line(swap, way), way.whole, keys, way.left, returned_words(swap, way))


def _line(swap: Swap, way: Return | None = None) -> wire.SwapLine:
    keys = tuple(".".join(each.key) for each in swap.changes.keys)
    state = "back" if way else swap.state
    return wire.SwapLine(
        swap.id,
        swap.role,
        swap.changes.was,
        swap.changes.now,
        keys,
        state,
        swap.reason,
        swap.trial,
        swap.made_at,
        swap.ended_at,
    )


def _chain(profile: Resolved, role: ModelRole) -> tuple[str, ...]:
    """All who answer in a role, in their order."""
    return tuple(place.id for place in profile.places(role))


def _setup(setup: wire.Setup) -> dict[tuple[str, ...], Any]:
    values = {
        ("model", "temperature"): setup.temperature,
        ("model", "max_tokens"): setup.max_tokens,
        ("agent", "instructions"): setup.instructions,
    }
    return {key: value for key, value in values.items() if value is not None}
