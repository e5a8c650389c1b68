"""All that the palette offers: places, slash commands, keys of the place one is in, and what one may want to jump to."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.fuzzy import Matcher

from sage import wire
from sage.core.terminal_text import clean_line
from sage.tui.commands.command import Command
from sage.tui.commands.table import COMMANDS
from sage.tui.commands.table import KEYS as TALK_KEYS
from sage.tui.places import PLACES, SHEETS, TALK

if TYPE_CHECKING:
    from textual.screen import Screen

    from sage.tui.app import SageApp
    from sage.tui.screens.talk import Talk

KEY_NAMES = {
    "question_mark": "?",
    "escape": "Esc",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "enter": "Enter",
    "slash": "/",
}


class Deed(NamedTuple):
    """`key` does the same where it is not "". `about` says what it does."""

    title: str
    key: str
    about: str
    run: Callable[[], Any]


def key_name(key: str) -> str:
    """A key as it is told to people."""
    if key in KEY_NAMES:
        return KEY_NAMES[key]
    parts = key.split("+")
    return "+".join(part.title() if len(part) > 1 else part.upper() if len(parts) > 1 else part for part in parts)


def deeds_of(app: SageApp, screen: Screen[Any], talk: Talk) -> list[Deed]:
    """What can be done at once: first what the place one is in offers."""
    places = [Deed(f"Go to {place.label}", key_name(place.key) if place.key else "", place.about,
                   partial(app.go_to, place.id)) for place in (*PLACES, SHEETS)]  # fmt: skip
    return [*_keys_of(app, screen), *places, *_commands(app, talk), *_apps_own(app)]


def _keys_of(app: SageApp, screen: Screen[Any]) -> Iterator[Deed]:
    """The keys of a screen that do something there now."""
    told = keys_told(type(screen))
    for bound in screen._bindings.key_to_bindings.values():
        for one in bound:
            if one.show and one.description and one.key != "escape":
                name = key_name(one.key)
                run = partial(app.run_action, one.action, screen)
                yield Deed(one.description, name, told.get(name, "in this place"), run)


def _apps_own(app: SageApp) -> Iterator[Deed]:
    yield Deed("Quit", "Ctrl+Q", "leave Sage; reminders go on as long as its engine runs", app.exit)


def _commands(app: SageApp, talk: Talk) -> Iterator[Deed]:
    for command in COMMANDS.values():
        if command.words:
            title = f"/{command.name} {command.given}".rstrip()
            yield Deed(title, "", command.words, partial(_say, app, talk, command))


def _say(app: SageApp, talk: Talk, command: Command) -> None:
    """A command that may be given words gets its name typed in Talk; any other one runs."""
    app.go_to(TALK.id)
    if command.given:
        talk.write(f"/{command.name} ")
    else:
        talk.say(f"/{command.name}")


def keys_told(screen: type[Any]) -> dict[str, str]:
    """What the table of keys of a place says of each."""
    if screen.__name__ == TALK.label:
        return told_keys(TALK_KEYS)
    table = getattr(screen, "KEYS", "") or getattr(sys.modules[screen.__module__], "KEYS", "")
    return told_keys(table if isinstance(table, str) else "\n".join(table))


def told_keys(table: str) -> dict[str, str]:
    """What a table of keys (Markdown, or two columns) says of each: "1 2 3" and "e, D" are keys of one row."""
    told: dict[str, str] = {}
    for row in table.partition("\n\n")[0].splitlines():
        cells = [cell.strip() for cell in (row.strip().strip("|").split("|") if "|" in row else row.split("  ", 1))]
        if len(cells) == 2 and cells[0] != "key" and "---" not in cells[0]:
            told |= dict.fromkeys(cells[0].replace(",", " ").split(), cells[1])
    return told


async def jumps(app: SageApp, talk: Talk) -> list[Deed]:
    """Open tasks, goals and earlier talks, to jump to."""
    tasks, goals, talks = await asyncio.gather(
        talk.call(wire.ListTasks()), talk.call(wire.ListGoals()), talk.call(wire.ListConversations())
    )
    found = [Deed(clean_line(task.text), "", _line("task", task.due, task.source),
                  partial(_about, app, talk, task.text)) for task in tasks.tasks]  # fmt: skip
    found += [Deed(clean_line(goal.title), "", _line("goal", goal.why),
                   partial(_about, app, talk, goal.title)) for goal in goals.goals]  # fmt: skip
    found += [Deed(clean_line(one.title), "", _line("talk", one.last_at[:10]),
                   partial(_go_on, app, talk, one.id)) for one in talks.conversations]  # fmt: skip
    return found


def _line(*parts: str) -> str:
    return " · ".join(clean_line(part) for part in parts if part)


def _about(app: SageApp, talk: Talk, words: str) -> None:
    app.go_to(TALK.id)
    talk.write(f'About "{clean_line(words)}": ')


def _go_on(app: SageApp, talk: Talk, conversation: str) -> None:
    app.go_to(TALK.id)
    talk.go_on_with(conversation)


def best_first(deeds: Sequence[Deed], words: str) -> list[Deed]:
    """Those whose title has the typed letters in their order, best first; then those that say the words in what they do."""
    if not words.strip():
        return list(deeds)
    matcher, folded = Matcher(words.strip()), words.strip().casefold()
    scored = [(matcher.match(deed.title) or 0.01 * (folded in deed.about.casefold()), deed) for deed in deeds]
    return [deed for score, deed in sorted(scored, key=lambda one: -one[0]) if score > 0]
