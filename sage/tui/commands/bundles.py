"""`/bundle`: cases as lines that are read before they are written to a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sage.tui.commands.command import Command

if TYPE_CHECKING:
    from sage.tui.dialogue import Dialogue


async def show_bundle(dialogue: Dialogue, rest: str) -> None:
    """Those that were rated, or those that are named."""
    from sage.tui.screens.bundles import Bundles

    if told := await dialogue.talk.app.push_screen_wait(Bundles(dialogue.talk, rest.split())):
        dialogue.talk.note(told)


COMMANDS = (
    Command(
        "bundle", show_bundle, "your rated cases as lines that you read, then a file that you may give away", "[CASE …]"
    ),
)
