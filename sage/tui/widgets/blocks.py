"""The blocks of a message and their lines at a width: paragraphs, code, tables, rules.

A block keeps the lines of its last width. A paragraph that grows keeps the lines that can no longer change; code and
tables come in blocks of a bounded size. So a change at the end costs the same however much stands before it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sage.tui.widgets.code_colours import colour
from sage.tui.widgets.ink import BLOCK, COMMENT, FRAME, ITALIC, PLAIN, Flow, Line, Parts, Span, Tone
from sage.tui.widgets.inline_markdown import close_marks, inline_flow, piece_end, plain_flow
from sage.tui.widgets.tables import Alignment, Frame, Row, frame_for, heading_lines, read_row, row_lines
from sage.tui.widgets.wrapping import Cut, chop, cut_lines, fit, is_narrow, parts_between, width_of

NARROWEST = 12
"""The least width of a block's text, in cells, however deep it is nested."""

_CODE_LINES, _CODE_LIMIT, _CODE_CHARACTERS, _CODE_PIECE = 12, 24, 3000, 1000
_FIRST_ROWS, _MORE_ROWS = 16, 12


class Place(NamedTuple):
    """Where a block stands: the decoration before its first and its further lines, and the empty line above, if any.

    The first `bare` characters of the decoration are left out of a copy.
    """

    first: Parts = ()
    rest: Parts = ()
    gap: Parts | None = None
    bare: int = 0

    def below(self) -> Place:
        """The place of a block that goes on right below this one."""
        return Place(self.rest, self.rest, None, self.bare)


class Block:
    """What all blocks share. `lines` are counted with the gap above; `mark` and `back` undo what was added since."""

    __slots__ = ("_lines", "_width", "place")

    def __init__(self, place: Place) -> None:
        self.place = place
        self._width = 0
        self._lines: list[Line] | None = None

    def lines(self, width: int) -> list[Line]:
        """The block's lines at a width in cells."""
        if self._lines is None or self._width != width:
            made = self._make(width)
            if self.place.gap is not None:
                gap = self.place.gap
                made = [Line(gap, _cells(gap), len(_text(gap))), *made]
            self._width, self._lines = width, made
        return self._lines

    def estimate(self, width: int) -> int:
        """About how many lines there will be, found without making them."""
        return len(self._lines or ()) or self._guess(width) + (self.place.gap is not None)

    def forget_lines(self) -> None:
        """The content or the width has changed."""
        self._lines = None

    def mark(self) -> Any:
        """The state that `back` returns to."""
        return None

    def back(self, mark: Any) -> None:
        """Undo what was added since the mark."""
        self.forget_lines()

    def _make(self, width: int) -> list[Line]:
        raise NotImplementedError

    def _guess(self, width: int) -> int:
        return 1


