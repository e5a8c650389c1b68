"""Who may see a result: names are typed, what would become visible is shown, and y shares it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Static

from sage import wire
from sage.core.passages import Hit
from sage.core.sharing import ShareChange, ShareHow
from sage.core.sharing_words import change_done, effects
from sage.core.terminal_text import clean_line
from sage.tui.hit_scopes import scope_row, scopes_of
from sage.tui.screens.panel import Panel

if TYPE_CHECKING:
    from sage.tui.screens.talk import Talk

KEYS = "Enter shares · no name: only you · Tab more of it · Ctrl+L as what is around it · Esc"
ASKED = "y shares it · n does not"
PAUSE = 0.15
"""Seconds without a key after which the effects are shown."""


class Sharing(Panel[str]):
    """Puts a label on a result or what it is a part of. Returns what was done in a sentence, "" for nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "back", "Back"),
        Binding("tab", "scope", "What", priority=True),
        Binding("ctrl+l", "clear", "As what is around it", priority=True),
        Binding("y", "agree", "Share"),
    ]

    def __init__(self, talk: Talk, hit: Hit) -> None:
        super().__init__("Who may see it?")
        self._talk, self._scopes, self._place = talk, scopes_of(hit), 0
        self._names = clean_line(", ".join(name for name in hit.audience if name != "private"))
        self._asked: wire.Share | None = None
        self.undo: wire.Share | None = None
        """Puts the label back that was there before, once another one was put."""
        self._pause: Timer | None = None

    def fields(self) -> Iterable[Widget]:
        yield Static(id="scopes", markup=False)
        yield Input(
            self._names,
            placeholder="people or circles, with commas between, or public",
            compact=True,
            select_on_focus=False,
        )

    def on_mount(self) -> None:
        self.set_focus(self.query_one(Input))
        self._show_scopes()
        self.work(self._preview, self._request("set"))

    def action_back(self) -> None:
        if self._asked:
            self._edit_again()
            self.work(self._preview, self._request("set"))
        else:
            self.dismiss("")

    def action_scope(self) -> None:
        self._edit_again()
        self._place = (self._place + 1) % len(self._scopes)
        self._show_scopes()
        self.work(self._preview, self._request("set"))

    def action_clear(self) -> None:
        self.work(self._ask, self._request("clear"))

    def action_agree(self) -> None:
        if self._asked:
            self.work(self._share, self._asked)

    @on(Input.Changed)
    def _typed(self) -> None:
        if self._pause:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, lambda: self.work(self._preview, self._request("set")))

    @on(Input.Submitted)
    def _submitted(self) -> None:
        if self._pause:
            self._pause.stop()
        self.work(self._ask, self._request("set"))

    def _request(self, how: ShareHow) -> wire.Share:
        typed = self.query_one(Input).value
        names = tuple(dict.fromkeys(filter(None, map(str.strip, typed.split(","))))) if how == "set" else ()
        return wire.Share(self._scopes[self._place].target, how, names, preview=True)

    async def _preview(self, request: wire.Share) -> None:
        self._show_change(await self._talk.call(request))

    async def _ask(self, request: wire.Share) -> None:
        """What lets somebody see more waits for a yes; all else is done at once."""
        change = await self._talk.call(request)
        self._show_change(change)
        if not change.widens:
            await self._share(request)
            return
        self._asked = request
        self.query_one(Input).disabled = True
        self.set_focus(self.query_one(".body"))
        self.hint(ASKED)

    async def _share(self, request: wire.Share) -> None:
        change = await self._talk.call(wire.Share(request.target, request.how, request.names, request.folder))
        names = tuple(name for name in change.was or () if name != "private")
        self.undo = wire.Share(request.target, "clear" if change.was is None else "set", names)
        self.dismiss(f"{change_done(change)} u takes that back.")

    def _show_change(self, change: ShareChange) -> None:
        lines = [*change.hints, *effects(change, "would see", "would no longer see")]
        self.show(lines or ["Nothing would change."])

    def _edit_again(self) -> None:
        self._asked = None
        line = self.query_one(Input)
        line.disabled = False
        self.set_focus(line)
        self._show_scopes()

    def _show_scopes(self) -> None:
        self.query_one("#scopes", Static).update(scope_row(self._scopes, self._place))
        self.hint(KEYS)
