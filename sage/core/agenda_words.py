"""The agenda as lines for a person. Each names its source, so that it can be looked at and changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sage.core.agenda import Agenda, AgendaDay, AgendaLine, Room

SHOWN = 5
"""Of what has no day, and of goals, so many are shown: an agenda is no backlog."""


def agenda_lines(agenda: Agenda) -> Iterator[str]:
    """The whole agenda, day by day."""
    for day in agenda.days:
        yield heading(day.day)
        yield from _day_lines(day, nothing_planned(agenda))
        yield ""
    for title, lines, command in (
        ("From before", agenda.earlier, "sage task list"),
        ("Any day", agenda.anytime, "sage task list"),
        ("Goals", agenda.goals, "sage goal list"),
    ):
        if lines:
            yield title
            yield from (f"  {line_words(line)}" for line in lines[:SHOWN])
            if len(lines) > SHOWN:
                yield f"  and others: {command}"
            yield ""
    yield from agenda.troubles


def heading(day: str) -> str:
    """`Monday 23 November`."""
    shown = date.fromisoformat(day)
    return f"{shown:%A} {shown.day} {shown:%B}"


def line_words(line: AgendaLine) -> str:
    """One line: what is said of it, and its source."""
    return f"{line_said(line)}  [{line.id}]"


def line_said(line: AgendaLine) -> str:
    """When, what, and what else is to know."""
    times = f"{line.clock}–{line.end[11:16]}  " if line.clock and line.end else f"{line.clock}  " if line.clock else ""
    kind = "" if line.kind in ("event", "goal") else f"{line.kind}: "
    note = f" ({line.note})" if line.note else ""
    return f"{times}{kind}{line.text}{note}"


def room_words(rooms: Sequence[Room]) -> str:
    """`08:00–09:00, 10:15–22:00`."""
    return ", ".join(f"{room.start[11:16]}–{_end(room)}" for room in rooms)


def _end(room: Room) -> str:
    return "24:00" if room.end[11:16] == "00:00" else room.end[11:16]


def nothing_planned(agenda: Agenda) -> str:
    """What is said of a day without anything: of what could not be read nobody knows."""
    return "Nothing is planned, as far as it could be read." if agenda.troubles else "Nothing is planned."


def _day_lines(day: AgendaDay, nothing: str) -> Iterator[str]:
    yield from (f"  {line_words(line)}" for line in day.lines)
    if not day.lines:
        yield f"  {nothing}"
    yield from (f"  At once: {collision.text}" for collision in day.collisions)
    if day.free:
        yield f"  Free: {room_words(day.free)}"
