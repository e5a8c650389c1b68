"""A list to choose from, with the keyboard or the mouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option as ListOption

from sage.core.terminal_text import clean


@dataclass(frozen=True)
class Option:
    """One line of a choice: what it is, and a quieter line below it."""

    id: str
    label: str
    below: str = ""


class Choice(ModalScreen[str]):
    """Returns the id that was chosen, or "" when it was skipped."""

    BINDINGS: ClassVar[list[BindingType]] = [("escape", "skip", "Skip")]

    def __init__(self, title: str, options: Sequence[Option], about: str = "") -> None:
        super().__init__()
        self._title, self._options, self._about = title, options, about

    def compose(self) -> ComposeResult:
        with Vertical(classes="panel"):
            yield Static(clean(self._title), classes="title", markup=False)
            if self._about:
                yield Static(clean(self._about), classes="about", markup=False)
            yield OptionList(
                *(ListOption(prompt_of(option), id=str(place)) for place, option in enumerate(self._options))
            )
            yield Static("Enter chooses · Esc skips", classes="hint", markup=False)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._options[event.option_index].id)

    def action_skip(self) -> None:
        self.dismiss("")


def prompt_of(option: Option) -> Text:
    """How an option stands in a list."""
    text = Text(clean(option.label))
    if option.below:
        text.append("\n" + clean(option.below), style="dim")
    return text
