"""Answers about who answers from now on."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from msgspec.structs import replace

from sage import wire
from sage.adapters.journal.journal_budget import UNKNOWN_PRICE_BOUND
from sage.core.canaries import BOUND, standing_words
from sage.core.model_choice import ModelRole
from sage.core.swaps import Return, Swap, change_words, ended_words, returned_words
from sage.engine.bootstrap import House
from sage.engine.desk import Desk, handles
from sage.engine.model_roles import FALL_BACK, values_for
from sage.engine.service import Emit, Line
from sage.profile import ModelPlace, Resolved


@handles(wire.UseModel)
async def _use(desk: Desk, request: wire.UseModel, line: Line, emit: Emit) -> wire.ModelUsed:
    profile = desk.profile(line)
    await _check(desk, request, profile)
    note = await _note(desk, request, profile)
    return replace(await asyncio.to_thread(_used, desk, request, line), note=note)


def _used(desk: Desk, request: wire.UseModel, line: Line) -> wire.ModelUsed:
    swapping = desk.house.swapping
    with swapping.alone:  # another front end may have changed who answers while this one was checked
        profile = desk.profile(line)
        values, names = _wanted(request, profile)
        values |= _setup(request.setup)
        if request.preview:
            plan = swapping.plan(request.role, values, names, state="begun")
            return wire.ModelUsed("", _chain(profile, request.role), _changes(plan))
        trial = request.trial or desk.house.trials.between(names[1], names[0])
        swap = swapping.use(request.role, values, names, trial=trial)
        return wire.ModelUsed(swap.id if swap else "", _chain(desk.profile(line), request.role), _changes(swap))


@handles(wire.ListSwaps)
async def _list(desk: Desk, request: wire.ListSwaps, line: Line, emit: Emit) -> wire.SwapsShown:
    swaps = await asyncio.to_thread(desk.house.swapping.last, request.limit)
    return wire.SwapsShown(tuple(map(_line, swaps)))


@handles(wire.RollBack)
async def _back(desk: Desk, request: wire.RollBack, line: Line, emit: Emit) -> wire.RolledBack:
    house = desk.house
    trial, newest = await asyncio.to_thread(lambda: (house.canaries.running(), house.swapping.newest()))
    began_last = trial and not (newest and newest.made_at > trial.made_at)
    if trial and (request.swap == trial.id or (not request.swap and began_last)):
        await asyncio.to_thread(house.canaries.end)
        told = ended_words(trial, _chain(desk.profile(line), trial.role)[0])
        return wire.RolledBack(_line(trial, Return(whole=True)), True, (), (), told)
    swap, way = await asyncio.to_thread(house.swapping.back, request.swap)
    keys = tuple(".".join(key) for key in way.values)
    return wire.RolledBack(_line(swap, way), way.whole, keys, way.left, returned_words(swap, way))


@handles(wire.StartCanary)
async def _start(desk: Desk, request: wire.StartCanary, line: Line, emit: Emit) -> wire.CanaryShown:
    given = wire.UseModel(request.id, request.base_url, request.key_env, request.role)
    profile = desk.profile(line)
    await _check(desk, given, profile)
    values, names = _wanted(given, profile)
    await asyncio.to_thread(desk.house.canaries.start, request.role, values, names)
    return await asyncio.to_thread(_shown, desk.house)


@handles(wire.ShowCanary)
async def _show(desk: Desk, request: wire.ShowCanary, line: Line, emit: Emit) -> wire.CanaryShown:
    await look(desk)
    return await asyncio.to_thread(_shown, desk.house)


@handles(wire.EndCanary)
async def _end(desk: Desk, request: wire.EndCanary, line: Line, emit: Emit) -> wire.CanaryShown:
    swap = await asyncio.to_thread(desk.house.canaries.end)
    now = _chain(desk.profile(line), swap.role)[0]
    return wire.CanaryShown(_line(swap, Return(whole=True)), ended_words(swap, now))


@handles(wire.KeepCanary)
async def _keep(desk: Desk, request: wire.KeepCanary, line: Line, emit: Emit) -> wire.ModelUsed:
    trial, swap = await asyncio.to_thread(desk.house.canaries.keep, lambda role: _chain(desk.profile(line), role)[0])
    return wire.ModelUsed(swap.id if swap else "", _chain(desk.profile(line), trial.role))


async def look(desk: Desk) -> None:
    """Looks how the model on trial does, and says what there is to say."""
    canaries = desk.house.canaries
    if offered := await asyncio.to_thread(canaries.look):
        await desk.apps.say(offered.reason, partial(canaries.heard, offered.id))
    await say_returns(desk)


async def say_returns(desk: Desk) -> None:
    """Says of each model that went back by itself that it did, until it was said: an engine may have ended before."""
    canaries = desk.house.canaries
    for swap in await asyncio.to_thread(canaries.untold):
        await desk.apps.say(swap.reason, partial(canaries.told, swap.id))


def _shown(house: House) -> wire.CanaryShown:
    standing = house.canaries.standing()
    if standing is None:
        return wire.CanaryShown(None, "No model is on trial.")
    tried, usual = standing.tried, standing.usual
    told = standing.swap.reason or standing_words(standing.swap.changes.now, standing.swap.changes.was, tried, usual)
    return wire.CanaryShown(
        _line(standing.swap), told, tried.turns, tried.bad, usual.turns, usual.bad, standing.weighed.evidence, BOUND
    )


async def _check(desk: Desk, request: wire.UseModel, profile: Resolved) -> None:
    """Raises what keeps a model from answering."""
    values_for(profile, request)
    if request.id != FALL_BACK:
        place = ModelPlace(request.id, request.base_url, request.key_env)
        place = place if request.role == "talk" else profile.place(place)
        await desk.house.brains.check(place, look=request.check)


async def _note(desk: Desk, request: wire.UseModel, profile: Resolved) -> str:
    """What is to be known of a model that could answer, but that no list has."""
    if request.id == FALL_BACK:
        return ""
    note = await desk.house.brains.unlisted(profile.place(ModelPlace(request.id, request.base_url, request.key_env)))
    cap = profile.settings.caps.per_turn_usd
    if note and cap < UNKNOWN_PRICE_BOUND:
        note += (
            f" Nobody knows its price, so a call counts as ${UNKNOWN_PRICE_BOUND:.2f}, which is more than caps.per_turn_usd, "
            f"${cap:.2f}: raise that in settings.toml, or it is not asked."
        )
    return note


def _wanted(request: wire.UseModel, profile: Resolved) -> tuple[dict[tuple[str, ...], Any], tuple[str, str]]:
    """What is set to let a model answer, and the models before and after."""
    now = request.id if request.id != FALL_BACK else _chain(profile, "talk")[0]
    return values_for(profile, request), (_chain(profile, request.role)[0], now)


def _line(swap: Swap, way: Return | None = None) -> wire.SwapLine:
    keys = tuple(".".join(each.key) for each in swap.changes.keys)
    state = "back" if way else "canary" if swap.state == "offered" else swap.state
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


def _changes(swap: Swap | None) -> tuple[str, ...]:
    """In words; that nothing becomes empty tells nobody anything."""
    return tuple(change_words(each) for each in swap.changes.keys if each.before or each.after) if swap else ()


def _setup(setup: wire.Setup) -> dict[tuple[str, ...], Any]:
    values = {
        ("model", "temperature"): setup.temperature,
        ("model", "max_tokens"): setup.max_tokens,
        ("agent", "instructions"): setup.instructions,
    }
    return {key: value for key, value in values.items() if value is not None}
