"""Who may see what a draft's hint names: names are typed, what would become visible is shown, and y shares it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input, Static

from sage import wire
from sage.core.sharing_words import change_done, effects
from sage.core.terminal_text import clean_line
from sage.tui.screens.panel import Panel

if TYPE_CHECKING:
    from sage.tui.screens.talk import Talk

KEYS = "Enter shows who would see what · Tab the passage, or its whole note · Esc"
ASKED = "y shares it · n does not"


class HintSharing(Panel[str]):
    """Shares one hint of a draft. Returns what was done in a sentence, "" for nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "back", "Back"),
        Binding("tab", "whole", "How much", priority=True),
        Binding("y", "agree", "Share"),
    ]

    def __init__(self, talk: Talk, reply: wire.ReplyShown, hint: int) -> None:
        super().__init__("Who may see it?")
        self._talk, self._reply, self._hint = talk, reply, hint
        self._note = False
        self._asked: wire.ShareHint | None = None
        """What was shown, and only needs a yes."""

    def fields(self) -> Iterable[Widget]:
        yield Static(classes="about", markup=False)
        yield Input(
            clean_line(", ".join(self._reply.audience)),
            placeholder="people or circles, with commas between",
            compact=True,
            select_on_focus=False,
        )

    def on_mount(self) -> None:
        self._begin_again()

    def _begin_again(self) -> None:
        """Nothing is asked: names can be typed."""
        self._asked = None
        what = "the whole note of" if self._note else "only"
        self.query_one(".about", Static).update(f"{what} {clean_line(self._reply.hints[self._hint - 1])}")
        line = self.query_one(Input)
        line.disabled = False
        self.set_focus(line)
        self.show(["Nothing is shared yet."])
        self.hint(KEYS)

    def action_back(self) -> None:
        if self._asked:
            self._begin_again()
        else:
            self.dismiss("")

    def action_whole(self) -> None:
        self._note = not self._note
        self._begin_again()

    def action_agree(self) -> None:
        if self._asked:
            self.work(self._share, self._asked)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.work(self._preview)

    async def _preview(self) -> None:
        typed = self.query_one(Input).value.split(",")
        names = tuple(dict.fromkeys(filter(None, map(str.strip, typed))))
        if not names:
            self.hint("Name somebody. Esc goes back.")
            return
        asked = wire.ShareHint(self._reply.id, names, self._hint, self._note)
        seen = await self._talk.call(asked)
        self.show(
            [*seen.change.hints, *effects(seen.change, "would see", "would no longer see")] or ["Nothing would change."]
        )
        self._asked = wire.ShareHint(asked.id, names, self._hint, self._note, seen.digest)
        self.query_one(Input).disabled = True
        self.set_focus(self.query_one(".body"))
        self.hint(ASKED)

    async def _share(self, request: wire.ShareHint) -> None:
        done = await self._talk.call(request)
        self.dismiss(f"{change_done(done.change)} The draft is made anew from what they may see.")
