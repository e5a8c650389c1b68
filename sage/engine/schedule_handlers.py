"""Answers about reminders and what returns."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from sage import wire
from sage.core.errors import BadInput
from sage.core.schedules.anchors import anchor_text
from sage.core.schedules.recurrence import Due
from sage.core.schedules.saying import NO_EVENT_YET, say_due, say_rule
from sage.core.schedules.schedule import Occurrence, Schedule
from sage.core.schedules.wall_time import plainly
from sage.engine.bootstrap import House, fresh_id, times_of
from sage.engine.desk import Desk, handles
from sage.engine.service import Emit, Line


@handles(wire.Remind)
async def _remind(desk: Desk, request: wire.Remind, line: Line, emit: Emit) -> wire.ScheduleShown:
    return await asyncio.to_thread(_set, desk, request, line)


def _set(desk: Desk, request: wire.Remind, line: Line) -> wire.ScheduleShown:
    house, now = desk.house, desk.house.clock.now()
    spoken = times_of(desk.profile(line).settings).read(request.text, now)
    text = _on_a_line(spoken.text) or (anchor_text(spoken.rule) if spoken.rule.anchor else "")
    if not text:
        raise BadInput(
            "What shall I remind you of?", safe="Nothing was scheduled.", do="Say it like: tomorrow at 9 call the bank."
        )
    rule = replace(spoken.rule, travels=request.travels and not spoken.rule.anchor)
    schedule = Schedule(fresh_id("r"), text, rule, late=request.late, insists=request.insists)
    following = house.schedules.preview(schedule, now) if request.preview else house.schedules.add(schedule, now)
    return _shown(schedule, following, now, (*spoken.notes, *house.schedules.event_notes(schedule, now)))


@handles(wire.KeepSchedule)
async def _keep(desk: Desk, request: wire.KeepSchedule, line: Line, emit: Emit) -> wire.ScheduleShown:
    def keep() -> wire.ScheduleShown:
        house, now = desk.house, desk.house.clock.now()
        return _shown(request.schedule, house.schedules.add(request.schedule, now), now)

    return await asyncio.to_thread(keep)


@handles(wire.ListSchedules)
async def _list(desk: Desk, request: wire.ListSchedules, line: Line, emit: Emit) -> wire.Schedules:
    def read() -> wire.Schedules:
        house, now = desk.house, desk.house.clock.now()
        known = house.schedules.schedules(removed=request.all)
        listed = [one for one in known if request.all or one.state == "on"]
        book, shown, told = house.schedules, list[wire.ScheduleShown](), set[str]()
        later = _put_off(book.waiting(), now)
        for one in listed:
            notes = [note for note in book.event_notes(one, now) if note not in told]
            told |= {note for note in notes if note != NO_EVENT_YET}  # a calendar's trouble is told once for all
            shown.append(_shown(one, book.following(one, now), now, (*notes, *later.get(one.id, ()))))
        return wire.Schedules(tuple(shown))

    return await asyncio.to_thread(read)


def _put_off(waiting: list[tuple[Occurrence, Schedule]], now: datetime) -> dict[str, list[str]]:
    """By schedule, a sentence for each time that is told at another moment than it is due."""
    said: dict[str, list[str]] = {}
    for one, schedule in waiting:
        due, ring = datetime.fromisoformat(one.due_at), datetime.fromisoformat(one.ring_at)
        if ring != due and ring > now:
            sentence = f"The one due {plainly(due, now)} is told {plainly(ring, now)}."
            said.setdefault(schedule.id, []).append(sentence)
    return said


@handles(wire.ShowSchedule)
async def _show(desk: Desk, request: wire.ShowSchedule, line: Line, emit: Emit) -> wire.ScheduleShown:
    return await asyncio.to_thread(_kept, desk.house, request.schedule)


@handles(wire.EditSchedule)
async def _edit(desk: Desk, request: wire.EditSchedule, line: Line, emit: Emit) -> wire.ScheduleShown:
    try:
        return await asyncio.to_thread(_change, desk, request, line)
    except BadInput as error:
        error.safe = "Nothing was changed."
        raise


def _change(desk: Desk, request: wire.EditSchedule, line: Line) -> wire.ScheduleShown:
    house, now = desk.house, desk.house.clock.now()
    before = house.schedules.find(request.schedule)
    notes: tuple[str, ...] = ()
    given: dict[str, Any] = {"text": _on_a_line(request.text) or None, "late": request.late, "insists": request.insists}
    rule = before.rule
    if request.when:
        spoken = times_of(desk.profile(line).settings).read("", now, when=request.when)
        rule, notes = replace(spoken.rule, travels=rule.travels and not spoken.rule.anchor), spoken.notes
    if request.travels is not None and not rule.anchor:
        rule = replace(rule, travels=request.travels)
    after = replace(before, rule=rule, **{name: value for name, value in given.items() if value is not None})
    if after == before:
        raise BadInput(
            "Nothing was named that should change.", safe="Nothing was changed.", do="Give --when or --text."
        )
    following = house.schedules.change(after, now)
    house.ledger.noticed(after.id, "edited", now)
    after = replace(after, state="on")
    return _shown(after, following, now, (*notes, *house.schedules.event_notes(after, now)))


def _on_a_line(text: str) -> str:
    """What a reminder says stands in lists, each on a line of its own."""
    return " ".join(text.split())


@handles(wire.SkipSchedule)
async def _skip(desk: Desk, request: wire.SkipSchedule, line: Line, emit: Emit) -> wire.ScheduleShown:
    def skip() -> wire.ScheduleShown:
        house, now = desk.house, desk.house.clock.now()
        schedule = house.schedules.find(request.schedule)
        left_out = house.schedules.skip(schedule, now)
        at = datetime.fromisoformat(left_out.due_at)
        wall = at.astimezone(now.tzinfo).replace(tzinfo=None) if schedule.rule.anchor else None
        due = Due(wall or datetime.fromisoformat(left_out.slot), at)
        return _shown(schedule, house.schedules.following(schedule, now), now, (f"Left out: {say_due(due, now)}.",))

    return await asyncio.to_thread(skip)


@handles(wire.RemoveSchedule)
async def _remove(desk: Desk, request: wire.RemoveSchedule, line: Line, emit: Emit) -> wire.ScheduleShown:
    def remove() -> wire.ScheduleShown:
        house, now = desk.house, desk.house.clock.now()
        schedule = house.schedules.find(request.schedule)
        house.schedules.remove(schedule, now)
        if schedule.state == "on":
            house.ledger.noticed(schedule.id, "undone", now)
        return _shown(replace(schedule, state="removed"), [], now)

    return await asyncio.to_thread(remove)


def _kept(house: House, name: str) -> wire.ScheduleShown:
    now = house.clock.now()
    schedule = house.schedules.find(name)
    notes = house.schedules.event_notes(schedule, now)
    shown = _shown(schedule, house.schedules.following(schedule, now), now, notes)
    return replace(shown, occurrences=tuple(house.schedules.occurrences(schedule.id)))


def _shown(schedule: Schedule, following: list[Due], now: datetime, notes: tuple[str, ...] = ()) -> wire.ScheduleShown:
    times = (
        wire.NextTime(f"{due.wall:%Y-%m-%dT%H:%M}", due.at.astimezone(UTC).isoformat(), say_due(due, now))
        for due in following
    )
    return wire.ScheduleShown(schedule, say_rule(schedule.rule), tuple(times), notes)
