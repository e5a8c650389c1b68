"""The Markdown inside a paragraph: emphasis, code, links, wikilinks, citations; and where a long one may be cut.

A paragraph that keeps growing is parsed in pieces, so that each new word costs the same. A piece ends at a space
outside all marks once it is long enough, wherever the stream happened to pause: the pieces depend on the text alone.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from sage.core.terminal_text import clean_line
from sage.tui.widgets.ink import BOLD, CITATION, CODE, ITALIC, LINK, NAMED, PLAIN, QUIET, STRUCK, Flow, Span, Tone

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_PIECE, _LONGEST_PIECE = 400, 1024
_NEEDS_PARSER = re.compile(r"[*_`\[<&\\~]")
_MARKS = re.compile(r"\\.|`+|\*+|_+|~~|!?\[|\]|[ \n]")
_REFERENCE = re.compile(r"\[\d{1,3}\](?!\()|https?://[^\s<>\"]*[^\s<>\".,;:!?')\]]")
_WIKILINK = re.compile(r"!?\[\[([^\[\]\n|]+)(?:\|([^\[\]\n]+))?\]\]")
_CLOSABLE = frozenset(("**", "__", "*", "_", "`", "``", "~~"))


def plain_flow(source: str) -> Flow:
    """The text as it was typed."""
    return Flow(source.replace("\t", "    "))


def inline_flow(source: str, tone: Tone = PLAIN) -> Flow:
    """The text of inline Markdown, with the tones that differ from the paragraph's own `tone`."""
    source = source.replace("\t", "    ")
    if not _NEEDS_PARSER.search(source):
        builder = _Builder(tone)
        builder.add_text(source)
        return builder.flow()
    builder = _Builder(tone)
    for token in _parser().parseInline(source)[0].children or ():
        builder.take(token)
    return builder.flow()


class _Builder:
    def __init__(self, tone: Tone) -> None:
        self._pieces: list[str] = []
        self._spans: list[Span] = []
        self._length = 0
        self._paragraph = tone
        self._tone = tone
        self._links: list[tuple[str, int]] = []

    def flow(self) -> Flow:
        return Flow("".join(self._pieces), tuple(self._spans))

    def add(self, text: str, tone: Tone) -> None:
        if not text:
            return
        start, self._length = self._length, self._length + len(text)
        self._pieces.append(text)
        if tone == self._paragraph:
            return
        if self._spans and self._spans[-1][1] == start and self._spans[-1][2] == tone:
            start = self._spans.pop()[0]
        self._spans.append((start, self._length, tone))

    def add_text(self, text: str) -> None:
        if self._links or ("[" not in text and "://" not in text):
            self.add(text, self._tone)
            return
        position = 0
        for match in _REFERENCE.finditer(text):
            self.add(text[position : match.start()], self._tone)
            named = CITATION if match.group()[0] == "[" else LINK
            self.add(match.group(), self._tone & ~NAMED | named)
            position = match.end()
        self.add(text[position:], self._tone)

    def take(self, token: Token) -> None:
        kind = token.type
        if kind == "text":
            # An entity may have become a control character.
            self.add_text(clean_line(token.content))
        elif kind in ("softbreak", "hardbreak"):
            self.add("\n", self._paragraph)
        elif kind == "code_inline":
            self.add(clean_line(token.content), self._tone & ~NAMED | CODE)
        elif kind == "wikilink":
            self.add(token.content, self._tone & ~NAMED | LINK)
        elif kind == "image":
            self.add("▣ " + clean_line(token.content or "image"), self._tone | ITALIC)
            self._add_address(str(token.attrs.get("src", "")))
        elif kind == "link_open":
            self._links.append((str(token.attrs.get("href", "")), len(self._pieces)))
            self._tone = self._tone & ~NAMED | LINK
        elif kind == "link_close":
            self._close_link()
        else:
            self._mark(kind)

    def _mark(self, kind: str) -> None:
        flag = {"strong": BOLD, "em": ITALIC, "s": STRUCK}.get(kind.partition("_")[0], 0)
        self._tone = self._tone | flag if kind.endswith("_open") else self._tone & ~flag

    def _close_link(self) -> None:
        address, first = self._links.pop()
        self._tone = self._tone & ~NAMED | (LINK if self._links else self._paragraph & NAMED)
        shown = "".join(self._pieces[first:]).strip()
        if address.removeprefix("mailto:") != shown and address.rstrip("/") != shown.rstrip("/"):
            self._add_address(address)

    def _add_address(self, address: str) -> None:
        if address:
            self.add(f" ({clean_line(address)})", self._tone & ~NAMED | QUIET)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("strikethrough")
    parser.inline.ruler.before("link", "wikilink", _read_wikilink)
    return parser


def _read_wikilink(state: StateInline, silent: bool) -> bool:
    match = _WIKILINK.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        target, alias = match.groups()
        token = state.push("wikilink", "", 0)
        embedded = "▣ " if match.group()[0] == "!" else ""
        token.content = clean_line(embedded + (alias or target.strip("#").replace("#", " › ").replace("^", "")))
    state.pos = match.end()
    return True


def piece_end(source: str) -> tuple[int, tuple[str, ...]]:
    """Where the first piece of a growing paragraph ends (0: not yet), and the marks that are open at the end of `source`
    when there is no such place. It never changes its mind as `source` grows."""
    opened: list[str] = []
    last_space = 0
    for match in _MARKS.finditer(source, 0, _LONGEST_PIECE):
        mark, start, end = match.group(), match.start(), match.end()
        if mark in (" ", "\n"):
            last_space = end
            if start >= _PIECE and not opened:
                return end, ()
        elif mark[0] == "`":
            if mark in opened:
                del opened[opened.index(mark) :]
            elif not (opened and opened[-1][0] == "`"):
                opened.append(mark)
        elif (opened and opened[-1][0] == "`") or mark[0] == "\\":
            continue
        elif mark == "]":
            if opened and opened[-1] == "[":
                opened.pop()
        elif mark.endswith("["):
            opened.append("[")
        else:
            _open_or_close(mark, source[start - 1 : start], source[end : end + 1], opened)
    if len(source) >= _LONGEST_PIECE:
        return last_space or _LONGEST_PIECE, ()
    return 0, tuple(opened)


def _open_or_close(mark: str, before: str, after: str, opened: list[str]) -> None:
    can_close = bool(before.strip()) and mark in opened
    if mark[0] == "_" and before.isalnum() and after.isalnum():
        return
    if can_close:
        del opened[opened.index(mark) :]
    elif after.strip():
        opened.append(mark)


def close_marks(source: str, opened: tuple[str, ...]) -> str:
    """The source of a paragraph that is still being written, as it will likely read once its open marks are closed."""
    for mark in reversed(opened):
        if mark not in _CLOSABLE:
            continue
        source = source.rstrip()
        if source.endswith(mark):
            source = source.removesuffix(mark)
        else:
            source += mark
    return source
