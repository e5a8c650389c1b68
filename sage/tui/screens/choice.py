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
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option as ListOption

from sage.core.terminal_text import clean
from sage.tui.screens import STYLES
from sage.tui.screens.over import Over

_MOST, _PANEL = 16, 0.9
"""Lines of the list at most, and the panel's share of the screen, as in sage.tcss."""


@dataclass(frozen=True)
class Option:
    """One line of a choice: what it is, and a quieter line below it."""

    id: str
    label: str
    below: str = ""


class Choice(Over[str]):
    """Returns the id that was chosen, or "" when it was skipped. The list is as high as leaves its keys in sight.

    `unfolds`: the quieter lines are long, and only those of the option that is marked are shown.
    """

    CSS_PATH = STYLES
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "skip", "Skip")]

    def __init__(self, title: str, options: Sequence[Option], about: str = "", unfolds: bool = False) -> None:
        super().__init__()
        self._title, self._options, self._about, self._unfolds = title, options, about, unfolds

    def compose(self) -> ComposeResult:
        with Vertical(classes="panel"):
            yield Static(clean(self._title), classes="title", markup=False)
            if self._about:
                yield Static(clean(self._about), classes="about", markup=False)
            yield OptionList(
                *(
                    ListOption(prompt_of(option, whole=not self._unfolds), id=str(place))
                    for place, option in enumerate(self._options)
                )
            )
            yield Static("Enter chooses · Esc skips", classes="hint", markup=False)

    def on_resize(self) -> None:
        self.call_after_refresh(self._keep_keys_in_sight)

    def _keep_keys_in_sight(self) -> None:
        """Other parts of the panel keep their lines: what to press is never pushed out of it."""
        panel, listed = self.query_one(".panel"), self.query_one(OptionList)
        others = sum(one.outer_size.height for one in panel.children if one is not listed and not one.is_scrollable)
        room = int(self.size.height * _PANEL) - panel.gutter.height - others
        listed.styles.max_height = max(3, min(_MOST, room))

    @on(OptionList.OptionHighlighted)
    def _unfold(self, event: OptionList.OptionHighlighted) -> None:
        if not self._unfolds:
            return
        for place, option in enumerate(self._options):
            prompt = prompt_of(option, whole=place == event.option_index)
            event.option_list.replace_option_prompt_at_index(place, prompt)
        event.option_list.refresh(layout=True)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._options[event.option_index].id)

    def action_skip(self) -> None:
        self.dismiss("")


def prompt_of(option: Option, whole: bool = True) -> Text:
    """How an option stands in a list; its quieter line only in `whole`."""
    text = Text(clean(option.label))
    if option.below and whole:
        text.append("\n" + clean(option.below), style="dim")
    return text
