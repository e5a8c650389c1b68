"""Slash commands of the day: what is on, the rituals, focus, pauses."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from sage import wire
from sage.core.focus import USUAL_MINUTES, focus_line
from sage.core.plans import account_name, change_words
from sage.core.rituals import RitualKind
from sage.tui.commands.command import Command
from sage.tui.places import TODAY

if TYPE_CHECKING:
    from sage.tui.dialogue import Dialogue

_LENGTH = re.compile(r"(?:^|\s)(\d{1,3})\s*(?:m|min|minutes?)?$", re.IGNORECASE)
_UNDO = re.compile(r"undo ([krng][0-9a-f]{6,})")


async def go_to_today(dialogue: Dialogue, rest: str) -> None:
    dialogue.talk.app.go_to(TODAY.id)


async def capture(dialogue: Dialogue, rest: str) -> None:
    """Keeps the words; without any it opens the line for them."""
    if not rest:
        dialogue.talk.app.action_capture()
        return
    undo = _UNDO.fullmatch(rest)
    if undo:
        dialogue.talk.note((await dialogue.call(wire.TakeBackCapture(undo[1]))).words)
        return
    kept = await dialogue.call(wire.Capture(rest))
    dialogue.talk.note(f"{kept.words} To take it back: /capture undo {kept.id}")


async def show_agenda(dialogue: Dialogue, rest: str) -> None:
    from sage.tui.day_pages import agenda_entry

    dialogue.talk.transcript.append(agenda_entry(await dialogue.call(wire.ShowAgenda(rest))))


async def show_brief(dialogue: Dialogue, rest: str) -> None:
    from sage.tui.day_pages import ritual_entry

    dialogue.talk.transcript.append(ritual_entry(await dialogue.call(wire.ShowRitual("brief"))))


async def look_together(dialogue: Dialogue, rest: str, *, kind: RitualKind) -> None:
    """The evening or the week, in a panel; what was decided stands in Talk afterwards."""
    from sage.tui.screens.ritual import RitualPanel

    ritual = await dialogue.call(wire.ShowRitual(kind))
    told = await dialogue.talk.app.push_screen_wait(RitualPanel(dialogue.talk, ritual))
    dialogue.talk.note("\n".join([*told, ritual.goodbye]))


async def focus(dialogue: Dialogue, rest: str) -> None:
    if rest.casefold() == "stop":
        await _stop_focus(dialogue)
        return
    about, minutes = focus_wish(rest)
    request = wire.BeginFocus(about, minutes) if rest else wire.ShowFocus()
    shown: wire.FocusShown = await dialogue.call(request)
    ends = " /focus stop ends it." if shown.session else " /focus WORDS begins one."
    dialogue.talk.note(focus_line(shown.session, shown.minutes) + ends)


def focus_wish(text: str) -> tuple[str, int]:
    """What a session is for, and its minutes: a number at the end, else as many as usual."""
    length = _LENGTH.search(text)
    return (text[: length.start()].strip(), int(length[1])) if length else (text, USUAL_MINUTES)


async def _stop_focus(dialogue: Dialogue) -> None:
    """Ends the session; if it was for a task, that may be done now."""
    shown = await dialogue.call(wire.EndFocus())
    dialogue.talk.note(focus_line(shown.session, shown.minutes))
    about = shown.session.about if shown.session else ""
    tasks = (await dialogue.call(wire.ListTasks())).tasks
    task = next((one for one in tasks if about and one.text.casefold() == about.casefold()), None)
    if task and await dialogue.asking.ask(f"Is “{task.text}” done?", {"y": "done"}, escape="not yet"):
        ticked = await dialogue.call(wire.CompleteTask(task.id, task))
        place = account_name(ticked.source) or "tasks.md"
        told = f"Ticked: {ticked.text}. To take that back, clear its box in {place}."
        dialogue.talk.note(f"{told} {change_words(ticked)}".strip())


async def pause(dialogue: Dialogue, rest: str) -> None:
    state = await dialogue.call(wire.PauseSage(rest))
    dialogue.talk.note(
        f"Paused {state.words}. Nobody is answered; reminders that are due are told afterwards. /resume ends it."
    )


COMMANDS = (
    Command("today", go_to_today, "the day at a glance: F2", waits=False),
    Command("capture", capture, "keeps a line as a task, a reminder, a goal or a note: F8", "[WORDS]", waits=False),
    Command("agenda", show_agenda, "what is on, what collides, what is free", "[DAY]"),
    Command("brief", show_brief, "the morning: one focus, a few options, what is fixed"),
    Command("shutdown", partial(look_together, kind="shutdown"), "the evening: what was begun, and the rest"),
    Command("review", partial(look_together, kind="review"), "the week: is each goal still right?"),
    Command("focus", focus, "time for one thing, in which Sage proposes nothing", "[WORDS] [MINUTES] or stop"),
    Command("pause", pause, "nothing is said unasked: 2h, or until tomorrow at 9", "[HOW LONG]"),
)
