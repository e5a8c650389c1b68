"""What some recipients may see of memory, and nothing else: a store to search whose answers come from visible text alone.

Nothing is copied. The statistics of words are counted over the visible passages (`Sight`), vectors are compared with those of
visible passages alone, and a note of which some passages are hidden is shown without its title's words, its properties, its
date and its other headings, with places that count visible text only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from msgspec.structs import replace

from sage.adapters.memory_rows import PassageKey, PassageRow, embedded_text
from sage.adapters.memory_store import MemoryStore, Vector, name_of
from sage.adapters.packed_vectors import unpack_vectors
from sage.core.labels import Audience

if TYPE_CHECKING:
    import numpy as np

    from sage.adapters.exact_index import ExactIndex
    from sage.adapters.word_scores import WordScores

Embed = Callable[[Sequence[str]], list[Vector]]


class View:
    """A store as its recipients see it, until memory changes. `embed` makes vectors of texts that only stand here."""

    def __init__(
        self, store: MemoryStore, index: ExactIndex, visible: Callable[[Audience], bool], embed: Embed
    ) -> None:
        self._store = store
        self._sight = store.sight(visible)
        self._partial = self._partial_rows()
        self._own = self._vectors_of_partial(embed)
        self.index = ViewIndex(index, self._names(), self._partial, self._own)

    def match(self, terms: Sequence[str]) -> WordScores:
        """As the store's, of what is visible."""
        return self._store.match(terms, self._sight)

    def cut(self, words: Sequence[str]) -> dict[str, str]:
        """As the store's."""
        return self._store.cut(words)

    def best(self, scores: np.ndarray, limit: int) -> list[int]:
        """As the store's."""
        return self._store.best(scores, limit)

    def keys(self, column: Literal["number", "id"], values: Sequence[int] | Sequence[str]) -> list[PassageKey]:
        """As the store's, of what is visible."""
        found = self._store.keys(column, values)
        return [key for key, seen in zip(found, self._sight.sees([key.number for key in found]), strict=True) if seen]

    def passages(self, numbers: Sequence[int]) -> list[PassageRow]:
        """As the store's, without what tells of hidden passages."""
        return [self._partial.get(row.number, row) for row in self._store.passages(numbers)]

    def vectors(self, numbers: Sequence[int]) -> dict[int, np.ndarray]:
        """As the store's; a passage whose own vector knows of hidden text has another one here."""
        found = self._store.vectors([number for number in numbers if number not in self._partial])
        return found | {number: self._own[number] for number in numbers if number in self._own}

    def _partial_rows(self) -> dict[int, PassageRow]:
        """The visible passages of notes that have hidden ones, as they may be shown."""
        if not self._sight.partial:
            return {}
        import numpy as np

        numbers = np.flatnonzero(self._sight.visible)
        documents = np.unique(self._sight.documents[numbers])
        mixed = [int(number) for number in documents[~self._sight.whole[documents]]]
        notes: dict[int, list[PassageRow]] = {}
        for row in self._store.passages_in(mixed):
            if row.kind == "file" and self._sight.visible[row.number]:
                notes.setdefault(row.document, []).append(row)
        return {row.number: row for rows in notes.values() for row in _without_hidden(rows)}

    def _vectors_of_partial(self, embed: Embed) -> dict[int, np.ndarray]:
        blobs = zip(self._partial, embed([embedded_text(row, "") for row in self._partial.values()]), strict=True)
        made = {number: blob for number, blob in blobs if blob is not None}
        return dict(zip(made, unpack_vectors(list(made.values())), strict=True))

    def _names(self) -> list[str]:
        seen = self._sight.visible.tolist()
        return [name for number, name in self._store.names() if seen[number] and number not in self._partial]


class ViewIndex:
    """The vectors of a view: rows of the exact index, and a few of its own. Implements the search of `VectorIndex`."""

    def __init__(
        self, index: ExactIndex, names: Sequence[str], partial: dict[int, PassageRow], own: dict[int, np.ndarray]
    ) -> None:
        from sage.adapters.exact_index import ExactIndex

        self.name = index.name
        self._index, self._mask = index, index.mask(names)
        self._own = ExactIndex(index.dimensions)
        if own:
            import numpy as np

            rows = [partial[number] for number in own]
            self._own.add([name_of(row.id, row.part) for row in rows], np.stack(list(own.values())))

    def search(self, vector: Any, k: int) -> list[tuple[str, float]]:
        """As the port's."""
        found = self._index.search_among(vector, k, self._mask) + self._own.search(vector, k)
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:k]


def _without_hidden(rows: Sequence[PassageRow]) -> list[PassageRow]:
    """The visible passages of a note, with places in the text that they make together."""
    headings = {row.passage.heading for row in rows}
    shown = []
    start, line = 0, 1
    for row in rows:
        text = row.passage.text
        path = tuple(name for name in row.passage.path if name in headings)
        passage = replace(row.passage, start=start, end=start + len(text), line=line, path=path)
        shown.append(replace(row, passage=passage, title="", when=None))
        start += len(text) + 2
        line += text.count("\n") + 2
    return shown
