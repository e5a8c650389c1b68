"""A long column of rows, with its narrow bar: what the conversation and lists have in common."""

from __future__ import annotations

from typing import Any

from textual.scroll_view import ScrollView


class Column(ScrollView):
    """Scrolls up and down alone, and at once."""

    DEFAULT_CSS = """
    Column {
        background: $background;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        scrollbar-color: $foreground 20%;
        scrollbar-color-hover: $foreground 40%;
        scrollbar-color-active: $primary;
        scrollbar-background: $background;
        scrollbar-background-hover: $background;
        scrollbar-background-active: $background;
    }
    """

    def scroll_to(self, x: float | None = None, y: float | None = None, **options: Any) -> None:
        """Scroll at once: what moves by itself is hard to read."""
        super().scroll_to(x, y, **options | {"animate": False})
