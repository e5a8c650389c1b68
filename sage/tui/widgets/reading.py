"""A text that is read: the transcript's rows, from the top, with the searched words marked."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType

from sage.core.hit_words import matches
from sage.tui.widgets.entry import Entry
from sage.tui.widgets.entry_column import Spot
from sage.tui.widgets.ink import Line
from sage.tui.widgets.transcript import Transcript


class Reading(Transcript):
    """Shows entries from one of them on, and marks words in them."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"reading--match"}
    DEFAULT_CSS = "Reading > .reading--match { color: $text-accent; text-style: bold; }"

    def __init__(self, *, placeholder: str = "", id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        self._stems: frozenset[str] = frozenset()
        self._first = Spot(0, 0, 0)
        super().__init__(placeholder=placeholder, id=id, classes=classes)

    def show(self, entries: Iterable[Entry], at: int = 0, stems: frozenset[str] = frozenset()) -> None:
        """Show these entries, number `at` at the top; words with these stems are marked."""
        self._stems, self._first = stems, Spot(at, 0, 0)
        self.load(entries)
        self._begin_there()

    def say(self, text: str) -> None:
        """Nothing is there to read; `text` says why, or what to do."""
        self.show([Entry("notice", text)] if text else [])

    def on_resize(self) -> None:
        """The first width comes after the first entries."""
        begins = not self._width
        super().on_resize()
        if begins:
            self._begin_there()

    def _begin_there(self) -> None:
        if self._width and self._entries:
            self._settle(self._first, 0)
            self.following = self._top >= self.max_scroll_y

    def _segments(self, line: Line, code: int) -> list[Segment]:
        segments = super()._segments(line, code)
        if not self._stems:
            return segments
        spans = matches("".join(segment.text for segment in segments), self._stems)
        return _overlaid(segments, spans, self.get_component_rich_style("reading--match", partial=True))


class Pages(Reading, inherit_bindings=False):
    """A text beside keys that decide: only the keys that move are its own."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_up", "Up", show=False),
        Binding("down", "scroll_down", "Down", show=False),
        Binding("home", "scroll_home", "To the first", show=False),
        Binding("end", "scroll_end", "To the last", show=False),
    ]


def _overlaid(segments: list[Segment], spans: list[tuple[int, int]], style: Style) -> list[Segment]:
    """The segments with `style` over some spans of their text."""
    pieces: list[Segment] = []
    at = 0
    for text, own, _ in segments:
        cuts = sorted({0, len(text), *(max(0, min(len(text), edge - at)) for span in spans for edge in span)})
        for left, right in itertools.pairwise(cuts):
            inside = any(start <= at + left < end for start, end in spans)
            pieces.append(Segment(text[left:right], (own or Style()) + style if inside else own))
        at += len(text)
    return pieces
