"""Answers about models, settings and the first run."""

from __future__ import annotations

import asyncio
import os
from contextlib import aclosing
from typing import Any

from sage import wire
from sage.adapters.home.secret_store import check_name
from sage.adapters.models import model_files, model_probe
from sage.core.errors import NotFound
from sage.core.layers import leaves
from sage.core.model_catalogue import INSTALLABLE, find_model
from sage.engine.desk import Desk, handles
from sage.engine.key_uses import uses_of
from sage.engine.model_roles import own_options, role_chains
from sage.engine.service import Emit, Line
from sage.profile import Resolved
from sage.settings import AccountKeys
from sage.settings_words import describe

SETUP_STEPS = ("model", "notes")


@handles(wire.ListModels)
async def _list_models(desk: Desk, request: wire.ListModels, line: Line, emit: Emit) -> wire.ModelsShown:
    return await _models(desk, line)


async def _models(desk: Desk, line: Line) -> wire.ModelsShown:
    detected = await model_probe.detect(desk.house.home, os.environ)
    profile = desk.profile(line)
    return wire.ModelsShown(tuple(profile.settings.model.chain), detected.options, own_options(profile))


@handles(wire.InstallModel)
async def _install_model(desk: Desk, request: wire.InstallModel, line: Line, emit: Emit) -> None:
    model = find_model(request.name, INSTALLABLE)
    for name in filter(None, (model.needs, model.name)):
        async with aclosing(model_files.install(name, desk.house.home, catalogue=INSTALLABLE)) as steps:
            async for step in steps:
                await emit(step)


@handles(wire.ShowRoles)
async def _show_roles(desk: Desk, request: wire.ShowRoles, line: Line, emit: Emit) -> wire.RolesShown:
    return wire.RolesShown(role_chains(desk.profile(line)))


@handles(wire.StoreKey)
async def _store_key(desk: Desk, request: wire.StoreKey, line: Line, emit: Emit) -> None:
    await asyncio.to_thread(desk.house.secrets.store, request.name, request.key)


@handles(wire.ShowKey)
async def _show_key(desk: Desk, request: wire.ShowKey, line: Line, emit: Emit) -> wire.KeyShown:
    check_name(request.name)
    return wire.KeyShown(request.name, await asyncio.to_thread(uses_of, request.name, desk.house.home))


@handles(wire.ForgetKey)
async def _forget_key(desk: Desk, request: wire.ForgetKey, line: Line, emit: Emit) -> wire.KeyForgotten:
    secrets = desk.house.secrets
    places = await asyncio.to_thread(secrets.forget, request.name)
    if not places:
        has = secrets.in_environment(request.name)
        do = (
            "Unset it in the environment, which is where it comes from."
            if has
            else "Name the variable it was kept under."
        )
        raise NotFound(f"No key called {request.name} is kept.", safe="Nothing was changed.", do=do)
    return wire.KeyForgotten(request.name, tuple(places), secrets.in_environment(request.name))


@handles(wire.ShowProfile)
async def _show_profile(desk: Desk, request: wire.ShowProfile, line: Line, emit: Emit) -> wire.ProfileShown:
    profile = desk.profile(line)
    return wire.ProfileShown(profile.name, tuple(shown_settings(profile)))


def shown_settings(profile: Resolved) -> list[wire.Setting]:
    """Every setting in force, in the order of the schema, and the accounts of plugins."""
    values = profile.settings.model_dump(mode="json")
    rows = [
        wire.Setting(row.key, _at(values, row.key), profile.origin_of(row.key), row.text, row.type, row.default)
        for row in describe()
        if row.key != "plugins"
    ]
    texts = {row.key: row.text for row in describe(AccountKeys)}
    for key, value in leaves({"plugins": profile.settings.plugins}):
        rows.append(wire.Setting(key, value, profile.origin_of(key), texts.get(key.rpartition(".")[2], "")))
    return rows


def _at(values: dict[str, Any], key: str) -> Any:
    """The value of a dotted key, tables as plain ones."""
    for part in key.split("."):
        values = values[part]
    return values


@handles(wire.ShowSetup)
async def _show_setup(desk: Desk, request: wire.ShowSetup, line: Line, emit: Emit) -> wire.SetupShown:
    house = desk.house
    closed = await asyncio.to_thread(house.journal.closed_steps)
    options = (await _models(desk, line)).options
    roots = await asyncio.to_thread(house.imported_roots)
    # What was told by another way (`sage models use`, `sage import`) is not asked.
    closed |= {"notes"} if roots else set()
    own = desk.profile(line).origin_of("model.chain").startswith(house.home.settings.name)
    closed |= {"model"} if own else set()
    return wire.SetupShown(
        tuple(step for step in SETUP_STEPS if step not in closed), options, tuple(roots), str(house.home.path)
    )


@handles(wire.CloseSetup)
async def _close_setup(desk: Desk, request: wire.CloseSetup, line: Line, emit: Emit) -> None:
    await asyncio.to_thread(desk.house.journal.close_step, request.step, desk.house.clock.now())
