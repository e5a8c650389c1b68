"""Answers about what models were asked and what it cost."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sage import wire
from sage.core.errors import BadInput
from sage.core.ledger_sums import line_of, summed
from sage.engine.background import background_budget
from sage.engine.bootstrap import House
from sage.engine.desk import Desk, handles
from sage.engine.service import Emit, Line
from sage.engine.swap_handlers import look

AT_ONCE = 2000
"""Calls in one answer: about a megabyte."""
MOST_DAYS = 3660


@handles(wire.ShowLedger)
async def _show(desk: Desk, request: wire.ShowLedger, line: Line, emit: Emit) -> wire.LedgerShown:
    return await asyncio.to_thread(_shown, desk.house, request)


def _shown(house: House, request: wire.ShowLedger) -> wire.LedgerShown:
    first, last = _span(house, request.days)
    calls = house.ledger.calls(first, last)
    caps = background_budget(house).standing(house.clock.now())
    lines, days = summed(calls, request.by), summed(calls, "day")
    return wire.LedgerShown(first, last, request.by, lines, line_of("all", calls), days, caps)


@handles(wire.ListLedgerCalls)
async def _calls(desk: Desk, request: wire.ListLedgerCalls, line: Line, emit: Emit) -> wire.LedgerCalls:
    span = _span(desk.house, request.days)
    found = await asyncio.to_thread(desk.house.ledger.page, *span, request.after, AT_ONCE + 1)
    return wire.LedgerCalls(tuple(found[:AT_ONCE]), len(found) > AT_ONCE)


@handles(wire.TellOutcome)
async def _tell(desk: Desk, request: wire.TellOutcome, line: Line, emit: Emit) -> None:
    house, turn = desk.house, request.turn
    if turn == "last":
        turn = await asyncio.to_thread(house.journal.newest_turn)
    await asyncio.to_thread(house.ledger.tell, turn, request.what, house.clock.now())
    await look(desk)


def _span(house: House, days: int) -> tuple[str, str]:
    """The first and the last of the days that end today, as ISO dates."""
    if not 1 <= days <= MOST_DAYS:
        raise BadInput(f"{days} days cannot be shown.", safe="Nothing was changed.", do="Give a number from 1 on.")
    today = house.clock.now().date()
    return f"{today - timedelta(days=days - 1):%Y-%m-%d}", f"{today:%Y-%m-%d}"
