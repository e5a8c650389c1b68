"""Keys with what they mean, in as many lines as they need: a key and its meaning stay together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.text import Text
from textual.geometry import Size
from textual.widget import Widget

from sage.core.terminal_text import clean_line

_BETWEEN = "   "


class Keys(Widget):
    """`show` puts other keys there."""

    DEFAULT_CSS = "Keys { height: auto; }"

    def __init__(self, keys: Mapping[str, str] | None = None, *, classes: str = "keys") -> None:
        super().__init__(classes=classes)
        self._keys: Mapping[str, str] = keys or {}

    def show(self, keys: Mapping[str, str]) -> None:
        self._keys = keys
        self.refresh(layout=True)

    def render(self) -> Text:
        return Text("\n").join(key_lines(self._keys, self.content_size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(list(key_lines(self._keys, width)))


def key_lines(keys: Mapping[str, str], width: int) -> Iterator[Text]:
    """The lines at a width in cells."""
    line = Text()
    for key, meaning in keys.items():
        one = Text.assemble((f" {clean_line(key)} ", "reverse bold"), " ", clean_line(meaning))
        if line and line.cell_len + len(_BETWEEN) + one.cell_len > width:
            yield line
            line = Text()
        line = Text.assemble(line, _BETWEEN, one) if line else one
    if line:
        yield line
