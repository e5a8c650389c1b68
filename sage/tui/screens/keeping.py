"""What the person answered, as a note to be told again: for whom, below which question; it is shown, and y keeps it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from msgspec.structs import replace
from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input, Static

from sage import wire
from sage.core.terminal_text import clean_line
from sage.tui.screens.panel import Panel

if TYPE_CHECKING:
    from sage.tui.screens.talk import Talk

KEYS = "Enter shows the note · Tab next line · Esc"
ASKED = "y keeps it · n does not"
ASKED_AT = 120


class Keeping(Panel[str]):
    """Keeps an answer. Returns what was done in a sentence, "" for nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "back", "Back"),
        Binding("y", "agree", "Keep"),
    ]

    def __init__(self, talk: Talk, reply: wire.ReplyShown) -> None:
        super().__init__("Keep it, to be told again?")
        self._talk, self._reply = talk, reply
        self._sent = bool(reply.corrections) or reply.state in ("approved", "edited")
        self._asked: wire.KeepAnswer | None = None
        """What was shown, and only needs a yes."""

    def fields(self) -> Iterable[Widget]:
        asked = " ".join(clean_line(self._reply.asked).split())
        yield Static(f"They asked: {asked[:ASKED_AT]}", classes="about", markup=False)
        yield self._line("question", "", "the question, in your own words")
        if not self._sent:
            yield self._line("answer", "", "what is right, in your own words")
        yield self._line("names", clean_line(", ".join(self._reply.audience)), "who may be told it")

    def _line(self, name: str, value: str, told: str) -> Input:
        return Input(value, placeholder=told, id=name, compact=True, select_on_focus=False)

    def on_mount(self) -> None:
        self._begin_again()

    def _begin_again(self) -> None:
        self._asked = None
        for line in self.query(Input):
            line.disabled = False
        self.set_focus(self.query_one("#question"))
        self.show(["Nothing is kept yet."])
        self.hint(KEYS)

    def action_back(self) -> None:
        if self._asked:
            self._begin_again()
        else:
            self.dismiss("")

    def action_agree(self) -> None:
        if self._asked:
            self.work(self._keep, self._asked)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        empty = next((line for line in self.query(Input) if not line.value.strip()), None)
        if empty:
            self.set_focus(empty)
            self.hint(f"{KEYS}. Still missing: {empty.placeholder}.")
        else:
            self.work(self._preview)

    async def _preview(self) -> None:
        typed = {line.id: line.value.strip() for line in self.query(Input)}
        names = tuple(dict.fromkeys(filter(None, map(str.strip, typed["names"].split(",")))))
        request = wire.KeepAnswer(self._reply.id, names, typed["question"], typed.get("answer", ""))
        shown = await self._talk.call(request)
        readers = ", ".join(shown.readers) or "nobody"
        self.show(
            [f"Into {shown.path}:", "", shown.text, f"Who may see it: {', '.join(shown.audience)} (now: {readers})"]
        )
        self._asked = replace(request, names=shown.audience, digest=shown.digest)
        for line in self.query(Input):
            line.disabled = True
        self.set_focus(self.query_one(".body"))
        self.hint(ASKED)

    async def _keep(self, request: wire.KeepAnswer) -> None:
        kept = await self._talk.call(request)
        self.dismiss(f"Kept in {kept.path}. It is yours to edit.")
