"""Slash commands about the app itself: who answers, the first questions, the engine, leaving."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sage import wire
from sage.core.errors import SageError
from sage.tui.commands.command import Command
from sage.tui.commands.notes import read_notes
from sage.tui.places import SHEETS

if TYPE_CHECKING:
    from sage.tui.dialogue import Dialogue


async def choose_model(dialogue: Dialogue, rest: str) -> None:
    from sage.tui.screens import first_run

    await first_run.choose_model(dialogue.talk, dialogue.line)
    await dialogue.show_status()


async def ask_first_questions(dialogue: Dialogue, rest: str) -> None:
    """What was asked first, and what can be told later: one step, or a list of them."""
    from sage.tui.setup_steps import set_up

    await set_up(dialogue, rest)
    await dialogue.show_status()


async def ask_open_questions(dialogue: Dialogue, setup: wire.SetupShown) -> None:
    """Asks what was not asked yet, and reads the notes that were named."""
    from sage.tui.screens.first_run import LATER, run_first

    await run_first(dialogue.talk, dialogue.line, setup, partial(read_told, dialogue))
    dialogue.talk.note(LATER)
    await dialogue.show_status()


async def read_told(dialogue: Dialogue, folder: str) -> None:
    """Reads notes in; what did not work is told."""
    try:
        await read_notes(dialogue, folder)
    except SageError as error:
        dialogue.tell(error)


async def show_plugins(dialogue: Dialogue, rest: str) -> None:
    from sage.tui.screens.plugins import PluginsPanel

    await dialogue.talk.app.push_screen_wait(PluginsPanel(dialogue.talk))


async def open_sheets(dialogue: Dialogue, rest: str) -> None:
    dialogue.talk.app.go_to(SHEETS.id)


async def tour(dialogue: Dialogue, rest: str) -> None:
    """Begins the tour of the demo, ends it, or leaves a step out."""
    app = dialogue.talk.app
    if not dialogue.is_demo:
        dialogue.talk.note(
            "The tour goes through a life that nobody lives. Leave with Ctrl+Q, then: sage --profile demo"
        )
    elif app.tour and rest == "off":
        app.tour.end()
    elif app.tour and rest == "next":
        app.tour.go_on()
    else:
        app.begin_tour()


async def open_settings(dialogue: Dialogue, rest: str) -> None:
    from sage.tui.screens.settings import Settings

    await dialogue.talk.app.push_screen(Settings(dialogue.talk))


async def retry(dialogue: Dialogue, rest: str) -> None:
    await dialogue.retry()


async def leave(dialogue: Dialogue, rest: str) -> None:
    dialogue.talk.app.exit()


COMMANDS = (
    Command("model", choose_model, "who answers"),
    Command("plugins", show_plugins, "mailboxes, messengers, task lists and calendars: set one up, switch it off"),
    Command("setup", ask_first_questions, "who answers, notes, calendar, people, quiet hours", "[STEP]"),
    Command("sheets", open_sheets, "sheets: the same asked of many notes, tasks or messages", waits=False),
    Command("settings", open_settings, "what is set, what it does, and changes to it", waits=False),
    Command("tour", tour, "in the demo: what to try next", "next or off"),
    Command("retry", retry, waits=False),
    Command("quit", leave, "leave", waits=False),
)
