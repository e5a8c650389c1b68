"""What is on, and what is free, as an answer in a conversation: in plain words, without ids."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sage.core.agenda import Agenda, AgendaDay, AgendaLine, Room, named_day
from sage.core.agenda_words import heading, nothing_planned, room_words
from sage.core.day_spans import DaySpan

_DAY_END = "24:00"


def agenda_answer(found: Agenda, span: DaySpan, today: date) -> str:
    """What stands on those days; of a single one also what is free."""
    lines: list[str] = []
    for day in found.days:
        lines += [f"{_named(day, span, today)}:", *(f"- {words}" for words in _on(day, span, nothing_planned(found)))]
        if len(found.days) == 1:
            lines += _free_of_one(day, span)
    return "\n".join([*lines, *_troubles(found)])


def free_answer(found: Agenda, span: DaySpan, today: date) -> str:
    """Whether there is room on those days, and what stands there instead."""
    lines: list[str] = []
    for day in found.days:
        rooms, name = _rooms(day, span), _named(day, span, today)
        on = [_words(line) for line in day.lines if _within(line, span)]
        if rooms and _is_whole(rooms, span) and not on:
            lines.append(f"{name}: free{', as far as it could be read' if found.troubles else ''}.")
        else:
            lines.append(f"{name}: {f'free {room_words(rooms)}' if rooms else 'no room'}.")
        lines += [f"- {words}" for words in on]
    return "\n".join([*lines, *_troubles(found)])


def _troubles(found: Agenda) -> list[str]:
    """A paragraph of their own, so that they are not taken for a part of the last line."""
    return ["", *found.troubles] if found.troubles else []


def _named(day: AgendaDay, span: DaySpan, today: date) -> str:
    """`Tomorrow, Tuesday 24 November`, `Friday 27 November, afternoon`."""
    near = named_day(date.fromisoformat(day.day), today)
    name = heading(day.day) if near not in ("today", "tomorrow") else f"{near.capitalize()}, {heading(day.day)}"
    return f"{name}, {span.name}" if span.name else name


def _on(day: AgendaDay, span: DaySpan, nothing: str) -> Iterator[str]:
    lines = [line for line in day.lines if _within(line, span)]
    yield from map(_words, lines)
    if not lines:
        yield nothing
    shown = {line.id for line in lines}
    yield from (one.text for one in day.collisions if {one.first, one.second} <= shown)


def _free_of_one(day: AgendaDay, span: DaySpan) -> list[str]:
    rooms = _rooms(day, span)
    return [f"- Free: {room_words(rooms)}"] if rooms else []


def _words(line: AgendaLine) -> str:
    times = f"{line.clock}–{line.end[11:16]} " if line.clock and line.end else f"{line.clock} " if line.clock else ""
    kind = "" if line.kind == "event" else f"{line.kind}: "
    return f"{times}{kind}{line.text}" + (f" ({line.note})" if line.note else "")


def _within(line: AgendaLine, span: DaySpan) -> bool:
    """Whether it stands in that part of the day; what has no time of day does."""
    if not span.name or not line.clock:
        return True
    end = line.end[11:16] if line.end and line.end[:10] == line.start[:10] else line.clock if not line.end else _DAY_END
    return line.clock < span.end and (end > span.start or line.clock >= span.start)


def _rooms(day: AgendaDay, span: DaySpan) -> list[Room]:
    """What is free within that part of the day."""
    if not span.name:
        return list(day.free)
    found = []
    for room in day.free:
        start, end = max(room.start[11:16], span.start), min(_end(room), span.end)
        if start < end:
            found.append(Room(f"{day.day}T{start}", f"{day.day}T{end}"))
    return found


def _is_whole(rooms: list[Room], span: DaySpan) -> bool:
    """Whether nothing is taken: one stretch. It may begin later, where the night or what has passed of today lies before."""
    return len(rooms) == 1 and (not span.name.startswith("at ") or rooms[0].start[11:16] == span.start)


def _end(room: Room) -> str:
    return _DAY_END if room.end[11:16] == "00:00" else room.end[11:16]
