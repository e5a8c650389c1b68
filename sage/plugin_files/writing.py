"""Tasks that stand as lines in text files, written: only the lines concerned, only if nobody wrote the file meanwhile, and
only if what is written reads back as what was wanted, with no other task touched.

A plugin says how a line is made, changed and completed.
"""

from __future__ import annotations

from abc import abstractmethod
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec import UNSET
from msgspec.structs import replace

from sage.plugin_api import Change, Completed, Gone, NewTask, Refused, Stale, Task, Unreachable, Unsupported
from sage.plugin_files.reading import FilesRead, Known, TaskLine, named
from sage.plugin_files.replacing import read_file, replace_file
from sage.plugin_files.text import FileText, Splice, one_line

TRIES = 3
"""How often a file that changes in the moment of writing is read again."""
_ELSE = "Written there, it would be read as something else, or change another task."


class _Opened(NamedTuple):
    """A file that is about to be written, just read."""

    place: str
    path: Path
    content: bytes
    text: FileText
    found: list[TaskLine]
    tasks: list[Task]


class FilesWritten(FilesRead):
    """The files of one account."""

    @abstractmethod
    def home_of(self, task: NewTask) -> str:
        """The place of a new task that names no parent. Raises Refused."""

    @abstractmethod
    def made(self, task: NewTask, today: date, text: FileText, parent: TaskLine | None) -> Splice:
        """The edit that adds a task in one line. Raises Unsupported and Refused."""

    @abstractmethod
    def changed(self, body: str, line: TaskLine, change: Change) -> str:
        """The line after a change of text, due or priority. Raises Unsupported and Refused."""

    @abstractmethod
    def done(self, body: str, line: TaskLine, today: date, above: bool) -> tuple[tuple[str, ...], int]:
        """What comes in the place of a line whose task is done: the line, and the next one if it returns; and the index of
        the one that is done. `above`: the next one must stand above it, as others stand below. Raises Refused."""

    def create(self, task: NewTask, key: str) -> Task:
        """As `TaskSource.create`."""
        task = replace(task, text=one_line(task.text))
        with self._busy:
            begun = self._ids.made(key)
            if begun:
                opened, number = self._task(begun)
                return opened.tasks[number]
            for _ in range(TRIES):
                opened, parent = self._home(task)
                lines = [each.line for each in opened.found]
                if begun is not None and (number := self._ids.stands(key, opened.place, lines)) >= 0:
                    return self._settled(key, opened.tasks[number])
                begun = None  # it is known now that it was not made
                edit = _edited(self, opened, self.made(task, self.ctx.now().date(), opened.text, parent))
                _must_read(
                    edit.first, task.text, task.due, task.priority, edit.parent_line == (parent.at if parent else -1)
                )
                self._ids.begin(key, opened.place, edit.first.line, lines)
                if tasks := self._written(opened, edit):
                    return self._settled(key, tasks[edit.number])
            raise Unreachable(f"{opened.path.name} changes all the time.")

    def update(self, id: str, change: Change, revision: str) -> Task:  # noqa: A002
        """As `TaskSource.update`."""
        if change.text is not UNSET:
            change = replace(change, text=one_line(change.text))
        with self._busy:
            for _ in range(TRIES):
                opened, number = self._writable(id, revision)
                line, task = opened.found[number], opened.tasks[number]
                if change.parent not in (UNSET, task.parent):
                    raise Unsupported("What a task stands below can only be changed in the file itself.")
                body = self.changed(opened.text.bodies[line.at], line, change)
                if body == opened.text.bodies[line.at]:
                    return task
                edit = _edited(self, opened, Splice(line.at, 1, (body,), 0))
                text, due, priority = (
                    getattr(task if getattr(change, name) is UNSET else change, name)
                    for name in ("text", "due", "priority")
                )
                _must_read(edit.first, text, due, priority, edit.first.task.done == task.done)
                if tasks := self._written(opened, edit):
                    return tasks[number]
            raise Unreachable(f"{opened.path.name} changes all the time.")

    def complete(self, id: str, revision: str, at: datetime) -> Completed:  # noqa: A002
        """As `TaskSource.complete`."""
        today = at.astimezone(ZoneInfo(self.ctx.zone)).date()
        with self._busy:
            for _ in range(TRIES):
                opened, number = self._task(id)
                if opened.tasks[number].done:
                    return Completed(opened.tasks[number])
                opened, number = self._writable(id, revision)
                line = opened.found[number]
                above = any(other.parent == number for other in opened.found)
                by, keeps = self.done(opened.text.bodies[line.at], line, today, above)
                edit = _edited(self, opened, Splice(line.at, 1, by, keeps))
                following = -1
                if by[1:]:
                    following = edit.number + 1 - keeps
                    again = edit.found[following].line.faces[-2]
                    there = [n for n, each in enumerate(opened.found) if n != number and each.line.faces[-2] == again]
                    if open_ones := [n for n in there if not opened.found[n].task.done]:
                        edit = _edited(self, opened, Splice(line.at, 1, (by[keeps],), 0))
                        following = open_ones[0]  # somebody made it before, and unticked this one
                if tasks := self._written(opened, edit):
                    return Completed(
                        tasks[edit.number + edit.splice.keeps], tasks[following] if following >= 0 else None
                    )
            raise Unreachable(f"{opened.path.name} changes all the time.")

    def _open(self, place: str) -> _Opened:
        """A file as it is now."""
        path = Path(self._paths[place])
        before = self._known[place].tasks if place in self._known else []
        content = read_file(path)
        text = FileText(content)
        found = self.found(place, text.bodies)
        (ids,) = self._ids.name({place: [each.line for each in found]}).values()
        tasks = named(place, found, ids)
        self._known[place] = Known(None, False, found, tasks)
        if tasks != before:
            self._look(before, [place])
        return _Opened(place, path, content, text, found, tasks)

    def _task(self, id: str) -> tuple[_Opened, int]:  # noqa: A002
        """The file of a task as it is now, and the task's number in it. Raises Gone."""
        for looked in (False, True):
            if looked or not self._paths:
                self._refresh()
            place = self._where.get(id, "")
            if place and Path(self._paths[place]).exists():
                opened = self._open(place)
                for number, task in enumerate(opened.tasks):
                    if task.id == id:
                        return opened, number
        raise Gone("This task is no longer there.")

    def _writable(self, id: str, revision: str) -> tuple[_Opened, int]:  # noqa: A002
        """As `_task`. Raises Stale and Refused."""
        opened, number = self._task(id)
        task = opened.tasks[number]
        if task.revision != revision:
            raise Stale(task)
        if task.read_only:
            raise Refused("This task can only be changed in the file itself.")
        return opened, number

    def _home(self, task: NewTask) -> tuple[_Opened, TaskLine | None]:
        """Where a new task is to stand, and below which one."""
        if not task.parent:
            place = self.home_of(task)
            if place not in self._paths or not Path(self._paths[place]).exists():
                self._refresh()
            if place not in self._paths:
                raise Refused(f"There is no file {place!r} for new tasks.")
            return self._open(place), None
        try:
            opened, number = self._task(task.parent)
        except Gone as error:
            raise Refused("The task that this one is to stand below is no longer there.") from error
        return opened, opened.found[number]

    def _settled(self, key: str, task: Task) -> Task:
        self._ids.settle(key, task.id)
        self._ids.save()
        return task

    def _written(self, opened: _Opened, edit: _Edit) -> list[Task] | None:
        """Writes it, and gives the file's tasks; None: the file is another one by now."""
        if not replace_file(opened.path, opened.content, edit.text.content()):
            return None
        known = {edit.numbers[old]: task.id for old, task in enumerate(opened.tasks) if old in edit.numbers}
        ids = self._ids.assign(opened.place, [each.line for each in edit.found], known)
        tasks = named(opened.place, edit.found, ids)
        self._known[opened.place] = Known(None, False, edit.found, tasks)
        self._look(opened.tasks, [opened.place])
        return tasks


