"""How the app looks and moves: its themes, the view without colours, and further keys that move."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter
from textual.theme import Theme

CONTRAST = Theme(
    "sage-contrast",
    primary="#ffd700",
    secondary="#00ffff",
    accent="#00ffff",
    warning="#ffaf00",
    error="#ff8787",
    success="#5fff5f",
    foreground="#ffffff",
    background="#000000",
    surface="#1c1c1c",
    panel="#303030",
    dark=True,
    variables={"text-muted": "#e4e4e4", "border": "#ffffff"},
)
THEMES = {"dark": "textual-dark", "light": "textual-light", "contrast": CONTRAST.name, "colourless": "textual-dark"}
"""By the values of `ui.theme`."""
MOVES: Mapping[str, Mapping[str, str]] = {
    "default": {},
    "vim": {"j": "down", "k": "up", "g": "home", "G": "end", "ctrl+d": "pagedown", "ctrl+f": "pagedown",
            "ctrl+u": "pageup", "ctrl+b": "pageup"},
    "emacs": {"ctrl+n": "down", "ctrl+p": "up", "ctrl+v": "pagedown", "alt+v": "pageup",
              "alt+less_than_sign": "home", "alt+greater_than_sign": "end"},
}  # fmt: skip
"""By the values of `ui.keys`: what a key means in a list and in what is read."""
MOVED = frozenset(("Column", "OptionList", "VerticalScroll"))
"""The widgets in which those keys move."""


def moved(keys: str, key: str, widget: object) -> str:
    """The key that a further key stands for in a widget; "" for none."""
    means = MOVES.get(keys, {}).get(key, "")
    return means if means and not MOVED.isdisjoint(kind.__name__ for kind in type(widget).__mro__) else ""


class Colourless(LineFilter):
    """The terminal's own two colours alone: what stood dark on light on a dark ground (the cursor, a selection) is reversed."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [Segment(text, _plain(style) if style else None, control) for text, style, control in segments]


@lru_cache(1024)
def _plain(style: Style) -> Style:
    turned = _light(style.color, 1.0) < _light(style.bgcolor, 0.0)
    return style.without_color + Style(reverse=bool(style.reverse) != turned)


def _light(color: RichColor | None, otherwise: float) -> float:
    """How light a colour is, from 0 to 1."""
    return Color(*color.triplet).brightness if color and color.triplet else otherwise
