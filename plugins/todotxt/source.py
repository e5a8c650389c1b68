"""A todo.txt file as a source of tasks. Each line that is not blank is one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sage.plugin_api import UNSET, BadConfig, Change, NewTask, Refused, Task, Unreachable, Unsupported
from sage.plugin_files.line_ids import Line
from sage.plugin_files.reading import TaskLine
from sage.plugin_files.replacing import PARTIAL, drop_left_behind
from sage.plugin_files.source import TasksWritten
from sage.plugin_files.text import FileText, Splice
from sage.plugin_files.writing import FilesWritten

from .lines import is_date, next_one, read_line, ticked, with_due, with_priority, with_words


class TodoTxt(TasksWritten):
    """One todo.txt file."""

    def opened(self) -> FilesWritten:
        path = self.ctx.config.file.expanduser()
        if not path.is_file():
            raise BadConfig(f"There is no file {str(path)!r}.", "file")
        for partial in path.parent.glob(f"{PARTIAL}*"):
            drop_left_behind(partial)
        return _TodoFile(self.ctx)


class _TodoFile(FilesWritten):
    @property
    def _path(self) -> Path:
        path: Path = self.ctx.config.file.expanduser()
        return path

    def places(self) -> dict[str, str]:
        if not self._path.exists():  # many programs replace it, and some do so by removing it first
            raise Unreachable(f"{self._path.name} is not there.")
        return {self._path.name: str(self._path)}

    def roots(self) -> Sequence[Path]:
        return [self._path.parent]

    def concerns(self, path: str) -> bool:
        return path.endswith(self._path.name)

    def home_of(self, task: NewTask) -> str:
        if task.where not in ("", self._path.name):
            raise Refused(f"There is no list {task.where!r}.")
        return self._path.name

    def found(self, place: str, bodies: list[str]) -> list[TaskLine]:
        return [_task_line(at, body) for at, body in enumerate(bodies) if body.strip()]

    def made(self, task: NewTask, today: date, text: FileText, parent: TaskLine | None) -> Splice:
        if parent:
            raise Unsupported("todo.txt has no subtasks.")
        body = with_priority(f"{today.isoformat()} {task.text}", task.priority)
        return Splice(text.end, 0, (with_due(body, _day(task.due)) if task.due else body,))

    def changed(self, body: str, line: TaskLine, change: Change) -> str:
        if change.text is not UNSET and change.text != line.task.text:
            body = with_words(body, change.text)
        if change.due is not UNSET and change.due != line.task.due:
            body = with_due(body, _day(change.due))
        if change.priority is not UNSET:
            body = with_priority(body, change.priority)
        return body

    def done(self, body: str, line: TaskLine, today: date, above: bool) -> tuple[tuple[str, ...], int]:
        following = next_one(body, today)
        return (ticked(body, today), *([following] if following else [])), 0


def _task_line(at: int, body: str) -> TaskLine:
    line = read_line(body)
    words = line.words.strip()
    task = Task("", words, "", line.done, line.done_on, line.due, priority=line.priority, recurs=line.recurs)
    return TaskLine(at, body, task, Line(("", body, f"{words}\0{line.due}", words)))


def _day(due: str) -> str:
    if due and not is_date(due):
        raise Unsupported("todo.txt has dates and no times.")
    return due
