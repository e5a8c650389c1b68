"""What memory holds and gives back: texts, passages of them, and hits."""

from __future__ import annotations

from msgspec import Struct

from sage.core.labels import PRIVATE, Audience, Origin


class Passage(Struct, frozen=True):
    """A piece of a document that is found as a whole.

    `start` and `end` are character offsets into the document's text (end exclusive), `line` counts from 1,
    `heading` is the nearest heading ("" above the first), `path` the headings above it, outermost first.
    """

    text: str
    start: int
    end: int
    line: int
    heading: str
    path: tuple[str, ...] = ()


class Hit(Struct, frozen=True):
    """A passage that was recalled.

    `source` is relative to the folder it was imported from (or the name it was remembered under), `root` that
    folder; `thread` is the document or session it belongs to; `when` an ISO 8601 date or time, or None; `score`
    is comparable within one answer only, `why` says what it is made of, `found_by` names the vector index.
    """

    id: str
    source: str
    heading: str
    line: int
    start: int
    end: int
    text: str
    when: str | None = None
    origin: Origin = "user"
    audience: Audience = PRIVATE
    score: float = 0.0
    thread: str = ""
    speaker: str | None = None
    root: str = ""
    found_by: str = ""
    why: dict[str, float] = {}

    @property
    def citation(self) -> str:
        """`note#heading:line`, the form in which every answer names its source."""
        return f"{self.source}#{self.heading}:{self.line}"


class FileTrouble(Struct, frozen=True):
    """A file that could not be read, and why."""

    source: str
    what: str
    do: str = ""


class ImportReport(Struct, frozen=True):
    """What an import did. Counts are files, but `passages`; `others` are files that hold no notes (images and the like)."""

    root: str
    added: int = 0
    changed: int = 0
    removed: int = 0
    unchanged: int = 0
    passages: int = 0
    others: int = 0
    troubles: tuple[FileTrouble, ...] = ()
    seconds: float = 0.0


class ImportProgress(Struct, frozen=True, tag=True):
    """How far an import is, in files."""

    done: int
    total: int
    source: str
