"""The person's notes, goals and tasks: plain Markdown below the home (implements the port `Notebook`)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import get_args

import msgspec

from sage.adapters.files import write_whole
from sage.core import task_lines
from sage.core.errors import BadInput, Unreadable
from sage.core.plans import Goal, GoalState, Note, Task, account_name
from sage.core.reading import note_text
from sage.core.task_finding import find_task, nothing_fits
from sage.core.words import content_stems
from sage.locations import Home

_HEAD = 1024
"""Characters of a note in which its id stands."""


class FileNotebook:
    """Reads the files at every call, since the person may edit them with anything; `changed` is told what was written."""

    def __init__(self, home: Home, changed: Callable[[Path], None] = lambda path: None) -> None:
        self._home, self._changed = home, changed
        self._turn = threading.RLock()

    def add_note(
        self,
        id: str,  # noqa: A002
        text: str,
        *,
        title: str = "",
        now: datetime,
        fields: Mapping[str, str] | None = None,
    ) -> Note:
        if not text.strip():
            raise BadInput("The note is empty.", safe="Nothing was written.", do="Give it some words.")
        title = " ".join(title.split()) or note_text.title_of(text)
        with self._turn:
            path = _free(self._home.notes, note_text.file_name(title))
            head = {"id": id, "title": title, "created": now.isoformat(timespec="minutes"), **(fields or {})}
            self._write(path, note_text.compose(head, text))
        return Note(id, title, path.relative_to(self._home.path).as_posix())

    def find_note(self, id: str) -> Note | None:  # noqa: A002
        """The note of an id, wherever it stands below the folder of notes."""
        mark = f"id: {id}"
        for path in self._home.notes.rglob("*.md"):
            with path.open(encoding="utf-8", errors="replace") as file:
                if mark in file.read(_HEAD):
                    fields = note_text.fields_of(_read(path))
                    if fields.get("id") == id:
                        return Note(id, fields.get("title") or path.stem, path.relative_to(self._home.path).as_posix())
        return None

    def with_section(self, name: str, fields: Mapping[str, str], section: str) -> tuple[Path, str]:
        """Where the note of a file's name is, and what it would say with one more section; a new one begins with `fields`."""
        path = self._home.notes / f"{note_text.file_name(name)}.md"
        if not path.exists():
            return path, note_text.compose(fields, section)
        return path, f"{_read(path).rstrip()}\n\n{section.strip()}\n"

    def add_section(self, name: str, fields: Mapping[str, str], section: str) -> Note:
        """Adds a section to the end of a note, which is made if it is not there."""
        with self._turn:
            path, text = self.with_section(name, fields, section)
            self._write(path, text)
        return Note("", name, path.relative_to(self._home.path).as_posix())

    def goals(self) -> list[Goal]:
        found = [self._goal(path) for path in sorted(self._home.goals.glob("*.md")) if path.is_file()]
        return sorted(found, key=lambda goal: (goal.created, goal.title))

    def add_goal(self, id: str, title: str, *, why: str = "", parent: str = "", now: datetime) -> Goal:  # noqa: A002
        if not title.strip():
            raise BadInput("The goal has no words.", safe="Nothing was written.", do="Say it in a few of your own.")
        title = " ".join(title.split())
        with self._turn:
            above = self._find_goal(parent).id if parent else ""
            path = _free(self._home.goals, note_text.file_name(title))
            fields = {"id": id, "title": title, "why": why.strip(), "state": "open", "parent": above,
                      "created": f"{now:%Y-%m-%d}"}  # fmt: skip
            self._write(path, note_text.compose(fields, f"# {title}"))
        return self._goal(path)

    def change_goal(
        self,
        goal: str,
        *,
        state: GoalState | None = None,
        why: str | None = None,
        title: str | None = None,
        now: datetime,
    ) -> Goal:
        if state is not None and state not in get_args(GoalState):
            raise BadInput(
                f"A goal cannot be {state!r}.", safe="Nothing was changed.", do="It is open, done or dropped."
            )
        with self._turn:
            found = self._find_goal(goal)
            path = self._home.path / found.path
            text = _read(path)
            for key, value in (("state", state), ("why", why), ("title", title)):
                if value is not None:
                    text = note_text.set_field(text, key, value)
            self._write(path, text)
        return self._goal(path)

    def goal_text(self, goal: str) -> str:
        return note_text.body_of(_read(self._home.path / self._find_goal(goal).path))

    def find_goal(self, goal: str) -> Goal:
        """By id, title, or the beginning of a title. Raises NotFound with the nearest."""
        return self._find_goal(goal)

    def tasks(self) -> list[Task]:
        return task_lines.read_tasks(_read(self._home.tasks)) if self._home.tasks.exists() else []

    def add_task(self, id: str, text: str, *, due: str = "", now: datetime) -> Task:  # noqa: A002
        if not text.strip():
            raise BadInput("The task has no words.", safe="Nothing was written.", do="Say what is to be done.")
        task = Task(id, " ".join(text.split()), due=due)
        with self._turn:
            before = _read(self._home.tasks) if self._home.tasks.exists() else ""
            gap = "" if not before or before.endswith("\n") else "\n"
            self._write(self._home.tasks, f"{before}{gap}{task_lines.write_task(task)}\n")
        return task

    def complete_task(self, task: str, *, now: datetime) -> Task:
        with self._turn:
            found = self._find_task(task)
            if not found.done:
                self._write(self._home.tasks, task_lines.tick(_read(self._home.tasks), found.id, now.date()))
        return msgspec.structs.replace(found, done=True, done_on=f"{now:%Y-%m-%d}")

    def reopen_task(self, task: str) -> Task:
        """A task that was done is open again; one that is open stays so. `task` is its id, or words of a task that is done."""
        with self._turn:
            found = _done_task(self.tasks(), task)
            if found.source:
                raise BadInput(
                    f"{found.text!r} is kept in {account_name(found.source)}, where Sage opens nothing again.",
                    safe="Nothing was changed.",
                    do="Clear its box there.",
                )
            if found.done:
                self._write(self._home.tasks, task_lines.untick(_read(self._home.tasks), found.id))
        return msgspec.structs.replace(found, done=False, done_on="")

    def change_task(self, task: str, *, due: str, now: datetime) -> Task:
        with self._turn:
            found = self._find_task(task)
            self._write(self._home.tasks, task_lines.redate(_read(self._home.tasks), found.id, due))
        return msgspec.structs.replace(found, due=due)

    def drop_task(self, task: str, *, now: datetime) -> Task:
        with self._turn:
            found = self._find_task(task)
            self._write(self._home.tasks, task_lines.cancel(_read(self._home.tasks), found.id, now.date()))
        return found

    def _find_task(self, wanted: str) -> Task:
        return find_task(self.tasks(), wanted)

    def _find_goal(self, wanted: str) -> Goal:
        goals = self.goals()
        folded = wanted.strip().casefold()
        for fits in (
            lambda goal: wanted in (goal.id, goal.title),
            lambda goal: goal.title.casefold() == folded,
            lambda goal: bool(folded) and goal.title.casefold().startswith(folded),
            lambda goal: bool(content_stems(wanted)) and set(content_stems(wanted)) <= set(content_stems(goal.title)),
        ):
            near = [goal for goal in goals if fits(goal)]
            if len(near) == 1:
                return near[0]
            if near:
                listed = "; ".join(f"{goal.title} ({goal.id})" for goal in near[:5])
                raise BadInput(
                    f"Several goals fit {wanted!r}: {listed}.", safe="None was changed.", do="Name one by its id."
                )
        raise nothing_fits("goal", wanted, [goal.title for goal in goals])

    def _goal(self, path: Path) -> Goal:
        try:
            text = _read(path)
        except Unreadable as error:  # told in its place, so that one bad file does not hide the others
            return Goal(path.stem, error.what, path=path.relative_to(self._home.path).as_posix())
        fields = note_text.fields_of(text)
        state = fields.get("state", "open")
        return Goal(
            fields.get("id") or path.stem,
            fields.get("title") or note_text.title_of(note_text.body_of(text)) or path.stem,
            fields.get("why", ""),
            state if state in get_args(GoalState) else "open",  # type: ignore[arg-type]
            fields.get("parent", ""),
            fields.get("created", ""),
            path.relative_to(self._home.path).as_posix(),
        )

    def _write(self, path: Path, text: str) -> None:
        write_whole(path, text)
        self._changed(path)


def _done_task(tasks: list[Task], wanted: str) -> Task:
    """The task of an id, or the done one of some words. Raises as `find_task`."""
    if by_id := next((task for task in tasks if task.id == wanted), None):
        return by_id
    done = [msgspec.structs.replace(task, done=False) for task in tasks if task.done]
    found = find_task(done, wanted)
    return next(task for task in tasks if task.id == found.id)


def _read(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path} is not UTF-8 text.", safe="It was left as it is.", do="Save it as UTF-8.") from error
    except OSError as error:
        raise Unreadable(
            f"{path} cannot be read: {error.strerror}.", safe="Nothing was changed.", do="Run: sage doctor"
        ) from error


def _free(folder: Path, name: str) -> Path:
    """A path that is not taken: `name.md`, `name 2.md`, …"""
    path = folder / f"{name}.md"
    number = 1
    while path.exists():
        number += 1
        path = folder / f"{name} {number}.md"
    return path
