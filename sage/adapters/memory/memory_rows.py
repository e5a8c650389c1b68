"""The rows of index/memory.db. All of it is a cache: made from files and the journal, and made again when lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import apsw
import msgspec
from msgspec import Struct

from sage.adapters.database import Migration
from sage.adapters.memory import linked_notes, postings
from sage.core.labels import PRIVATE, Audience, Origin
from sage.core.passages import FileTrouble, Hit, Passage
from sage.core.reading.outlines import Mark

Kind = Literal["file", "thread", "text"]
"""What a document is: an imported file or a document in it, (a slice of) a thread of remembered texts or of the messages
in a file, or one text without a thread. Those of files have a root, those of texts have none."""

SLICE = 64
"""Texts of a thread that count as one document: a whole endless conversation says little about one of its turns, and
would be indexed again at each of them."""

_TABLES = """
CREATE TABLE marks (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE embedders (kind TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;

INSERT INTO marks VALUES ('identity', abs(random() / 2));

CREATE TABLE roots (path TEXT PRIMARY KEY, device INTEGER NOT NULL, inode INTEGER NOT NULL, complete INTEGER NOT NULL);

CREATE TABLE documents (
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    root TEXT NOT NULL,
    source TEXT NOT NULL,
    part TEXT NOT NULL,
    slice INTEGER NOT NULL,
    folder TEXT NOT NULL,
    first TEXT NOT NULL,
    own TEXT,
    audience TEXT NOT NULL,
    title TEXT NOT NULL,
    words TEXT NOT NULL,
    marks TEXT NOT NULL,
    mtime_ns INTEGER NOT NULL,
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    troubles TEXT NOT NULL,
    device INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    UNIQUE (root, source, part, slice, kind)
);
CREATE INDEX documents_by_inode ON documents (inode) WHERE inode != 0;
CREATE INDEX documents_by_size ON documents (size) WHERE inode != 0;

CREATE TABLE passages (
    number INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES documents (number) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    part INTEGER NOT NULL,
    id TEXT NOT NULL,
    source TEXT NOT NULL,
    heading TEXT NOT NULL,
    path TEXT NOT NULL,
    line INTEGER NOT NULL,
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    text TEXT NOT NULL,
    said_when TEXT,
    origin TEXT NOT NULL,
    own TEXT NOT NULL,
    audience TEXT NOT NULL,
    speaker TEXT,
    tags TEXT NOT NULL,
    links TEXT NOT NULL,
    length INTEGER NOT NULL
);
CREATE INDEX passages_of ON passages (document, ordinal, part, length, audience);
CREATE INDEX passages_by_id ON passages (id, part);
CREATE INDEX passages_by_audience ON passages (audience);

CREATE TABLE vectors (passage INTEGER PRIMARY KEY REFERENCES passages (number) ON DELETE CASCADE, vector BLOB NOT NULL);
CREATE TABLE next_vectors (passage INTEGER PRIMARY KEY REFERENCES passages (number) ON DELETE CASCADE, vector BLOB NOT NULL);
"""


def _anew(connection: apsw.Connection) -> None:
    """All is made again from the files and the journal: an index of before is emptied."""
    names = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' "
        "ORDER BY sql NOT LIKE 'CREATE VIRTUAL%'"
    ).fetchall()
    for (name,) in names:
        connection.execute(f"DROP TABLE IF EXISTS {name}")
    connection.execute(_TABLES + postings.TABLES + linked_notes.TABLES).fetchall()


MIGRATIONS: tuple[Migration, ...] = (*["SELECT 1"] * 10, _anew)
"""A change of the tables, or of how texts are cut, counts one more in front of `_anew`."""


class DocumentRow(Struct, frozen=True):
    """A file, a slice of a thread, or a text. `words` are its tags, aliases and properties; `root` is what was
    imported ("" for remembered texts) and `folder` the folder that `source` is relative to. A file that holds many
    documents has one row of its own, and one for each `part`, whose `sha256` is that part's mark. A file that was
    renamed was `first` seen under another name ("" for the same one; see `first_name`). `own` is what a file says itself
    of who may see it (None: nothing), `audience` who may see it as a whole: its name, its properties and where its
    passages stand. `marks` are its headings, `names` what else than by its file it is linked to by (not set in rows that
    were read).
    """

    kind: Kind
    source: str
    title: str
    root: str = ""
    folder: str = ""
    part: str = ""
    slice: int = 0
    words: str = ""
    mtime_ns: int = 0
    size: int = 0
    sha256: str = ""
    troubles: tuple[FileTrouble, ...] = ()
    first: str = ""
    own: Audience | None = None
    audience: Audience = PRIVATE
    device: int = 0
    inode: int = 0
    marks: tuple[Mark, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Where the file is."""
        return f"{self.folder.rstrip('/')}/{self.source}"

    @property
    def first_path(self) -> str:
        """Where the file was when it was first seen: labels on it and on its passages are kept by this."""
        return first_path(self.folder, self.source, self.first)

    @property
    def first_source(self) -> str:
        """The source that the file had then: ids of its passages are made of this."""
        return self.first.partition("//")[2] or self.source


def first_name(folder: str, source: str) -> str:
    """The name of a file that was never renamed: where it is, with `//` between its folder and its source."""
    return f"{folder.rstrip('/')}//{source}"


def first_path(folder: str, source: str, first: str) -> str:
    """The path of a file when it was first seen; `first` is its name then, "" for the one that it has."""
    return (first or first_name(folder, source)).replace("//", "/", 1)


class ImportedDocument(Struct, frozen=True):
    """A document that was imported, as much as tells whether it is another one than it was: `mark` is its content's."""

    number: int
    root: str
    source: str
    part: str
    slice: int
    mark: str
    first: str = ""

    @property
    def first_source(self) -> str:
        """The source that the file had when it was first seen."""
        return self.first.partition("//")[2] or self.source


class PassageRow(Struct, frozen=True):
    """A passage in a document. `ordinal` orders a document's passages: the place in the file, or the journal's number
    of a text; `part` counts the passages of one long text. `own` is the audience that a text was remembered with,
    `audience` the one that all labels give it now. `number`, `document`, `kind`, `title`, `thread` and
    `folder` are set in rows that were read."""

    id: str
    ordinal: int
    source: str
    passage: Passage
    part: int = 0
    when: str | None = None
    origin: Origin = "user"
    own: Audience = PRIVATE
    audience: Audience = PRIVATE
    speaker: str | None = None
    number: int = 0
    document: int = 0
    kind: Kind = "file"
    title: str = ""
    thread: str = ""
    folder: str = ""

    @property
    def thread_key(self) -> str:
        """The thread that the remembered text belongs to, "" for none."""
        return self.thread if self.kind == "thread" else ""

    def hit(self, score: float = 0.0, why: dict[str, float] | None = None, found_by: str = "") -> Hit:
        """The row as memory's readers see it. Above a note's first heading its title stands for one."""
        passage = self.passage
        return Hit(
            id=self.id,
            source=self.source,
            heading=passage.heading or (self.title if self.kind == "file" else ""),
            line=passage.line,
            start=passage.start,
            end=passage.end,
            text=passage.text,
            when=self.when,
            origin=self.origin,
            audience=self.audience,
            score=score,
            thread=self.source if self.kind == "text" else self.thread,
            speaker=self.speaker,
            root=self.folder,
            found_by=found_by,
            why=why or {},
        )


class PassageKey(Struct, frozen=True):
    """As much of a passage as ranking needs. `asks`: it ends in a question; `talk`: it was said in a conversation with Sage."""

    number: int
    id: str
    part: int
    document: int
    kind: Kind
    speaker: str | None = None
    asks: bool = False
    talk: bool = False


class FileState(Struct, frozen=True):
    """What the index knows of a file: enough to tell whether it changed, and which name it has (see `DocumentRow`)."""

    number: int
    mtime_ns: int
    size: int
    sha256: str
    troubles: tuple[FileTrouble, ...]
    first: str = ""
    device: int = 0
    inode: int = 0


class KnownFile(Struct, frozen=True):
    """A file at its place (root and source), as far as it tells whether another one is the same note."""

    place: tuple[str, str]
    folder: str
    number: int
    file: tuple[int, int]
    mtime_ns: int
    size: int
    sha256: str
    first: str

    @property
    def name(self) -> str:
        """The name it was first seen under."""
        return self.first or first_name(self.folder, self.place[1])


class RootState(Struct, frozen=True):
    """An imported root: which folder it was (device, inode), and whether an import of it ever came to its end."""

    device: int
    inode: int
    complete: bool


Vector = bytes | None
"""As `packed_vectors` keeps it; None when it is yet to be made."""
File = tuple[DocumentRow, Sequence[PassageRow], Sequence[Vector]]
Text = tuple[str, Sequence[PassageRow], Sequence[Vector]]
"""One remembered text: its thread ("" for none), its passages and their vectors."""


def name_of(passage: str, part: int) -> str:
    """What a vector is called: the id, and a number for the later parts of one long text."""
    return f"{passage}/{part}" if part else passage


def embedded_text(row: PassageRow, title: str) -> str:
    """What is given to the embedder for a passage: its place in the note, who said it, and the text."""
    place = " > ".join((title, *row.passage.path, row.passage.heading)) if row.kind == "file" else row.speaker or ""
    return f"{place}\n{row.passage.text}".strip()


COLUMNS = (
    "ordinal, part, id, source, heading, path, line, start, stop, text, said_when, origin, own, audience, speaker, tags, "
    "links"
)


def values_of(row: PassageRow) -> tuple[Any, ...]:
    """A row's values in the order of COLUMNS."""
    passage = row.passage
    return (
        row.ordinal, row.part, row.id, row.source, passage.heading, to_json(passage.path), passage.line, passage.start,
        passage.end, passage.text, row.when, row.origin, to_json(row.own), to_json(row.audience), row.speaker,
        to_json(passage.tags), to_json(passage.links),
    )  # fmt: skip


def row_of(values: Sequence[Any]) -> PassageRow:
    """The row of number, document, kind, title, thread, folder and COLUMNS."""
    number, document, kind, title, thread, folder, ordinal, part, name, source, heading, path, line, *rest = values
    start, end, text, when, origin, own, audience, speaker, tags, links = rest
    passage = Passage(text, start, end, line, heading, strings(path), strings(tags), strings(links))
    return PassageRow(
        name, ordinal, source, passage, part, when, origin, strings(own), strings(audience), speaker, number, document,
        kind, title, thread, folder,
    )  # fmt: skip


def fields_of(row: PassageRow) -> dict[int, str]:
    """The words of a passage by the field they stand in."""
    passage = row.passage
    return {
        postings.HEADING: passage.heading,
        postings.PATH: " ".join(passage.path),
        postings.TAGS: " ".join(passage.tags),
        postings.PEOPLE: row.speaker or "",
        postings.BODY: passage.text,
    }


def to_json(value: Any) -> str:
    """Compact JSON."""
    return msgspec.json.encode(value).decode()


def strings(value: str) -> tuple[str, ...]:
    """A list of strings that was kept as JSON."""
    return () if value == "[]" else msgspec.json.decode(value, type=tuple[str, ...])
