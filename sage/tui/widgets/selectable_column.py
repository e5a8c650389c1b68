"""Selecting in the column of entries with the mouse. A selection is held by lines, so it stays where it is when text
above it is measured or text below it arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.geometry import Offset
from textual.selection import Selection

from sage.tui.widgets.entry_column import EDGE, EntryColumn, Spot

if TYPE_CHECKING:
    from textual.timer import Timer

_END = 0xFFFFF
"""A block, or a character, past all that there are."""


class SelectableColumn(EntryColumn):
    """The column with selecting and the text of a selection; copying it is the screen's, as everywhere."""

    ALLOW_SELECT = False  # the screen's own selecting goes by rows, which do not stay the same

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._drag: Offset | None = None
        self._drag_scroll: Timer | None = None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to select."""
        if event.button == 1 and self._entries:
            self._drag = self._offset_at(*self._place_of(event))
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Select up to here; beyond the edges the view scrolls along."""
        if self._drag is None:
            return
        x, y = self._place_of(event)
        self._select_to(x, y)
        beyond = min(0, y) + max(0, y - self._page + 1)
        if self._drag_scroll is not None:
            self._drag_scroll.stop()
            self._drag_scroll = None
        if beyond:
            self._drag_scroll = self.set_interval(0.05, lambda: self._scroll_and_select(beyond, x, y))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """The selection is made."""
        self._end_drag()

    def on_hide(self) -> None:
        """A selection cannot go on out of sight."""
        self._end_drag()

    def on_click(self, event: events.Click) -> None:
        """Two clicks select a word, three the entry."""
        x, y = self._place_of(event)
        if y < 0 or self._top + y >= self._heights.total:
            return
        index, offset = self._heights.at(self._top + y)
        if event.chain == 2:
            self._select_word(index, offset, x)
        elif event.chain == 3:
            self._select(Offset(0, Spot(index, 0, 0).code), Offset(_END, Spot(index, _END, 0).code))

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text of a selection: whole entries between its ends as they were written, and lines that were wrapped
        joined again."""
        if not self._entries:
            return None
        start = selection.start or Offset(0, 0)
        end = selection.end or Offset(_END, Spot(len(self._entries) - 1, _END, 0).code)
        first, last = Spot.from_code(start.y), Spot.from_code(end.y)
        pieces: list[str] = []
        for index in range(first.entry, min(last.entry, len(self._entries) - 1) + 1):
            begins, ends = index == first.entry, index == last.entry
            if begins or ends:
                pieces.append(self._selected_part(index, start if begins else None, end if ends else None))
            else:
                pieces.append(self.text_of(index))
        return "\n\n".join(pieces), "\n"

    def _end_drag(self) -> None:
        if self._drag is not None:
            self._drag = None
            self.release_mouse()
        if self._drag_scroll is not None:
            self._drag_scroll.stop()
            self._drag_scroll = None

    def _scroll_and_select(self, rows: int, x: int, y: int) -> None:
        self.scroll_to(y=self._top + rows)
        self._select_to(x, y)

    def _place_of(self, event: events.MouseEvent) -> tuple[int, int]:
        """The cell and row of the view below the mouse; the padding around it is outside."""
        return event.x - self.gutter.left, event.y - self.gutter.top

    def _offset_at(self, x: int, y: int) -> Offset:
        """The character below the mouse, and the code of its line."""
        from sage.tui.widgets.wrapping import index_at_cell

        row = self._top + max(0, min(y, self._page - 1))
        index, offset = self._heights.at(max(0, min(row, self._heights.total - 1)))
        found = self._view(index).at(offset)
        return Offset(index_at_cell(found.line.text, x - EDGE), Spot(index, found.block, found.number).code)

    def _select_to(self, x: int, y: int) -> None:
        if self._drag is not None:
            first, last = sorted((self._drag, self._offset_at(x, y)), key=lambda offset: (offset.y, offset.x))
            if first != last:
                self._select(first, last + Offset(1, 0))

    def _select_word(self, index: int, offset: int, x: int) -> None:
        from sage.tui.widgets.wrapping import index_at_cell

        found = self._view(index).at(offset)
        text, place = found.line.text, index_at_cell(found.line.text, x - EDGE)
        if place >= len(text) or text[place].isspace():
            return
        start = max(text.rfind(" ", 0, place) + 1, found.line.margin)
        end = text.find(" ", place)
        code = Spot(index, found.block, found.number).code
        self._select(Offset(start, code), Offset(end if end >= 0 else len(text), code))

    def _select(self, start: Offset, end: Offset) -> None:
        self.screen.selections = {self: Selection(start, end)}

    def _selected_part(self, index: int, start: Offset | None, end: Offset | None) -> str:
        view = self._view(index)
        view.document.measure(0, view.document.height)
        self._heights[index] = view.height
        top = 0 if start is None else self._row_of(Spot.from_code(start.y)) - self._heights.top(index)
        bottom = view.height - 1
        if end is not None:
            bottom = min(bottom, self._row_of(Spot.from_code(end.y)) - self._heights.top(index))
        pieces: list[str] = []
        for row in range(top, bottom + 1):
            line = view.at(row).line
            left = line.margin if start is None or row > top else max(line.margin, start.x)
            right = None if end is None or row < bottom else max(left, end.x)
            pieces += ["\n" if line.glue is None else line.glue, line.text[left:right]]
        return "".join(pieces[1:]).rstrip()
