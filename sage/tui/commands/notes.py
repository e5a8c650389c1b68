"""Slash commands about notes and memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sage import wire
from sage.core.passages import ImportProgress
from sage.locations import typed_path
from sage.tui.commands.command import Command

if TYPE_CHECKING:
    from sage.tui.dialogue import Dialogue


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
    lines = [f"Read {report.root}: {report.added} added, {report.changed} changed, {report.unchanged} unchanged, "
             f"{report.passages} passages."]  # fmt: skip
    if not (report.added or report.changed or report.unchanged or report.troubles):
        lines = [f"There are no notes in {report.root}. Another folder: /import FOLDER"]
    lines += [f"- {trouble.source}: {trouble.what} {trouble.do}" for trouble in report.troubles]
    dialogue.talk.note("\n".join(lines))


COMMANDS = (
    Command("import", import_notes, "read notes (they stay where they are)", "FOLDER"),
    Command("memory", search, "search memory", "WORDS", waits=False),
)
