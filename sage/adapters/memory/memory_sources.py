"""What memory is made from and who follows it: the journal's texts, and the facts that are read from all."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sage.adapters.memory.memory_store import MemoryStore
from sage.adapters.notes.note_import import Renames
from sage.core.errors import HomeTrouble
from sage.core.labels import Audience, KeptLabel, LabelKind
from sage.core.passages import RememberedText

log = logging.getLogger(__name__)


class Texts(Renames, Protocol):
    """Where remembered texts and the list of imported roots are kept for good."""

    def add_texts(self, rows: Sequence[RememberedText]) -> list[str]:
        """Keeps texts in one durable commit, and returns their ids. Sets each one's `copy` and `id` (see there)."""
        ...

    def texts_after(self, seq: int, limit: int) -> list[tuple[int, RememberedText]]:
        """The texts with a higher number than `seq`, in the order remembered, each with its number (from 1)."""
        ...

    def labels(self) -> list[KeptLabel]:
        """All labels."""
        ...

    def keep_label(self, kind: LabelKind, target: str, audience: Audience | None, at: datetime) -> None:
        """Keeps a label, in place of the one that the target had, or takes it away (None)."""
        ...

    def drop_labels(self, kind: LabelKind, targets: Iterable[str]) -> None:
        """Takes labels away, in one durable commit."""
        ...

    def tell_facts(self, audiences: Mapping[str, Audience]) -> None:
        """Lets facts know who may see the passages and texts (by id) that say them."""
        ...

    def roots(self) -> list[str]:
        """The imported folders and files, as absolute paths."""
        ...

    def add_root(self, path: str) -> None:
        """Keeps a root; one that is kept already stays."""
        ...

    def remove_root(self, path: str) -> None:
        """Forgets a root; an unknown one is ignored."""
        ...

    def forgettings(self) -> int:
        """A number that changes whenever texts are forgotten, or come back."""
        ...

    def text_threads(self, until: int) -> dict[str, str]:
        """The thread ("" for none) of each text up to the number `until`, by id."""
        ...

    def texts_in(self, threads: Sequence[str], names: Sequence[str]) -> list[tuple[int, RememberedText]]:
        """The texts of those threads, and those with one of those ids, in the order remembered, each with its number."""
        ...

    def last_before(self, seq: int) -> int:
        """The highest number of a text up to `seq`; 0 for none."""
        ...


class Facts(Protocol):
    """Who reads facts from what memory takes up. Catches up by itself with whatever it has not seen."""

    def follow_texts(self) -> int:
        """Reads the journal's texts that are new."""
        ...

    def follow_notes(self, store: MemoryStore) -> int:
        """Reads the index's documents that are new or changed."""
        ...


class FollowingFacts:
    """Facts that are read from what memory has just taken up; what keeps them from being written waits for the next time."""

    def __init__(self, facts: Facts | None) -> None:
        self._facts = facts

    def follow_texts(self) -> None:
        """After texts were indexed."""
        if self._facts:
            self._follow(self._facts.follow_texts)

    def follow_notes(self, store: MemoryStore) -> None:
        """After notes were read, or went."""
        if facts := self._facts:
            self._follow(lambda: facts.follow_notes(store))

    def _follow(self, read: Callable[[], int]) -> None:
        try:
            read()
        except HomeTrouble as error:
            log.warning("facts lag behind: %s", error.kind)
