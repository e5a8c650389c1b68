"""Answers about plugins and their accounts."""

from __future__ import annotations

import asyncio

from msgspec.structs import replace

from sage import wire
from sage.adapters.plugins.process import LONGEST_SENTENCE
from sage.core.terminal_text import clean_line
from sage.engine.desk import Desk, handles
from sage.engine.plugin_shelf import shelf_of
from sage.engine.service import Emit, Line
from sage.plugin_api import API, Health, PluginError

TRIES_FOR = 60.0
"""Seconds that an account may take to say how it is."""


@handles(wire.ListPlugins)
async def _list(desk: Desk, request: wire.ListPlugins, line: Line, emit: Emit) -> wire.PluginsShown:
    return await asyncio.to_thread(shelf_of(desk.house).listed)


@handles(wire.ShowPlugin)
async def _show(desk: Desk, request: wire.ShowPlugin, line: Line, emit: Emit) -> wire.PluginDescribed:
    shown = await asyncio.to_thread(shelf_of(desk.house).described, request.plugin, request.account, request.agreed)
    return replace(shown, wrote=desk.house.accounts.host.last_words(f"{request.plugin}/{request.account}"))


@handles(wire.EnablePlugin)
async def _enable(desk: Desk, request: wire.EnablePlugin, line: Line, emit: Emit) -> wire.PluginAccount:
    accounts, now = desk.house.accounts, desk.house.clock.now()

    def agree(account: str, digest: str) -> None:
        accounts.pages.agree(account, digest, API, now)

    account = await asyncio.to_thread(shelf_of(desk.house).enable, request, agree)
    await accounts.start_again(account)
    return shelf_of(desk.house).shown_account(account)


@handles(wire.DisablePlugin)
async def _disable(desk: Desk, request: wire.DisablePlugin, line: Line, emit: Emit) -> wire.PluginAccount:
    await asyncio.to_thread(shelf_of(desk.house).disable, request.account)
    await desk.house.accounts.host.look_again()
    return shelf_of(desk.house).shown_account(request.account)


@handles(wire.StartPlugin)
async def _start(desk: Desk, request: wire.StartPlugin, line: Line, emit: Emit) -> wire.PluginAccount:
    shelf_of(desk.house).shown_account(request.account)
    await desk.house.accounts.start_again(request.account)
    return shelf_of(desk.house).shown_account(request.account)


@handles(wire.TryPlugin)
async def _try(desk: Desk, request: wire.TryPlugin, line: Line, emit: Emit) -> wire.PluginAccount:
    words = ""
    try:
        async with asyncio.timeout(TRIES_FOR):
            words = await _health_words(desk, request.account)
    except TimeoutError:
        words = f"It did not answer within {TRIES_FOR:.0f} seconds."
    shown = shelf_of(desk.house).shown_account(request.account)
    return wire.PluginAccount(shown.id, shown.plugin, shown.name, shown.state, shown.words or words, shown.since)


async def _health_words(desk: Desk, account: str) -> str:
    """How an account says it is, once it has started or failed to."""
    while True:
        try:
            health = await desk.house.accounts.ask(account, "health")
            assert isinstance(health, Health)
            return clean_line(health.words)[:LONGEST_SENTENCE]
        except PluginError as error:  # a question that comes before the start is over waits for some seconds by itself
            if (await asyncio.to_thread(shelf_of(desk.house).shown_account, account)).state != "starting":
                return error.what
