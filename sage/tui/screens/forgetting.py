"""Forgetting in the app: what would go is shown before it goes, and what has gone can come back until it is purged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import OptionList, Static

from sage import wire
from sage.core.forgetting import forgetting
from sage.core.forgetting.forgetting_words import line_of, preview_lines, purged_lines
from sage.core.passages import Hit
from sage.core.terminal_text import clean_line
from sage.tui.hit_scopes import scope_row, scopes_of
from sage.tui.screens.panel import Panel

if TYPE_CHECKING:
    from sage.tui.screens.talk import Talk

YES, YES_AND_EDIT = (
    "y forgets it",
    "e forgets it and edits your file as shown · y leaves your file, where it is still found",
)


class Forgetting(Panel[forgetting.Forgetting | None]):
    """Asks what of a result is to be forgotten and shows all that goes with it. Returns what was forgotten, if it was."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "leave", "Not"),
        Binding("tab", "scope", "What", priority=True),
        Binding("y", "agree(False)", "Forget"),
        Binding("e", "agree(True)", "Forget and edit"),
    ]

    def __init__(self, talk: Talk, hit: Hit) -> None:
        super().__init__("Forget this?")
        self._talk, self._place = talk, 0
        self._scopes = [scope for scope in scopes_of(hit) if scope.name]
        self._preview: forgetting.Preview | None = None
        """What is shown: a yes is bound to it."""

    def fields(self) -> Iterable[Widget]:
        yield Static(id="scopes", markup=False)

    def on_mount(self) -> None:
        self.set_focus(self.query_one(".body"))
        self.action_scope(0)

    def action_leave(self) -> None:
        self.dismiss(None)

    def action_scope(self, by: int = 1) -> None:
        self._place = (self._place + by) % len(self._scopes)
        self.query_one("#scopes", Static).update(scope_row(self._scopes, self._place))
        self.work(self._look)

    def action_agree(self, edit: bool) -> None:
        if self._preview and (self._preview.edits or not edit):
            self.work(self._forget, self._preview, edit)

    @property
    def _target(self) -> forgetting.Target:
        return forgetting.Target((self._scopes[self._place].name,))

    async def _look(self) -> None:
        self._preview = None
        self.hint("looking at all that it stands in … · Esc not")
        preview = await self._talk.call(wire.PreviewForgetting(self._target))
        self.show(preview_lines(preview, "e makes this edit"))
        self._preview = preview
        other = " · Tab another part" if len(self._scopes) > 1 else ""
        can_edit = any(edit.difference for edit in preview.edits)
        self.hint(f"{YES_AND_EDIT if can_edit else YES}{other} · n not")

    async def _forget(self, preview: forgetting.Preview, edit: bool) -> None:
        self.hint("taking it out …")
        done = await self._talk.call(wire.Forget(self._target, preview.digest, edit))
        self.dismiss(done)


class Forgotten(Panel[str]):
    """What was forgotten and can still come back. Returns what was done in a sentence, "" for nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "leave", "Back"),
        Binding("u", "give_back", "Give back"),
        Binding("p", "purge", "For good"),
        Binding("y", "agree", "Yes"),
    ]

    def __init__(self, talk: Talk, waiting: Sequence[forgetting.Forgetting]) -> None:
        super().__init__("Forgotten, and not yet gone for good")
        self._talk, self._waiting = talk, waiting
        self._asked: forgetting.Forgetting | None = None
        """What a yes would purge."""
        self._done = ""

    def fields(self) -> Iterable[Widget]:
        yield OptionList(*(Text(clean_line(line_of(each))) for each in self._waiting))

    def on_mount(self) -> None:
        self.set_focus(self.query_one(OptionList))
        self._show_keys()

    @property
    def _chosen(self) -> forgetting.Forgetting:
        return self._waiting[self.query_one(OptionList).highlighted or 0]

    def _show_keys(self) -> None:
        self._asked = None
        self.show(_waiting_lines(self._chosen))
        self.hint("u gives it back · p removes it for good · Esc")

    def action_leave(self) -> None:
        if self._asked:
            self._show_keys()
        else:
            self.dismiss(self._done)

    @on(OptionList.OptionHighlighted)
    def _moved(self) -> None:
        if not self._done:
            self._show_keys()

    @on(OptionList.OptionSelected)
    def action_give_back(self) -> None:
        if not self._done:
            self.work(self._give_back, self._chosen)

    def action_purge(self) -> None:
        if not self._done:
            self._asked = self._chosen
            self.show(["Remove it for good? It goes from every file, index, backup and log of Sage's own.",
                       "There is no way back."])  # fmt: skip
            self.hint("y removes it for good · n does not")

    def action_agree(self) -> None:
        if self._asked:
            self.work(self._purge, self._asked)

    async def _give_back(self, one: forgetting.Forgetting) -> None:
        self.hint("giving it back …")
        await self._talk.call(wire.UndoForgetting(one.id))
        self.dismiss("It is all back as it was.")

    async def _purge(self, one: forgetting.Forgetting) -> None:
        def show(event: Any) -> None:
            if isinstance(event, forgetting.PurgeStep):
                self.hint(f"{event.step} …")

        self._asked = None
        self.hint("removing it for good …")
        purged = await self._talk.call(wire.PurgeForgotten(one.id), show)
        self._done = _gone(purged.proof)
        self.show(purged_lines(purged))
        self.hint("Esc goes back")


def _waiting_lines(one: forgetting.Forgetting) -> list[str]:
    return [f"Waiting for your edit: {path} still has the words." for path in one.waiting]


def _gone(proof: forgetting.Proof) -> str:
    """What a purge came to."""
    if proof.leaks:
        return f"Not all of it is gone: {proof.leaks[0].place} still holds {proof.leaks[0].why}."
    if proof.standing:
        names = ", ".join(place.place.rpartition("/")[2] for place in proof.standing)
        return f"It is gone for good from what is Sage's own; its words still stand in {names}."
    return "It is gone for good."
