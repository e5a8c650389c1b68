"""What a home can be told of its person, step by step: each says what it does and where it is kept, and can be left."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from sage import wire
from sage.core.errors import SageError
from sage.core.setting_words import shown_value
from sage.core.sharing_words import counted
from sage.locations import existing_path
from sage.tui.commands.upkeep import read_told
from sage.tui.screens.ask_line import AskLine
from sage.tui.screens.choice import Choice, Option
from sage.tui.screens.first_run import choose_model, choose_notes

if TYPE_CHECKING:
    from sage.tui.dialogue import Dialogue

Step = Callable[["Dialogue"], Awaitable[None]]


async def set_up(dialogue: Dialogue, step: str) -> None:
    """One step by its name, or a list of them with what is so now, until it is left."""
    if step:
        wanted = next((one for one in STEPS if one.startswith(step.casefold())), "")
        if not wanted:
            dialogue.talk.note(f"There is no step {step}. There are: {', '.join(STEPS)}.")
            return
        await STEPS[wanted](dialogue)
        return
    chosen = "model"
    while chosen:
        about = "Each can be left out, and told again at any time. Esc is done."
        chosen = await dialogue.talk.app.push_screen_wait(Choice("Set up Sage", await _listed(dialogue), about))
        if chosen:
            await STEPS[chosen](dialogue)


async def _listed(dialogue: Dialogue) -> list[Option]:
    """The steps with what is so now, and where that is kept."""
    setup = await dialogue.call(wire.ShowSetup())
    values = {one.key: one.value for one in (await dialogue.call(wire.ShowProfile())).settings}
    start, end = values["quiet_hours.start"], values["quiet_hours.end"]
    calendars, people = len(values["calendar.files"]), len(values["people"])
    kept = dialogue.talk.app.home.settings
    return [
        Option("model", "Who answers", f"{values['model.chain'][0]} · kept in {kept}, [model]"),
        Option(
            "notes",
            "Notes",
            f"{counted(len(setup.vaults), 'folder')} · they stay where they are; memory is in {setup.home}",
        ),
        Option("calendar", "Calendar", f"{counted(calendars, 'calendar')} · kept in {kept}, [calendar]"),
        Option("people", "People", f"{people or 'nobody'} so far · kept in {kept}, [people]"),
        Option("quiet hours", "Quiet hours", f"{start} to {end} · kept in {kept}, [quiet_hours]"),
    ]


async def _model(dialogue: Dialogue) -> None:
    await choose_model(dialogue.talk, dialogue.line)


async def _notes(dialogue: Dialogue) -> None:
    setup = await dialogue.call(wire.ShowSetup())
    await choose_notes(dialogue.talk, setup, partial(read_told, dialogue))


async def _calendar(dialogue: Dialogue) -> None:
    """One more calendar of files; accounts are set up in /plugins."""
    files = (await _value(dialogue, "calendar.files"))[:]
    about = (
        "A calendar file (.ics), or a folder of them: what stands there is in your agenda. It stays where it is and is "
    )
    about += "never written. Calendars of accounts: /plugins."
    about += f"\n\nNow: {', '.join(files)}" if files else ""

    async def keep(typed: str) -> str:
        there = existing_path(typed)
        if not there:
            return f"{typed} is not there."
        await _set(dialogue, "calendar.files", list(dict.fromkeys([*files, str(there)])))
        return ""

    await _ask(dialogue, "Which calendar shall I read?", about, "~/calendar.ics", keep)


async def _people(dialogue: Dialogue) -> None:
    about = (
        "Somebody whom you know, by name, then the circles that they are in, such as: Kim, work. They see nothing of "
    )
    about += "yours until you share it. Their addresses: sage contacts add."

    async def keep(typed: str) -> str:
        name, *circles = (part.strip() for part in typed.split(","))
        await dialogue.call(wire.AddContact(name, circles=tuple(filter(None, circles))))
        return ""

    await _ask(dialogue, "Whom do you know?", about, "Kim, work", keep)


async def _quiet(dialogue: Dialogue) -> None:
    start, end = await _value(dialogue, "quiet_hours.start"), await _value(dialogue, "quiet_hours.end")

    async def keep(typed: str) -> str:
        first, dash, last = (part.strip() for part in typed.replace("–", "-").partition("-"))
        if not dash:
            return "Two times with a dash between them, such as 22:00-08:00."
        await dialogue.call(wire.SetSetting("quiet_hours.start", shown_value(first)))
        try:
            await dialogue.call(wire.SetSetting("quiet_hours.end", shown_value(last)))
        except SageError:
            await dialogue.call(wire.UndoSetting())  # both or none
            raise
        return ""

    about = "When I propose nothing by myself. Reminders that you set come all the same."
    await _ask(dialogue, "When is it quiet?", about, "22:00-08:00", keep, f"{start}-{end}")


async def _ask(
    dialogue: Dialogue, title: str, about: str, example: str, keep: Callable[[str], Awaitable[str]], value: str = ""
) -> None:
    """Asks until it fits, or is left; what was typed stays, with what is wrong about it."""
    trouble = ""
    while True:
        asked = AskLine(title, about=f"{about}\n\n{trouble}" if trouble else about, example=example, value=value)
        value = await dialogue.talk.app.push_screen_wait(asked)
        if not value:
            return
        try:
            trouble = await keep(value)
        except SageError as error:
            trouble = str(error)
        if not trouble:
            return


async def _value(dialogue: Dialogue, key: str) -> Any:
    return next(one.value for one in (await dialogue.call(wire.ShowProfile())).settings if one.key == key)


async def _set(dialogue: Dialogue, key: str, value: Any) -> None:
    await dialogue.call(wire.SetSetting(key, shown_value(value)))


STEPS: dict[str, Step] = {
    "model": _model,
    "notes": _notes,
    "calendar": _calendar,
    "people": _people,
    "quiet hours": _quiet,
}
"""By name, in their order."""
