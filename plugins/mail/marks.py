"""How far a mailbox was read: the cursor, and the marks by which mails are known again."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

KEPT = 500
"""Marks that are kept of each folder."""


@dataclass(frozen=True)
class Mark:
    """How far one folder was read. `validity` and `uid` are UIDVALIDITY and UID of IMAP (RFC 3501 section 2.3.1.1);
    `arrived`: when the latest mail of all came to the server, in its own seconds since 1970.

    A MODSEQ (RFC 7162) would tell of changed flags, which are not read.
    """

    validity: int
    uid: int
    arrived: int


def read_cursor(cursor: str) -> dict[str, Mark]:
    """The marks by folder; none for "" and for what is no cursor."""
    try:
        return {folder: Mark(*map(int, values)) for folder, values in json.loads(cursor or "{}").items()}
    except (ValueError, TypeError, AttributeError):
        return {}


def write_cursor(marks: Mapping[str, Mark]) -> str:
    """A cursor that says all of it."""
    return json.dumps({folder: [mark.validity, mark.uid, mark.arrived] for folder, mark in sorted(marks.items())})


@dataclass
class KnownMarks:
    """The marks (digests) of the last mails of each folder, kept in a file: a server that numbers a folder anew (another
    UIDVALIDITY) would else show all of it as new."""

    path: Path
    _folders: dict[str, deque[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        try:
            found = json.loads(self.path.read_text())
            self._folders = {folder: deque(map(str, marks), KEPT) for folder, marks in found.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            self._folders = {}

    def of(self, folder: str) -> frozenset[str]:
        return frozenset(self._folders.get(folder, ()))

    def add(self, folder: str, marks: Iterable[str]) -> None:
        """Adds marks, and writes the file."""
        self._folders.setdefault(folder, deque(maxlen=KEPT)).extend(marks)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps({name: list(kept) for name, kept in self._folders.items()}))
        new.replace(self.path)

    def __contains__(self, folder: str) -> bool:
        return folder in self._folders
