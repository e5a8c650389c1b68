"""The evening or the week, looked at together: one question at a time, one key an answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.text import Text
from textual import events, on
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Static

from sage import wire
from sage.core.rituals import Ritual, RitualAnswer, RitualChoice, RitualQuestion
from sage.core.terminal_text import clean
from sage.tui.screens.panel import Panel
from sage.tui.widgets.keys import Keys

if TYPE_CHECKING:
    from sage.tui.stage import Stage

TITLES = {"shutdown": "The evening", "review": "The week", "brief": "The morning"}


class RitualPanel(Panel[list[str]]):
    """Each answer is carried out at once, so that leaving loses nothing. Returns what was done, in words."""

    AUTO_FOCUS = ".body"

    def __init__(self, talk: Stage, ritual: Ritual) -> None:
        super().__init__(TITLES[ritual.kind])
        self._talk, self._ritual = talk, ritual
        self._left = list(ritual.questions)
        """What is still asked, the next one first."""
        self._done: list[str] = []
        self._writes: RitualChoice | None = None
        """The choice whose words are being typed."""
        self._busy = False

    def after(self) -> Iterable[Widget]:
        yield Static("", id="told", markup=False)
        yield Static("", id="asked", markup=False)
        yield Keys()
        yield Input()

    def on_mount(self) -> None:
        self.show(line.said for line in self._ritual.lines)
        self.query_one(Input).display = False
        self._ask()

    @property
    def _question(self) -> RitualQuestion:
        return self._left[0]

    def _ask(self) -> None:
        """The next question, or the end."""
        self._busy = False
        self._write(None)
        told, asked, keys = self.query_one("#told", Static), self.query_one("#asked", Static), self.query_one(Keys)
        told.update(clean("\n".join(self._done[-2:])))
        told.display = bool(self._done)
        keys.display = bool(self._left)
        if not self._left:
            asked.update(clean(self._ritual.goodbye))
            self.hint("Enter or Esc closes")
            return
        question = self._question
        text = Text(clean(question.text), style="bold")
        if question.note:
            text.append(f"\n{clean(question.note)}", style="not bold dim")
        asked.update(text)
        keys.show({choice.key: choice.label for choice in question.choices} | {"Enter": "leave it", "Esc": "end"})
        self.hint("Each answer counts at once. What you leave stays as it is.")

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            self._leave()
        elif self._writes or self._busy:
            return
        elif not self._left:
            if event.key == "enter":
                self.dismiss(self._done)
        elif event.key == "enter":
            self._left.pop(0)
            self._ask()
        else:
            choice = next((one for one in self._question.choices if one.key == event.key), None)
            if choice and choice.asks:
                event.stop()
                event.prevent_default()
                self._write(choice)
            elif choice:
                self._answer(choice, "")

    def _leave(self) -> None:
        """Out of the line that is typed, else out of the panel."""
        if self._writes:
            self._ask()
        else:
            self.dismiss(self._done)

    def _write(self, choice: RitualChoice | None) -> None:
        """Opens the line for a choice that needs words, or closes it."""
        field = self.query_one(Input)
        self._writes, field.display = choice, choice is not None
        if choice:
            field.value = ""
            field.focus()
            self.query_one("#asked", Static).update(clean(f"{self._question.text}\n{choice.asks}"))
            self.query_one(Keys).display = False
            self.hint("Enter takes it · Esc goes back")
        else:
            self.query_one(VerticalScroll).focus()

    @on(Input.Submitted)
    def _written(self, event: Input.Submitted) -> None:
        if self._writes and event.value.strip():
            self._answer(self._writes, event.value.strip())

    def _answer(self, choice: RitualChoice, words: str) -> None:
        self._busy = True
        self.work(self._carry_out, RitualAnswer(self._question.id, choice.deed, words))

    async def _carry_out(self, answer: RitualAnswer) -> None:
        try:
            done = await self._talk.call(wire.AnswerRitual(self._ritual.kind, (answer,)))
        finally:
            self._busy = False
        self._done += done.told
        self._left.pop(0)
        self._ask()
