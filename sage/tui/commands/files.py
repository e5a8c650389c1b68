"""Slash commands about files that go with the next words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sage.tui.commands.command import Command

if TYPE_CHECKING:
    from sage.tui.dialogue import Dialogue


async def attach(dialogue: Dialogue, rest: str) -> None:
    if rest:
        await dialogue.attaching.add(rest)
    else:
        dialogue.talk.note("Name a PDF or text, or a picture for a model that can see: /attach ~/plan.pdf")


async def detach(dialogue: Dialogue, rest: str) -> None:
    dialogue.attaching.drop(rest)


COMMANDS = (
    Command("attach", attach, "a PDF, text or picture goes with your next words", "FILE"),
    Command("detach", detach, "takes it off again: the last one, or the one of that name", "NAME"),
)
