"""Answers about the agenda and the rituals."""

from __future__ import annotations

import asyncio
from datetime import datetime

from sage import wire
from sage.core.agenda import Agenda
from sage.core.focus import FocusSession
from sage.core.rituals import Ritual
from sage.core.today import Today
from sage.engine.bootstrap import fresh_id
from sage.engine.calendar_troubles import CalendarTroubles
from sage.engine.desk import Desk, handles
from sage.engine.ritual_wording import show_worded
from sage.engine.service import Emit, Line


@handles(wire.ShowAgenda)
async def _agenda(desk: Desk, request: wire.ShowAgenda, line: Line, emit: Emit) -> Agenda:
    house, now = desk.house, desk.house.clock.now()
    found = await asyncio.to_thread(house.planner.agenda, request.day, request.days, now)
    if found.troubles:
        await asyncio.to_thread(CalendarTroubles(house).seen, now)
    return found


@handles(wire.ShowToday)
async def _today(desk: Desk, request: wire.ShowToday, line: Line, emit: Emit) -> Today:
    return await _glance(desk, looks=request.looks)


@handles(wire.ChooseFocus)
async def _choose_focus(desk: Desk, request: wire.ChooseFocus, line: Line, emit: Emit) -> Today:
    await asyncio.to_thread(desk.house.rituals.choose, request.what, desk.house.clock.now())
    return await _glance(desk, looks=True)


async def _glance(desk: Desk, *, looks: bool) -> Today:
    house, now = desk.house, desk.house.clock.now()
    waits = bool(await asyncio.to_thread(desk.deputy.pages.open_count))
    return await asyncio.to_thread(house.rituals.today, now, waits=waits, looks=looks)


@handles(wire.ShowFocus)
async def _show_focus(desk: Desk, request: wire.ShowFocus, line: Line, emit: Emit) -> wire.FocusShown:
    now = desk.house.clock.now()
    return _shown(await asyncio.to_thread(desk.house.planner.focus, now), now)


@handles(wire.BeginFocus)
async def _begin_focus(desk: Desk, request: wire.BeginFocus, line: Line, emit: Emit) -> wire.FocusShown:
    planner, now = desk.house.planner, desk.house.clock.now()
    begun = await asyncio.to_thread(planner.begin_focus, fresh_id("u"), request.about, request.minutes, now)
    return _shown(begun, now)


@handles(wire.EndFocus)
async def _end_focus(desk: Desk, request: wire.EndFocus, line: Line, emit: Emit) -> wire.FocusShown:
    now = desk.house.clock.now()
    return _shown(await asyncio.to_thread(desk.house.planner.end_focus, now), now)


@handles(wire.ShowRitual)
async def _show_ritual(desk: Desk, request: wire.ShowRitual, line: Line, emit: Emit) -> Ritual:
    house, now = desk.house, desk.house.clock.now()
    shown = await show_worded(house, request.kind, desk.profile(line))
    if any(each.part == "trouble" for each in shown.lines):
        await asyncio.to_thread(CalendarTroubles(house).seen, now)
    return shown


@handles(wire.AnswerRitual)
async def _answer_ritual(desk: Desk, request: wire.AnswerRitual, line: Line, emit: Emit) -> wire.RitualAnswered:
    house, now = desk.house, desk.house.clock.now()
    told = await asyncio.to_thread(house.rituals.answer, request.kind, request.answers, now)
    return wire.RitualAnswered(tuple(told), await asyncio.to_thread(house.rituals.compose, request.kind, now))


def _shown(session: FocusSession | None, now: datetime) -> wire.FocusShown:
    return wire.FocusShown(session, session.minutes(now) if session else 0)
