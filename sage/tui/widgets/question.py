"""A question of Sage's own: one key answers, and Escape leaves it unanswered."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from textual import events
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Static

from sage.core.terminal_text import clean
from sage.tui.widgets.approval import GRACE
from sage.tui.widgets.keys import Keys

_ELSEWHERE = {"Shift+Tab": "to answer"}
"""What is shown while the cursor is elsewhere: then the letters belong to the text."""


class Question(Widget, can_focus=True):
    """Asks; `keys` are the letters that answer, each with what it means, and `escape` is what Escape means.

    `answered` gets the key, or "escape". Any other key does nothing.
    """

    def __init__(
        self, words: str, keys: Mapping[str, str], answered: Callable[[str], None], *, escape: str = "later"
    ) -> None:
        super().__init__()
        self._words, self._keys, self._answered, self._escape = words, keys, answered, escape
        self._shown_at = time.monotonic()

    def compose(self) -> ComposeResult:
        yield Static(clean(self._words), markup=False)
        yield Keys(_ELSEWHERE)

    def on_focus(self) -> None:
        """Keys that were meant for the text a moment ago do not answer."""
        self._shown_at = time.monotonic()
        self.query_one(Keys).show({**self._keys, "Esc": self._escape})

    def on_blur(self) -> None:
        self.query_one(Keys).show(_ELSEWHERE)

    def on_key(self, event: events.Key) -> None:
        if event.key not in self._keys and event.key != "escape":
            return
        event.stop()
        event.prevent_default()
        if time.monotonic() - self._shown_at >= GRACE:
            self._answered(event.key)
