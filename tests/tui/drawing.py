"""A screen as text that can be read, compared, and drawn as SVG again.

First its rows as they stand there, then the styles by a name made of what they are, then which of them each row has, as
`name×characters`; rows that have the same stand together (`3-7`). Nothing of the screen is left out, so the SVG that is drawn
from the text is the one that the app itself exports; as text it is a fifth as large, and a change in it is a few lines.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any
from zlib import crc32

from rich.console import Console
from rich.segment import Segment, Segments
from rich.style import Style

_ATTRIBUTES = ("bold", "dim", "italic", "underline", "reverse", "strike")
_STYLES, _ROWS = "== styles", "== rows"

Run = tuple[str, str]
"""A style in words, and the characters that have it."""


def text(app: Any) -> str:
    """What an app shows now."""
    shown = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    return _written([list(_runs(line)) for line in Segment.split_lines(_console(*app.size).render(shown))])


def rows_of(kept: str) -> list[str]:
    """The characters of a text, a line for each row of the screen."""
    return kept.partition(f"\n{_STYLES}\n")[0].splitlines()


def svg(kept: str) -> str:
    """A text drawn, without fonts that would be fetched from elsewhere."""
    rows = _read(kept)
    lines = [[Segment(words, Style.parse(style)) for style, words in row] for row in rows]
    console = _console(max(map(Segment.get_line_length, lines)), len(rows))
    console.print(Segments([segment for line in lines for segment in (*line, Segment.line())][:-1]))
    drawn = console.export_svg(title="Sage", unique_id="t")
    return re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)


def _console(width: int, height: int) -> Console:
    return Console(width=width, height=height, file=io.StringIO(), force_terminal=True, color_system="truecolor",
                   record=True, legacy_windows=False, safe_box=False)  # fmt: skip


def _runs(line: Iterable[Segment]) -> Iterable[Run]:
    pieces = ((_words_of(segment.style), segment.text) for segment in line if not segment.control and segment.text)
    for style, same in groupby(pieces, key=lambda piece: piece[0]):
        yield style, "".join(words for _, words in same)


def _words_of(style: Style | None) -> str:
    if style is None:
        return "none"
    words = [name for name in _ATTRIBUTES if getattr(style, name)]
    words += [style.color.name] if style.color else []
    return " ".join(words + (["on", style.bgcolor.name] if style.bgcolor else [])) or "none"


def _written(rows: Sequence[Sequence[Run]]) -> str:
    styles = sorted({style for row in rows for style, _ in row})
    names = {style: f"{crc32(style.encode()) & 0xFFFF:04x}" for style in styles}
    if len({*names.values()}) < len(names):
        raise ValueError("two styles of a screen have the same name")
    runs = [" ".join(f"{names[style]}×{len(words)}" for style, words in row) for row in rows]
    lines = ["".join(words for _, words in row).rstrip() for row in rows]
    lines += [_STYLES, *(f"{names[style]} {style}" for style in styles), _ROWS]
    place = 1
    for run, same in groupby(runs):
        last = place + len(list(same)) - 1
        lines.append(f"{place if last == place else f'{place}-{last}'} {run}")
        place = last + 1
    return "\n".join(lines) + "\n"


def _read(kept: str) -> list[list[Run]]:
    shown, _, rest = kept.partition(f"\n{_STYLES}\n")
    listed, _, placed = rest.partition(f"\n{_ROWS}\n")
    styles = dict(line.split(" ", 1) for line in listed.splitlines())
    rows = []
    for line in placed.splitlines():
        places, *runs = line.split(" ")
        first, _, last = places.partition("-")
        for place in range(int(first), int(last or first) + 1):
            rest, row = shown.split("\n")[place - 1], []
            for name, count in (run.split("×") for run in runs):
                row.append((styles[name], rest[: int(count)].ljust(int(count))))
                rest = rest[int(count) :]
            rows.append(row)
    return rows
