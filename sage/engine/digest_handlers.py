"""Answers about the digest."""

from __future__ import annotations

import asyncio

from sage import wire
from sage.core.deputy.digest import Digest
from sage.core.errors import NotFound
from sage.engine.deputy_rules import people_of
from sage.engine.desk import Desk, handles
from sage.engine.service import Emit, Line
from sage.profile import resolve


@handles(wire.ShowDigest)
async def _show(desk: Desk, request: wire.ShowDigest, line: Line, emit: Emit) -> Digest:
    return await asyncio.to_thread(_digest, desk, request)


def _digest(desk: Desk, request: wire.ShowDigest) -> Digest:
    house = desk.house
    people = people_of(resolve("default", house.home).settings)
    channel, accounts = request.channel.strip(), house.enabled_accounts()
    if channel and channel not in {*accounts, *(each.partition("/")[0] for each in accounts)}:
        known = f"Such as: {', '.join(accounts)}" if accounts else "See: sage plugin list"
        raise NotFound(f"No account {channel!r} is enabled.", safe="Nothing was changed.", do=known)
    return house.digests.show(people, house.clock.now(), channel=channel, person=request.person, since=request.since)
