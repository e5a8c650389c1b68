"""The conversation as one long column of rows, of which only those in view are ever made.

Built on Textual's line interface: nothing is mounted per message and nothing is pruned. Heights are estimated until a
row comes into view; the line that the reader looks at then stays where it is. While an answer streams, only its end is
read and drawn again. Everything shown is sanitized here, and no markup in it is ever interpreted.
"""

from __future__ import annotations

import itertools
import textwrap
from collections import OrderedDict
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Spacing
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip

from sage.core.terminal_text import Cleaner, clean_line
from sage.tui.widgets.entry import Entry, EntryView, Role, Row, SourceLine, estimated_height
from sage.tui.widgets.entry_column import EDGE, Spot
from sage.tui.widgets.ink import (
    BOLD,
    ERROR_EDGE,
    FRAME,
    ITALIC,
    MARK,
    NAMED,
    NOTICE,
    PERSON,
    PERSON_EDGE,
    PLAIN,
    STRUCK,
    TONES,
    Line,
    Tone,
)
from sage.tui.widgets.selectable_column import SelectableColumn

if TYPE_CHECKING:
    from textual.timer import Timer

_FRAME_SECONDS = 1 / 30
_KEPT_STRIPS = 512
_DRAWN_BY_TEXTUAL = ("border_top", "border_right", "border_bottom", "border_left", "outline_top", "outline_right",
    "outline_bottom", "outline_left", "tint", "opacity", "text_opacity", "hatch")  # fmt: skip
"""Rules of a style that are left to Textual's own, slower drawing."""


