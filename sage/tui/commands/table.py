"""Every slash command, and what `/help` tells of them. A further one joins the `COMMANDS` of its module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sage.tui.commands import bundles, copies, day, files, inbox, notes, programs, reminders, talks, tasks, upkeep
from sage.tui.commands.command import Command
from sage.tui.widgets.entry import Entry

if TYPE_CHECKING:
    from sage.tui.dialogue import Dialogue

KEYS = """| key | what it does |
|---|---|
| Enter | send; while an answer comes the words wait above, and Up takes the last of them back |
| Ctrl+J | new line |
| Esc | stop the answer; what came is kept, and Enter then sends what waits |
| @ | names a note, goal, task, person or file (@~/): Tab takes it; what is named goes with your words as a source |
| Up, Down | what you said before |
| PgUp, PgDn | read back |
| Ctrl+O | open or fold the sources |
| Ctrl+Up, Ctrl+Down | choose what was said: e edits and asks anew, b branches, c copies, C its code, L a link, 1-9 open a source |
| Ctrl+R | earlier conversations, searched as you type; Ctrl+R again: what you said before, to say it again |
| Ctrl+N | a new conversation |
| F2 | Today: one focus, the agenda, goals, what waits |
| F4 | Inbox: drafts that wait for your yes, messages, what was answered (F3 or Esc comes back) |
| F5 | Memory: search, read, label, forget |
| F6 | Models: who answers, what it costs, try another one and swap, take that back |
| Ctrl+G | say of the last answer: right, wrong, should have asked |
| F8 | keeps a line from anywhere: a task, a reminder, a goal or a note |
| Ctrl+P | everything: places, commands, keys, and what you may want to jump to |
| Ctrl+T | the next place |
| Ctrl+Q | quit |"""


def help_text() -> str:
    """The keys and the commands, as Markdown."""
    rows = (f"| /{one.name} {one.given}".rstrip() + f" | {one.words} |" for one in COMMANDS.values() if one.words)
    return "\n".join((KEYS, "", "| command | |", "|---|---|", *rows))


async def show_help(dialogue: Dialogue, rest: str) -> None:
    dialogue.talk.transcript.append(Entry("assistant", help_text()))


COMMANDS: dict[str, Command] = {
    one.name: one
    for one in (
        Command("help", show_help, waits=False),
        *notes.COMMANDS,
        *inbox.COMMANDS,
        *day.COMMANDS,
        *tasks.COMMANDS,
        *reminders.COMMANDS,
        *programs.COMMANDS,
        *talks.COMMANDS,
        *files.COMMANDS,
        *copies.COMMANDS,
        *bundles.COMMANDS,
        *upkeep.COMMANDS,
    )
}
"""By name, in the order in which they are told."""
