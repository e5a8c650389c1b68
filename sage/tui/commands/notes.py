"""Slash commands about notes and memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sage import wire
from sage.core.passages import ImportProgress
from sage.locations import typed_path
from sage.tui.commands.command import Command

if TYPE_CHECKING:
    from sage.tui.dialogue import Dialogue

_SHOWN = 5
"""Files with trouble that are told one by one; more of them would be a wall."""


async def import_notes(dialogue: Dialogue, rest: str) -> None:
    if not rest:
        dialogue.talk.note("Name a folder of notes: /import ~/notes. It stays where it is and is only read.")
        return
    await read_notes(dialogue, rest)


async def search(dialogue: Dialogue, rest: str) -> None:
    await dialogue.talk.app.search_memory(rest)


async def read_notes(dialogue: Dialogue, path: str) -> None:
    """Reads notes in, and tells what came of it."""

    def show(event: Any) -> None:
        if isinstance(event, ImportProgress):
            dialogue.talk.say_status(f"reading {event.done} of {event.total}: {event.source}")

    try:
        report = await dialogue.call(wire.ImportNotes(str(typed_path(path))), show)
    finally:
        await dialogue.show_status()
    lines = [f"Read {report.root}: {report.told}."]
    if not report.told:
        lines = [f"There are no notes in {report.root}. Another folder: /import FOLDER"] if not report.troubles else []
    lines += [f"- {trouble.source}: {trouble.what} {trouble.do}".rstrip() for trouble in report.troubles[:_SHOWN]]
    if len(report.troubles) > _SHOWN:
        lines.append(f"- {len(report.troubles) - _SHOWN} more; `sage import` of the folder names them all.")
    dialogue.talk.note("\n".join(lines))


COMMANDS = (
    Command("import", import_notes, "read notes (they stay where they are)", "FOLDER"),
    Command("memory", search, "search memory", "WORDS", waits=False),
)
