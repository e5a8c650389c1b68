"""The text of PDF files, page by page. Pages that are pictures alone are told: nothing here recognizes letters."""

from __future__ import annotations

import io
import logging
import re
import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from sage.adapters.readers.reading import Files, Reading, read_bytes, stem_of
from sage.core.reading.chunking import Section, split_sections
from sage.core.reading.documents import Document, Part, Piece, whole
from sage.core.reading.outlines import Mark, page_title

MOST_PAGES = 10_000
_BROKEN = (
    ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError, NameError, OSError, RuntimeError, TypeError,
    ValueError, struct.error, zlib.error,
)  # fmt: skip
"""What the library raises on broken files, besides its own."""
_HYPHEN = re.compile(r"(?<=[^\W\d_])-\n(?=[a-zà-ÿ])")
"""A word that was broken at the end of a line."""


def looks_like_pdf(head: bytes) -> bool:
    return head[:1024].lstrip().startswith(b"%PDF-")


def read_pdf(files: Files, name: str, reading: Reading) -> Iterator[Part]:
    """The pages of a PDF, each a section. What others made or the person did cannot be told: it counts as from outside."""
    import pypdf
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it would quote what it cannot read
    broken = (PyPdfError, *_BROKEN)
    try:
        document = pypdf.PdfReader(io.BytesIO(read_bytes(files, name)), strict=False)
        if document.is_encrypted and not document.decrypt(""):
            reading.tell("It is locked with a password.", "Save a copy without one, and import that.")
            return whole(Document(stem_of(name), ()))
        count = len(document.pages)
    except broken as error:
        reading.tell(f"It does not read as a PDF ({type(error).__name__}).", "Open it and save it again.")
        return whole(Document(stem_of(name), ()))
    pages: list[str] = []
    empty: list[int] = []
    for number in range(1, min(count, MOST_PAGES) + 1):
        try:
            pages.append(_clean(document.pages[number - 1].extract_text()))
        except broken as error:
            pages.append("")
            reading.tell(f"Page {number} does not read ({type(error).__name__}).", "The others were read.")
            continue
        if not pages[-1].strip():
            empty.append(number)
    if empty:
        reading.tell(
            f"{_spans(empty)} of {count} {'holds' if len(empty) == 1 else 'hold'} no text: pictures of it, perhaps.",
            "Run a text recognition (OCR) on the file, then import it again.",
        )
    return whole(_document(stem_of(name), pages, _told(document, broken)))


def _document(title: str, pages: Sequence[str], told: tuple[str, str | None]) -> Document:
    text = "\n\n".join(pages)
    sections, marks, start = [], [], 0
    for number, page in enumerate(pages, 1):
        sections.append(Section(start, start + len(page), page_title(number), ()))
        marks.append(Mark(start, 1, page_title(number), stands=bool(page.strip()), page=True))
        start += len(page) + 2
    words, when = told
    pieces = tuple(Piece(passage, when, origin="web") for _, passage in split_sections(text, sections))
    return Document(title, pieces, words, marks=tuple(marks))


def _told(document: Any, broken: tuple[type[Exception], ...]) -> tuple[str, str | None]:
    """What the file says of itself: title, author and keywords as words, and the day it was made."""
    try:
        about = document.metadata
        words = (
            " ".join(str(about.get(key, "")) for key in ("/Title", "/Author", "/Subject", "/Keywords")) if about else ""
        )
        made = about.creation_date if about else None
        return words.encode("utf-8", "replace").decode()[:1000].strip(), made.date().isoformat() if made else None
    except broken:
        return "", None


def _clean(text: str) -> str:
    """A page's text as it can be stored, with words joined that were broken at the end of a line."""
    return _HYPHEN.sub("", text.replace("\0", "").encode("utf-8", "replace").decode())


def _spans(numbers: Sequence[int]) -> str:
    """ "Page 3", "Pages 1, 4 to 9"."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    told = [str(first) if first == last else f"{first} to {last}" for first, last in spans[:10]]
    return f"Page{'s' if len(numbers) > 1 else ''} {', '.join(told)}{' and more' if len(spans) > 10 else ''}"
