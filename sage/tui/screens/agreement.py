"""Something that is done with a yes alone: what it changes stands there, and y does it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from sage.tui.screens.panel import Panel
from sage.tui.widgets.approval import GRACE


class Agreement(Panel[bool]):
    """Returns whether the person said yes. A key that was meant for something else a moment ago does not."""

    AUTO_FOCUS = ".body"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "agree", "Yes"),
        Binding("escape,n", "decline", "No"),
    ]

    def __init__(self, title: str, lines: Sequence[str], yes: str) -> None:
        super().__init__(title)
        self._lines, self._yes = lines, yes
        self._shown_at = time.monotonic()

    def on_mount(self) -> None:
        self.show(self._lines)
        self.hint(f"y {self._yes} · n, Esc leaves it as it is")
        self._shown_at = time.monotonic()

    def action_agree(self) -> None:
        if time.monotonic() - self._shown_at >= GRACE:
            self.dismiss(True)

    def action_decline(self) -> None:
        self.dismiss(False)