class Transcript(SelectableColumn, can_focus=True):
    """The conversation. `load` or `append` entries; `begin`, `feed` and `finish` stream one.

    `placeholder` (narrow letters only) stands there while there are none.
    """

    FOCUS_ON_CLICK = False  # a click reads or selects; what is typed then still goes where it went before
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"transcript--{tone}" for tone in TONES} | {"transcript--selection"}
    DEFAULT_CSS = """
    Transcript {
        height: 1fr;
        color: $foreground;
        & > .transcript--quiet { color: $text-muted; }
        & > .transcript--heading { color: $text-primary; }
        & > .transcript--subheading { color: $text-secondary; }
        & > .transcript--code { color: $text-accent; background: $surface; }
        & > .transcript--block { color: $foreground; background: $surface; }
        & > .transcript--keyword { color: $text-primary; background: $surface; }
        & > .transcript--string { color: $text-success; background: $surface; }
        & > .transcript--comment { color: $text-muted; background: $surface; }
        & > .transcript--number { color: $text-warning; background: $surface; }
        & > .transcript--name { color: $text-accent; background: $surface; }
        & > .transcript--quote { color: $foreground 80%; }
        & > .transcript--link { color: $text-primary; text-style: underline; }
        & > .transcript--citation { color: $text-accent; }
        & > .transcript--frame { color: $foreground 35%; }
        & > .transcript--mark { color: $text-primary; }
        & > .transcript--person { color: $foreground; background: $surface; }
        & > .transcript--person-edge { color: $primary; background: $surface; }
        & > .transcript--notice { color: $text-muted; text-style: italic; }
        & > .transcript--error-edge { color: $warning; }
        & > .transcript--selection { background: $primary 50%; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_up", "Up", show=False),
        Binding("down,j", "scroll_down", "Down", show=False),
        Binding("pageup,b", "page_up", "Page up", show=False),
        Binding("pagedown,space", "page_down", "Page down", show=False),
        Binding("home,g", "scroll_home", "To the first", show=False),
        Binding("end,G", "scroll_end", "To the last", show=False),
        Binding("s", "toggle_sources", "Sources"),
        Binding("c", "copy_entry", "Copy"),
    ]

    class Copied(Message):
        """A text was copied; `characters` says how long it is."""

        def __init__(self, characters: int) -> None:
            super().__init__()
            self.characters = characters

    def __init__(
        self,
        entries: Iterable[Entry] = (),
        *,
        placeholder: str = "",
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._placeholder = placeholder
        self._arrived: list[str] = []
        self._cleaner = Cleaner()
        self._frame: Timer | None = None
        self._strips: OrderedDict[int, tuple[Line, Strip]] = OrderedDict()
        self._styles: dict[Tone, Style] = {}
        self._padded: OrderedDict[int, tuple[Strip, Strip]] = OrderedDict()
        self._box: tuple[int, Spacing] | None = None
        self.load(entries)

    # entries

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries; the text of a live one is as far as it has come."""
        entries = list(self._entries)
        if self._live is not None:
            entries[self._live] = Entry(entries[self._live].role, "".join(self._live_text))
        return tuple(entries)

    def load(self, entries: Iterable[Entry]) -> None:
        """Show these entries instead of all before, from their end."""
        self._stop_frames()
        self._entries = list(entries)
        self._live = None
        self._unfolded.clear()
        self._views.clear()
        self.following = True
        self._reflow(None)

    def append(self, entry: Entry) -> int:
        """Add an entry; its index."""
        self._entries.append(entry)
        self._heights.append(estimated_height(entry, self._text_width))
        self._show_change(len(self._entries) - 1, 0)
        return len(self._entries) - 1

    def begin(self, role: Role = "assistant") -> int:
        """Begin an entry that is fed piece by piece; its index. One that was still live is finished first."""
        if self._live is not None:
            self.finish()
        index = len(self._entries)
        self._live, self._live_text, self._arrived, self._cleaner = index, [], [], Cleaner()
        entry = Entry(role, "")
        self._entries.append(entry)
        self._views[index] = EntryView(entry, self._text_width, live=True)
        self._heights.append(self._views[index].height)
        self._show_change(index, 0)
        return index

    def feed(self, delta: str) -> None:
        """The next piece of the live entry. Pieces that arrive faster than the screen is drawn are shown together."""
        if self._live is None:
            self.begin()
        text = self._cleaner.feed(delta)
        if not text:
            return
        self._live_text.append(text)
        self._arrived.append(text)
        if self._frame is None and self.is_attached:
            self._show_arrived()
            self._frame = self.set_interval(_FRAME_SECONDS, self._next_frame)

    def restart(self, text: str = "") -> None:
        """What was fed to the live entry is void; `text` stands in its place."""
        if self._live is None:
            self.begin()
        assert self._live is not None
        self._stop_frames()
        index = self._live
        self._live_text, self._arrived, self._cleaner = [], [], Cleaner()
        self._views[index] = EntryView(self._entries[index], self._text_width, live=True)
        self._show_change(index, 0)
        self.feed(text)

    def finish(self, footer: str = "", sources: tuple[SourceLine, ...] = ()) -> int | None:
        """The live entry is complete; its index (None if there was none)."""
        index = self._live
        if index is None:
            return None
        self._stop_frames()
        rest = self._cleaner.finish()
        self._live_text.append(rest)
        view = self._views[index]
        first = view.feed("".join(self._arrived) + rest)
        entry = Entry(self._entries[index].role, "".join(self._live_text), footer, sources)
        self._entries[index] = entry
        self._live, self._live_text, self._arrived = None, [], []
        first = min(first, view.finish(entry))
        if entry.role != "assistant":
            del self._views[index]
            first = 0
        self._show_change(index, first)
        return index

    def fold_sources(self, index: int, *, folded: bool | None = None) -> None:
        """Fold or unfold the sources of an entry (None: the other way than now)."""
        if not self._entries[index].sources:
            return
        unfold = index not in self._unfolded if folded is None else not folded
        (self._unfolded.add if unfold else self._unfolded.discard)(index)
        view = self._view(index)
        view.fold(unfolded=unfold)
        self._show_change(index, view.sources_row or 0)

    # what arrives

    def _next_frame(self) -> None:
        if self._arrived:
            self._show_arrived()
        else:
            self._stop_frames()

    def _reflow(self, spot: Spot | None) -> None:
        self._strips.clear()
        super()._reflow(spot)
        self._show_arrived()

    def _show_arrived(self) -> None:
        if self._live is not None and self._arrived:
            text = "".join(self._arrived)
            self._arrived.clear()
            self._show_change(self._live, self._views[self._live].feed(text))

    def _stop_frames(self) -> None:
        if self._frame is not None:
            self._frame.stop()
            self._frame = None

    # keys

    def action_toggle_sources(self) -> None:
        """Fold or unfold the sources of the last entry in view that has any."""
        index = next((index for index in self._in_view() if self._entries[index].sources), None)
        if index is not None:
            self.fold_sources(index)

    def action_copy_entry(self) -> None:
        """Copy what is selected, or else the last answer in view."""
        text = self.screen.get_selected_text()
        if not text:
            answers = (index for index in self._in_view() if self._entries[index].role == "assistant")
            index = next(answers, None)
            text = "" if index is None else self.text_of(index)
        if text:
            self.app.copy_to_clipboard(text)
            self.post_message(self.Copied(len(text)))

    def on_click(self, event: events.Click) -> None:
        """A click on the number of sources folds or unfolds them."""
        row = self._top + self._place_of(event)[1]
        if event.chain > 1 or self.text_selection is not None or not 0 <= row < self._heights.total:
            return
        index, offset = self._heights.at(row)
        if offset == self._view(index).sources_row:
            self.fold_sources(index)

    def _in_view(self) -> list[int]:
        """The entries in view, from the last."""
        if not self._entries:
            return []
        first, _ = self._heights.at(self._top)
        last, _ = self._heights.at(max(0, min(self._heights.total, self._top + self._page) - 1))
        return list(range(last, first - 1, -1))

    # drawing

    def notify_style_update(self) -> None:
        """The theme may have changed."""
        super().notify_style_update()
        self._styles.clear()
        self._strips.clear()
        self._padded.clear()

    def selection_updated(self, selection: Selection | None) -> None:
        """The selection has changed."""
        self._strips.clear()
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The strips of some rows of the widget, padding included. A row keeps its strip wherever it scrolls to, and
        with it all that Textual has worked out for it: that halves the cost of an update."""
        styles = self.styles
        if any(styles.has_rule(rule) for rule in _DRAWN_BY_TEXTUAL):
            return super().render_lines(crop)
        width, gutter = self.outer_size.width, self.gutter
        if self._box != (width, gutter):
            self._box = width, gutter
            self._padded.clear()
            self._strips.clear()
            self.call_later(self.on_resize)  # another padding is no resize to Textual
        background, filters = self.background_colors[1], self.get_line_filters()
        bottom = gutter.top + self._page
        strips: list[Strip] = []
        for y in crop.line_range:
            inside = gutter.top <= y < bottom
            strip = self._pad(self.render_line(y - gutter.top) if inside else Strip([], 0), gutter.left, width)
            for line_filter in filters:
                strip = strip.apply_filter(line_filter, background)
            strips.append(strip if crop.column_span == (0, width) else strip.crop(*crop.column_span))
        return strips

    def _pad(self, strip: Strip, left: int, width: int) -> Strip:
        padded = self._padded.get(id(strip))
        if padded is not None and padded[0] is strip:
            return padded[1]
        style = self._style(PLAIN)
        margin = [Segment(" " * left, style)] if left else []
        whole = Strip([*margin, *strip], left + strip.cell_length).adjust_cell_length(width, style)
        self._padded[id(strip)] = strip, whole
        if len(self._padded) > _KEPT_STRIPS:
            self._padded.popitem(last=False)
        return whole

    def render_line(self, y: int) -> Strip:
        """The strip of a row of the view."""
        row = self._top + y
        width = self.scrollable_content_region.width
        if row >= self._heights.total:
            return self._placeholder_strip(y, width) if not self._entries else Strip.blank(width, self._style(PLAIN))
        index, offset = self._heights.at(row)
        found = self._view(index).at(offset)
        code = Spot(index, found.block, found.number).code
        kept = self._strips.get(code)
        if kept is not None and kept[0] is found.line:
            return kept[1]
        strip = self._strip(found, self._entries[index].role, code, width)
        self._strips[code] = found.line, strip
        if len(self._strips) > _KEPT_STRIPS:
            self._strips.popitem(last=False)
        return strip

    def _placeholder_strip(self, y: int, width: int) -> Strip:
        """A row of what stands there while nothing has been said; so the first paint needs no document."""
        room = max(1, width - 2 * EDGE)
        lines = [part for line in self._placeholder.split("\n") for part in textwrap.wrap(line, room) or [""]]
        if y >= len(lines):
            return Strip.blank(width, self._style(PLAIN))
        segments = [Segment(" " * EDGE, self._style(PLAIN)), Segment(lines[y], self._style(NOTICE))]
        return Strip(segments, EDGE + len(lines[y])).adjust_cell_length(width, self._style(PLAIN))

    def _strip(self, row: Row, role: Role, code: int, width: int) -> Strip:
        line, style = row.line, self._style
        edge, fill, end = PLAIN, line.fill, EDGE + self._width
        if role == "user" and row.is_text:
            edge, fill, end = PERSON_EDGE, PERSON, end + EDGE
        elif role == "error" and row.is_text:
            edge = ERROR_EDGE
        elif role in ("found", "outgoing") and row.is_text:
            edge = MARK
        elif role == "quoted" and row.is_text:
            edge = FRAME
        segments = [Segment(" " * EDGE if edge == PLAIN else "▎" + " " * (EDGE - 1), style(edge))]
        segments += self._segments(line, code)
        used = EDGE + line.width
        if used < end:
            segments.append(Segment(" " * (end - used), style(fill)))
        return Strip(segments, max(used, end)).adjust_cell_length(width, style(PLAIN))

    def _segments(self, line: Line, code: int) -> list[Segment]:
        selection = self.text_selection
        span = selection.get_span(code) if selection is not None else None
        if span is None:
            return [Segment(clean_line(text), self._style(tone)) for text, tone in line.parts]
        start, end = max(span[0], line.margin), span[1] if span[1] >= 0 else len(line.text)
        overlay = self.get_component_rich_style("transcript--selection", partial=True)
        segments: list[Segment] = []
        position = 0
        for text, tone in line.parts:
            cuts = sorted({0, len(text), *(max(0, min(len(text), edge - position)) for edge in (start, end))})
            for left, right in itertools.pairwise(cuts):
                inside = start <= position + left < end
                style = self._style(tone)
                segments.append(Segment(clean_line(text[left:right]), style + overlay if inside else style))
            position += len(text)
        return segments

    def _style(self, tone: Tone) -> Style:
        style = self._styles.get(tone)
        if style is None:
            style = self.get_component_rich_style(f"transcript--{TONES[tone & NAMED]}")
            if tone & ~NAMED:
                bold, italic, struck = (bool(tone & flag) or None for flag in (BOLD, ITALIC, STRUCK))
                style += Style(bold=bold, italic=italic, strike=struck)
            self._styles[tone] = style
        return style
