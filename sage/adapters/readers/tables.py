"""The databases in an export of Notion: tables (.csv), each row a passage."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from sage.adapters.readers.notes import title_of
from sage.adapters.readers.reading import Files, Reading, read_bytes, text_of
from sage.core.errors import Unreadable
from sage.core.passages import Passage
from sage.core.reading.documents import Document, Part, Piece, whole

NOTION_TABLE = re.compile(r".*[ _-][0-9a-f]{32}(?:_all)?\.csv")


def read_table(files: Files, name: str, reading: Reading) -> Iterator[Part]:
    """A table, the first row of which names the columns."""
    lines = text_of(read_bytes(files, name)).splitlines(keepends=True)
    rows = csv.reader(lines)
    pieces: list[Piece] = []
    start = 0
    try:
        columns = next(rows, [])
        line = rows.line_num + 1
        for row in rows:
            told = [f"{column}: {value}" for column, value in zip(columns, row, strict=False) if value.strip()]
            text = "\n".join(told)
            if text:
                pieces.append(Piece(Passage(text, start, start + len(text), line, row[0].strip()[:200])))
                start += len(text) + 1
            line = rows.line_num + 1
    except csv.Error as error:
        raise Unreadable(f"It is no table (line {rows.line_num}).", do="Export it again.") from error
    return whole(Document(title_of(name), tuple(pieces)))
