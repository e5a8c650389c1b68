"""Answers about plugins and their accounts."""

from __future__ import annotations

import asyncio

from sage import wire
from sage.engine.desk import Desk, handles
from sage.engine.plugin_shelf import PluginShelf
from sage.engine.service import Emit, Line
from sage.plugin_api import API, Health, PluginError

TRIES_FOR = 60.0
"""Seconds that an account may take to say how it is."""


@handles(wire.ListPlugins)
async def _list(desk: Desk, request: wire.ListPlugins, line: Line, emit: Emit) -> wire.PluginsShown:
    return await asyncio.to_thread(_shelf(desk).listed)


@handles(wire.ShowPlugin)
async def _show(desk: Desk, request: wire.ShowPlugin, line: Line, emit: Emit) -> wire.PluginDescribed:
    return await asyncio.to_thread(_shelf(desk).described, request.plugin, request.account, request.agreed)


@handles(wire.EnablePlugin)
async def _enable(desk: Desk, request: wire.EnablePlugin, line: Line, emit: Emit) -> wire.PluginAccount:
    accounts, now = desk.house.accounts, desk.house.clock.now()

    def agree(account: str, digest: str) -> None:
        accounts.pages.agree(account, digest, API, now)

    account = await asyncio.to_thread(_shelf(desk).enable, request, agree)
    await accounts.start_again(account)
    return _shelf(desk).shown_account(account)


@handles(wire.DisablePlugin)
async def _disable(desk: Desk, request: wire.DisablePlugin, line: Line, emit: Emit) -> wire.PluginAccount:
    await asyncio.to_thread(_shelf(desk).disable, request.account)
    await desk.house.accounts.host.look_again()
    return _shelf(desk).shown_account(request.account)


@handles(wire.StartPlugin)
async def _start(desk: Desk, request: wire.StartPlugin, line: Line, emit: Emit) -> wire.PluginAccount:
    _shelf(desk).shown_account(request.account)
    await desk.house.accounts.start_again(request.account)
    return _shelf(desk).shown_account(request.account)


@handles(wire.TryPlugin)
async def _try(desk: Desk, request: wire.TryPlugin, line: Line, emit: Emit) -> wire.PluginAccount:
    words = ""
    try:
        async with asyncio.timeout(TRIES_FOR):
            words = await _health_words(desk, request.account)
    except TimeoutError:
        words = f"It did not answer within {TRIES_FOR:.0f} seconds."
    shown = _shelf(desk).shown_account(request.account)
    return wire.PluginAccount(shown.id, shown.plugin, shown.name, shown.state, shown.words or words, shown.since)


async def _health_words(desk: Desk, account: str) -> str:
    """How an account says it is, once it has started or failed to."""
    while True:
        try:
            health = await desk.house.accounts.ask(account, "health")
            assert isinstance(health, Health)
            return health.words
        except PluginError as error:  # a question that comes before the start is over waits for some seconds by itself
            if (await asyncio.to_thread(_shelf(desk).shown_account, account)).state != "starting":
                return error.what


def _shelf(desk: Desk) -> PluginShelf:
    house = desk.house
    return PluginShelf(house.home, house.secrets, house.accounts.pages, house.accounts.host.states())
