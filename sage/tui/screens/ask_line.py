"""Asks for one line of words."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from sage.core.terminal_text import clean, clean_line
from sage.tui.screens import STYLES
from sage.tui.screens.over import Over


class AskLine(Over[str]):
    """Returns what was typed, "" when the person left it; `value` stands there at first."""

    CSS_PATH = STYLES
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave", "Leave")]

    def __init__(self, title: str, *, about: str = "", example: str = "", value: str = "") -> None:
        super().__init__()
        self.title_words, self.example = title, example
        self._about, self._value = about, value

    def compose(self) -> ComposeResult:
        with Vertical(classes="panel"):
            yield Static(clean(self.title_words), classes="title", markup=False)
            if self._about:
                yield Static(clean(self._about), classes="about", markup=False)
            yield Input(clean_line(self._value), placeholder=clean(self.example), select_on_focus=False)
            yield Static("Enter takes it · Esc leaves it", classes="hint", markup=False)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        if event.value.strip():
            self.dismiss(event.value.strip())

    def action_leave(self) -> None:
        self.dismiss("")
