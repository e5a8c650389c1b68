"""Where lines break, and the parts between two breaks. Widths are in cells; wide, joined and combining characters count
as the terminal draws them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len, split_graphemes

from sage.tui.widgets.ink import Parts, Span, Tone

_NARROW = re.compile(
    "[\n\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0482\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2190-\u21ff\u2500-\u25fc]*"
)
_WIDE = (
    "\u2e80-\u30ff\u3100-\u312f\u31f0-\u9fff\ua000-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff01-\uff60\U00020000-\U0003fffd"
)
_CLOSING = "、。，．！？：；」』）】〕〉》〗〙’”ー"
_UNITS = f"\n|[ \u3000]+|[{_WIDE}][{_CLOSING}]*|[^\n \u3000{_WIDE}]+"
"""A pattern that is compiled when the first wide text comes."""


class Cut(NamedTuple):
    """One line of a text: the characters from `start` to `end`, and how it joins the line before (see `Line.glue`)."""

    start: int
    end: int
    glue: str | None


def is_narrow(text: str) -> bool:
    """Whether each character surely takes one cell (or is a newline)."""
    if text.isascii():
        return True
    match = _NARROW.match(text)
    return match is not None and match.end() == len(text)


def width_of(text: str) -> int:
    """The width of a text without newlines."""
    return len(text) if text.isascii() else cell_len(text)


def cut_lines(text: str, width: int, *, start: int = 0, glue: str | None = None, narrow: bool = False) -> list[Cut]:
    """The lines of a text from `start` on, each at most `width` cells; there is at least one, and one after each newline.

    Lines break at spaces and around wide characters; a word longer than a line breaks where it must. `narrow` says
    that every character is known to take one cell.
    """
    if narrow or is_narrow(text if not start else text[start:]):
        return _cut_narrow(text, width, start, glue)
    return _cut_wide(text, width, start, glue)


def _cut_narrow(text: str, width: int, start: int, glue: str | None) -> list[Cut]:
    cuts: list[Cut] = []
    length = max(start, len(text.rstrip(" ")))
    while True:
        limit = start + width
        newline = text.find("\n", start, limit + 1)
        if newline >= 0:
            cuts.append(Cut(start, _without_spaces(text, start, newline), glue))
            start, glue = newline + 1, None
            continue
        if length <= limit:
            cuts.append(Cut(start, _without_spaces(text, start, length), glue))
            return cuts
        space = text.rfind(" ", start, limit + 1)
        end = _without_spaces(text, start, space)
        if end > start:
            cuts.append(Cut(start, end, glue))
            start, glue = _past_spaces(text, space + 1), " "
            if text[start] == "\n":
                start, glue = start + 1, None
        elif text[start] == " ":
            start = _past_spaces(text, start)  # a word that is too long with its indent loses the indent
        else:
            cuts.append(Cut(start, limit, glue))
            start, glue = limit, ""


def _without_spaces(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] == " ":
        end -= 1
    return end


def _past_spaces(text: str, start: int) -> int:
    while text[start : start + 1] == " ":
        start += 1
    return start


def _cut_wide(text: str, width: int, start: int, glue: str | None) -> list[Cut]:
    cuts: list[Cut] = []
    end, used, space = start, 0, 0
    # The line so far is text[start:end], `used` cells wide, with `space` cells of blanks behind it (or, while it is
    # empty, in front).
    for match in re.compile(_UNITS).finditer(text, start):
        unit = match.group()
        if unit == "\n":
            cuts.append(Cut(start, end, glue))
            start = end = match.end()
            used, space, glue = 0, 0, None
            continue
        cells = cell_len(unit)
        if unit[0] in " \u3000":
            space += cells
            continue
        if end > start and used + space + cells > width:
            cuts.append(Cut(start, end, glue))
            start, glue = match.start(), " " if space else ""
            end, used, space = start, 0, 0
        if end == start and (glue is not None or space + cells > width):
            start = end = match.start()
            space = 0
        if cells > width:
            start, used, glue = _split_word(unit, match.start(), start, width, glue, cuts)
        else:
            used += space + cells
        end, space = match.end(), 0
    cuts.append(Cut(start, end, glue))
    return cuts


def _split_word(
    word: str, offset: int, start: int, width: int, glue: str | None, cuts: list[Cut]
) -> tuple[int, int, str | None]:
    used = 0
    for place, _, cells in split_graphemes(word)[0]:
        if used + cells > width and used:
            cuts.append(Cut(start, offset + place, glue))
            start, glue, used = offset + place, "", 0
        used += cells
    return start, used, glue


def chop(text: str, width: int) -> list[Cut]:
    """The lines of a text that keeps its spaces, such as code: full ones, then the rest."""
    if is_narrow(text):
        starts = range(0, max(1, len(text)), width)
        return [Cut(start, min(start + width, len(text)), "" if start else None) for start in starts]
    cuts: list[Cut] = []
    start, used = 0, 0
    for place, _, cells in split_graphemes(text)[0]:
        if used + cells > width and place > start:
            cuts.append(Cut(start, place, "" if cuts else None))
            start, used = place, 0
        used += cells
    return [*cuts, Cut(start, len(text), "" if cuts else None)]


def parts_between(text: str, spans: Sequence[Span], start: int, end: int, tone: Tone) -> Parts:
    """The toned parts of text[start:end]."""
    parts: list[tuple[str, Tone]] = []
    index = bisect_right(spans, start, key=_end_of_span)
    while index < len(spans) and spans[index][0] < end:
        left, right, span_tone = spans[index]
        if left > start:
            parts.append((text[start:left], tone))
            start = left
        right = min(right, end)
        parts.append((text[start:right], span_tone))
        start = right
        index += 1
    if start < end:
        parts.append((text[start:end], tone))
    return tuple(parts)


def _end_of_span(span: Span) -> int:
    return span[1]


def index_at_cell(text: str, cell: int) -> int:
    """The character that is drawn at a cell: 0 left of the text, its length right of it."""
    if text.isascii():
        return max(0, min(cell, len(text)))
    used = 0
    for start, _, cells in split_graphemes(text)[0]:
        used += cells
        if used > cell:
            return start
    return len(text)


def fit(text: str, width: int) -> str:
    """The text in at most `width` cells, with … where it was cut."""
    if width_of(text) <= width:
        return text
    used = 0
    for start, _, cells in split_graphemes(text)[0]:
        if used + cells > width - 1:
            return text[:start].rstrip() + "…"
        used += cells
    return text
