"""Org files: headings with their states, tags, properties and times; links; blocks of code.

After the syntax that the Org manual describes (orgmode.org/manual). What does not fit it is text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from sage.core.labels import audience_of
from sage.core.reading.chunking import Section, split_sections
from sage.core.reading.documents import Document, Piece
from sage.core.reading.outlines import Mark

STATES = frozenset("TODO NEXT WAITING HOLD STARTED DONE CANCELLED CANCELED".split())
"""Words before a heading that say how far it is, besides those that the file itself names."""
DEEPEST = 50
"""Levels of headings that are told apart; deeper ones count as this one."""
_NEAR = 2000
"""Characters below a heading in which its planning and properties stand."""

# No pattern here can take more than linear time: what may stand before the end of a line is stripped afterwards.
_HEADING = re.compile(r"^(\*+)[ \t]+(\S.*)$", re.MULTILINE)
_TAGS = re.compile(r":[\w@#%:]+:")
_KEYWORD = re.compile(r"^[ \t]*#\+(\w+):(.*)$", re.MULTILINE)
_PROPERTY = re.compile(r"^[ \t]*:([\w+-]+):[ \t]+(.+)$", re.MULTILINE)
_DRAWER = re.compile(r"^[ \t]*:(PROPERTIES|END):[ \t\r]*$", re.MULTILINE | re.IGNORECASE)
_EDGE = re.compile(r"^[ \t]*#\+(begin|end)_(\w+)", re.MULTILINE | re.IGNORECASE)
_MOMENT = re.compile(r"[<\[](\d{4}-\d{2}-\d{2})(?: [^\s\d<>\[\]]{1,20})?(?: (\d{1,2}:\d{2}))?[^<>\[\]\n]{0,40}[>\]]")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\b")
_PLANNING = re.compile(r"\b(?:SCHEDULED|DEADLINE|CLOSED):[ \t]*(.{0,60})")
_LINK = re.compile(r"\[\[([^\[\]\n]+)\]")
_PRIORITY = re.compile(r"^\[#[A-Za-z0-9]{1,2}\][ \t]*")
_COOKIE = re.compile(r"\[\d*(?:%|/\d*)\]")


class _Heading(Struct, frozen=True):
    start: int
    level: int
    title: str
    tags: tuple[str, ...]
    words: tuple[str, ...]
    when: str | None


def read_org(text: str, title: str) -> Document:
    """The pieces of an Org file called `title`. Tags and dates of a heading count for those below it. Never raises."""
    headings = list(_headings(text))
    first = headings[0].start if headings else len(text)
    keywords = [(key.upper(), value.strip()) for key, value in _KEYWORD.findall(text[:first])]
    tags = tuple(tag for key, value in keywords if key == "FILETAGS" for tag in re.split(r"[:\s]+", value) if tag)
    names = [name for key, value in keywords if key == "AUDIENCE" for name in re.split(r"[,\s]+", value)]
    named = [value for key, value in keywords if key == "TITLE"]
    file = _Heading(0, 0, "", tags, (), next((_moment(value) for key, value in keywords if key == "DATE"), None))
    sections = dict(_sections(text, file, headings))
    pieces = []
    for section, passage in split_sections(text, sections, _blocks(text)):
        heading = sections[section]
        links = dict.fromkeys(filter(None, map(_target, _LINK.findall(passage.text))))
        tagged = tuple(dict.fromkeys((*heading.tags, *heading.words)))
        passage = replace(passage, tags=tagged, links=tuple(links))
        pieces.append(Piece(passage, heading.when))
    words = (*named, *tags, *(value for key, value in _properties(text[: min(first, _NEAR)]) if key != "ID"))
    marks = (Mark(each.start, each.level, each.title, each.level > 0, each.tags, each.words, each.when)
             for each in (file, *headings))  # fmt: skip
    audience = audience_of(names) if names else None
    return Document(title, tuple(pieces), " ".join(words), audience=audience, marks=tuple(marks), names=tuple(named))


def _sections(text: str, file: _Heading, headings: list[_Heading]) -> Iterator[tuple[Section, _Heading]]:
    """The text's sections, each with its heading and what that one has from those above."""
    yield Section(0, headings[0].start if headings else len(text), "", ()), file
    above: list[_Heading] = []
    ends = [*(heading.start for heading in headings[1:]), len(text)]
    for heading, end in zip(headings, ends, strict=False):
        while above and above[-1].level >= heading.level:
            above.pop()
        around = above[-1] if above else file
        tags = tuple(dict.fromkeys((*around.tags, *heading.tags)))
        heading = replace(heading, tags=tags, when=heading.when or around.when)
        yield Section(heading.start, end, heading.title, tuple(one.title for one in above)), heading
        above.append(heading)


def _headings(text: str) -> Iterator[_Heading]:
    given = [value.split() for key, value in _KEYWORD.findall(text) if key.upper() in ("TODO", "SEQ_TODO", "TYP_TODO")]
    states = STATES | {word.partition("(")[0] for words in given for word in words}
    for match in _HEADING.finditer(text):
        title, tags = match[2].strip(), tuple[str, ...]()
        before, _, last = title.rpartition(" ")
        if _TAGS.fullmatch(last.rpartition("\t")[2]):
            title, tags = (before + last.rpartition("\t")[0]).strip(), tuple(filter(None, last.split(":")))
        first, _, rest = title.partition(" ")
        state, title = (first, rest.strip()) if first in states else ("", title)
        title = _PRIORITY.sub("", title)
        body = text[match.end() : match.end() + _NEAR].partition("\n*")[0]
        properties = _properties(body)
        words = (state, *(value for key, value in properties if key not in ("ID", "CREATED")))
        shown = " ".join(_COOKIE.sub("", _MOMENT.sub("", title)).split()) or title
        yield _Heading(match.start(), min(len(match[1]), DEEPEST), shown, tags, tuple(filter(None, words)),
                       _when(title, body, dict(properties)))  # fmt: skip


def _when(title: str, body: str, properties: dict[str, str]) -> str | None:
    """When a heading is about: its own time, else when it is planned, was made, or was first written of."""
    planned = _PLANNING.search(body)
    for text in (title, planned[1] if planned else "", properties.get("CREATED", ""), body):
        if moment := _moment(text):
            return moment
    day = _DAY.match(title)
    return _moment(f"<{day[0]}>") if day else None


def _moment(text: str) -> str | None:
    """The first time stamp of a text as ISO 8601, or None."""
    for day, time in _MOMENT.findall(text):
        try:
            return datetime.fromisoformat(f"{day}T{time:0>5}" if time else day).isoformat()[: 16 if time else 10]
        except ValueError:
            continue
    return None


def _properties(body: str) -> list[tuple[str, str]]:
    edges = list(_DRAWER.finditer(body))
    if len(edges) < 2 or edges[0][1].upper() != "PROPERTIES":
        return []
    return [(key.upper(), value.strip()) for key, value in _PROPERTY.findall(body[edges[0].end() : edges[1].start()])]


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """The spans of `#+begin_…` to its `#+end_…`."""
    begun: re.Match[str] | None = None
    for edge in _EDGE.finditer(text):
        if edge[1].lower() == "begin":
            begun = begun or edge
        elif begun and begun[2].lower() == edge[2].lower():
            yield begun.start(), edge.end()
            begun = None


def _target(link: str) -> str:
    """The note that a link leads to, by name; "" for what is no note."""
    kind, colon, rest = link.partition(":")
    if not colon:
        return link.strip().lstrip("*#")
    name = rest.partition("::")[0].rpartition("/")[2] if kind == "file" else ""
    return name.rpartition(".")[0] or name
