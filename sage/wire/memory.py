"""Memory: recall, import, notes."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

from sage.core.passages import Hit, ImportReport
from sage.core.plans import Note
from sage.wire.base import Request


class Recalled(Struct, frozen=True):
    """`sees_nothing`: the recipients may see nothing at all; `hints` tell names that may be meant. `unread` says why more may
    be found in a moment ("" if not); only memory's owner is told.
    """

    query: str
    elapsed_ms: float
    hits: tuple[Hit, ...]
    sees_nothing: bool = False
    unread: str = ""
    hints: tuple[str, ...] = ()


class Recall(Request[Recalled], frozen=True, tag=True):
    """A star behind the last word says that it is only begun. `quick`: by words alone, while somebody still types."""

    query: str
    k: int = 10
    recipients: tuple[str, ...] | None = None
    quick: bool = False
    reply: ClassVar[Any] = Recalled


class ImportNotes(Request[ImportReport], frozen=True, tag=True):
    path: str
    reply: ClassVar[Any] = ImportReport


class Passages(Struct, frozen=True):
    """Passages in an order of their own; `at` is the place of the one that was asked for."""

    hits: tuple[Hit, ...]
    at: int = 0


class ReadAround(Request[Passages], frozen=True, tag=True):
    """The note or the conversation around a passage, in its own order; with `recipients`, what all of them may see."""

    id: str
    recipients: tuple[str, ...] | None = None
    reply: ClassVar[Any] = Passages


class ListNewest(Request[Passages], frozen=True, tag=True):
    """The notes that changed last (each by its beginning) and what was said last, newest first."""

    limit: int = 100
    recipients: tuple[str, ...] | None = None
    reply: ClassVar[Any] = Passages


class AddNote(Request[Note], frozen=True, tag=True):
    text: str
    title: str = ""
    reply: ClassVar[Any] = Note


Requests = Recall | ReadAround | ListNewest | ImportNotes | AddNote
