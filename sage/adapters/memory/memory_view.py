"""What some recipients may see of memory, and nothing else: a store to search whose answers come from visible text alone.

Nothing is copied. The statistics of words are counted over the visible passages (`Sight`), and vectors are compared with those
of visible passages alone. What belongs to a note as a whole (its name, title, properties and date) is there if the note's own
label shows it; everything else is as if what is hidden had never been written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from msgspec.structs import replace

from sage.adapters.memory.memory_rows import PassageKey, PassageRow, Vector, embedded_text, fields_of, name_of
from sage.adapters.memory.memory_store import MemoryStore
from sage.adapters.memory.packed_vectors import unpack_vectors
from sage.adapters.memory.postings import Sought
from sage.core.labels import Audience, Reader, seen_audience, visible_to
from sage.core.passages import copy_id, first_id, id_alone, passage_id, said_by
from sage.core.seen_notes import seen_passages

if TYPE_CHECKING:
    import numpy as np

    from sage.adapters.memory.exact_index import ExactIndex
    from sage.adapters.memory.word_scores import WordScores

Embed = Callable[[Sequence[str]], list[Vector]]


class View:
    """A store as all of its recipients see it, until a passage changes that they may see. `embed` makes vectors of texts that
    only stand here."""

    def __init__(self, store: MemoryStore, index: ExactIndex, recipients: Sequence[Reader], embed: Embed) -> None:
        from sage.adapters.memory.sight import Changed, Sight

        self._store, self._recipients = store, recipients
        columns, visible, wholes = store.seen(self.sees)
        self._visible, self._wholes = visible, wholes
        self._ids = _new_ids(store.labels.copied_texts(self.sees)) | _ids_now(store.labels.renamed(self.sees))
        stored = {row.number: row for row in store.passages(columns.mixed(visible, wholes))}
        self._mixed = {row.number: row for row in self._as_seen(stored.values())}
        self._ids |= _ids_alone(row for row in self._mixed.values() if not wholes[row.document])
        changed = {
            number: Changed(store.words.of_passage(row), day_of(row.when))
            for number, row in self._mixed.items()
            if fields_of(row) != fields_of(stored[number]) or row.when != stored[number].when
        }
        self._sight = Sight(columns, visible, wholes, changed)
        self._own = self._own_vectors(stored, embed)
        names = dict(store.labels.names(self.sees))
        self.names = frozenset(names.values())
        apart = {*self._own, *self._ids, *store.labels.twins(self.sees)}
        self.index = ViewIndex(index, [name for number, name in names.items() if number not in apart])
        self.index.add_own(self._named_vectors(sorted(apart)))

    def sees(self, audience: Audience) -> bool:
        """Whether all recipients see what has this audience."""
        return visible_to(audience, self._recipients)

    def match(self, sought: Sequence[Sought]) -> WordScores:
        """As the store's, of what is visible."""
        return self._store.match(sought, self._sight)

    def linked(self, numbers: Sequence[int]) -> dict[int, list[tuple[int, ...]]]:
        """As the store's, of what is visible."""
        return self._store.linked(numbers, self._sight)

    def cut(self, words: Sequence[str]) -> list[Sought]:
        """As the store's."""
        return self._store.cut(words)

    def keys(self, column: Literal["number", "id"], values: Sequence[int] | Sequence[str]) -> list[PassageKey]:
        """As the store's, of what is visible."""
        if column == "id" and self._ids:
            wanted = {str(value).partition("/")[0] for value in values}
            moved = [number for number, name in self._ids.items() if name in wanted]
            found = [*self._store.keys("id", values), *self._store.keys("number", moved)]
            keys = {key.number: self._named(key) for key in found}
            found = [key for _, key in sorted(keys.items()) if key.id in wanted]
        else:
            found = [self._named(key) for key in self._store.keys(column, values)]
        return [key for key, seen in zip(found, self._sight.sees([key.number for key in found]), strict=True) if seen]

    def passages(self, numbers: Sequence[int]) -> list[PassageRow]:
        """As the store's, without what tells of hidden passages, of other readers or of the person's folders."""
        rows = self._store.passages(numbers)
        notes = {row.document for row in rows if row.folder and row.number not in self._mixed}
        seen = self._mixed | {row.number: row for row in self._as_seen(self._store.passages_in(sorted(notes)))}
        return [self._shown(seen.get(row.number, row)) for row in rows]

    def rows(self) -> list[tuple[PassageRow, PassageRow]]:
        """All that is visible, in no order that tells of anything else: each as it is seen, and as it is stored."""
        rows = self._store.passages(self._visible.nonzero()[0].tolist())
        shown = {row.number: row for row in self.passages([row.number for row in rows])}
        return [(shown[row.number], row) for row in rows]

    def around(self, name: str, most: int) -> list[int]:
        """The numbers of what is visible of the note or thread of a passage (by id): at most so many before and after it."""
        own = self.keys("id", [name])
        return self._sight.together(own[0].number, most) if own else []

    def newest(self, limit: int) -> list[int]:
        """The numbers of notes' beginnings, and of texts, the newest first as far as they are dated; others by their ids."""
        days = self._sight.beginnings * (self._sight.days + 1)
        keys = self.keys("number", best_of(self, days, limit))
        return [key.number for key in sorted(keys, key=lambda key: (-days[key.number], key.id, key.part, key.number))]

    def vectors(self, numbers: Sequence[int]) -> dict[int, np.ndarray]:
        """As the store's; a passage whose own vector knows of hidden text has another one here."""
        found = self._store.vectors([number for number in numbers if number not in self._own])
        return found | {number: self._own[number] for number in numbers if number in self._own}

    def _as_seen(self, rows: Iterable[PassageRow]) -> Iterable[PassageRow]:
        """Passages of files, as far as they are visible."""
        notes: defaultdict[int, list[PassageRow]] = defaultdict(list)
        for row in sorted(rows, key=lambda row: (row.document, row.ordinal, row.part)):
            if self._visible[row.number]:
                notes[row.document].append(row)
        marks = self._store.marks(list(notes))
        for document, found in notes.items():
            whole = bool(self._wholes[document])
            passages = seen_passages(
                [row.passage for row in found], [row.when for row in found], marks[document], whole=whole
            )
            for row, (passage, when) in zip(found, passages, strict=True):
                if row.kind == "thread":  # a message has its own date; where it stands in its file is nobody's business
                    passage = replace(passage, start=row.passage.start, end=row.passage.end, line=1)
                    when = row.when
                yield replace(row, passage=passage, when=when, title=row.title if whole else "")

    def _own_vectors(self, stored: dict[int, PassageRow], embed: Embed) -> dict[int, np.ndarray]:
        """Vectors of passages whose embedded text is another one here."""
        texts = {number: embedded_text(row, row.title) for number, row in self._mixed.items()}
        texts = {
            number: text
            for number, text in texts.items()
            if text != embedded_text(stored[number], stored[number].title)
        }
        blobs = zip(texts, embed(list(texts.values())), strict=True)
        made = {number: blob for number, blob in blobs if blob is not None}
        return dict(zip(made, unpack_vectors(list(made.values())), strict=True))

    def _named_vectors(self, numbers: Sequence[int]) -> dict[str, np.ndarray]:
        """Vectors by the names that they have here. Of twins the one comes last whose vector sorts last."""
        vectors = self.vectors(numbers)
        keys = [key for key in self.keys("number", numbers) if key.number in vectors]
        keys.sort(key=lambda key: (key.id, key.part, vectors[key.number].tobytes()))
        return {name_of(key.id, key.part): vectors[key.number] for key in keys}

    def _named(self, key: PassageKey) -> PassageKey:
        return replace(key, id=self._ids[key.number]) if key.number in self._ids else key

    def _shown(self, row: PassageRow) -> PassageRow:
        name = self._ids.get(row.number, row.id)
        row = replace(row, id=name, folder="", audience=seen_audience(row.audience, self._recipients))
        return row if self._wholes[row.document] else replace(row, source="", thread="")


