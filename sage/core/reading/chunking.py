"""A note's text cut into passages, each found as a whole.

A passage belongs to one section: a heading and what stands below it up to the next one. Long sections are cut at
block borders, else inside a list or table, else after a sentence, else at a line; fenced code stays whole while it
can. Every visible character of the body is in exactly one passage (but headings with nothing of their own below, which
stand in the paths of those below them), and `text[start:end] == passage.text`.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct

from sage.core.labels import LOCAL_ONLY, PRIVATE, Audience, audience_of, folded_name
from sage.core.passages import Passage
from sage.core.reading.front_matter import FrontMatter, read_front_matter
from sage.core.reading.outlines import Mark

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

SMALL, LARGE = 400, 800
"""Characters between which a passage of a long section is aimed at: five of them are one page."""
SMALLEST = 100
"""Characters that are never cut off alone when a larger passage can take them."""
LARGEST_CODE = 4800
"""Characters up to which fenced code stays whole."""

_BREAK = re.compile(r"\r\n|\r|\n")
_SENTENCE = re.compile(r"[.!?…][\"'”’)\]]*\s+|[。！？]\s*")
_TAG = re.compile(r"(?<![\w/#&\\])(?<!\]\()#([\w/-]*[^\W\d_][\w/-]*)")
_LINK = re.compile(r"!?\[\[([^\[\]|#^\n]+)")
_INLINE_CODE = re.compile(r"(?<!`)(`+)(?!`)([^\n]*?[^`\n])\1(?!`)")
_VISIBLE = re.compile(r"\S")
_SHARE = "share/"


class Note(Struct, frozen=True):
    """A note as memory sees it. `tags` (without #) and `links` (targets of wikilinks) are those of the whole note.

    `audience` is what the note says itself of who may see it; None when it says nothing. `marks` are its headings.
    """

    head: FrontMatter
    passages: tuple[Passage, ...]
    tags: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    audience: Audience | None = None
    marks: tuple[Mark, ...] = ()


class Section(Struct, frozen=True):
    """A heading with what stands below it up to the next one, in offsets; `path` are the headings above it."""

    start: int
    end: int
    heading: str
    path: tuple[str, ...]


class _Outline(Struct, frozen=True):
    """Offsets: of `headings` (offset, end of its line, level, title), of block borders, of code, HTML and quotes."""

    headings: tuple[tuple[int, int, int, str], ...] = ()
    borders: tuple[int, ...] = ()
    inner_borders: tuple[int, ...] = ()
    solid: tuple[tuple[int, int], ...] = ()
    quotes: tuple[tuple[int, int], ...] = ()


def read_note(text: str) -> Note:
    """Front matter and passages of a Markdown note. Never raises: a broken front matter is told in `head.trouble`."""
    head = read_front_matter(text)
    outline = _outline(text, head.length or head.broken)
    words = _without_code(text, outline.solid)
    passages = tuple(_passages(text, head.length, head.broken, outline, words))
    own_words = _blanked(words, outline.quotes)
    tags = _distinct((*head.tags, *(tag for passage in passages for tag in passage.tags)))
    return Note(
        head=head,
        passages=passages,
        tags=tags,
        links=_distinct(link for passage in passages for link in passage.links),
        audience=_audience(head, _TAG.findall(own_words, head.length)),
        marks=_marks(outline, passages),
    )


def _marks(outline: _Outline, passages: Sequence[Passage]) -> tuple[Mark, ...]:
    starts = {passage.start for passage in passages}
    return tuple(Mark(start, level, title, start in starts) for start, _, level, title in outline.headings)


def marks_of(sections: Iterable[Section]) -> tuple[Mark, ...]:
    """The headings of sections that were found by other rules than Markdown's."""
    return tuple(Mark(one.start, len(one.path) + 1, one.heading) for one in sections if one.heading)


def split_markdown(text: str) -> tuple[Passage, ...]:
    """The passages of a Markdown text that has no front matter."""
    outline = _outline(text, 0)
    return tuple(_passages(text, 0, 0, outline, _without_code(text, outline.solid)))


def links_in(text: str) -> tuple[str, ...]:
    """The targets of the wikilinks in a text, as its own words tell: code is known by what stands in the text alone."""
    if "[[" not in text:
        return ()
    return _distinct(link.strip() for link in _LINK.findall(_INLINE_CODE.sub(" ", text)))


def split_plain(text: str) -> tuple[Passage, ...]:
    """The passages of a plain text, cut at empty lines: it has no headings, tags or links."""
    return tuple(passage for _, passage in split_sections(text, [Section(0, len(text), "", ())]))


def split_sections(
    text: str, sections: Iterable[Section], solid: Iterable[tuple[int, int]] = ()
) -> Iterator[tuple[Section, Passage]]:
    """The passages of a text whose sections were found by other rules than Markdown's, each with its section.

    They are cut at empty lines; the spans of `solid` (sorted) stay whole while they can.
    """
    outline = _Outline(borders=_empty_lines(text), solid=tuple(solid))
    starts = _line_starts(text)
    for section in sections:
        for start, end in _cut(text, section.start, section.end, outline, starts):
            yield section, _passage(text, start, end, starts, section.heading, section.path)


def _empty_lines(text: str) -> tuple[int, ...]:
    return tuple(found.end() for found in re.finditer(r"(?:\r\n|\r|\n)[^\S\r\n]*(?:\r\n|\r|\n)", text))


def shares_itself(text: str) -> bool:
    """Whether a note with this text would say of itself who else may see it."""
    return read_note(text).audience not in (None, PRIVATE)


def _audience(head: FrontMatter, tags: list[str]) -> Audience | None:
    """What a note says of who may see it: by its front matter and `#share/NAME` tags (not inside quotes or code).

    Words that are not the person's own share nothing, and what Sage wrote stays private until it is shared itself. That it stays
    on this machine counts whoever says so, and whatever else is said.
    """
    given = None if head.audience is None else [folded_name(name) for name in head.audience]
    shared = [tag[len(_SHARE) :] for tag in (*head.tags, *tags) if tag.casefold().startswith(_SHARE)]
    stays = (LOCAL_ONLY,) if LOCAL_ONLY in audience_of([*(given or ()), *shared]) else None
    if head.origin != "user":
        return stays or (PRIVATE if head.origin == "tool" else None)
    if head.trouble or (given is not None and (not given or "private" in given)):
        return stays or PRIVATE
    return audience_of([*(given or ()), *shared]) if given is not None or shared else None


def _passages(text: str, begin: int, body: int, outline: _Outline, words: str) -> Iterator[Passage]:
    """Passages of text[begin:]; what stands before `body` is outside of every section."""
    starts = _line_starts(text)
    sections = _sections(text, max(begin, body), outline)
    for section in (Section(begin, max(begin, body), "", ()), *sections):
        for start, end in _cut(text, section.start, section.end, outline, starts):
            own = words[start:end]
            tags, links = _distinct(_TAG.findall(own)), _distinct(link.strip() for link in _LINK.findall(own))
            yield _passage(text, start, end, starts, section.heading, section.path, tags, links)


def _passage(
    text: str,
    start: int,
    end: int,
    starts: list[int],
    heading: str,
    path: tuple[str, ...],
    tags: tuple[str, ...] = (),
    links: tuple[str, ...] = (),
) -> Passage:
    return Passage(text[start:end], start, end, bisect_right(starts, start), heading, path, tags, links)


def _line_starts(text: str) -> list[int]:
    return [0, *(found.end() for found in _BREAK.finditer(text))]


@cache
def _parser() -> MarkdownIt:
    """Made once: that takes as long as reading a note of ten passages."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable("table").disable(["inline", "text_join"])


def _outline(text: str, body: int) -> _Outline:
    """Where blocks begin and end, by a CommonMark parser: so `#` in code is no heading, and `===` below a line is."""
    # The parser's lines end where `_BREAK` does, so its line numbers are indices into `at`.
    at = [body + start for start in _line_starts(text[body:])] + [len(text)]
    headings, solid, quotes = [], [], []
    borders: set[int] = set()
    inner: set[int] = set()
    tokens = _parser().parse(text[body:])
    for token, following in pairwise([*tokens, None]):
        if token is None or not token.map or token.type == "inline":
            continue
        start, end = at[token.map[0]], at[min(token.map[1], len(at) - 1)]
        (inner if token.level else borders).add(start)
        if token.type == "heading_open" and token.level == 0 and following is not None:
            title = " ".join(following.content.split())
            headings.append((start, end, int(token.tag[1]), title))
        elif token.type in ("fence", "code_block", "html_block"):
            solid.append((start, end))
        elif token.type == "blockquote_open":
            quotes.append((start, end))
    return _Outline(tuple(headings), tuple(sorted(borders)), tuple(sorted(inner)), tuple(solid), tuple(quotes))


def _sections(text: str, body: int, outline: _Outline) -> Iterator[Section]:
    """The sections in order. A heading with nothing below it but a deeper heading stands in that one's path only."""
    first = outline.headings[0][0] if outline.headings else len(text)
    yield Section(body, first, "", ())
    above: list[tuple[int, str]] = []
    for number, (begin, below, level, title) in enumerate(outline.headings):
        following = outline.headings[number + 1] if number + 1 < len(outline.headings) else None
        end = following[0] if following else len(text)
        above = [(depth, name) for depth, name in above if depth < level]
        if not (following and following[2] > level and not _VISIBLE.search(text, below, end)):
            yield Section(begin, end, title, tuple(name for _, name in above))
        above.append((level, title))


def _cut(text: str, start: int, end: int, outline: _Outline, lines: list[int]) -> Iterator[tuple[int, int]]:
    """Pieces of text[start:end], without blank lines around them; pieces without a visible character are left out."""
    while first := _VISIBLE.search(text, start, end):
        # Leading blank lines go, the indentation of the first visible line stays.
        start = max(start, lines[bisect_right(lines, first.start()) - 1])
        stop = end if end - start <= LARGE else _border(text, start, end, outline, lines)
        piece = text[start:stop].rstrip()
        yield start, start + len(piece)
        start = stop


def _border(text: str, start: int, end: int, outline: _Outline, lines: list[int]) -> int:
    """Where to end the piece that begins at `start` of a text that is too long for one."""
    least, small, most = start + SMALLEST, start + SMALL, min(start + LARGE, end - SMALLEST)
    code = _around(most, outline.solid)
    for offsets, lowest in (
        (outline.borders, small),
        (outline.borders, least),
        (outline.inner_borders, small),
    ):
        if (found := _last(offsets, lowest, most)) and not _around(found, outline.solid):
            return found
    if code and min(code[1], end) - start <= LARGEST_CODE:
        return min(code[1], end)
    sentences = [found.end() for found in _SENTENCE.finditer(text, small, most)]
    by_line = _last(lines, small, most)
    by_sentence = sentences[-1] if sentences else 0
    return (by_line if code else 0) or by_sentence or by_line or _space(text, small, most) or most


def _last(offsets: Sequence[int], low: int, high: int) -> int:
    """The greatest offset in [low, high], or 0."""
    place = bisect_right(offsets, high) - 1
    return offsets[place] if place >= 0 and offsets[place] >= low else 0


def _around(offset: int, spans: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """The span (of sorted ones that do not overlap) that `offset` would cut in two."""
    place = bisect_left(spans, (offset,)) - 1
    return spans[place] if place >= 0 and spans[place][1] > offset else None


def _space(text: str, low: int, high: int) -> int:
    """After the last white space in [low, high), or 0."""
    for place in range(high - 1, low - 1, -1):
        if text[place].isspace():
            return place + 1
    return 0


def _without_code(text: str, solid: Iterable[tuple[int, int]]) -> str:
    """The text with code and HTML as blanks, of the same length: what is left may hold tags and links."""
    return _INLINE_CODE.sub(lambda found: " " * len(found.group()), _blanked(text, solid))


def _blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    pieces, at = [], 0
    for start, end in spans:
        if end > at:
            pieces += [text[at : max(start, at)], "\n" * (end - max(start, at))]
            at = end
    return "".join([*pieces, text[at:]])


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))
