"""An approval: exactly what would be done, and one key to allow it or not."""

from __future__ import annotations

import time
from typing import ClassVar

from rich.text import Text
from textual.binding import BindingType
from textual.message import Message
from textual.widget import Widget

from sage.core.terminal_text import clean
from sage.core.turns import ApprovalNeeded

GRACE = 0.6
"""Seconds in which no key decides, so that a key meant for the text does not."""


class Approval(Widget, can_focus=True):
    """Asks for one decision. `y` allows, `n` or Escape does not; Enter decides nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [("y", "decide(True)", "Do it"), ("n,escape", "decide(False)", "Not")]

    class Decided(Message):
        """The person has decided."""

        def __init__(self, request: ApprovalNeeded, granted: bool) -> None:
            super().__init__()
            self.request, self.granted = request, granted

    def __init__(self, request: ApprovalNeeded) -> None:
        super().__init__()
        self.request = request
        self._shown_at = time.monotonic()

    def render(self) -> Text:
        lines = [self.request.why, f"{self.request.tool}"]
        lines += [f"  {name}: {value}" for name, value in self.request.arguments.items()]
        text = Text(clean("\n".join(lines)))
        text.append("\n y ", style="reverse bold")
        text.append(" do it   ")
        text.append(" n ", style="reverse bold")
        text.append(" do not")
        return text

    def action_decide(self, granted: bool) -> None:
        if time.monotonic() - self._shown_at >= GRACE:
            self.post_message(self.Decided(self.request, granted))
