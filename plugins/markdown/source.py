"""Checkboxes in a folder of Markdown notes as a source of tasks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sage.plugin_api import UNSET, BadConfig, Change, Context, NewTask, Refused, Task, Unreachable, Unsupported
from sage.plugin_files.line_ids import Line
from sage.plugin_files.reading import TaskLine
from sage.plugin_files.source import TasksWritten
from sage.plugin_files.text import FileText, Splice
from sage.plugin_files.writing import FilesWritten

from .boxes import Box, boxes_of
from .fields import Content, is_date, read_content, with_priority, with_value, with_words
from .returning import is_when_done, next_day
from .vault import notes_of, read_settings


class MarkdownNotes(TasksWritten):
    """One folder of notes."""

    def opened(self) -> FilesWritten:
        folder = self.ctx.config.folder.expanduser()
        if not folder.is_dir():
            raise BadConfig(f"There is no folder {str(folder)!r}.", "folder")
        new_tasks = Path(self.ctx.config.new_tasks)
        if new_tasks.is_absolute() or ".." in new_tasks.parts or new_tasks.suffix.lower() != ".md":
            raise BadConfig('`new_tasks` must be a note in the folder, such as "Tasks.md".', "new_tasks")
        return _Notes(self.ctx, folder)


class _Notes(FilesWritten):
    def __init__(self, ctx: Context, folder: Path) -> None:
        super().__init__(ctx)
        self._folder = folder
        self._settings = read_settings(folder)

    def places(self) -> dict[str, str]:
        settings = read_settings(self._folder)
        if settings != self._settings:
            self._settings = settings
            self.read_again()
        skip = {each.strip("/") for each in (*self.ctx.config.skip, settings.templates)}
        found, self.left_out = notes_of(self._folder, frozenset(skip))
        return found

    def roots(self) -> Sequence[Path]:
        return [self._folder]

    def concerns(self, path: str) -> bool:
        hidden = any(part.startswith(".") for part in Path(path).relative_to(self._folder).parts)
        return path.lower().endswith(".md") and not hidden

    def home_of(self, task: NewTask) -> str:
        place: str = task.where or self.ctx.config.new_tasks
        if not task.where and not (note := self._folder / place).exists():
            try:
                note.parent.mkdir(parents=True, exist_ok=True)
                note.touch()
            except OSError as error:
                raise Unreachable(f"{place} cannot be made ({error.strerror}).") from error
        return place

    def found(self, place: str, bodies: list[str]) -> list[TaskLine]:
        lines: list[TaskLine] = []
        numbers: dict[int, int] = {}
        boxes = boxes_of(bodies)
        for number, box in enumerate(boxes):
            content = read_content(bodies[box.at][box.text :])
            kind = self._settings.statuses.get(box.status, "")
            if self._is_task(content, kind):
                above = box.parent
                while above >= 0 and above not in numbers:
                    above = boxes[above].parent
                numbers[number] = len(lines)
                lines.append(self._task_line(bodies[box.at], box, content, kind, numbers.get(above, -1)))
        return lines

    def _is_task(self, content: Content, kind: str) -> bool:
        tag = self._settings.tag
        return kind != "NON_TASK" and (not tag or tag in content.text) and bool(self._shown(content.words))

    def _task_line(self, body: str, box: Box, content: Content, kind: str, parent: int) -> TaskLine:
        words = self._shown(content.words)
        done = kind in ("DONE", "CANCELLED")
        task = Task(
            "",
            words,
            "",
            done,
            (content.value("completion") or content.value("cancelled")) if done else "",
            content.value("due"),
            priority=content.priority,
            recurs=content.value("repeat"),
            read_only=kind not in ("TODO", "IN_PROGRESS", "ON_HOLD", "DONE"),
        )
        own = content.value("id")
        dated = "\0".join([words, *(content.value(name) for name in ("due", "scheduled", "start"))])
        return TaskLine(box.at, body, task, Line((own, body, dated, words), own), parent)

    def _shown(self, words: str) -> str:
        """Words without the tag that makes a checkbox a task."""
        tag = self._settings.tag
        return re.sub(rf"(?:^|\s+){re.escape(tag)}(?=\s|$)", "", words).strip() if tag else words

    def _kept(self, words: str) -> str:
        return f"{self._settings.tag} {words}" if self._settings.tag else words

    def made(self, task: NewTask, today: date, text: FileText, parent: TaskLine | None) -> Splice:
        dataview = self._settings.dataview
        content = with_priority(self._kept(task.text), task.priority, dataview)
        if self._settings.created_date:
            content = with_value(content, "created", today.isoformat(), dataview)
        content = with_value(content, "due", _day(task.due), dataview)
        at, lead = _below(text.bodies, parent.at) if parent else (text.end, "")
        return Splice(at, 0, (f"{lead}- [ ] {content}",))

    def changed(self, body: str, line: TaskLine, change: Change) -> str:
        start = _text_at(body)
        content = body[start:]
        if change.text is not UNSET and change.text != line.task.text:
            content = with_words(content, self._kept(change.text))
        if change.due is not UNSET and change.due != line.task.due:
            content = with_value(content, "due", _day(change.due), self._settings.dataview)
        if change.priority is not UNSET:
            content = with_priority(content, change.priority, self._settings.dataview)
        return body[:start] + content

    def done(self, body: str, line: TaskLine, today: date, above: bool) -> tuple[tuple[str, ...], int]:
        start = _text_at(body)
        content = body[start:]
        if self._settings.done_date:
            content = with_value(content, "completion", today.isoformat(), self._settings.dataview)
        done = f"{_marked(body, start, 'x')}{content}"
        if not line.task.recurs:
            return (done,), 0
        following = _marked(body, start, " ") + self._next(body[start:], line.task.recurs, today)
        return ((done, following), 0) if self._settings.below and not above else ((following, done), 1)

    def _next(self, text: str, rule: str, today: date) -> str:
        """What stands behind the box of the next one: its dates moved alike, without what is of this one alone."""
        content = read_content(text)
        dates = {
            name: date.fromisoformat(content.value(name))
            for name in ("due", "scheduled", "start")
            if content.value(name)
        }
        since = next(iter(dates.values()), today)
        day = next_day(rule, today if is_when_done(rule) else since)
        if day is None:
            raise Refused(
                "When this task returns is written in words that Sage does not know; tick it off in its note."
            )
        text = text[: content.after]
        for name, was in dates.items():
            text = with_value(text, name, (was + (day - since)).isoformat(), self._settings.dataview)
        for name in ("id", "dependsOn", "completion", "cancelled", "created"):
            text = with_value(text, name, "", self._settings.dataview)
        if self._settings.created_date:
            text = with_value(text, "created", today.isoformat(), self._settings.dataview)
        return text


def _text_at(body: str) -> int:
    """Where the text behind a box begins."""
    found = re.search(r"\[.\][ \t]+", body)
    assert found
    return found.end()


def _marked(body: str, start: int, status: str) -> str:
    """What stands before the text, with another status."""
    at = body.rindex("]", 0, start) - 1
    return body[:at] + status + body[at + 1 : start]


def _below(bodies: list[str], parent: int) -> tuple[int, str]:
    """Where a new task goes below one: behind all that stands below that already, and as far in as the first of it."""
    lead = bodies[parent][: re.match(r"[\s>]*", bodies[parent]).end()]  # type: ignore[union-attr]
    at = parent + 1
    inner = ""
    while at < len(bodies) and (found := re.match(rf"{re.escape(lead)}([ \t]+)(\S)", bodies[at])):
        if not inner and re.match(r"[-*+]|\d+[.)]", bodies[at][found.start(2) :]):
            inner = found[1]
        at += 1
    if not inner:
        spaced = any(re.match(r"[> ]* {2,}(?:[-*+]|\d+[.)]) ", body) for body in bodies)
        inner = " " * 4 if spaced else "\t"
    return at, lead + inner


def _day(due: str) -> str:
    if due and not is_date(due):
        raise Unsupported("Obsidian Tasks has dates and no times.")
    return due
