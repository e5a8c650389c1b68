"""What is named with @ in the person's words: found while it is written, and given to whoever answers as a source of theirs."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sage import wire
from sage.adapters.memory import memory_reading
from sage.core.attachments import Attached
from sage.core.mentions import Named, mentions, nearest
from sage.core.passages import Hit, passage_id
from sage.engine.bootstrap import House
from sage.engine.desk import Desk, handles
from sage.engine.service import Emit, Line

_LOOKED_AT = 400
"""Files, of those whose names have the letters, that are compared."""
_PATHS = ("/", "~/", "./", "../")


@handles(wire.FindNames)
async def _find_names(desk: Desk, request: wire.FindNames, line: Line, emit: Emit) -> wire.NamesFound:
    if request.letters.startswith(_PATHS):
        found = await asyncio.to_thread(_paths, request.letters, request.limit)
    else:
        things = await asyncio.to_thread(_things, desk, request.letters)
        found = nearest(request.letters, things, lambda each: each.name, request.limit)
    return wire.NamesFound(tuple(found))


def mentioned(house: House, said: str) -> Attached:
    """The notes, goals and tasks that are named in the person's words, whole, each with its own labels."""
    found: list[Hit] = []
    for name in mentions(said):
        found += _goal(house, name) or _note(house, name) or _task(house, name)
    return Attached(tuple({hit.id: hit for hit in found}.values()))


def _things(desk: Desk, letters: str) -> list[Named]:
    house = desk.house
    files = house.memory.read(lambda store: memory_reading.file_names(store, letters, _LOOKED_AT))
    goals = str(house.home.goals)
    return [
        *(Named("goal", goal.title) for goal in house.notebook.goals() if goal.state == "open"),
        *(Named("task", task.text) for task in house.notebook.tasks() if not task.done),
        *(Named("person", each.name) for each in desk.deputy.rules().people.contacts),
        *(Named("note", source) for root, source in files if root != goals),
    ]


def _paths(begun: str, limit: int) -> list[Named]:
    """Files and folders whose paths begin so; a name that begins with a point only where that was written."""
    folder, _, letters = begun.rpartition("/")
    place = Path(f"{folder}/").expanduser()
    try:
        inside = sorted(place.iterdir())
    except (OSError, RuntimeError):
        return []
    shown = [each for each in inside if each.name.startswith(".") <= letters.startswith(".")]
    return [Named("folder" if each.is_dir() else "file", str(each)) for each in nearest(letters, shown, _name, limit)]


def _name(path: Path) -> str:
    return path.name


def _goal(house: House, name: str) -> list[Hit]:
    folded = name.casefold()
    goal = next((goal for goal in house.notebook.goals() if goal.title.casefold() == folded), None)
    return _note(house, Path(goal.path).name, house.home.goals) if goal else []


def _note(house: House, name: str, root: Path | None = None) -> list[Hit]:
    return house.memory.read(lambda store: memory_reading.file_called(store, name, str(root or "")))


def _task(house: House, name: str) -> list[Hit]:
    folded = name.casefold()
    task = next((task for task in house.notebook.tasks() if task.text.casefold() == folded), None)
    if task is None:
        return []
    source = task.source or house.home.tasks.name
    told = f"Task: {task.text}" + f" (due {task.due})" * bool(task.due) + " (done)" * task.done
    said = passage_id(source, 0, f"{task.id}\n{told}")
    line = 1
    if not task.source:
        lines = house.home.tasks.read_text(encoding="utf-8").splitlines()
        line = next((number for number, each in enumerate(lines, 1) if task.text in each), 1)
    # A task of an account may have been written by others.
    return [Hit(said, source, "", line, 0, len(told), told, origin="tool" if task.source else "user")]
