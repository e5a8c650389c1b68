"""What becomes of what the person jots down in passing, and how it is taken back."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

from sage import wire
from sage.core.capturing import Jotted, read_jotted
from sage.core.errors import BadInput, NotFound
from sage.core.forgetting.forgetting import Target
from sage.core.plans import change_words
from sage.core.reading.chunking import shares_itself
from sage.core.schedules.schedule import Schedule
from sage.core.schedules.wall_time import plainly
from sage.engine.bootstrap import fresh_id, times_of
from sage.engine.desk import Desk, handles
from sage.engine.service import Emit, Line

if TYPE_CHECKING:
    from sage.core.capturing import CaptureKind

_LETTERS: dict[str, CaptureKind] = {"k": "task", "r": "reminder", "n": "note", "g": "goal"}
_LETTER_OF = {kind: letter for letter, kind in _LETTERS.items()}


@handles(wire.Capture)
async def _capture(desk: Desk, request: wire.Capture, line: Line, emit: Emit) -> wire.Captured:
    return await asyncio.to_thread(_kept, desk, request, line)


def _kept(desk: Desk, request: wire.Capture, line: Line) -> wire.Captured:
    if request.key and not request.key.isalnum():
        raise BadInput("That key is none.", safe="Nothing was kept.", do="Use letters and digits.")
    now = desk.house.clock.now()
    said_at = _said_at(request.at, now)
    jotted = read_jotted(request.text, said_at, request.kind)
    letter = _LETTER_OF[jotted.kind]
    name = f"{letter}{request.key}" if request.key else fresh_id(letter)
    match jotted.kind:
        case "task":
            words = _task(desk, name, jotted, now)
        case "reminder":
            words = _reminder(desk, name, jotted, said_at, line)
        case "goal":
            words = _goal(desk, name, jotted, now)
        case "note":
            words = _note(desk, name, jotted, now)
    return wire.Captured(name, jotted.kind, words)


def _said_at(at: str, now: datetime) -> datetime:
    try:
        return min(datetime.fromisoformat(at).astimezone(now.tzinfo), now) if at else now
    except ValueError as error:
        raise BadInput(
            f"{at!r} is no time.", safe="Nothing was kept.", do="Use ISO 8601: 2026-03-05T10:00+01:00"
        ) from error


def _task(desk: Desk, name: str, jotted: Jotted, now: datetime) -> str:
    notebook = desk.house.notebook
    known = next((task for task in notebook.tasks() if task.id == name), None)
    task = known or notebook.add_task(name, jotted.text, due=jotted.due, now=now)
    return f"Kept as {jotted.said}: {task.text}. {change_words(task)}".strip()


def _reminder(desk: Desk, name: str, jotted: Jotted, now: datetime, line: Line) -> str:
    spoken = times_of(desk.profile(line).settings).read(jotted.text, now)
    text = " ".join(spoken.text.split())
    if not text:
        raise BadInput(
            "What shall I remind you of?", safe="Nothing was kept.", do="Say it like: tomorrow at 9 call the bank."
        )
    following = desk.house.schedules.add(Schedule(name, text, spoken.rule), now)
    return f"Kept as a reminder: {text}. Next: {plainly(following[0].at.astimezone(now.tzinfo), now)}."


def _goal(desk: Desk, name: str, jotted: Jotted, now: datetime) -> str:
    if shares_itself(jotted.text):
        raise BadInput(
            "A goal's title cannot share it.", safe="No goal was added.", do="Leave the tag out; then: sage share"
        )
    notebook = desk.house.notebook
    known = next((goal for goal in notebook.goals() if goal.id == name), None)
    goal = known or notebook.add_goal(name, jotted.text, why=jotted.why, now=now)
    return f"Kept as a goal: {goal.title}."


def _note(desk: Desk, name: str, jotted: Jotted, now: datetime) -> str:
    notebook = desk.house.notebook
    note = notebook.find_note(name) or notebook.add_note(name, jotted.text, now=now)
    return f"Kept as a note: {note.title}."


@handles(wire.TakeBackCapture)
async def _take_back(desk: Desk, request: wire.TakeBackCapture, line: Line, emit: Emit) -> wire.Captured:
    return await asyncio.to_thread(_taken_back, desk, request.id)


def _taken_back(desk: Desk, name: str) -> wire.Captured:
    house, now, kind = desk.house, desk.house.clock.now(), _LETTERS.get(name[:1])
    match kind:
        case "task":
            what = house.notebook.drop_task(name, now=now).text
        case "reminder":
            schedule = house.schedules.find(name)
            house.schedules.remove(schedule, now)
            what = schedule.text
        case "goal":
            what = house.notebook.change_goal(name, state="dropped", now=now).title
        case "note":
            note = house.notebook.find_note(name)
            if note is None:
                raise NotFound("That note is not there any more.", safe="Nothing was changed.")
            target = Target((str(house.home.path / note.path),), only=True)
            house.forgetter.forget(target, house.forgetter.preview(target).digest)
            what = note.title
        case None:
            raise NotFound(
                f"Nothing was kept as {name!r}.", safe="Nothing was changed.", do="Use the id that was told."
            )
    return wire.Captured(name, kind, f"Taken back: {what}.")
