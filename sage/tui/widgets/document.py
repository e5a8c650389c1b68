"""One message as rows: its blocks, how high each is, and the line at a row. Lines are made when they are looked at."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from sage.tui.widgets.blocks import Block, Paragraph, Place
from sage.tui.widgets.heights import Heights
from sage.tui.widgets.ink import EMPTY_LINE, PLAIN, Line, Tone
from sage.tui.widgets.markdown_blocks import MarkdownBlocks

_MEASURED_AT_ONCE = 24
"""A message of at most so many changed blocks is measured when it changes; a longer one is estimated first."""

_PLAIN_BLOCK = 2000
"""Characters after which the lines of a plain text go on in a further block."""


class Blocks(Protocol):
    """A text that becomes blocks as it arrives."""

    blocks: list[Block]
    changed: int

    def feed(self, text: str) -> None: ...

    def close(self) -> None: ...


class Found(NamedTuple):
    """A row of a document: its line, the block it belongs to, and the number of the line in that block."""

    line: Line
    block: int
    number: int


class PlainBlocks:
    """A text that is shown as it was written."""

    def __init__(self, tone: Tone = PLAIN) -> None:
        self.blocks: list[Block] = []
        self.changed = 0
        self._tone = tone

    def feed(self, text: str) -> None:
        """The next piece of the text."""
        if not self.blocks:
            self._begin()
        for number, line in enumerate(text.split("\n")):
            if number:
                full = len(self._last.source or "") > _PLAIN_BLOCK
                if full:
                    self._begin()
                else:
                    self._last.add("\n")
            self._last.add(line)
        self.changed = 0

    def close(self) -> None:
        """The text is at its end."""

    def _begin(self) -> None:
        self._last = Paragraph(Place(), self._tone, plain=True)
        self.blocks.append(self._last)


class Document:
    """The rows of one text at one width (in cells)."""

    def __init__(self, blocks: Blocks, width: int) -> None:
        self._blocks = blocks
        self._heights = Heights()
        self._exact: list[bool] = []
        self.width = width

    @classmethod
    def of_markdown(cls, width: int, text: str = "") -> Document:
        """A document of Markdown; an empty one can be fed."""
        return cls(MarkdownBlocks(), width)._filled(text)

    @classmethod
    def of_plain(cls, width: int, text: str, tone: Tone = PLAIN) -> Document:
        """A document that shows the text as it was written."""
        return cls(PlainBlocks(tone), width)._filled(text)

    def _filled(self, text: str) -> Document:
        if text:
            self._blocks.feed(text)
            self.close()
        return self

    @property
    def height(self) -> int:
        """All rows, some of them perhaps estimated."""
        return self._heights.total

    def feed(self, text: str) -> int:
        """More text at the end; the first row that changed."""
        self._blocks.feed(text)
        return self._follow()

    def close(self) -> int:
        """The text is at its end; the first row that changed."""
        self._blocks.close()
        return self._follow()

    def set_width(self, width: int) -> None:
        """Wrap at another width: rows are estimated until they are looked at."""
        if width != self.width:
            self.width = width
            for block in self._blocks.blocks:
                block.forget_lines()
            self._blocks.changed = 0
            self._follow()

    def measure(self, top: int, bottom: int) -> None:
        """Make sure of the rows from `top` up to `bottom`; rows below may move."""
        blocks = self._blocks.blocks
        if not blocks or bottom <= 0:
            return
        index, offset = self._heights.at(max(0, top))
        row = top - offset
        while index < len(blocks) and row < bottom:
            if not self._exact[index]:
                self._heights[index] = len(blocks[index].lines(self.width))
                self._exact[index] = True
            row += self._heights[index]
            index += 1

    def at(self, row: int) -> Found:
        """The line at a row."""
        if not self._blocks.blocks:
            return Found(EMPTY_LINE, 0, 0)
        index, number = self._heights.at(row)
        lines = self._blocks.blocks[index].lines(self.width)
        return Found(lines[number] if number < len(lines) else EMPTY_LINE, index, number)

    def row_of(self, block: int, number: int) -> int:
        """The row of a line, by its block and number; the nearest one there is."""
        block = min(block, len(self._heights) - 1)
        return self._heights.top(block) + min(number, self._heights[block] - 1) if block >= 0 else 0

    def _follow(self) -> int:
        blocks = self._blocks.blocks
        first = min(self._blocks.changed, len(self._heights), len(blocks))
        self._heights.truncate(first)
        del self._exact[first:]
        row = self._heights.total
        exact = len(blocks) - first <= _MEASURED_AT_ONCE
        for block in blocks[first:]:
            self._heights.append(len(block.lines(self.width)) if exact else block.estimate(self.width))
            self._exact.append(exact)
        self._blocks.changed = len(blocks)
        return row
