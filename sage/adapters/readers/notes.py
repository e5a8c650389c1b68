"""Readers of notes: Markdown, plain text, Org, HTML; and of chats that were exported as such."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import unquote

from msgspec.structs import replace

from sage.adapters.readers.reading import Files, Reading, read_bytes, stem_of, text_of
from sage.core.labels import Origin
from sage.core.passages import Passage
from sage.core.reading.chat_text import read_chat
from sage.core.reading.chunking import marks_of, read_note, split_plain, split_sections
from sage.core.reading.documents import Document, Part, Piece, chat_parts, whole
from sage.core.reading.html_text import HtmlText, read_html
from sage.core.reading.org_text import read_org

_NOTION_ID = re.compile(r"[ _-][0-9a-f]{32}(?:_all)?(?=\.|/|$)")
"""What Notion puts after the name of every page that it exports."""
_PAGE_LINK = re.compile(r"\]\(([^()\s]{1,500}\.(?:md|csv))\)")
_DAILY = re.compile(r"[12]\d{3}-\d\d-\d\d(?![\d-])")
_CHARSET = re.compile(rb"""(?i)<meta[^>]{1,200}charset=["']?([\w-]{2,20})""")


def title_of(name: str) -> str:
    """A note's title, from its file's name."""
    return _NOTION_ID.sub("", stem_of(name)).strip() or stem_of(name)


def day_of(name: str) -> str | None:
    """The day that a daily note is of, from its file's name: 2026-04-10, perhaps with words after it."""
    found = _DAILY.match(stem_of(name))
    try:
        return str(date.fromisoformat(found[0])) if found else None
    except ValueError:
        return None


def read_markdown(files: Files, name: str, reading: Reading) -> Iterator[Part]:
    """A Markdown note, with its front matter."""
    text = text_of(read_bytes(files, name))
    if chat := _chat(text, name, reading):
        return chat
    note = read_note(text)
    head = note.head
    if head.trouble:
        reading.tell(
            f"Its front matter does not read as YAML (line {head.trouble_line}: {head.trouble}); it was taken as text.",
            "Mend that line.",
        )
    words = " ".join((head.title, *head.aliases, *head.tags, *head.properties)).strip()
    passages = map(_with_page_links, note.passages) if _NOTION_ID.search(stem_of(name)) else note.passages
    pieces = tuple(Piece(passage, head.when or day_of(name), origin=head.origin) for passage in passages)
    names = (head.title, *head.aliases)
    return whole(Document(title_of(name), pieces, words, audience=note.audience, marks=note.marks, names=names))


def _with_page_links(passage: Passage) -> Passage:
    """A passage of Notion's export, which links to other pages by their files."""
    links = (_NOTION_ID.sub("", stem_of(unquote(path))).strip() for path in _PAGE_LINK.findall(passage.text))
    return replace(passage, links=tuple(dict.fromkeys((*passage.links, *links))))


def read_plain(files: Files, name: str, reading: Reading) -> Iterator[Part]:
    """Plain text."""
    text = text_of(read_bytes(files, name))
    return _chat(text, name, reading) or whole(Document(title_of(name), tuple(map(Piece, split_plain(text)))))


def read_org_file(files: Files, name: str, reading: Reading) -> Iterator[Part]:
    """An Org file."""
    return whole(read_org(text_of(read_bytes(files, name)), title_of(name)))


def read_page(files: Files, name: str, reading: Reading) -> Iterator[Part]:
    """An HTML page: a note that was exported so, or one that was saved from the web."""
    data = read_bytes(files, name)
    page = read_html(_html_text(data))
    origin: Origin = "web" if page.url else "user"
    written = (page.meta.get(key, "")[:10] for key in ("created", "date", "dcterms.created", "article:published_time"))
    when = next((day for day in written if re.fullmatch(r"\d{4}-\d\d-\d\d", day)), None)
    pieces = tuple(Piece(passage, when, origin=origin) for _, passage in split_sections(page.text, page.sections))
    words = " ".join(filter(None, (page.title, page.meta.get("keywords"))))
    return whole(Document(title_of(name), _linked(pieces, page), words, marks=marks_of(page.sections)))


def _linked(pieces: tuple[Piece, ...], page: HtmlText) -> tuple[Piece, ...]:
    """The pieces, the first of which has the page's links to other notes."""
    if not pieces or not page.notes:
        return pieces
    links = tuple(_NOTION_ID.sub("", name).strip() for name in page.notes)
    return (replace(pieces[0], passage=replace(pieces[0].passage, links=links)), *pieces[1:])


def _html_text(data: bytes) -> str:
    """The page's characters: as its own head says, else as UTF-8, else as Windows' Latin letters."""
    named = _CHARSET.search(data[:4096])
    for charset in (named[1].decode() if named else "utf-8", "utf-8-sig"):
        try:
            return data.decode(charset)
        except (LookupError, UnicodeDecodeError):
            continue
    return data.decode("cp1252", "replace")


def _chat(text: str, name: str, reading: Reading) -> Iterator[Part] | None:
    """The days of a chat, if the text is one."""
    around = reading.source.removesuffix(name).strip("/").rpartition("/")[2]
    chat = read_chat(text, f"{around}/{name}" if around else name, reading.person)
    if chat is None:
        return None
    reading.format = chat.kind
    return chat_parts(chat.title, chat.messages)
