"""The palette: everything that can be done or jumped to, found by a few letters. Enter does it, Esc leaves."""

from __future__ import annotations

from functools import partial
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input, Static

from sage.core.errors import SageError
from sage.core.search_words import read_search
from sage.core.terminal_text import clean_line
from sage.tui.findings import Found, find
from sage.tui.palette_deeds import Deed, best_first, deeds_of, jumps
from sage.tui.screens import STYLES
from sage.tui.screens.over import Over
from sage.tui.widgets.results import Item, Results

if TYPE_CHECKING:
    from sage.tui.app import SageApp
    from sage.tui.screens.talk import Talk

PAUSE = 0.12
"""Seconds without a key after which notes are searched."""
NOTES = 8
"""Passages that are looked for."""


class Palette(Over[Deed | None]):
    """Returns what was chosen, None for nothing."""

    CSS_PATH = STYLES
    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back"),
        Binding("down,ctrl+n", "move(1)", "Down", show=False, priority=True),
        Binding("up", "move(-1)", "Up", show=False, priority=True),
        Binding("pagedown", "page(1)", "On", show=False, priority=True),
        Binding("pageup", "page(-1)", "Back", show=False, priority=True),
    ]
    app: SageApp

    def __init__(self, place: Screen[Any], talk: Talk) -> None:
        super().__init__()
        self._place, self._talk = place, talk
        self._deeds: list[Deed] = []
        self._jumps: list[Deed] = []
        self._passages: list[Deed] = []
        self._shown: list[Deed] = []
        self._pause: Timer | None = None
        # Held, since the last letters may come to be listed after the palette was left.
        self._line = Input(placeholder="what do you want to do, or jump to?", compact=True)
        self._results = Results()

    def compose(self) -> ComposeResult:
        with Vertical(classes="panel"):
            yield self._line
            yield self._results
            yield Static("Enter does it · ↑↓ · Esc", classes="hint", markup=False)

    def on_mount(self) -> None:
        self._deeds = deeds_of(self.app, self._place, self._talk)
        self._list()
        self.run_worker(self._told(self._find_jumps()), name="jumps", exit_on_error=False)

    async def _find_jumps(self) -> None:
        self._jumps = await jumps(self.app, self._talk)
        self._list()

    async def _find_passages(self, words: str) -> None:
        found = await find(self._talk.call, read_search(words), NOTES, NOTES)
        self._passages = [
            Deed(
                clean_line(item.title), "", f"memory · {clean_line(item.text)}", partial(self.app.read_passage, one.hit)
            )
            for one in found.findings
            if isinstance(one, Found) and (item := one.item())
        ]
        self._list()

    async def _told(self, work: Any) -> None:
        try:
            await work
        except SageError as error:
            self.query_one(".hint", Static).update(clean_line(str(error)))

    @on(Input.Changed)
    def _typed(self) -> None:
        self._passages = []
        self._list()
        if self._pause:
            self._pause.stop()
        words = self._line.value.strip()
        if len(words) > 1 and not words.startswith("/") and self._talk.is_ready:
            self._pause = self.set_timer(PAUSE, partial(self._search, words))

    def _search(self, words: str) -> None:
        self.run_worker(
            self._told(self._find_passages(words)),
            group="passages",
            exclusive=True,
            name="passages",
            exit_on_error=False,
        )

    def _list(self) -> None:
        words = self._line.value
        jumps = self._jumps if words.strip() else []
        self._shown = [*best_first([*self._deeds, *jumps], words), *self._passages]
        if words.strip():
            search = partial(self.app.search_memory, words.strip())
            self._shown.append(
                Deed(f"Search memory for “{clean_line(words.strip())}”", "F5", "notes, talks and facts", search)
            )
        shown = self._shown
        self._results.show(len(shown), lambda place: Item(shown[place].title, shown[place].key, shown[place].about))

    def action_move(self, by: int) -> None:
        self._results.action_move(by)

    def action_page(self, by: int) -> None:
        self._results.action_move_page(by)

    @on(Input.Submitted)
    @on(Results.Opened)
    def _do(self) -> None:
        place = self._results.chosen
        if place < len(self._shown):
            self.dismiss(self._shown[place])

    def on_click(self, event: events.Click) -> None:
        if event.widget is self:
            self.dismiss(None)

    def action_leave(self) -> None:
        self.dismiss(None)


async def open_palette(app: SageApp, talk: Talk) -> None:
    """Shows the palette over the place one is in, and does what was chosen there."""
    deed = await app.push_screen_wait(Palette(app.screen, talk))
    done = deed.run() if deed else None
    if isawaitable(done):
        await done
