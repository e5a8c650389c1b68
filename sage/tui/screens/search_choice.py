"""A list to choose from that narrows as one types; Ctrl+R turns to another list."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option as ListOption

from sage.core.errors import SageError
from sage.core.terminal_text import clean
from sage.tui.screens.choice import Choice, Option, prompt_of


@dataclass(frozen=True)
class Search:
    """One list: `load` gets what was typed; `nothing` is told where it finds none."""

    title: str
    load: Callable[[str], Awaitable[Sequence[Option]]]
    nothing: str


class SearchChoice(Choice):
    """Returns the id that was chosen, or "" when it was skipped. What comes too late is not shown."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False, priority=True),
        Binding("down", "move(1)", "Down", show=False, priority=True),
        Binding("ctrl+r", "turn", "The other list", show=False, priority=True),
    ]

    def __init__(self, first: Sequence[Option], *searches: Search) -> None:
        super().__init__(searches[0].title, first)
        self._searches, self._place = searches, 0

    def compose(self) -> ComposeResult:
        with Vertical(classes="panel"):
            yield Static(clean(self._title), classes="title", markup=False)
            yield Input(placeholder="words to search for")
            yield OptionList()
            yield Static("", classes="hint", markup=False)

    def on_mount(self) -> None:
        self._show(self._options)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self.run_worker(self._find(event.value.strip()), exclusive=True, exit_on_error=False)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.query_one(OptionList).action_select()

    def action_move(self, step: int) -> None:
        """Chooses the one above or below, while the cursor stays in the words."""
        found = self.query_one(OptionList)
        (found.action_cursor_down if step > 0 else found.action_cursor_up)()

    def action_turn(self) -> None:
        """Turns to the other list, with the same words."""
        self._place = (self._place + 1) % len(self._searches)
        self.query_one(".title", Static).update(clean(self._searches[self._place].title))
        self.run_worker(self._find(self.query_one(Input).value.strip()), exclusive=True, exit_on_error=False)

    async def _find(self, words: str) -> None:
        try:
            self._show(await self._searches[self._place].load(words))
        except SageError as error:
            self.query_one(".hint", Static).update(clean(f"{error} Esc goes back."))

    def _show(self, options: Sequence[Option]) -> None:
        self._options = options
        found = self.query_one(OptionList)
        found.clear_options()
        found.add_options(ListOption(prompt_of(option), id=str(place)) for place, option in enumerate(options))
        found.highlighted = 0 if options else None
        others = [each.title for place, each in enumerate(self._searches) if place != self._place]
        keys = " · ".join(["Enter chooses", *(f"Ctrl+R: {title}" for title in others), "Esc skips"])
        self.query_one(".hint", Static).update(
            clean(keys if options else f"{self._searches[self._place].nothing} {keys}")
        )
