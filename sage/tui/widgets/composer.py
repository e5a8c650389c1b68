"""Where the person writes: Enter sends, Shift+Enter or Ctrl+J begins a new line, and up and down at the edges of the
text go through what was sent before. What is pasted is sent as it was, however long; a long text is
folded to one line meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea

from sage.core.terminal_text import clean
from sage.tui.widgets.folds import Folds

_NEW_LINE_KEYS = frozenset(("shift+enter", "ctrl+j", "alt+enter", "ctrl+enter"))
_LIST_KEYS = {"up": "up", "down": "down", "tab": "take", "enter": "take", "escape": "close"}
_LEFT_TO_OTHERS = frozenset(("cursor_page_up", "cursor_page_down"))
"""Actions of a text area whose keys belong to the transcript here."""


class Composer(TextArea, inherit_bindings=False):
    """A few lines of text, sent by Enter."""

    DEFAULT_CSS = """
    Composer {
        height: auto;
        max-height: 10;
        border: round $foreground 20%;
        background: $background;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        &:focus { border: round $primary 60%; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            binding
            for binding in TextArea.BINDINGS
            if isinstance(binding, Binding) and binding.action not in _LEFT_TO_OTHERS
        ),
        Binding("escape", "stop", "Stop", show=False),
    ]

    class Sent(Message):
        """The person sent a text."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Pasted(Message):
        """A text was pasted, and stands there."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class SentNothing(Message):
        """The person pressed Enter, and nothing was written."""

    class TakenBack(Message):
        """What was sent and waits shall be written on."""

    takes_back = False
    """Whether something that was sent waits, and comes back by Up where nothing is written."""

    class ListKey(Message):
        """A key for the list above, which is open: `up`, `down`, `take` or `close`."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class BackspaceAtStart(Message):
        """The person pressed Backspace, and nothing is written."""

    is_completing = False
    """Whether a list of what could be meant is open above."""

    class Stop(Message):
        """The person pressed Escape."""

    def __init__(self, *, placeholder: str = "", id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(placeholder=placeholder, highlight_cursor_line=False, id=id, classes=classes)
        self._folds = Folds()
        self._sent: list[str] = []
        self._place = 0
        self._draft = ""

    def on_unmount(self) -> None:
        """Textual tells the app's theme to every text field that there ever was, and so would keep them all (half a MB each)."""
        watchers = getattr(self.app, "__watchers", {}).get("theme", [])
        watchers[:] = [watcher for watcher in watchers if watcher[0] is not self]

    def load_history(self, texts: Iterable[str]) -> None:
        """What was sent before all that was sent here, oldest first."""
        earlier = list(texts)
        self._sent = [*earlier, *self._sent]
        self._place += len(earlier)

    def remember(self, text: str) -> None:
        """Add a text to what was sent."""
        if text and (not self._sent or self._sent[-1] != text):
            self._sent.append(text)
        self._place = len(self._sent)

    @property
    def whole_text(self) -> str:
        """What is written, with what is folded in it."""
        return self._folds.whole(self.text)

    def _fold_here(self) -> tuple[tuple[int, int], tuple[int, int]] | None:
        """Where the fold at the cursor begins and ends; None if there is none."""
        row, column = self.cursor_location
        found = self._folds.at(self.document.get_line(row), column)
        return ((row, found[0]), (row, found[1])) if found else None

    def _change_fold(self, key: str) -> bool:
        """Tab opens the fold at the cursor, Backspace behind it takes it out; whether there was one."""
        place = self._fold_here()
        if place is None or (key == "backspace" and (self.cursor_location != place[1] or not self.selection.is_empty)):
            return False
        opened = self._folds.whole(self.get_text_range(*place)) if key == "tab" else ""
        self.move_cursor(self.replace(opened, *place).end_location)
        return True

    @property
    def before_cursor(self) -> str:
        """What stands before the cursor in its line."""
        row, column = self.cursor_location
        return self.document.get_line(row)[:column]

    def replace_before_cursor(self, start: int, text: str) -> None:
        """Puts a text in the place of what stands before the cursor from a column of its line on."""
        row, column = self.cursor_location
        result = self.replace(text, (row, start), (row, column))
        self.move_cursor(result.end_location)

    def action_send(self) -> None:
        """Send the text, if there is any."""
        text = clean(self.whole_text).strip("\n").rstrip()
        if not text.strip():
            self.post_message(self.SentNothing())
            return
        self.remember(text)
        self._draft = ""
        self.load_text("")
        self._folds.clear()
        self.post_message(self.Sent(text))

    def action_stop(self) -> None:
        """Stop what is running."""
        self.screen.clear_selection()
        self.post_message(self.Stop())

    async def on_key(self, event: events.Key) -> None:
        """The keys that a text area does not know, or uses otherwise."""
        if self.is_completing and event.key in _LIST_KEYS:
            self.post_message(self.ListKey(_LIST_KEYS[event.key]))
        elif event.key in ("tab", "backspace") and self._change_fold(event.key):
            pass
        elif event.key == "backspace" and not self.text:
            self.post_message(self.BackspaceAtStart())
        elif event.key == "enter":
            self.action_send()
        elif event.key in _NEW_LINE_KEYS:
            self.insert("\n")
        elif event.key == "up" and self.takes_back and not self.text:
            self.post_message(self.TakenBack())
        elif event.key == "up" and self.navigator.is_first_wrapped_line(self.cursor_location):
            self._recall(self._place - 1)
        elif event.key == "down" and self.navigator.is_last_wrapped_line(self.cursor_location):
            self._recall(self._place + 1)
        else:
            return
        event.stop()
        event.prevent_default()

    async def on_paste(self, event: events.Paste) -> None:
        """Insert what was pasted, without what only a terminal would read."""
        event.stop()
        event.prevent_default()
        text = clean(event.text)
        result = self.replace(self._folds.fold(text), *self.selection)
        self.move_cursor(result.end_location)
        self.post_message(self.Pasted(text))

    def _recall(self, place: int) -> None:
        if not 0 <= place <= len(self._sent) or place == self._place:
            return
        if self._place == len(self._sent):
            self._draft = self.text
        self._place = place
        self.load_text(self._draft if place == len(self._sent) else self._sent[place])
        self.move_cursor(self.document.end)
