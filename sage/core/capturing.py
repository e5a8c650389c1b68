"""What becomes of a line that the person jots down: a task, a reminder, a goal or a note, read by rule."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple, get_args

from sage.core.errors import BadInput
from sage.core.plain_commands import read_command
from sage.core.plain_dates import find_date, without

CaptureKind = Literal["task", "reminder", "note", "goal"]
KINDS: tuple[CaptureKind, ...] = get_args(CaptureKind)
_BY_TOOL: dict[str, CaptureKind] = {"add_task": "task", "remind": "reminder", "note": "note", "add_goal": "goal"}
_NAMED = {"task": "a task", "reminder": "a reminder", "note": "a note", "goal": "a goal"}


class Jotted(NamedTuple):
    """What a line is, with its words; `due` is an ISO date or local time of a task, `why` that of a goal."""

    kind: CaptureKind
    text: str
    due: str = ""
    why: str = ""

    @property
    def said(self) -> str:
        """What Enter would keep: `a task for Tuesday 24 November, 09:00`."""
        if not self.due:
            return _NAMED[self.kind]
        day = datetime.fromisoformat(self.due)
        return f"a task for {day:%A} {day.day} {day:%B}" + (f", {day:%H:%M}" if len(self.due) > 10 else "")


def read_jotted(text: str, now: datetime, kind: CaptureKind | None = None) -> Jotted:
    """Reads a line as Talk reads plain words; what names a day is a task for it, and all else a note. `kind`: the person said
    which it is. Raises BadInput for a line without words."""
    text = text.strip()
    if not text:
        raise BadInput("There are no words to keep.", safe="Nothing was written.", do="Say it in a few.")
    # a goal with its why is read from the words that would say so
    command = read_command(f"add goal: {text}" if kind == "goal" else text, now)
    told = _BY_TOOL.get(command.tool) if command else None
    if command and told and kind in (None, told):
        given = command.arguments
        return Jotted(told, given.get("text") or given.get("title") or text, given.get("due", ""), given.get("why", ""))
    if kind is None:
        kind = "task" if "\n" not in text and find_date(text, now) else "note"
    if kind == "task" and (found := find_date(text, now)):
        return Jotted("task", without(text, found) or text, found.iso())
    return Jotted(kind, text)
