"""HTML as text: what a reader would see, with its headings, quotes and links; nothing is fetched or run."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from sage.core.reading.chunking import Section

_UNSEEN = frozenset("script style template noscript svg math object iframe select".split())
_BLOCKS = frozenset(
    """address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5
    h6 header hr html li main nav ol p pre section summary table tbody tfoot thead tr ul""".split()
)
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_HIDDEN = re.compile(r"(?i)display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all")
_NO_TAG = re.compile(r"<(?![A-Za-z/?!][^<]*>)|<(?=!\[)")
"""What opens no tag that is closed before the next one: the parser would look for its end through the whole page, each time."""
_SAVED = re.compile(r"saved from url=\(\d+\)(\S+)|\burl: (https?://\S+)")
_SPACE = re.compile(r"[ \t\r\n\f\xa0\u200b\u200c\u034f\ufeff]+")
_DEEPEST_QUOTE = 9


class HtmlText(Struct, frozen=True):
    """A page as text. `sections` begin at its headings; `notes` are the names of pages beside it that it links to; `url` is
    where it was saved from, if it says so; `meta` are its other properties by name."""

    text: str
    title: str
    sections: tuple[Section, ...]
    notes: tuple[str, ...]
    url: str
    meta: dict[str, str]


def read_html(source: str) -> HtmlText:
    """What an HTML page says. Never raises: what does not parse is left out."""
    page = _Page()
    saved = _SAVED.search(source[:4000])
    page.url = (saved[1] or saved[2]) if saved else ""
    page.feed(_NO_TAG.sub("&lt;", _without_comments(source)))
    page.close()
    written = "".join(page.out).rstrip()
    text = written.lstrip("\n")
    lead = len(written) - len(text)
    headings = [(max(0, start - lead), level, title) for start, level, title in page.headings if title]
    return HtmlText(text, " ".join(page.title.split()), tuple(_sections(text, headings)), tuple(dict.fromkeys(page.notes)),
                    page.url, page.meta)  # fmt: skip


def _without_comments(source: str) -> str:
    """The page without its comments and the marks that word processors leave."""
    kept, at = [], 0
    while (start := source.find("<!", at)) >= 0:
        is_comment = source.startswith("<!--", start)
        end = source.find("-->" if is_comment else ">", start)
        kept.append(source[at:start])
        at = end + (3 if is_comment else 1) if end >= 0 else len(source)
    return "".join([*kept, source[at:]])


def _sections(text: str, headings: list[tuple[int, int, str]]) -> list[Section]:
    starts = [start for start, _, _ in headings] + [len(text)]
    sections = [Section(0, starts[0], "", ())]
    above: list[tuple[int, str]] = []
    for (start, level, title), end in zip(headings, starts[1:], strict=True):
        above = [(depth, name) for depth, name in above if depth < level]
        sections.append(Section(start, end, title, tuple(name for _, name in above)))
        above.append((level, title))
    return sections


class _Page(HTMLParser):
    """Collects text as it comes. No element is kept: only how deep quotes and unseen parts are."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.length = 0
        self.title = self.url = ""
        self.meta: dict[str, str] = {}
        self.notes: list[str] = []
        self.headings: list[tuple[int, int, str]] = []
        self._unseen: list[str] = []
        self._unseen_tags: Counter[str] = Counter()
        self._quotes = self._plain = 0
        self._in_title = self._begun = False
        self._gap = 2
        """New lines that stand at the end: at the beginning, as many as matter."""
        self._heading: tuple[int, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attrs}
        if self._unseen:
            if tag not in _VOID:
                self._hide(tag)
            return
        if tag in _UNSEEN or (_HIDDEN.search(values.get("style", "")) and tag not in _VOID):
            self._hide(tag)
            return
        if tag == "title":
            self._in_title = True
        elif tag == "meta":
            self._note_meta(values)
        elif tag == "link" and "canonical" in values.get("rel", ""):
            self.url = self.url or values.get("href", "")
        elif tag == "a":
            self._note_link(values.get("href", ""))
        elif tag == "br":
            self._break(1, always=True)
        elif tag in ("td", "th"):
            self._put("\t" if self._begun else "")
        elif tag in _BLOCKS:
            self._begin_block(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._unseen:
            if self._unseen_tags[tag]:
                while (closed := self._unseen.pop()) != tag:
                    self._unseen_tags[closed] -= 1
                self._unseen_tags[tag] -= 1
            return
        if tag == "title":
            self._in_title = False
        elif tag in _BLOCKS:
            if self._heading and tag[0] == "h" and tag[1:].isdigit():
                self._end_heading()
            self._break(2 if tag in ("p", "blockquote", "pre", "ul", "ol", "table") or tag[0] == "h" else 1)
            self._quotes -= tag == "blockquote" and self._quotes > 0
            self._plain -= tag == "pre" and self._plain > 0

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if self._in_title:
            self.title += data
        elif self._plain:
            for place, line in enumerate(data.split("\n")):
                if place:
                    self._break(1, always=True)
                self._put(line)
        else:
            text = _SPACE.sub(" ", data)
            self._put(text if self._begun else text.lstrip())

    def _hide(self, tag: str) -> None:
        self._unseen.append(tag)
        self._unseen_tags[tag] += 1

    def _begin_block(self, tag: str) -> None:
        self._break(2 if tag in ("p", "blockquote", "table") or tag[0] == "h" else 1)
        if tag == "blockquote":
            self._quotes += 1
        elif tag == "pre":
            self._plain += 1
        elif tag == "li":
            self._put("- ")
        elif tag[0] == "h" and tag[1:].isdigit():
            self._heading = (self.length, int(tag[1:]))

    def _end_heading(self) -> None:
        start, level = self._heading or (0, 0)
        written = "".join(self._since(start))
        self.headings.append((start, level, " ".join(written.split())))
        self._heading = None

    def _since(self, start: int) -> list[str]:
        """What was written from an offset on."""
        found, at = [], self.length
        for piece in reversed(self.out):
            if at <= start:
                break
            found.append(piece)
            at -= len(piece)
        return found[::-1]

    def _put(self, text: str) -> None:
        if not text:
            return
        if not self._begun and self._quotes:
            self._write("> " * min(self._quotes, _DEEPEST_QUOTE))
        self._write(text)
        self._begun, self._gap = True, 0

    def _break(self, wanted: int, *, always: bool = False) -> None:
        """Ends the line, with an empty one after it for 2; `always` even when nothing stands in it."""
        missing = 1 if always and self._gap < 3 else wanted - self._gap
        if missing > 0:
            self._write("\n" * missing)
            self._gap += missing
        self._begun = False

    def _write(self, text: str) -> None:
        self.out.append(text)
        self.length += len(text)

    def _note_meta(self, values: dict[str, str]) -> None:
        name = (values.get("name") or values.get("property") or values.get("itemprop") or "").lower()
        if name == "og:url":
            self.url = self.url or values.get("content", "")
        elif name and len(self.meta) < 50:
            self.meta[name] = values.get("content", "")[:500]

    def _note_link(self, address: str) -> None:
        try:
            parts = urlsplit(address)
        except ValueError:
            return
        if not parts.scheme and not parts.netloc and parts.path.lower().endswith((".html", ".htm", ".md")):
            self.notes.append(unquote(parts.path).rpartition("/")[2].rpartition(".")[0])
