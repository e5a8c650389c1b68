"""What text on the screen is made of, before it has colours: tones, flows of toned text, and lines."""

from __future__ import annotations

from typing import NamedTuple

Tone = int
"""One of the tones below, with any of BOLD, ITALIC and STRUCK added."""

TONES = (
    "plain",
    "quiet",
    "heading",
    "subheading",
    "code",
    "block",
    "keyword",
    "string",
    "comment",
    "number",
    "name",
    "quote",
    "link",
    "citation",
    "frame",
    "mark",
    "person",
    "person-edge",
    "notice",
    "error-edge",
)
"""The names of the tones; each is a component class of the transcript (`transcript--code`, say)."""

PLAIN, QUIET, HEADING, SUBHEADING, CODE, BLOCK, KEYWORD, STRING, COMMENT, NUMBER = range(10)
NAME, QUOTE, LINK, CITATION, FRAME, MARK, PERSON, PERSON_EDGE, NOTICE, ERROR_EDGE = range(10, 20)
BOLD, ITALIC, STRUCK = 1 << 8, 1 << 9, 1 << 10
NAMED = 0xFF
"""The mask that leaves the named tone."""

Parts = tuple[tuple[str, Tone], ...]
Span = tuple[int, int, Tone]


class Line(NamedTuple):
    """One row of the screen.

    `width` is in cells. The first `margin` characters are decoration that a copy leaves out. `glue` joins the line to
    the one before it in a copy ("" or " " where a long line was wrapped; None begins a new line). `fill` is the tone
    of the empty cells behind the text.
    """

    parts: Parts
    width: int
    margin: int = 0
    glue: str | None = None
    fill: Tone = PLAIN

    @property
    def text(self) -> str:
        """The characters of the row, decoration included."""
        return "".join(text for text, _ in self.parts)


class Flow(NamedTuple):
    """Text without a width: `spans` (start, end, tone) are sorted and apart; between them is the tone of the block."""

    text: str
    spans: tuple[Span, ...] = ()


EMPTY_LINE = Line((), 0)