class Paragraph(Block):
    """Text that wraps. `add` may be called with any pieces of its Markdown (or of plain text)."""

    __slots__ = (
        "_cuts",
        "_made",
        "_narrow",
        "_pending",
        "_spans",
        "_steady",
        "_text",
        "_was_narrow",
        "plain",
        "tone",
        "writing",
    )

    def __init__(self, place: Place, tone: Tone = PLAIN, *, plain: bool = False) -> None:
        super().__init__(place)
        self.tone = tone
        self.plain = plain
        self.writing = False
        """Whether the last line is still being written, so that open marks are shown closed."""
        self._text, self._spans, self._narrow = "", [], True  # type: ignore[var-annotated]
        self._pending = ""
        self._cuts: list[Cut] = []
        self._made: list[Line] = []
        self._steady, self._was_narrow = 0, True

    @property
    def is_empty(self) -> bool:
        """Whether there is no text yet."""
        return not self._text and not self._pending

    @property
    def source(self) -> str | None:
        """The Markdown, while it is short."""
        return None if self._text else self._pending

    def add(self, source: str) -> None:
        """More text at the end."""
        self.forget_lines()
        self._pending += source
        while not self.plain and (end := piece_end(self._pending)[0]):
            flow = inline_flow(self._pending[:end], self.tone)
            self._pending = self._pending[end:]
            shift = len(self._text)
            self._spans += _shifted(flow, shift)
            self._text += flow.text
            self._narrow = self._narrow and is_narrow(flow.text)

    def retone(self, tone: Tone) -> None:
        """Give the whole text another tone, while its source is short."""
        self.tone = tone
        self._steady = 0
        self.forget_lines()

    def mark(self) -> Any:
        return len(self._text), len(self._spans), self._pending, self._narrow, self.tone, self.writing

    def back(self, mark: Any) -> None:
        length, spans, self._pending, self._narrow, tone, self.writing = mark
        self._steady = min(self._steady, length) if tone == self.tone else 0
        self.tone = tone
        self._text = self._text[:length]
        del self._spans[spans:]
        self.forget_lines()

    def _make(self, width: int) -> list[Line]:
        first, rest = self.place.first, self.place.rest
        indent = _cells(rest)
        room = max(NARROWEST, width - indent)
        tail = self._tail()
        text = self._text + tail.text
        narrow = self._narrow and is_narrow(tail.text)
        start, glue = self._keep(width, narrow)
        spans: list[Span] = self._spans + _shifted(tail, len(self._text))
        new = cut_lines(text, room, start=start, glue=glue, narrow=narrow)
        characters, bare = len(_text(rest)), self.place.bare
        for cut in new:
            margin = first if not self._made else rest
            parts = margin + parts_between(text, spans, cut.start, cut.end, self.tone)
            cells = _cells(margin) + (cut.end - cut.start if narrow else width_of(text[cut.start : cut.end]))
            self._made.append(Line(parts, cells, bare if cut.glue is None else characters, cut.glue))
        self._cuts += new
        self._steady, self._was_narrow = len(self._text), narrow
        return self._made.copy()

    def _tail(self) -> Flow:
        if self.plain:
            return plain_flow(self._pending)
        source = close_marks(self._pending, piece_end(self._pending)[1]) if self.writing else self._pending
        return inline_flow(source, self.tone)

    def _keep(self, width: int, narrow: bool) -> tuple[int, str | None]:
        """Drop the lines that may change; the place where the next one starts, and its glue."""
        cuts = self._cuts
        last: Cut | None = None
        if width != self._width or narrow != self._was_narrow:
            cuts.clear()
        else:
            # A line is final once the whole line after it can no longer change.
            while cuts and cuts[-1].end > self._steady:
                last = cuts.pop()
            if cuts:
                last = cuts.pop()
        del self._made[len(cuts) :]
        return (last.start, last.glue) if last is not None and cuts else (0, None)

    def _guess(self, width: int) -> int:
        room = max(NARROWEST, width - _cells(self.place.rest))
        length = len(self._text) + len(self._pending)
        return 1 + self._text.count("\n") + self._pending.count("\n") + int(length * 1.04) // room


