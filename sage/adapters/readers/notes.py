"""Readers of notes: Markdown, plain text, Org."""

from __future__ import annotations

from collections.abc import Iterator

from sage.adapters.readers.reading import Files, Reading, read_bytes, stem_of, text_of
from sage.core.chunking import read_note, split_plain
from sage.core.documents import Document, Part, Piece, whole
from sage.core.org_text import read_org


def read_markdown(files: Files, name: str, reading: Reading) -> Iterator[Part]:
    """A Markdown note, with its front matter."""
    note = read_note(text_of(read_bytes(files, name)))
    head = note.head
    if head.trouble:
        reading.tell(
            f"Its front matter does not read as YAML (line {head.trouble_line}: {head.trouble}); it was taken as text.",
            "Mend that line.",
        )
    words = " ".join((head.title, *head.aliases, *head.tags, *head.properties)).strip()
    pieces = tuple(Piece(passage, head.when, origin=head.origin) for passage in note.passages)
    return whole(Document(stem_of(name), pieces, words, audience=note.audience))


def read_plain(files: Files, name: str, reading: Reading) -> Iterator[Part]:
    """Plain text."""
    text = text_of(read_bytes(files, name))
    return whole(Document(stem_of(name), tuple(map(Piece, split_plain(text)))))


def read_org_file(files: Files, name: str, reading: Reading) -> Iterator[Part]:
    """An Org file."""
    return whole(read_org(text_of(read_bytes(files, name)), stem_of(name)))
