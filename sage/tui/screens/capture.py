"""One line, kept from anywhere: what it becomes is said before Enter; Escape leaves it as it stands, for the next time."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static, TextArea

from sage.core.capturing import KINDS, CaptureKind, read_jotted
from sage.core.errors import BadInput
from sage.core.terminal_text import clean_line
from sage.tui.screens import STYLES
from sage.tui.screens.over import Over
from sage.tui.widgets.composer import Composer

if TYPE_CHECKING:
    from sage.tui.app import SageApp
    from sage.tui.capturing import Captures


class Capture(Over[None]):
    """`captures` keeps what is sent, and the words of a line that was left."""

    CSS_PATH = STYLES
    AUTO_FOCUS = "Composer"
    DEFAULT_CSS = """
    Capture Vertical { height: auto; max-height: 12; background: $surface; padding: 0 1; }
    Capture Composer { max-height: 8; }
    Capture #becomes, Capture #last { height: 1; padding: 0 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "kind(1)", "Another kind", priority=True),
        Binding("shift+tab", "kind(-1)", "The kind before", priority=True),
        Binding("ctrl+z", "undo", "Take the last one back", priority=True),
    ]
    app: SageApp

    def __init__(self, captures: Captures) -> None:
        super().__init__()
        self._captures = captures
        self._kind: CaptureKind | None = captures.kind

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static("", id="last", markup=False)
            yield Composer()
            yield Static("", id="becomes", markup=False)

    def on_mount(self) -> None:
        composer = self.query_one(Composer)
        composer.load_text(self._captures.draft)
        composer.move_cursor(composer.document.end)
        last = self.query_one("#last", Static)
        last.update(clean_line(self._captures.told))
        last.display = bool(self._captures.told)
        self._show()

    @on(TextArea.Changed)
    def _changed(self) -> None:
        self._captures.draft = self.query_one(Composer).text
        self._show()

    def _show(self) -> None:
        """What Enter would keep."""
        text = self.query_one(Composer).text
        try:
            said = f"Enter keeps {read_jotted(text, datetime.now().astimezone(), self._kind).said}"
        except BadInput:
            named = f"a {self._kind}" if self._kind else "a task, a reminder, a note or a goal, as its words say"
            said = f"Keep a line: {named}"
        self.query_one("#becomes", Static).update(clean_line(f"{said} · Tab another kind · Esc leaves it"))

    def action_kind(self, by: int) -> None:
        """As its words say, or as the person says."""
        every: list[CaptureKind | None] = [None, *KINDS]
        self._kind = self._captures.kind = every[(every.index(self._kind) + by) % len(every)]
        self._show()

    def action_undo(self) -> None:
        """In an empty line: the last one that was kept. In one with words: what was typed."""
        composer = self.query_one(Composer)
        if composer.text:
            composer.undo()
        elif self._captures.last:
            self._captures.take_back()
            self.action_leave()

    @on(Composer.Sent)
    def _sent(self, event: Composer.Sent) -> None:
        event.stop()
        self._captures.draft, self._captures.kind = "", None
        self.dismiss(None)
        self._captures.keep(event.text, self._kind)

    @on(Composer.Pasted)
    def _pasted(self, event: Composer.Pasted) -> None:
        event.stop()

    @on(Composer.SentNothing)
    @on(Composer.Stop)
    def _stop(self, event: Composer.Stop | Composer.SentNothing) -> None:
        event.stop()
        self.action_leave()

    def action_leave(self) -> None:
        self.dismiss(None)
