"""Tones for source code, by Pygments, which is imported when the first known language is shown."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from sage.tui.widgets.ink import BLOCK, COMMENT, KEYWORD, NAME, NUMBER, STRING, Flow, Span, Tone

if TYPE_CHECKING:
    from pygments.lexer import Lexer

_LONGEST_LINE = 400
"""Longer lines are data rather than code to read; colouring them would cost more than it gives."""


def colour(language: str, lines: Sequence[str]) -> list[Flow]:
    """The lines as flows. An unknown language, or a text without one, stays in the tone of the block."""
    lexer = _lexer(language) if language else None
    if lexer is None or max((len(line) for line in lines), default=0) > _LONGEST_LINE:
        return [Flow(line) for line in lines]
    spans: list[list[Span]] = [[] for _ in lines]
    row, column = 0, 0
    for token_type, value in lexer.get_tokens("\n".join(lines)):
        tone = _tone(token_type)
        for number, piece in enumerate(value.split("\n")):
            if number:
                row, column = row + 1, 0
            if piece and tone != BLOCK and row < len(lines):
                spans[row].append((column, column + len(piece), tone))
            column += len(piece)
    return [Flow(line, tuple(marks)) for line, marks in zip(lines, spans, strict=True)]


@lru_cache(maxsize=256)
def _tone(token_type: object) -> Tone:
    written = str(token_type)
    for named, tone in (
        ("Token.Keyword.Constant", NUMBER),
        ("Token.Keyword", KEYWORD),
        ("Token.Operator.Word", KEYWORD),
        ("Token.Name.Tag", KEYWORD),
        ("Token.Comment", COMMENT),
        ("Token.Generic.Output", COMMENT),
        ("Token.Generic.Deleted", COMMENT),
        ("Token.Literal.String", STRING),
        ("Token.Generic.Inserted", STRING),
        ("Token.Literal", NUMBER),
        ("Token.Name.Function", NAME),
        ("Token.Name.Class", NAME),
        ("Token.Name.Decorator", NAME),
        ("Token.Name.Attribute", NAME),
        ("Token.Name.Builtin", NAME),
    ):
        if written.startswith(named):
            return tone
    return BLOCK


@lru_cache(maxsize=16)
def _lexer(language: str) -> Lexer | None:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    try:
        # Nothing may be stripped or replaced: each character keeps its place.
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