def best_of(store: MemoryStore | View, scores: np.ndarray, limit: int) -> list[int]:
    """The numbers of the best. Which ones of equal score are left out is decided by their ids, never by their numbers."""
    from sage.adapters.memory.word_scores import best

    numbers = best(scores, limit)
    if len(numbers) <= limit:
        return list(map(int, numbers))
    least = scores[numbers].min()
    above = numbers[scores[numbers] > least].tolist()
    last = store.keys("number", numbers[scores[numbers] == least].tolist())
    equal = sorted(last, key=lambda key: (key.id, key.part, key.number))
    return [*above, *(key.number for key in equal[: limit - len(above)])]


class ViewIndex:
    """The vectors of a view: rows of the exact index, and a few of its own. Implements the search of `VectorIndex`."""

    def __init__(self, index: ExactIndex, names: Sequence[str]) -> None:
        from sage.adapters.memory.exact_index import ExactIndex

        self.name = index.name
        self._index, self._mask = index, index.mask(names)
        self._own = ExactIndex(index.dimensions)

    def add_own(self, vectors: dict[str, np.ndarray]) -> None:
        """Adds vectors that stand here alone."""
        if vectors:
            import numpy as np

            self._own.add(list(vectors), np.stack(list(vectors.values())))

    def search(self, vector: Any, k: int) -> list[tuple[str, float]]:
        """As the port's."""
        found = self._index.search_among(vector, k, self._mask) + self._own.search(vector, k)
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:k]


def day_of(when: str | None) -> int:
    """The day of an ISO date or time, counted from the year 1; 0 for none."""
    from datetime import date

    return date.fromisoformat(when[:10]).toordinal() if when else 0


def _ids_now(renamed: Iterable[tuple[PassageRow, str]]) -> dict[int, str]:
    """The ids that passages would have if their files had always been called so."""
    found = {}
    for row, source in renamed:
        copy = int(row.id.partition(".")[2] or 1) - 1
        found[row.number] = passage_id(source, copy, said_by(row.passage.text, row.speaker, row.when))
    return found


def _ids_alone(rows: Iterable[PassageRow]) -> dict[int, str]:
    """The ids of passages that are seen without their notes."""
    return {row.number: id_alone(row.passage.text, row.speaker, row.when) for row in rows}


def _new_ids(texts: Iterable[tuple[int, str]]) -> dict[int, str]:
    """The ids of copies (number and id of each passage, in their order) as they count here, where these are other ones."""
    copies: defaultdict[str, dict[str, int]] = defaultdict(dict)
    found = {}
    for number, name in texts:
        first = first_id(name)
        here = copy_id(first, copies[first].setdefault(name, len(copies[first])))
        if here != name:
            found[number] = here
    return found
