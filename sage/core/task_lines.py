"""The task list as plain text: one Markdown checkbox a line, in the format of the Tasks plugin for Obsidian.

    - [ ] Buy milk 📅 2026-11-27 ⏰ 09:00 ^t1
    - [x] Pay rent ✅ 2026-11-22 ^t2

What is not such a line is left as it is, byte for byte.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from datetime import date

from sage.core.plans import Task

_LINE = re.compile(r"^(?P<lead>\s*[-*+] \[)(?P<mark>[ xX])(?P<close>\] )(?P<rest>.*?)(?P<end>\s*)$", re.DOTALL)
_DUE = re.compile(r"\s*📅\ufe0f?\s*(\d{4}-\d{2}-\d{2})")
_AT = re.compile(r"\s*⏰\ufe0f?\s*(\d{2}:\d{2})")
_DONE = re.compile(r"\s*✅\ufe0f?\s*(\d{4}-\d{2}-\d{2})")
_ID = re.compile(r"\s*\^([A-Za-z0-9-]+)$")


def read_tasks(text: str) -> list[Task]:
    """All tasks of a list, in order. A line without an id gets one from its words and its place among equals."""
    return [task for _, task in _numbered(text)]


def write_task(task: Task) -> str:
    """The line of a new task, without its line break."""
    words = " ".join(task.text.split()).replace("^", "ˆ")
    return f"- [ ] {words}{_when(task.due)} ^{task.id}"


def tick(text: str, task: str, on: date) -> str:
    """The list with that task done; every other byte as it was. An unknown or done one changes nothing."""
    return _changed(text, task, "x", lambda words: f"{words} ✅ {on}")


def untick(text: str, task: str) -> str:
    """The list with that task open again; else as `tick`."""
    return _changed(text, task, " ", lambda words: _DONE.sub("", words), done=True)


def cancel(text: str, task: str, on: date) -> str:
    """The list with that task cancelled, so that it is none any more; else as `tick`."""
    return _changed(text, task, "-", lambda words: f"{words} ❌ {on}")


def redate(text: str, task: str, due: str) -> str:
    """The list with another day (and time) for that task, or with none; else as `tick`."""

    def change(words: str) -> str:
        bare = _AT.sub("", _DUE.sub("", words)).rstrip()
        return f"{bare}{_when(due)}"

    return _changed(text, task, " ", change)


def _when(due: str) -> str:
    return (f" 📅 {due[:10]}" if due else "") + (f" ⏰ {due[11:16]}" if len(due) > 10 else "")


def _changed(text: str, task: str, mark: str, change: Callable[[str], str], *, done: bool = False) -> str:
    lines = text.splitlines(keepends=True)
    for number, found in _numbered(text):
        if found.id == task and found.done == done:
            match = _LINE.match(lines[number])
            assert match
            ident = _ID.search(match["rest"])
            words = change(match["rest"][: ident.start()] if ident else match["rest"])
            lines[number] = f"{match['lead']}{mark}{match['close']}{words}{ident[0] if ident else ''}{match['end']}"
    return "".join(lines)


def _numbered(text: str) -> Iterator[tuple[int, Task]]:
    seen: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(keepends=True)):
        match = _LINE.match(line)
        if not match:
            continue
        rest = match["rest"]
        ident, due, clock, done = (pattern.search(rest) for pattern in (_ID, _DUE, _AT, _DONE))
        for pattern in (_ID, _DUE, _AT, _DONE):
            rest = pattern.sub("", rest)
        when = (due[1] + (f"T{clock[1]}" if clock else "")) if due else ""
        words = rest.strip()
        if ident:
            name = ident[1]
        else:
            digest = hashlib.sha256(words.encode()).hexdigest()[:8]
            seen[digest] = seen.get(digest, 0) + 1
            name = f"w{digest}" + (f"-{seen[digest]}" if seen[digest] > 1 else "")
        yield number, Task(name, words, match["mark"] != " ", when, done[1] if done else "")
