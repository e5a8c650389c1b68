"""Headings with a state in Org files as tasks that are only read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sage.plugin_api import BadConfig, Priority, Task, Unreachable
from sage.plugin_files.line_ids import Line
from sage.plugin_files.reading import FilesRead, TaskLine
from sage.plugin_files.source import TasksRead

LEVELS: dict[str, Priority] = {"A": "high", "B": "medium"}


class OrgNotes(TasksRead[FilesRead]):
    """One Org file, or a folder of them."""

    def opened(self) -> FilesRead:
        path = self.ctx.config.path.expanduser()
        if not path.exists():
            raise BadConfig(f"There is no {str(path)!r}.", "path")
        return _OrgFiles(self.ctx)


class _OrgFiles(FilesRead):
    @property
    def _path(self) -> Path:
        path: Path = self.ctx.config.path.expanduser()
        return path

    def places(self) -> dict[str, str]:
        if not self._path.is_dir():
            if not self._path.exists():
                raise Unreachable(f"{self._path.name} is not there.")
            return {self._path.name: str(self._path)}
        found: dict[str, str] = {}
        for folder, below, names in os.walk(self._path, onerror=_unreadable):
            below[:] = sorted(name for name in below if not name.startswith("."))
            for name in sorted(names):
                if name.lower().endswith(".org") and not name.startswith((".", "#")):
                    path = Path(folder, name)
                    found[path.relative_to(self._path).as_posix()] = str(path)
        return found

    def roots(self) -> Sequence[Path]:
        return [self._path if self._path.is_dir() else self._path.parent]

    def concerns(self, path: str) -> bool:
        return path.lower().endswith(".org")

    def found(self, place: str, bodies: list[str]) -> list[TaskLine]:
        lines: list[TaskLine] = []
        above: list[tuple[int, int]] = []  # levels, and the number of the task there (-1: a plain heading)
        for node in self._nodes(bodies):
            while above and above[-1][0] >= node.level:
                above.pop()
            number = -1
            if node.todo and node.heading.strip():
                number = len(lines)
                parent = next((task for _, task in reversed(above) if task >= 0), -1)
                lines.append(_task_line(node, bodies[node.linenumber - 1], parent, node.todo in node.env.done_keys))
            above.append((node.level, number))
        return lines

    def _nodes(self, bodies: list[str]) -> list[Any]:
        """The headings of a file. Where a date is none, or a property makes no sense, its heading is read without them."""
        try:
            return self._parsed(bodies)
        except ValueError:
            starts = [at for at, body in enumerate(bodies) if body.lstrip("*").startswith(" ") and body.startswith("*")]
            kept = [*bodies]
            for start, end in zip(starts, [*starts[1:], len(bodies)], strict=True):
                try:
                    self._parsed(bodies[start:end])
                except ValueError:
                    kept[start + 1 : end] = [""] * (end - start - 1)
            return self._parsed(kept)

    def _parsed(self, bodies: list[str]) -> list[Any]:
        from orgparse import loadi
        from orgparse.node import OrgEnv

        config = self.ctx.config
        env = OrgEnv(todos=list(config.open_states), dones=list(config.done_states), filename="<lines>")
        return list(loadi(iter(bodies), env=env))[1:]


def _task_line(node: Any, body: str, parent: int, done: bool) -> TaskLine:
    own = node.get_property("ID")
    own = own.strip() if isinstance(own, str) else ""
    words = node.heading.strip()
    due = _written(node.deadline.start)
    task = Task(
        "",
        words,
        "",
        done,
        _written(node.closed.start) if done else "",
        due,
        priority=LEVELS.get(node.priority, "low") if node.priority else "",
        recurs=_repeater(node.deadline) or _repeater(node.scheduled),
        read_only=True,
    )
    dated = "\0".join([words, due, _written(node.scheduled.start)])
    raw = "\0".join([body, dated, task.done_on, task.recurs])
    return TaskLine(node.linenumber - 1, raw, task, Line((own, raw, dated, words), own), parent)


def _written(moment: date | datetime | None) -> str:
    """A date, or a time of day to the minute, "" if there is none."""
    if isinstance(moment, datetime):
        return moment.isoformat(timespec="minutes")
    return moment.isoformat() if moment else ""


def _repeater(stamp: Any) -> str:
    """How a date repeats, as it is written: "+1w", ".+2d", "++1m"."""
    found = stamp._repeater if stamp.start else None
    return "".join(map(str, found)) if found else ""


def _unreadable(error: OSError) -> None:
    raise Unreachable(f"A folder of Org files cannot be read ({error.strerror}).") from error
