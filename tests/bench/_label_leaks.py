"""Leaks to put into a memory, so that the bench shows that it would find them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np

from sage.adapters.memory import memory_search, memory_view, sight
from sage.adapters.memory.event_anchors import anchored
from sage.adapters.memory.memory_rows import PassageRow
from sage.adapters.memory.stored_labels import StoredLabels


@contextmanager
def _statistics_over_all() -> Iterator[None]:
    """The number of rows is that of all passages."""
    made = sight.Sight.__init__

    def init(self: Any, columns: Any, visible: Any, *rest: Any) -> None:
        made(self, columns, visible, *rest)
        self.count = int((columns.audiences != sight.GONE).sum())

    with patch.object(sight.Sight, "__init__", init):
        yield


@contextmanager
def _titles_of_all() -> Iterator[None]:
    """Titles and properties count even of notes that are not visible as a whole."""
    seen = sight.Columns.seen

    def all_whole(self: Any, visible: Any) -> Any:
        passages, wholes = seen(self, visible)
        return passages, np.ones_like(wholes)

    with patch.object(sight.Columns, "seen", all_whole):
        yield


@contextmanager
def _ids_of_all() -> Iterator[None]:
    """Copies of a text are counted among all."""
    with patch.object(memory_view, "_new_ids", lambda texts: {}):
        yield


@contextmanager
def _lines_of_all() -> Iterator[None]:
    """Lines, offsets and headings are those of the whole file."""

    def stored(self: Any, numbers: Any) -> list[PassageRow]:
        return [self._shown(row) for row in self._store.passages(numbers)]

    with patch.object(memory_view.View, "passages", stored):
        yield


@contextmanager
def _neighbours_of_all() -> Iterator[None]:
    """The texts around one are those of the whole thread: hidden ones stand between visible ones."""
    order = sight.Sight._order

    def apart(self: Any, columns: Any) -> None:
        order(self, columns)
        beside = np.diff(self.rows) == 1
        self.next_but = (self.next_but[0] & beside, self.next_but[1] & beside[1:] & beside[:-1])

    with patch.object(sight.Sight, "_order", apart):
        yield


@contextmanager
def _readers_of_all() -> Iterator[None]:
    """Who else may see a text is told."""
    with patch.object(memory_view, "seen_audience", lambda audience, recipients: audience):
        yield


@contextmanager
def _folders_of_all() -> Iterator[None]:
    """Where the person's folders are is told."""
    shown = memory_view.View._shown

    def with_folder(self: Any, row: PassageRow) -> PassageRow:
        from msgspec.structs import replace

        return replace(shown(self, row), folder=row.folder)

    with patch.object(memory_view.View, "_shown", with_folder):
        yield


@contextmanager
def _names_of_all() -> Iterator[None]:
    """What notes are called is told with each of their passages."""
    shown = memory_view.View._shown

    def with_name(self: Any, row: PassageRow) -> PassageRow:
        from msgspec.structs import replace

        return replace(shown(self, row), source=row.source)

    with patch.object(memory_view.View, "_shown", with_name):
        yield


@contextmanager
def _ids_of_names() -> Iterator[None]:
    """The ids of passages are made of what their notes are called."""
    with patch.object(memory_view, "_ids_alone", lambda rows: {}):
        yield


@contextmanager
def _words_of_all() -> Iterator[None]:
    """Words that only hidden headings say of a passage find it."""
    changed = sight.Sight.__init__

    def init(self: Any, columns: Any, visible: Any, wholes: Any, found: Any = None) -> None:
        changed(self, columns, visible, wholes, None)

    with patch.object(sight.Sight, "__init__", init):
        yield


@contextmanager
def _vectors_of_all() -> Iterator[None]:
    """Vectors know the headings and the title that their passages stand under, visible or not."""
    with patch.object(memory_view.View, "_own_vectors", lambda self, stored, embed: {}):
        yield


@contextmanager
def _stale_view() -> Iterator[None]:
    """A view that outlives a change of labels."""
    relabel = StoredLabels.relabel

    def late(self: Any, labels: Any, tell: Any) -> None:
        from sage.core.labels import Labels

        relabel(self, Labels(), tell)

    with patch.object(StoredLabels, "relabel", late):
        yield


@contextmanager
def _links_of_all() -> Iterator[None]:
    """Links count that stand in hidden passages, and names of notes that are not visible as a whole."""

    def linked(self: Any, numbers: Any) -> Any:
        found = self._store.linked(numbers)
        seen = {one: [tuple(n for n in note if self._visible[n]) for note in notes] for one, notes in found.items()}
        return {one: [note for note in notes if note] for one, notes in seen.items() if any(notes)}

    with patch.object(memory_view.View, "linked", linked):
        yield


@contextmanager
def _facts_of_all() -> Iterator[None]:
    """Facts are those that were read for the owner: hidden headings say whom they are about, hidden dates when."""

    def stored(self: Any) -> list[tuple[PassageRow, PassageRow]]:
        rows = self._store.passages(self._visible.nonzero()[0].tolist())
        return [(row, row) for row in rows]

    with patch.object(memory_view.View, "rows", stored):
        yield


@contextmanager
def _events_of_all() -> Iterator[None]:
    """When an event was is told by hidden text, too."""
    with patch.object(memory_search, "anchored", lambda store, text: anchored(getattr(store, "_store", store), text)):
        yield


LEAKS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    "statistics": _statistics_over_all,
    "titles": _titles_of_all,
    "ids": _ids_of_all,
    "lines": _lines_of_all,
    "neighbours": _neighbours_of_all,
    "readers": _readers_of_all,
    "folders": _folders_of_all,
    "names": _names_of_all,
    "ids of names": _ids_of_names,
    "headings": _words_of_all,
    "vectors": _vectors_of_all,
    "labels": _stale_view,
    "links": _links_of_all,
    "events": _events_of_all,
    "facts": _facts_of_all,
}
