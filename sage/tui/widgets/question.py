"""A question of Sage's own: one key answers, and Escape leaves it unanswered."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from rich.text import Text
from textual import events
from textual.widget import Widget

from sage.core.terminal_text import clean
from sage.tui.widgets.approval import GRACE


class Question(Widget, can_focus=True):
    """Asks; `keys` are the letters that answer, each with what it means. Any other key does nothing."""

    def __init__(self, words: str, keys: Mapping[str, str], answered: Callable[[str], None]) -> None:
        super().__init__()
        self._words, self._keys, self._answered = words, keys, answered
        self._shown_at = time.monotonic()

    def render(self) -> Text:
        text = Text(clean(self._words) + "\n")
        for key, meaning in self._keys.items():
            text.append(f" {key} ", style="reverse bold")
            text.append(f" {meaning}   ")
        text.append(" Esc ", style="reverse")
        text.append(" later")
        return text

    def on_focus(self) -> None:
        """Keys that were meant for the text a moment ago do not answer."""
        self._shown_at = time.monotonic()

    def on_key(self, event: events.Key) -> None:
        if event.key not in self._keys and event.key != "escape":
            return
        event.stop()
        event.prevent_default()
        if time.monotonic() - self._shown_at >= GRACE:
            self._answered(event.key)
