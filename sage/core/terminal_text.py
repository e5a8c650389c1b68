"""The one sanitizer: text from outside, made safe to show in a terminal.

Most text is plain and passes after one look; the patterns for all else are loaded when they are first needed, so that
the app's first paint does not wait for them. See `terminal_sequences` for what is removed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sage.core.terminal_sequences import SequenceCleaner

_MARKS = "…–—‘’“”→"
"""What Sage's own words and many notes have besides letters, and no terminal obeys."""


def clean(text: str) -> str:
    """The text as it may be shown. Idempotent; a text without anything to remove is returned as it is."""
    if _is_plain(text):
        return text
    from sage.core.terminal_sequences import clean_sequences

    return clean_sequences(text)


def clean_line(text: str) -> str:
    """The text cleaned for one line of the screen: newlines and tabs become spaces."""
    return clean(text).replace("\n", " ").replace("\t", " ")


def escape_json(text: str) -> str:
    """JSON in which nothing can steer a terminal: what JSON itself leaves as it is gets escaped too."""
    if _is_plain(text):
        return text
    import re

    steering = "[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
    return re.sub(steering, lambda found: f"\\u{ord(found[0]):04x}", text)


class Cleaner:
    """`clean` for text that arrives in pieces: the pieces it returns join to `clean` of the whole.

    What could be the beginning of a sequence, or needs its neighbour to be judged, waits for the next piece; `finish`
    returns what still waits.
    """

    def __init__(self) -> None:
        self._last = ""
        self._careful: SequenceCleaner | None = None

    def feed(self, piece: str) -> str:
        """The cleaned text that is certain after this piece."""
        if self._careful is None:
            if _is_plain(piece):
                self._last = piece[-1:] or self._last
                return piece
            from sage.core.terminal_sequences import SequenceCleaner

            self._careful = SequenceCleaner(self._last)
        return self._careful.feed(piece)

    def finish(self) -> str:
        """The rest of the text; the cleaner is then as new."""
        rest = self._careful.finish() if self._careful else ""
        self._careful, self._last = None, ""
        return rest


def _is_plain(text: str) -> bool:
    """Whether every character is a printable one below the combining marks, one of `_MARKS`, a newline or a tab."""
    if text and max(text) >= "\u0300":
        for mark in _MARKS:
            text = text.replace(mark, "")
    return not text or (max(text) < "\u0300" and text.replace("\n", "").replace("\t", "").isprintable())
