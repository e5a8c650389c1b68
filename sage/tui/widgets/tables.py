"""Markdown tables that fit the width: columns share the room by need, cells wrap, and where columns would become too
narrow to read each row becomes a small list of "heading: value"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from sage.tui.widgets.ink import BOLD, FRAME, PLAIN, Flow, Line, Parts, Tone
from sage.tui.widgets.inline_markdown import inline_flow
from sage.tui.widgets.wrapping import cut_lines, parts_between, width_of

Alignment = Literal["left", "center", "right"]
Row = tuple[Flow, ...]

_NARROWEST = 8
_GAP = " │ "
_DELIMITER = re.compile(r"^\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_CELL = re.compile(r"(?:\\.|`[^`]*`|[^|\\`]|`)*")


class Frame(NamedTuple):
    """How the rows of a table are laid out at one width. No columns: rows are lists of "heading: value"."""

    widths: tuple[int, ...]
    alignments: tuple[Alignment, ...]
    headings: Row
    ruled: bool
    """Whether rows are told apart by a rule, because cells wrap."""


def split_row(source: str) -> tuple[str, ...]:
    """The cells of a table row, without the pipes around them."""
    source = source.strip().removeprefix("|")
    cells: list[str] = []
    position = 0
    while position <= len(source):
        match = _CELL.match(source, position)
        end = match.end() if match else position
        cells.append(source[position:end].strip().replace("\\|", "|"))
        position = end + 1
    if len(cells) > 1 and not cells[-1]:
        cells.pop()
    return tuple(cells)


def read_alignments(source: str) -> tuple[Alignment, ...]:
    """The alignments of a delimiter row such as `|:--|--:|`; none if it is not one."""
    if "-" not in source or "|" not in source or not _DELIMITER.match(source.strip()):
        return ()
    found: list[Alignment] = []
    for cell in split_row(source):
        right = cell.endswith(":")
        found.append(("center" if cell.startswith(":") else "right") if right else "left")
    return tuple(found)


def read_row(source: str, columns: int | None = None) -> Row:
    """The cells of a row as flows: as many as there are `columns`, or (of a heading) as there are."""
    cells = split_row(source)[:columns]
    flows = tuple(inline_flow(cell) for cell in cells)
    return flows if columns is None else flows + (Flow(""),) * (columns - len(cells))


def frame_for(headings: Row, rows: Sequence[Row], alignments: tuple[Alignment, ...], width: int) -> Frame:
    """The layout of a table that is known by its headings and first rows."""
    columns = len(headings)
    wanted = [max(1, *(width_of(row[column].text) for row in (headings, *rows))) for column in range(columns)]
    room = width - len(_GAP) * (columns - 1)
    if sum(wanted) <= room:
        return Frame(tuple(wanted), alignments, headings, ruled=False)
    if room < _NARROWEST * columns:
        return Frame((), alignments, headings, ruled=True)
    widths = [0] * columns
    for left, column in enumerate(sorted(range(columns), key=lambda column: wanted[column])):
        widths[column] = min(wanted[column], room // (columns - left))
        room -= widths[column]
    return Frame(tuple(widths), alignments, headings, ruled=True)


def heading_lines(frame: Frame, margin: Parts) -> list[Line]:
    """The lines above the rows."""
    if not frame.widths:
        return []
    return [*_side_by_side(frame, frame.headings, margin, BOLD), _rule(frame, margin, "─", "─┼─")]


def row_lines(frame: Frame, row: Row, margin: Parts, width: int, *, first: bool) -> list[Line]:
    """The lines of one row, below a light rule where rows need one; the `first` has none."""
    if not frame.widths:
        return _as_list(frame, row, margin, width, first=first)
    ruled = frame.ruled and not first
    return [*([_rule(frame, margin, "┈", "┈┼┈")] if ruled else []), *_side_by_side(frame, row, margin, PLAIN)]


def _rule(frame: Frame, margin: Parts, dash: str, crossing: str) -> Line:
    text = crossing.join(dash * width for width in frame.widths)
    start = _size(margin)
    return Line((*margin, (text, FRAME)), start[1] + len(text), start[0])


def _side_by_side(frame: Frame, row: Row, margin: Parts, tone: Tone) -> list[Line]:
    characters, cells = _size(margin)
    columns = [
        [(parts_between(flow.text, flow.spans, cut.start, cut.end, tone), width_of(flow.text[cut.start : cut.end]))
         for cut in cut_lines(flow.text, width)]
        for flow, width in zip(row, frame.widths, strict=True)
    ]  # fmt: skip
    lines: list[Line] = []
    for number in range(max(len(column) for column in columns)):
        parts: list[tuple[str, Tone]] = list(margin)
        for place, (column, width) in enumerate(zip(columns, frame.widths, strict=True)):
            if place:
                parts.append((_GAP, FRAME))
            shown, used = column[number] if number < len(column) else ((), 0)
            left = {"left": 0, "center": (width - used) // 2, "right": width - used}[frame.alignments[place]]
            right = width - used - left
            parts += [(" " * left, tone), *shown, (" " * right, tone)]
        total = sum(frame.widths) + len(_GAP) * (len(frame.widths) - 1)
        lines.append(Line(tuple(part for part in parts if part[0]), cells + total, characters))
    return lines


def _as_list(frame: Frame, row: Row, margin: Parts, width: int, *, first: bool) -> list[Line]:
    characters, cells = _size(margin)
    lines = [] if first else [Line((*margin, ("┈┈┈", FRAME)), cells + 3, characters)]
    for heading, flow in zip(frame.headings, row, strict=True):
        label = f"{heading.text}: " if heading.text else ""
        text = label + flow.text
        shift = len(label)
        spans = [(0, shift, BOLD), *((start + shift, end + shift, tone) for start, end, tone in flow.spans)]
        for cut in cut_lines(text, width):
            parts = parts_between(text, spans if shift else spans[1:], cut.start, cut.end, PLAIN)
            lines.append(Line((*margin, *parts), cells + width_of(text[cut.start : cut.end]), characters, cut.glue))
    return lines


def _size(parts: Parts) -> tuple[int, int]:
    text = "".join(text for text, _ in parts)
    return len(text), width_of(text)
