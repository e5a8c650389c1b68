"""A list of rows of any height, one of which is chosen; headings and the like are passed over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option


class DayList(OptionList):
    """`show` fills it; what is chosen stays chosen by its name."""

    DEFAULT_CSS = """
    DayList { border: none; background: $background; padding: 0 1; height: 1fr; scrollbar-size-vertical: 1; }
    DayList:focus { border: none; background-tint: $background 0%; }
    DayList > .option-list--option { padding: 0 1; }
    DayList > .option-list--option-disabled { color: $foreground; }
    DayList > .option-list--option-highlighted { background: $surface; color: $foreground; text-style: none; }
    DayList:focus > .option-list--option-highlighted { background: $primary 30%; color: $foreground; text-style: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Down", show=False),
        Binding("k", "cursor_up", "Up", show=False),
    ]

    class Beyond(Message):
        """The person went on from the last row, or (`by` -1) back from the first."""

        def __init__(self, list: DayList, by: int) -> None:  # noqa: A002
            super().__init__()
            self.list, self.by = list, by

    def __init__(self, *, id: str) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self._rows: tuple[tuple[str, Text, bool], ...] = ()

    @property
    def chosen(self) -> str:
        """The name of the row that is chosen; "" for none."""
        option = self.highlighted_option
        return str(option.id) if option else ""

    def show(self, rows: Sequence[tuple[str, Text, bool]]) -> None:
        """Rows as name, text and whether they can be chosen."""
        if tuple(rows) == self._rows:
            return
        before, at, top = self.chosen, self.highlighted, self.scroll_y
        self._rows = tuple(rows)
        self.clear_options()
        self.add_options(Option(text, id=name, disabled=not can) for name, text, can in rows)
        names = [name for name, _, can in rows]
        can_be = [place for place, (_, _, can) in enumerate(rows) if can]
        if before in names:
            self.highlighted = names.index(before)
        elif can_be:
            self.highlighted = min(can_be, key=lambda place: abs(place - (at or 0)))
        self.scroll_to(y=top, animate=False)

    def watch_highlighted(self, highlighted: int | None) -> None:
        """What is only read above the first row comes into view with it."""
        super().watch_highlighted(highlighted)
        first = next((place for place, (_, _, can) in enumerate(self._rows) if can), None)
        if highlighted is not None and highlighted == first:
            self.call_after_refresh(self.scroll_home, animate=False)

    def action_cursor_down(self) -> None:
        self._move(1)

    def action_cursor_up(self) -> None:
        self._move(-1)

    def _move(self, by: int) -> None:
        """As far as the ends, not around them; from there on what is only read comes into view."""
        can_be = [place for place, (_, _, can) in enumerate(self._rows) if can]
        at = -1 if self.highlighted is None else self.highlighted
        on = [place for place in can_be if (place - at) * by > 0]
        if on:
            self.highlighted = on[0] if by > 0 else on[-1]
        else:
            self.scroll_relative(y=by, animate=False)
            self.post_message(self.Beyond(self, by))