class _Edit(NamedTuple):
    """An edit that touches no other task. `number`: of the first of its tasks, among those of the file after it.
    `numbers`: of each task that stays, by the one it had before."""

    splice: Splice
    text: FileText
    found: list[TaskLine]
    number: int
    numbers: dict[int, int]

    @property
    def first(self) -> TaskLine:
        return self.found[self.number]

    @property
    def parent_line(self) -> int:
        """The line that the first of its tasks stands below, -1 if there is none."""
        return self.found[self.first.parent].at if self.first.parent >= 0 else -1


def _edited(files: FilesWritten, opened: _Opened, splice: Splice) -> _Edit:
    """What a file is after an edit. Raises Refused if its lines are not one task each, or another task would change."""
    text = opened.text.spliced(splice)
    found = files.found(opened.place, text.bodies)
    before = sum(line.at < splice.at for line in opened.found)
    cut = sum(splice.at <= line.at < splice.at + splice.cut for line in opened.found)
    new = sum(splice.at <= line.at < splice.at + len(splice.by) for line in found)
    numbers = {old: old if old < before else old + new - cut for old in range(len(opened.found))}
    if cut:
        numbers[before] = before + splice.keeps
    if new != len(splice.by) or len(found) - new != len(opened.found) - cut:
        raise Refused(_ELSE)
    for number, old in enumerate(opened.found):
        edited = before <= number < before + cut
        now = found[before : before + new] if edited else [found[numbers[number]]]
        same = edited or (now[0].raw, now[0].task) == (old.raw, old.task)
        if not same or any(line.parent != numbers.get(old.parent, -1) for line in now):
            raise Refused(_ELSE)
    return _Edit(splice, text, found, before, numbers)


def _must_read(line: TaskLine, text: str, due: str, priority: str, also: bool) -> None:
    """Raises Refused unless a line that is to be written reads back as what was wanted."""
    if (line.task.text, line.task.due, line.task.priority) != (text, due, priority) or not also:
        raise Refused("These words would be read as a date, a mark or a task of its own in that file.")
