"""A long column of entries of which only the rows in view are ever made.

Heights are estimated until a row comes into view; the line that the reader looks at then stays where it is.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple

from textual.geometry import Region, Size
from textual.reactive import var

from sage.core.terminal_text import clean
from sage.tui.widgets.column import Column
from sage.tui.widgets.entry import Entry, EntryView, estimated_height
from sage.tui.widgets.heights import Heights

EDGE = 2
"""Cells left of the text, where the bar of the person's turns stands, and right of it."""

_WIDEST = 100
"""The widest text in cells: longer lines are hard to read."""

_NARROWEST = 16
_KEPT_CHARACTERS = 400_000
"""Entries of about so many characters keep their blocks; older ones are read again when they come into view."""


class Spot(NamedTuple):
    """A place that stays the same when heights elsewhere change: a line of a block of an entry."""

    entry: int
    block: int
    number: int

    @property
    def code(self) -> int:
        """The spot as one number that sorts like the rows do, for use as a selection's y."""
        return self.entry << 40 | self.block << 20 | self.number

    @classmethod
    def from_code(cls, code: int) -> Spot:
        """The spot of a selection's y."""
        return cls(code >> 40, code >> 20 & 0xFFFFF, code & 0xFFFFF)


class EntryColumn(Column):
    """Where each row of the entries is, and which are in view."""

    following: var[bool] = var(True)
    """Whether the reader is at the end, so that the view stays there as text arrives."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._entries: list[Entry] = []
        self._heights = Heights()
        self._views: OrderedDict[int, EntryView] = OrderedDict()
        self._unfolded: set[int] = set()
        self._live: int | None = None
        self._live_text: list[str] = []
        self._width = 0
        self._settling = False
        self._settled_page = 0
        """The rows in view when that was settled last."""

    def text_of(self, index: int) -> str:
        """The text of an entry, sanitized: an answer's Markdown, or what the person wrote."""
        return "".join(self._live_text) if index == self._live else clean(self._entries[index].text)

    def on_resize(self) -> None:
        """Wrap again, keeping the line at the top (or the end) in view."""
        before = self._width
        width = max(_NARROWEST, min(_WIDEST, self.scrollable_content_region.width - 2 * EDGE))
        spot = self._spot_at(self._top) if before and not self.following else None
        if width == before:
            self._settle(spot, 0)
        else:
            if spot is not None:
                spot = spot._replace(number=spot.number * before // width)
            self._width = width
            self._reflow(spot)
        self.following = self.following or self._top >= self.max_scroll_y

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Measure what came into view. Going up, what was in view keeps its place; after a jump, the new top does."""
        super().watch_scroll_y(old_value, new_value)
        if self._settling or not self._width or self._page != self._settled_page:
            return  # a new height moves it as well: the new size is told next, and where the reader is comes from there
        old, new = round(old_value), round(new_value)
        if new < old <= new + 2 * self._page:
            self._settle(self._spot_at(old), old - new)
        elif new != old:
            self._settle(self._spot_at(new), 0)
        self.following = self._top >= self.max_scroll_y

    @property
    def _text_width(self) -> int:
        return self._width or _WIDEST

    @property
    def _page(self) -> int:
        return self.scrollable_content_region.height

    @property
    def _top(self) -> int:
        return round(self.scroll_y)

    def _view(self, index: int) -> EntryView:
        view = self._views.get(index)
        if view is None:
            unfolded = index in self._unfolded
            view = self._views[index] = EntryView(self._entries[index], self._text_width, unfolded=unfolded)
            self._drop_old_views()
        self._views.move_to_end(index)
        return view

    def _drop_old_views(self) -> None:
        kept = sum(len(self._entries[index].text) for index in self._views)
        while kept > _KEPT_CHARACTERS and len(self._views) > 2:
            index, view = self._views.popitem(last=False)
            if index == self._live:
                self._views[index] = view
                return
            kept -= len(self._entries[index].text)

    def _measure(self, top: int, bottom: int) -> bool:
        """Make sure of these rows; whether a height has changed."""
        if not self._entries or bottom <= top:
            return False
        total = self._heights.total
        index, offset = self._heights.at(max(0, top))
        row, changed = top - offset, False
        while index < len(self._entries) and row < bottom:
            view = self._view(index)
            view.document.measure(max(0, top - row), bottom - row)
            if view.height != self._heights[index]:
                self._heights[index] = view.height
                changed = True
            row += view.height
            index += 1
        return changed or total != self._heights.total

    def _spot_at(self, row: int) -> Spot | None:
        if not self._entries:
            return None
        index, offset = self._heights.at(max(0, row))
        found = self._view(index).at(offset)
        return Spot(index, found.block, found.number)

    def _row_of(self, spot: Spot) -> int:
        return self._heights.top(spot.entry) + self._view(spot.entry).row_of(spot.block, spot.number)

    def _settle(self, spot: Spot | None, below_top: int) -> None:
        """Measure what is in view while the line of `spot` stays `below_top` rows below the top (None: the end stays
        in view)."""
        page = self._settled_page = self._page
        for _ in range(8):
            top = max(0, self._heights.total - page) if spot is None else max(0, self._row_of(spot) - below_top)
            if not self._measure(top, top + page):
                break
        self._move_to(top)

    def _move_to(self, top: int) -> None:
        self._settling = True
        size = Size(self.scrollable_content_region.width, self._heights.total)
        if self.virtual_size != size:
            self.set_reactive(EntryColumn.virtual_size, size)
            self._scroll_update(size)
        if self._top != top:
            self.scroll_y = self.scroll_target_y = top
        self._settling = False

    def _reflow(self, spot: Spot | None) -> None:
        """Every entry may have another height now; only those in view are wrapped again."""
        width = self._width
        if not width:
            return
        kept = {self._live, *(() if spot is None else (spot.entry,))}
        for index in self._views.keys() - kept:
            del self._views[index]
        self._heights = Heights(estimated_height(entry, width) for entry in self._entries)
        for index, view in self._views.items():
            view.set_width(width)
            self._heights[index] = view.height
        self._settle(spot, 0)
        self.refresh()

    def _show_change(self, index: int, first_row: int) -> None:
        """Rows of an entry have changed from `first_row` on."""
        if not self._width:
            return
        if self.following:
            before = self._top
            self._heights[index] = self._view(index).height
            self._settle(None, 0)
            if self._top != before:
                return  # scrolling draws everything
        else:
            spot = self._spot_at(self._top)
            self._heights[index] = self._view(index).height
            self._settle(spot, 0)
        top = max(0, self._heights.top(index) + first_row - self._top)
        if top < self._page:
            self.refresh(Region(0, top, self.size.width, self._page - top))