class Code(Block):
    """Some lines of source code; a long listing is several of these."""

    __slots__ = ("_joined", "_made", "_rows", "language", "titled")

    def __init__(self, place: Place, language: str = "", *, titled: bool = False) -> None:
        super().__init__(place)
        self.language = language
        self.titled = titled
        self._rows: list[str] = []
        self._joined: list[bool] = []
        self._made: list[Line] = []

    @property
    def is_full(self) -> bool:
        """Whether the next line belongs into a further block; short listings are never divided."""
        rows = self._rows
        if len(rows) >= _CODE_LIMIT or sum(map(len, rows)) >= _CODE_CHARACTERS:
            return True
        return len(rows) >= _CODE_LINES and not rows[-1]

    @property
    def room_in_row(self) -> int:
        """How many more characters the last row takes."""
        return max(0, _CODE_PIECE - len(self._rows[-1]))

    def add_row(self, row: str, *, joined: bool = False) -> None:
        """One more line; `joined` goes on where the one before ended."""
        self.forget_lines()
        self._rows.append(row)
        self._joined.append(joined)

    def extend_row(self, piece: str) -> None:
        """More at the end of the last line."""
        self.forget_lines()
        self._rows[-1] += piece

    def mark(self) -> Any:
        return len(self._rows), self._rows[-1] if self._rows else ""

    def back(self, mark: Any) -> None:
        count, last = mark
        del self._rows[count:], self._joined[count:]
        if count:
            self._rows[-1] = last
        self.forget_lines()

    def _make(self, width: int) -> list[Line]:
        margin = self.place.rest
        characters, cells = len(_text(margin)), _cells(margin)
        room = max(NARROWEST, width - cells - 2)
        lines: list[Line] = []
        if self.titled and self.language:
            label = " " + fit(self.language, room)
            parts = (*self.place.first, (label, COMMENT | ITALIC))
            lines.append(Line(parts, cells + width_of(label), characters + len(label), None, BLOCK))
        for flow, joined in zip(colour(self.language, self._rows), self._joined, strict=True):
            for cut in chop(flow.text, room):
                parts = parts_between(flow.text, flow.spans, cut.start, cut.end, BLOCK)
                before = margin if lines else self.place.first
                size = cells + 1 + width_of(flow.text[cut.start : cut.end])
                glue = "" if joined and cut.glue is None else cut.glue
                lines.append(Line((*before, (" ", BLOCK), *parts), size, characters + 1, glue, BLOCK))
        # A line that did not change stays the same object, so that it need not be drawn again.
        same = zip(self._made, lines, strict=False)
        lines[: len(self._made)] = [old if old == new else new for old, new in same]
        self._made = lines
        return lines

    def _guess(self, width: int) -> int:
        room = max(NARROWEST, width - _cells(self.place.rest) - 2)
        return sum(1 + max(0, len(row) - 1) // room for row in self._rows) + (self.titled and bool(self.language))


class Table(Block):
    """The heading and first rows of a table, or (with `head`) some of its further rows.

    Its first rows decide how wide the columns are. Without alignments it is still only a line with pipes.
    """

    __slots__ = ("_frame", "_made", "_rows", "alignments", "head", "heading_source", "headings", "writing")

    def __init__(self, place: Place, heading_source: str = "", *, head: Table | None = None) -> None:
        super().__init__(place)
        self.head = head
        self.heading_source = heading_source
        self.alignments: tuple[Alignment, ...] = head.alignments if head else ()
        self.headings: Row = head.headings if head else read_row(heading_source)
        self.writing = False
        """Whether the last row is still being written: it does not widen the columns yet."""
        self._rows: list[Row] = []
        self._frame: tuple[int, int, Frame] | None = None
        self._made: tuple[int, Frame, list[list[Line]]] | None = None

    @property
    def is_full(self) -> bool:
        """Whether the next row belongs into a further block."""
        return len(self._rows) >= (_MORE_ROWS if self.head else _FIRST_ROWS)

    def add_row(self, source: str) -> None:
        """One more row."""
        self.forget_lines()
        self._rows.append(read_row(source, len(self.headings)))

    def mark(self) -> Any:
        return len(self._rows), self.alignments, self.writing

    def back(self, mark: Any) -> None:
        count, self.alignments, self.writing = mark
        del self._rows[count:]
        if self._made:
            del self._made[2][count:]
        self.forget_lines()

    def frame(self, width: int) -> Frame:
        """The layout at a width."""
        settled = len(self._rows) - self.writing
        if self._frame is None or self._frame[:2] != (width, settled):
            left: Alignment = "left"
            alignments = self.alignments or (left,) * len(self.headings)
            self._frame = width, settled, frame_for(self.headings, self._rows[:settled], alignments, width)
        return self._frame[2]

    def _make(self, width: int) -> list[Line]:
        margin = self.place.rest
        room = max(NARROWEST, width - _cells(margin))
        frame = (self.head or self).frame(room)
        if self._made is None or self._made[:2] != (room, frame):
            self._made = room, frame, []
        made = self._made[2]
        for number in range(len(made), len(self._rows)):
            first = self.head is None and not number
            made.append(row_lines(frame, self._rows[number], margin, room, first=first))
        if self.writing:
            last = made.pop()
            rows = [line for row in [*made, last] for line in row]
        else:
            rows = [line for row in made for line in row]
        if self.head is not None:
            return rows
        above = heading_lines(frame, margin)
        if above and self.place.first != margin:
            above[0] = above[0]._replace(parts=self.place.first + above[0].parts[len(margin) :])
        return [*(above if self.alignments else above[:-1]), *rows]

    def _guess(self, width: int) -> int:
        return len(self._rows) + (0 if self.head else 2)


class Rule(Block):
    """A line across."""

    __slots__ = ()

    def _make(self, width: int) -> list[Line]:
        first = self.place.first
        room = max(NARROWEST, width - _cells(first))
        return [Line((*first, ("─" * room, FRAME)), _cells(first) + room, self.place.bare)]


def _text(parts: Parts) -> str:
    return "".join(text for text, _ in parts)


def _cells(parts: Parts) -> int:
    return sum(width_of(text) for text, _ in parts)


def _shifted(flow: Flow, shift: int) -> list[Span]:
    return [(start + shift, end + shift, tone) for start, end, tone in flow.spans]
