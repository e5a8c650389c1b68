"""A table of which only the rows in view are ever drawn: one line a row, and one cell chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Literal, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import var
from textual.strip import Strip

from sage.core.terminal_text import clean_line
from sage.tui.widgets.column import Column
from sage.tui.widgets.wrapping import fit, width_of

Tone = Literal["plain", "quiet", "own"]
NARROWEST, GAP = 18, 2
"""Cells of the terminal that a column has at least, and those between two."""


class GridCell(NamedTuple):
    """A cell in a line; what is `own` are the person's words, what is `quiet` says little."""

    text: str = ""
    tone: Tone = "plain"


class GridRow(NamedTuple):
    """A row: its number, what it is called, and a cell for each column."""

    number: str
    name: str
    cells: Sequence[GridCell]


class Grid(Column, can_focus=True):
    """`show` fills it; a row is asked for when it comes into view. Column 0 is the row itself."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        f"grid--{part}" for part in ("plain", "head", "name", "quiet", "own", "row", "chosen")
    }
    DEFAULT_CSS = """
    Grid {
        & > .grid--plain { color: $foreground; }
        & > .grid--head { color: $text-primary; text-style: bold; }
        & > .grid--name { color: $foreground 65%; }
        & > .grid--quiet { color: $foreground 50%; }
        & > .grid--own { color: $text-accent; text-style: bold; }
        & > .grid--row { background: $surface; }
        & > .grid--chosen { background: $surface-lighten-2; text-style: underline; }
        &:focus > .grid--chosen { text-style: reverse; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1, 0)", "Up", show=False),
        Binding("down,j", "move(1, 0)", "Down", show=False),
        Binding("left,h", "move(0, -1)", "Left", show=False),
        Binding("right,l", "move(0, 1)", "Right", show=False),
        Binding("pageup", "move_page(-1)", "Page up", show=False),
        Binding("pagedown,space", "move_page(1)", "Page down", show=False),
        Binding("home,g", "row(0)", "First", show=False),
        Binding("end,G", "row(-1)", "Last", show=False),
        Binding("enter", "open", "Read", show=False),
    ]

    chosen: var[tuple[int, int]] = var((0, 0), init=False)
    """The place of the chosen cell: its row's, and its column's."""

    class Chosen(Message):
        """Another cell is chosen."""

    class Opened(Message):
        """The chosen cell shall be read."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._heads: Sequence[str] = ("",)
        self._count = 0
        self._row: Callable[[int], GridRow] = lambda place: GridRow("", "", ())
        self._first = 1
        """The column that stands first beside the row's name."""
        self._styles: dict[str, Style] = {}

    def show(
        self, heads: Sequence[str], count: int, row: Callable[[int], GridRow], at: tuple[int, int] = (0, 0)
    ) -> None:
        """Shows so many rows below these heads (the first stands above the rows' names), the cell `at` chosen."""
        self._heads, self._count, self._row = heads, count, row
        self.set_reactive(Grid.chosen, self._within(*at))
        self._lay_out()

    def _within(self, row: int, column: int) -> tuple[int, int]:
        return max(0, min(row, self._count - 1)), max(0, min(column, len(self._heads) - 1))

    def watch_chosen(self) -> None:
        self._keep_in_view()
        self.refresh()
        self.post_message(self.Chosen())

    def action_move(self, rows: int, columns: int) -> None:
        self.chosen = self._within(self.chosen[0] + rows, self.chosen[1] + columns)

    def action_move_page(self, by: int) -> None:
        self.action_move(by * max(1, self.size.height - 2), 0)

    def action_row(self, place: int) -> None:
        self.chosen = self._within(place % self._count if self._count else 0, self.chosen[1])

    def action_open(self) -> None:
        if self._count:
            self.post_message(self.Opened())

    def on_click(self, event: events.Click) -> None:
        """A click chooses, a second one reads."""
        y, x = event.y - self.gutter.top, event.x - self.gutter.left
        place = y - 1 + round(self.scroll_y)
        if y < 1 or place >= self._count:
            return
        beside = x - self._name_width - GAP
        column = 0 if beside < 0 else self._first + min(beside // (self._width + GAP), self._fitting - 1)
        self.chosen = self._within(place, column)
        if event.chain == 2:
            self.action_open()

    def on_resize(self) -> None:
        self._lay_out()

    def on_focus(self) -> None:
        self._forget_styles()

    def on_blur(self) -> None:
        self._forget_styles()

    def notify_style_update(self) -> None:
        """The theme may have changed."""
        super().notify_style_update()
        self._forget_styles()

    # how wide

    def _lay_out(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, self._count + 1)
        self._keep_in_view()
        self.refresh()

    @property
    def _name_width(self) -> int:
        """What a row is called has a third of the width at most; all of it where there is nothing beside."""
        room = self.scrollable_content_region.width
        return max(12, min(34, room // 3)) if len(self._heads) > 1 else room

    @property
    def _fitting(self) -> int:
        """How many columns stand beside the rows' names."""
        room = self.scrollable_content_region.width - self._name_width
        return max(1, min(len(self._heads) - 1, room // (NARROWEST + GAP)))

    @property
    def _width(self) -> int:
        """The width of each of them."""
        room = self.scrollable_content_region.width - self._name_width
        return max(1, room // self._fitting - GAP)

    def _keep_in_view(self) -> None:
        row, column = self.chosen
        last = max(1, len(self._heads) - self._fitting)
        if column:
            self._first = max(column - self._fitting + 1, min(self._first, column))
        self._first = max(1, min(self._first, last))
        page, top = self.scrollable_content_region.height - 1, round(self.scroll_y)
        if page > 0 and not top <= row < top + page:
            self.scroll_to(y=row if row < top else row + 1 - page)

    # what is drawn

    def render_line(self, y: int) -> Strip:
        """The strip of a row of the view; the heads stay at the top."""
        place = y - 1 + round(self.scroll_y)
        if y == 0:
            return self._head()
        if place >= self._count:
            return Strip.blank(self.scrollable_content_region.width, self._style("plain"))
        row = self._row(place)
        numbers = width_of(row.number)
        parts = [GridCell(f"{row.number} {_short(clean_line(row.name), self._name_width - numbers - 1)}")]
        parts += row.cells[self._first - 1 : self._first - 1 + self._fitting]
        return self._drawn(parts, place)

    def _head(self) -> Strip:
        shown = [*self._heads[self._first : self._first + self._fitting]]
        if shown and self._first > 1:
            shown[0] = f"‹ {shown[0]}"
        if shown and self._first + self._fitting < len(self._heads):
            shown[-1] = f"{fit(clean_line(shown[-1]), self._width - 2)} ›"
        return self._drawn([GridCell(self._heads[0]), *map(GridCell, shown)], None)

    def _drawn(self, cells: Sequence[GridCell], place: int | None) -> Strip:
        """Cells beside each other; `place` is their row's (None: the heads)."""
        ground = self._style("row" if place == self.chosen[0] else "plain").background_style
        segments = []
        for number, cell in enumerate(cells):
            column = number and number + self._first - 1
            width = self._width if number else self._name_width
            ink = self._style("head" if place is None else cell.tone if number else "name")
            style = ground + Style(color=ink.color, bold=ink.bold)
            if (place, column) == self.chosen:
                over = self._style("chosen")
                style += Style(bgcolor=over.bgcolor, underline=over.underline, reverse=over.reverse)
            text = fit(clean_line(cell.text).strip(), width)
            segments += [Segment(text + " " * (width - width_of(text)), style), Segment(" " * GAP, ground)]
        return Strip(segments).adjust_cell_length(self.scrollable_content_region.width, ground)

    def _style(self, part: str) -> Style:
        style = self._styles.get(part)
        if style is None:
            style = self._styles[part] = self.get_component_rich_style(f"grid--{part}")
        return style

    def _forget_styles(self) -> None:
        self._styles.clear()
        self.refresh()


def _short(name: str, width: int) -> str:
    """Of a path that does not fit what comes last."""
    return name if width_of(name) <= width else name.rsplit("/", 1)[-1]
