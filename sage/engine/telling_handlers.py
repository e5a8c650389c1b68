"""Answers about how reminders are told: receipts, what was not told, pauses."""

from __future__ import annotations

import asyncio
from datetime import datetime

from sage import wire
from sage.adapters.journal.journal_schedules import SchedulePages
from sage.core.errors import BadInput
from sage.core.pauses import length_of
from sage.core.schedules.schedule import Occurrence
from sage.core.schedules.wall_time import moment_of, plainly, read_wall
from sage.engine.bootstrap import House
from sage.engine.desk import Desk, handles
from sage.engine.service import Emit, Line


@handles(wire.TakeReminder)
async def _take(desk: Desk, request: wire.TakeReminder, line: Line, emit: Emit) -> wire.Taken:
    return wire.Taken(desk.apps.take(request.key))


@handles(wire.ReminderShown)
async def _shown(desk: Desk, request: wire.ReminderShown, line: Line, emit: Emit) -> None:
    desk.apps.shown(request.key)


@handles(wire.ShowMissed)
async def _show_missed(desk: Desk, request: wire.ShowMissed, line: Line, emit: Emit) -> wire.Missed:
    house = desk.house
    found = await asyncio.to_thread(missed, house.schedule_pages, house.clock.now())
    unsaid = tuple(desk.apps.unsaid)
    return wire.Missed((*unsaid, *found.lines), (*unsaid, *found.keys))


@handles(wire.OwnUp)
async def _own_up(desk: Desk, request: wire.OwnUp, line: Line, emit: Emit) -> None:
    pages, wanted = desk.house.schedule_pages, set(request.keys)
    await desk.apps.was_said([text for text in desk.apps.unsaid if text in wanted])
    desk.apps.unsaid[:] = [text for text in desk.apps.unsaid if text not in wanted]
    await asyncio.to_thread(lambda: pages.own_up([one for one in pages.unknown() if one.key in wanted]))
    desk.house.schedules.changed()  # the next look keeps that it was said


@handles(wire.Typing)
async def _typing(desk: Desk, request: wire.Typing, line: Line, emit: Emit) -> None:
    desk.apps.typed()


@handles(wire.PauseSage)
async def _pause(desk: Desk, request: wire.PauseSage, line: Line, emit: Emit) -> wire.PauseState:
    house = desk.house
    now = house.clock.now()
    until = await asyncio.to_thread(end_of, house, request.words, now)
    pause = await asyncio.to_thread(house.pausing.pause, now, until)
    await desk.apps.refresh()
    return wire.PauseState(pause, pause.words(now))


@handles(wire.ResumeSage)
async def _resume(desk: Desk, request: wire.ResumeSage, line: Line, emit: Emit) -> wire.PauseState:
    house = desk.house
    lasted = await asyncio.to_thread(house.pausing.resume, house.clock.now())
    await desk.apps.refresh()
    return wire.PauseState(ended=lasted is not None)


def end_of(house: House, words: str, now: datetime) -> datetime | None:
    """The end of a pause in the person's words. Raises BadInput."""
    length = length_of(words)
    if length:
        return now + length
    named = words.strip().removeprefix("until").strip()
    if not named:
        return None
    try:
        return moment_of(read_wall(house.read_date(named)), house.clock.zone)
    except BadInput as error:
        error.do = "Write it like 2h, until 17:00, or until tomorrow at 9."
        raise


def missed(pages: SchedulePages, now: datetime) -> wire.Missed:
    """What was due and is not known to have been told: a sentence for each schedule, about its latest."""
    latest: dict[str, Occurrence] = {one.schedule: one for one in pages.unknown()}
    lines = []
    for one in latest.values():
        schedule = pages.find(one.schedule)
        # What Sage tells of its own accord is let go, or waits again.
        if schedule and schedule.state != "removed" and schedule.kind == "reminder":
            due = plainly(datetime.fromisoformat(one.due_at), now)
            told = "was not told" if one.state == "missed" else "may not have reached you"
            lines.append(f"{schedule.text}: it was due {due}, and {told}.")
    return wire.Missed(tuple(lines), tuple(one.key for one in pages.unknown()))
