"""A short list above the composer of what could be meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.widgets import Static

from sage.core.terminal_text import clean_line

if TYPE_CHECKING:
    from sage.core.mentions import Named


class Suggestions(Static):
    """Shows nothing until something is found."""

    DEFAULT_CSS = """
    Suggestions {
        display: none;
        height: auto;
        max-height: 9;
        padding: 0 2;
        background: $surface;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._found: tuple[Named, ...] = ()
        self._place = 0

    @property
    def current(self) -> Named | None:
        """The one that a key would take."""
        return self._found[self._place] if self._found else None

    def show(self, found: tuple[Named, ...]) -> None:
        """These, the first chosen."""
        self._found, self._place = found, 0
        self.display = bool(found)
        self._draw()

    def move(self, step: int) -> None:
        """Chooses the one above or below."""
        self._place = (self._place + step) % max(1, len(self._found))
        self._draw()

    def _draw(self) -> None:
        lines = [
            Text.assemble(
                ("› " if place == self._place else "  ", "bold"),
                (clean_line(named.name), "bold" if place == self._place else ""),
                (f"  {named.kind}", "dim"),
            )
            for place, named in enumerate(self._found)
        ]
        lines.append(Text("Tab or Enter takes it · Up, Down · Esc closes", "dim"))
        self.update(Text("\n").join(lines))
