"""What a person would read of an HTML mail, as text. One pass; the time is linear in the length, whatever the input is."""

from __future__ import annotations

import html
import re

_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<[!?][^>]*>?"
    r"|<(/?)([a-zA-Z][a-zA-Z0-9:-]{0,40})((?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>?"
    r"|[^<]+|<",
    re.S,
)
"""A comment, a declaration, a tag, or words. A quote without an end is met at most once for each kind of quote."""
_ATTRIBUTE = re.compile(
    r"(?<![\w-])(style|hidden|href)(?![\w-])(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?", re.I
)
_HIDING = re.compile(
    r"(?<![\w-])(?:display\s*:\s*none|visibility\s*:\s*hidden|(?:opacity|max-height)\s*:\s*0*\.?0+\s*(?:px|%)?\s*(?:!|;|$))",
    re.I,
)
_RAW = frozenset("script style title textarea".split())
"""Elements whose content is no markup."""
_UNSEEN = _RAW | frozenset("head template noscript object svg math select iframe".split())
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_BREAKS = dict.fromkeys("br hr tr li div dt dd section header footer".split(), 1) | dict.fromkeys(
    "p table ul ol dl blockquote pre h1 h2 h3 h4 h5 h6 article".split(), 2
)
_NO_WIDTH = re.compile("[\u200b\u00ad\u034f\ufeff]+")
"""Advertising fills its first line with them."""
_BLANKS = re.compile(r"[ \t\n\r\f\xa0]+")
_LONGEST_LINK = 300
_DEEPEST = 200


def html_text(source: str) -> str:
    """The text of an HTML document: hidden elements left out, links behind their words in <…>."""
    writer = _Writer()
    for token in _TOKEN.finditer(source):
        if token[2]:
            writer.tag(token[2].lower(), token[3] or "", closing=bool(token[1]))
        elif not token[0].startswith(("<!", "<?")):
            writer.words(html.unescape(token[0]))
    return writer.text()


class _Writer:
    def __init__(self) -> None:
        self._out: list[str] = []
        self._breaks = 0
        self._space = False
        self._unseen: list[str] = []
        """Open elements from the first one that is not seen, innermost last."""
        self._link = ""
        self._link_from = 0

    def tag(self, name: str, attributes: str, *, closing: bool) -> None:
        if self._unseen:
            self._within_unseen(name, attributes, closing)
            return
        self._breaks = max(self._breaks, _BREAKS.get(name, 0))
        self._space = self._space or name in ("td", "th")
        if name == "a":
            self._end_link()
        if closing:
            return
        found = {a[1].lower(): a[2] or a[3] or a[4] or "" for a in _ATTRIBUTE.finditer(attributes)}
        if name in _UNSEEN or "hidden" in found or _HIDING.search(found.get("style", "")):
            if _opens(name, attributes):
                self._unseen.append(name)
        elif name == "li":
            self.words("- ")
        elif name == "a":
            self._link = html.unescape(found.get("href", "")).strip()
            self._link_from = len(self._out)

    def words(self, text: str) -> None:
        if self._unseen:
            return
        text = _BLANKS.sub(" ", _NO_WIDTH.sub("", text))
        self._space = self._space or text.startswith(" ")
        if not text.strip(" "):
            return
        if self._out and (self._breaks or self._space):
            self._out.append("\n" * self._breaks or " ")
        self._out.append(text.strip(" "))
        self._breaks, self._space = 0, text.endswith(" ")

    def text(self) -> str:
        self._end_link()
        return "".join(self._out)

    def _within_unseen(self, name: str, attributes: str, closing: bool) -> None:
        if closing and name in self._unseen:
            while self._unseen.pop() != name:
                pass
        elif not closing and self._unseen[-1] not in _RAW and _opens(name, attributes) and len(self._unseen) < _DEEPEST:
            self._unseen.append(name)

    def _end_link(self) -> None:
        link, self._link = self._link, ""
        if not link.lower().startswith(("http://", "https://", "mailto:")) or len(link) > _LONGEST_LINK:
            return
        shown = "".join(self._out[self._link_from :]).strip()
        bare = re.sub(r"^(?:mailto:|https?://)", "", link, flags=re.I).rstrip("/")
        if shown and shown.rstrip("/") not in (link.rstrip("/"), bare):
            self._out.append(f" <{link}>")


def _opens(name: str, attributes: str) -> bool:
    return name not in _VOID and not attributes.endswith("/")
