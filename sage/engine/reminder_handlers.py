"""What the person answers to a reminder: it is put off, or was seen."""

from __future__ import annotations

import asyncio
from datetime import datetime
from zoneinfo import ZoneInfo

from sage import wire
from sage.core.errors import BadInput, NotFound
from sage.core.pauses import length_of
from sage.core.schedules.schedule import Occurrence
from sage.core.schedules.wall_time import moment_of, plainly, read_wall
from sage.engine.bootstrap import House
from sage.engine.desk import Desk, handles
from sage.engine.service import Emit, Line


@handles(wire.PutOffSchedule)
async def _put_off(desk: Desk, request: wire.PutOffSchedule, line: Line, emit: Emit) -> wire.OccurrenceAnswered:
    def put_off() -> wire.OccurrenceAnswered:
        house, now = desk.house, desk.house.clock.now()
        until = moment_in(house, request.when, now)
        house.schedules.put_off(_one(house, request.schedule, request.slot), until, now)
        return wire.OccurrenceAnswered(f"You will be told {plainly(until, now)}.")

    return await asyncio.to_thread(put_off)


@handles(wire.AnswerReminder)
async def _answer(desk: Desk, request: wire.AnswerReminder, line: Line, emit: Emit) -> wire.OccurrenceAnswered:
    def answer() -> wire.OccurrenceAnswered:
        house, now = desk.house, desk.house.clock.now()
        house.schedules.acknowledge(_one(house, request.schedule, request.slot, until=now), now)
        return wire.OccurrenceAnswered("Good. This one is told no more.")

    return await asyncio.to_thread(answer)


def moment_in(house: House, words: str, now: datetime) -> datetime:
    """The moment of a length ("2h") or a time ("tomorrow at 9") in the person's words. Raises BadInput."""
    assert isinstance(now.tzinfo, ZoneInfo)
    length = length_of(words)
    moment = now + length if length else moment_of(read_wall(house.read_date(words)), now.tzinfo)
    if moment is None:
        raise BadInput(
            f"{words!r} is a time that the clocks leave out.", safe="Nothing was changed.", do="Name another."
        )
    return moment


def _one(house: House, name: str, slot: str, until: datetime | None = None) -> Occurrence:
    """The occurrence with a slot, or the next one that waits: with `until`, only one that was due by then."""
    schedule = house.schedules.find(name)
    known = [
        one for one in house.schedules.occurrences(schedule.id) if (one.slot == slot if slot else one.state == "due")
    ]
    if not slot and until:
        known = [one for one in known if datetime.fromisoformat(one.due_at) <= until]
    if not known:
        raise NotFound("Nothing of it is waiting.", safe="Nothing was changed.", do="See: sage schedule list")
    return min(known, key=lambda one: one.due_at)
