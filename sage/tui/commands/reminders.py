"""Slash commands about reminders and nudges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sage import wire
from sage.core.errors import BadInput
from sage.tui.commands.command import Command

if TYPE_CHECKING:
    from sage.tui.dialogue import Dialogue


async def remind(dialogue: Dialogue, rest: str) -> None:
    """Shows the exact times; the reminder counts once the person has agreed to them."""
    talk = dialogue.talk
    if not rest:
        talk.note("Say what and when: /remind every other Tuesday at 8 water the plants")
        return
    try:
        shown = await dialogue.call(wire.Remind(rest, preview=True))
    except BadInput:
        if not talk.written:
            talk.write(f"/remind {rest} ")  # what is missing is added to what was said
        raise
    words = "\n".join([f"{shown.schedule.text}: {shown.said}", *(f"  {one.said}" for one in shown.next), *shown.notes])
    if not await dialogue.asking.ask(words, {"y": "remind me so"}, escape="not so"):
        talk.note("No reminder was set.")
        return
    kept = await dialogue.call(wire.KeepSchedule(shown.schedule))
    talk.note(f"Kept: {kept.schedule.text}. Next: {kept.next[0].said}. /schedule changes it.")


async def show_schedule(dialogue: Dialogue, rest: str) -> None:
    from sage.tui.screens.schedules import SchedulesPanel

    await dialogue.talk.app.push_screen_wait(SchedulesPanel(dialogue.talk))


async def show_nudges(dialogue: Dialogue, rest: str) -> None:
    from sage.tui.screens.nudges import NudgesPanel

    asked = await dialogue.talk.app.push_screen_wait(NudgesPanel(dialogue.talk))
    if asked:
        dialogue.nudges.offer_nudge(asked.id, asked.text)


COMMANDS = (
    Command("remind", remind, "shows the exact times, and counts once you agree", "WHAT AND WHEN"),
    Command("schedule", show_schedule, "reminders: leave one out, put one off, take one back"),
    Command("nudges", show_nudges, "what Sage may propose, what it holds, and why"),
)
