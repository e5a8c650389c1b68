"""What was found, as a list of two rows each, of which only those in view are ever made."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip

from sage.core.hit_words import excerpt, matches
from sage.core.terminal_text import clean, clean_line
from sage.tui.widgets.column import Column
from sage.tui.widgets.wrapping import fit, width_of

ROWS = 2
"""Rows of one result."""
_KEPT = 256


class Item(NamedTuple):
    """One result: its `title`, what stands at its right (`side`), and the `text` of which the best part is shown."""

    title: str
    side: str
    text: str


class Results(Column, can_focus=True, inherit_bindings=False):
    """A list from which one result is always chosen. `show` fills it; an item is asked for when it comes into view."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"results--{part}" for part in ("plain", "title", "side", "text", "match", "bar", "chosen")
    }
    DEFAULT_CSS = """
    Results {
        & > .results--plain { color: $foreground; }
        & > .results--title { color: $foreground; }
        & > .results--side { color: $foreground 50%; }
        & > .results--text { color: $foreground 65%; }
        & > .results--match { color: $text-accent; text-style: bold; }
        & > .results--bar { color: $foreground 35%; }
        & > .results--chosen { background: $surface; }
        &:focus > .results--bar { color: $primary; }
        &:focus > .results--chosen { background: $surface-lighten-1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False),
        Binding("down,j", "move(1)", "Down", show=False),
        Binding("space", "move_page(1)", "Page down", show=False),
        Binding("home,g", "choose(0)", "First", show=False),
        Binding("end,G", "choose(-1)", "Last", show=False),
        Binding("enter", "open", "Read", show=False),
    ]

    chosen: var[int] = var(0, init=False)
    """The place of the result that is chosen."""

    class Chosen(Message):
        """Another result is chosen."""

    class Opened(Message):
        """The chosen result shall be read."""

    class Above(Message):
        """The person went up from the first result."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._count = 0
        self._item: Callable[[int], Item] = lambda place: Item("", "", "")
        self._stems: frozenset[str] = frozenset()
        self._strips: OrderedDict[tuple[int, bool], list[Strip]] = OrderedDict()
        self._styles: dict[str, Style] = {}

    @property
    def count(self) -> int:
        """How many results there are."""
        return self._count

    def show(self, count: int, item: Callable[[int], Item], stems: frozenset[str] = frozenset(), at: int = 0) -> None:
        """Show these results, `at` chosen; words with these stems are marked in their texts."""
        self._count, self._item, self._stems = count, item, stems
        self._strips.clear()
        self.virtual_size = Size(self.scrollable_content_region.width, ROWS * count)
        self.set_reactive(Results.chosen, max(0, min(at, count - 1)))
        self._keep_in_view()
        self.refresh()

    def watch_chosen(self) -> None:
        self._keep_in_view()
        self.refresh()
        self.post_message(self.Chosen())

    def action_move(self, by: int) -> None:
        if by < 0 and self.chosen == 0:
            self.post_message(self.Above())
        self._choose(self.chosen + by)

    def action_move_page(self, by: int) -> None:
        self._choose(self.chosen + by * max(1, self.size.height // ROWS - 1))

    def action_choose(self, place: int) -> None:
        self._choose(place % self._count if self._count else 0)

    def _choose(self, place: int) -> None:
        if self._count:
            self.chosen = max(0, min(place, self._count - 1))

    def action_open(self) -> None:
        if self._count:
            self.post_message(self.Opened())

    def on_click(self, event: events.Click) -> None:
        """A click chooses, a second one reads."""
        place = (event.y - self.gutter.top + round(self.scroll_y)) // ROWS
        if 0 <= place < self._count:
            self.chosen = place
            if event.chain == 2:
                self.action_open()

    def on_resize(self) -> None:
        self._strips.clear()
        self.virtual_size = Size(self.scrollable_content_region.width, ROWS * self._count)
        self._keep_in_view()

    def on_focus(self) -> None:
        self._forget_styles()

    def on_blur(self) -> None:
        self._forget_styles()

    def notify_style_update(self) -> None:
        """The theme may have changed."""
        super().notify_style_update()
        self._forget_styles()

    def render_line(self, y: int) -> Strip:
        """The strip of a row of the view."""
        width = self.scrollable_content_region.width
        place, row = divmod(y + round(self.scroll_y), ROWS)
        if place >= self._count:
            return Strip.blank(width, self._style("plain"))
        key = place, place == self.chosen
        strips = self._strips.get(key)
        if strips is None:
            strips = self._strips[key] = self._drawn(place, width, chosen=key[1])
            if len(self._strips) > _KEPT:
                self._strips.popitem(last=False)
        return strips[row]

    def _keep_in_view(self) -> None:
        page, top = self.scrollable_content_region.height, round(self.scroll_y)
        first = ROWS * self.chosen
        if not page or top <= first <= top + page - ROWS:
            return
        self.scroll_to(y=first if first < top else first + ROWS - page)

    def _drawn(self, place: int, width: int, *, chosen: bool) -> list[Strip]:
        item, ink = self._item(place), self._ink
        ground = self._style("chosen" if chosen else "plain")
        room = max(1, width - 3)
        side = fit(clean_line(item.side), room // 2)
        title = fit(clean_line(item.title), max(1, room - width_of(side) - 2))
        gap = " " * max(0, room - width_of(title) - width_of(side))
        bar = Segment("▌ " if chosen else "  ", ground + ink("bar"))
        above = [bar, Segment(title, ground + ink("title") + Style(bold=chosen)), Segment(gap, ground),
                 Segment(side, ground + ink("side")), Segment(" ", ground)]  # fmt: skip
        text = fit(excerpt(clean(item.text), self._stems, 2 * room), room)
        below = [bar, *self._marked(text, ground + ink("text"), ground + ink("match"))]
        return [Strip(row).adjust_cell_length(width, ground) for row in (above, below)]

    def _marked(self, text: str, style: Style, match: Style) -> list[Segment]:
        segments, at = [], 0
        for start, end in matches(text, self._stems):
            segments += [Segment(text[at:start], style), Segment(text[start:end], match)]
            at = end
        return [*segments, Segment(text[at:], style)]

    def _style(self, part: str) -> Style:
        style = self._styles.get(part)
        if style is None:
            style = self._styles[part] = self.get_component_rich_style(f"results--{part}")
        return style

    def _ink(self, part: str) -> Style:
        """A part's colour and weight, for any ground."""
        style = self._style(part)
        return Style(color=style.color, bold=style.bold)

    def _forget_styles(self) -> None:
        self._styles.clear()
        self._strips.clear()
        self.refresh()
