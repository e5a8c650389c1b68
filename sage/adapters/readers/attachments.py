"""Reads a file that is given with a question: a picture as it is, a PDF page by page, anything else as text."""

from __future__ import annotations

import os
from pathlib import Path

from sage.adapters.readers.pdf import looks_like_pdf, read_pdf
from sage.adapters.readers.reading import Loaded, Reading, text_of
from sage.core.attachments import Attached, image_of, kept_here
from sage.core.errors import Unreadable
from sage.core.labels import LOCAL_ONLY
from sage.core.passages import Hit, Passage, passage_id
from sage.core.reading.chunking import Section, read_note, split_sections
from sage.core.reading.documents import Person

LARGEST = 50_000_000
"""Bytes of a file that is read at all."""


def read_attachment(path: str) -> Attached:
    """The file at an absolute path. Raises Unreadable: then nothing of it is used."""
    file = Path(path)
    name = file.name
    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except OSError as error:
        raise Unreadable(
            f"{name} cannot be read ({os.strerror(error.errno or 0)}).", safe="Nothing was asked.", do="Attach another."
        ) from error
    if len(data) > LARGEST:
        raise Unreadable(
            f"{name} is larger than {LARGEST / 1e6:.0f} MB.", safe="Nothing was asked.", do="Attach a part."
        )
    if image := image_of(name, data):
        return Attached(images=(image,))
    if looks_like_pdf(data):
        return _pdf(name, data)
    try:
        text = text_of(data)
    except Unreadable as error:
        raise Unreadable(
            f"{name} is neither text, PDF nor a picture.", safe="Nothing was asked.", do="Attach one of those."
        ) from error
    pieces = split_sections(text, [Section(0, len(text), "", ())])
    found = Attached(tuple(_hit(name, piece) for _, piece in pieces))
    return kept_here(found) if LOCAL_ONLY in (read_note(text).audience or ()) else found


def _pdf(name: str, data: bytes) -> Attached:
    reading = Reading(Person(), name, "pdf", LARGEST, named=True)
    document = next(iter(read_pdf(Loaded(name, data), name, reading))).load()
    told = " ".join(trouble.what for trouble in reading.told())
    if not document.pieces:
        raise Unreadable(
            f"{name} has no text that can be read. {told}".strip(),
            safe="Nothing was asked.",
            do="Attach pictures of its pages, for a model that can see them, or a copy with its text recognized.",
        )
    return Attached(tuple(_hit(name, piece.passage) for piece in document.pieces), unread=told and f"Of {name}: {told}")


def _hit(name: str, piece: Passage) -> Hit:
    """A piece of an attached text: others may have written it, and it is in no memory."""
    said = passage_id(name, 0, f"{piece.start}\n{piece.text}")
    return Hit(said, name, piece.heading, piece.line, piece.start, piece.end, piece.text, origin="web")
