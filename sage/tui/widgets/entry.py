"""One entry of the transcript, and its rows: the text, who answered, and the sources that unfold below it."""

from __future__ import annotations

from typing import Literal, NamedTuple

from sage.core.terminal_text import clean, clean_line
from sage.tui.widgets.ink import CITATION, EMPTY_LINE, MARK, NOTICE, PERSON, PLAIN, QUIET, QUOTE, Line

Role = Literal["user", "assistant", "found", "notice", "error", "outgoing", "quoted"]

_BELOW = 1 << 19
"""The number, as a block, of the first line below the text."""


class SourceLine(NamedTuple):
    """A source of an answer: its number, its place (such as `Home.md#Home:1`) and its first words."""

    number: int
    place: str
    excerpt: str = ""


class Entry(NamedTuple):
    """One turn of the person or of Sage, a notice or an error.

    An assistant's text and a passage that was found are Markdown; all others are shown as they were written. `footer`
    says who answered, for example, and what it cost. What is `outgoing` is to be sent as it stands; what is `quoted` are words of
    a note.
    """

    role: Role
    text: str
    footer: str = ""
    sources: tuple[SourceLine, ...] = ()


class Row(NamedTuple):
    """A row of an entry: its line, and the block and number by which it is found again at another width."""

    line: Line
    block: int
    number: int

    @property
    def is_text(self) -> bool:
        """Whether the row belongs to the text, rather than to what stands below it."""
        return self.block < _BELOW


def estimated_height(entry: Entry, width: int) -> int:
    """About how many rows an entry takes, found without reading its text."""
    text = entry.text
    rows = 1 + text.count("\n") + int(len(text) * 1.04) // width
    return rows + _rows_below(entry) + 1


def _rows_below(entry: Entry) -> int:
    return bool(entry.footer or entry.sources) + bool(entry.footer) + bool(entry.sources)


class EntryView:
    """The rows of one entry at one width, an empty one at the end included."""

    def __init__(self, entry: Entry, width: int, *, unfolded: bool = False, live: bool = False) -> None:
        # What lays text out is loaded with the first entry, after the app's first paint.
        from sage.tui.widgets.document import Document

        self._entry = entry
        self._unfolded = unfolded
        self._live = live
        if live:
            self.document = Document.of_markdown(width)
        elif entry.role in ("assistant", "found"):
            self.document = Document.of_markdown(width, clean(entry.text))
        else:
            tone = {"user": PERSON, "notice": NOTICE, "quoted": QUOTE}.get(entry.role, PLAIN)
            self.document = Document.of_plain(width, clean(entry.text), tone)
        self._below = self._lines_below()

    @property
    def height(self) -> int:
        """All rows, some of them perhaps estimated."""
        return self.document.height + len(self._below)

    @property
    def sources_row(self) -> int | None:
        """The row that folds and unfolds the sources."""
        if not self._entry.sources:
            return None
        return self.document.height + 1

    def feed(self, text: str) -> int:
        """More text of a live entry; the first row that changed."""
        row = self.document.feed(text)
        if self._below and self._below[0] is not EMPTY_LINE:
            self._below = self._lines_below()
        return row

    def finish(self, entry: Entry) -> int:
        """The live entry is complete; the first row that changed."""
        row = self.document.close()
        self._entry, self._live = entry, False
        self._below = self._lines_below()
        return row

    def fold(self, *, unfolded: bool) -> None:
        """Show the sources, or only how many there are."""
        self._unfolded = unfolded
        self._below = self._lines_below()

    def set_width(self, width: int) -> None:
        """Wrap at another width."""
        self.document.set_width(width)
        self._below = self._lines_below()

    def at(self, row: int) -> Row:
        """The line at a row of the entry."""
        if row < self.document.height:
            return Row(*self.document.at(row))
        number = row - self.document.height
        return Row(self._below[number] if number < len(self._below) else EMPTY_LINE, _BELOW, number)

    def row_of(self, block: int, number: int) -> int:
        """The row of a line, by its block and number; the nearest one there is."""
        if block >= _BELOW:
            return self.document.height + min(number, len(self._below) - 1)
        return self.document.row_of(block, number)

    def _lines_below(self) -> list[Line]:
        entry, width = self._entry, self.document.width
        if self._live and not self.document.height:
            return [_quiet("…", width), EMPTY_LINE]
        lines: list[Line] = []
        if entry.sources or entry.footer:
            lines.append(EMPTY_LINE)
        if entry.sources:
            count = len(entry.sources)
            words = "1 source" if count == 1 else f"{count} sources"
            lines.append(_quiet(("▾ " if self._unfolded else "▸ ") + words, width))
            if self._unfolded:
                lines += [_source_line(source, width) for source in entry.sources]
        if entry.footer:
            lines.append(_quiet(clean_line(entry.footer), width))
        lines.append(EMPTY_LINE)
        return lines


def _quiet(text: str, width: int) -> Line:
    from sage.tui.widgets.wrapping import fit, width_of

    text = fit(text, width)
    return Line(((text, QUIET),), width_of(text))


def _source_line(source: SourceLine, width: int) -> Line:
    from sage.tui.widgets.wrapping import fit, width_of

    number = f"  [{source.number}] "
    place = fit(clean_line(source.place), width - len(number))
    excerpt = " ".join(clean_line(source.excerpt).split())
    room = width - len(number) - width_of(place) - 2
    shown = "  " + fit(excerpt, room) if excerpt and room > 8 else ""
    parts = ((number, CITATION), (place, MARK), (shown, QUIET))
    return Line(parts, width_of(number + place + shown), 2)
