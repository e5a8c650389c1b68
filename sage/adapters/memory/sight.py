"""What a reader may see of all passages, as arrays: every statistic of an answer is made of these and of nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from sage.adapters.memory.memory_rows import SLICE
from sage.adapters.memory.postings import Entries, Sought, Words, is_begun

GONE = -1
"""The audience of a number that no passage, or no document, has."""
OPEN = ""
"""The audience of a document whose title stands in each of its hits anyway: a thread or text that was remembered."""
HERE, BESIDE_A_TURN, BEYOND_A_TURN, BESIDE_A_PASSAGE = 3.0, 2.0, 1.0, 1.0
"""What a word counts that stands in a passage, in the next one and in the one after that. The answer to a question stands in
the turn after it; a note's passage is as long as many turns, and says more of itself."""
STRETCH = 16
"""Passages of a note that count as one document: a long one is about many things."""


class Rows(NamedTuple):
    """Passages as columns of equal length; an audience is as it is stored, a day counted from the year 1 (0: not known), an
    ordinal orders the passages of a note or thread."""

    numbers: Sequence[int]
    documents: Sequence[int]
    ordinals: Sequence[int]
    lengths: Sequence[int]
    days: Sequence[int]
    audiences: Sequence[str]


class Changed(NamedTuple):
    """A passage that a reader sees otherwise than it is stored: its words, and its day."""

    words: Words
    day: int


class Columns:
    """Document, thread, audience, length and day of every passage, by its number. Follows the rows of a store."""

    def __init__(self) -> None:
        self.documents = np.zeros(0, np.int64)
        self.ordinals = np.zeros(0, np.int64)
        self.lengths = np.zeros(0, np.float64)
        self.audiences = np.zeros(0, np.int32)
        self.threads = np.zeros(0, np.int64)
        self.days = np.zeros(0, np.int64)
        self.wholes = np.zeros(0, np.int32)
        """The audience of each document as a whole, by its number."""
        self._audiences: dict[str, int] = {}
        self._threads: dict[str, int] = {}

    def follow(self, touched: Sequence[int], rows: Rows, documents: Mapping[int, tuple[str, str]]) -> None:
        """Takes over what the `touched` numbers have now; those without a row are gone. `documents` have an audience (as
        stored, or OPEN) and a thread ("" for none)."""
        gone, place = np.array(touched, np.int64), np.array(rows.numbers, np.int64)
        self._grow(int(max(gone.max(initial=-1), place.max(initial=-1))) + 1)
        self.audiences[gone] = GONE
        self.documents[place] = rows.documents
        self.ordinals[place] = rows.ordinals
        self.lengths[place] = rows.lengths
        self.days[place] = rows.days
        self.audiences[place] = [self._code(one) for one in rows.audiences]
        of_document = np.zeros(max(documents, default=0) + 1, np.int64)
        if len(of_document) > len(self.wholes):
            self.wholes = _longer(self.wholes, len(of_document), GONE)
        for document, (audience, thread) in documents.items():
            self.wholes[document] = self._code(audience)
            of_document[document] = self._threads.setdefault(thread, len(self._threads) + 1) if thread else 0
        self.threads[place] = of_document[self.documents[place]]

    def seen(self, visible: Callable[[str], bool]) -> tuple[np.ndarray, np.ndarray]:
        """Which passages, and which documents as a whole, a reader may see who may see the audiences that pass."""
        # The last place is that of GONE, which is -1.
        allowed = np.array([name == OPEN or visible(name) for name in self._audiences] + [False])
        return allowed[self.audiences], allowed[self.wholes]

    def mixed(self, visible: np.ndarray, wholes: np.ndarray) -> list[int]:
        """The visible passages of files that are not visible as a whole, or that have hidden passages."""
        hidden = np.bincount(self.documents[(self.audiences != GONE) & ~visible], minlength=len(wholes)) > 0
        numbers = np.flatnonzero(visible)
        documents = self.documents[numbers]
        file = self.wholes[documents] != self._audiences.get(OPEN, GONE)
        found: list[int] = numbers[file & (hidden[documents] | ~wholes[documents])].tolist()
        return found

    def _code(self, audience: str) -> int:
        return self._audiences.setdefault(audience, len(self._audiences))

    def _grow(self, size: int) -> None:
        if size > len(self.documents):
            more = max(size, len(self.documents) * 5 // 4)
            self.documents, self.ordinals, self.lengths, self.threads, self.days = (
                _longer(column, more, 0)
                for column in (self.documents, self.ordinals, self.lengths, self.threads, self.days)
            )
            self.audiences = _longer(self.audiences, more, GONE)


class Sight:
    """The visible passages of a store at one moment.

    `rows` are their numbers in the order of notes and threads, each beside its visible neighbours. The parts of notes and
    threads that they make up are numbered anew: `documents` has them by number of passage. `titles` (by number of passage) and
    `title_of` (by such a document) name the stored document whose title and properties count, -1 for none. `changed` passages
    have other words than they are stored with.
    """

    def __init__(
        self, columns: Columns, visible: np.ndarray, wholes: np.ndarray, changed: Mapping[int, Changed] | None = None
    ) -> None:
        self.visible = visible
        self.count = int(visible.sum())
        self.stored = np.ones(len(visible), bool)
        """Whether a passage has the words that it is stored with."""
        lengths, days = np.where(visible, columns.lengths, 0.0), np.where(visible, columns.days, 0)
        for number, change in (changed or {}).items():
            self.stored[number], lengths[number], days[number] = False, change.words.length, change.day
        self.days = days
        """When each was written, as days since the year 1 (0: not known)."""
        self.lengths = lengths
        """How many terms each has."""
        self._added = _entries({number: change.words for number, change in (changed or {}).items()})
        self._order(columns)
        self._count_documents(columns, wholes, lengths)
        self.window_lengths = np.zeros(len(visible))
        self.window_lengths[self.rows] = self.around(lengths[self.rows])
        self.window_mean = float(self.window_lengths.sum()) / max(1, self.count)

    def _order(self, columns: Columns) -> None:
        """Sorts the passages by note or thread and by their place in it."""
        numbers = np.flatnonzero(self.visible)
        in_thread = columns.threads[numbers] > 0
        groups = np.where(in_thread, -columns.threads[numbers], columns.documents[numbers])
        order = np.lexsort((numbers, columns.ordinals[numbers], groups))
        self.rows, groups, in_thread = numbers[order], groups[order], in_thread[order]
        self.row_of = np.full(len(self.visible), -1, np.int64)
        self.row_of[self.rows] = np.arange(len(self.rows))
        self.beside = np.where(in_thread, BESIDE_A_TURN, BESIDE_A_PASSAGE)
        self.beyond = np.where(in_thread, BEYOND_A_TURN, 0.0)
        self.next_but = tuple(groups[step:] == groups[:-step] for step in (1, 2))
        """Whether the row after, and the one after that, is of the same thread or note."""
        begins = np.ones(len(self.rows), bool)
        begins[1:] = groups[1:] != groups[:-1]
        self.groups = groups
        self.beginnings = np.zeros(len(self.visible), bool)
        self.beginnings[self.rows] = begins | in_thread
        """Which passages begin a note, or are a text of a thread."""
        self._begins = begins | _cut(begins, columns.ordinals[self.rows], np.where(in_thread, SLICE, STRETCH))
        notes = np.cumsum(begins) - 1
        self.short = np.zeros(len(self.visible), bool)
        """Whether a passage's note or thread is not cut."""
        self.short[self.rows] = np.bincount(notes, self._begins, 1)[notes] == 1

    def _count_documents(self, columns: Columns, wholes: np.ndarray, lengths: np.ndarray) -> None:
        places = np.cumsum(self._begins) - 1
        self.documents = np.zeros(len(self.visible), np.int64)
        self.documents[self.rows] = places
        self.document_count = int(self._begins.sum())
        size = max(1, self.document_count)
        self.document_lengths = np.bincount(places, lengths[self.rows], size)
        self.document_mean = float(self.document_lengths.sum()) / size
        stored = columns.documents[self.rows]
        shown = np.where(wholes[stored], stored, -1) if len(wholes) else stored
        self.titles = np.full(len(self.visible), -1, np.int64)
        self.titles[self.rows] = shown
        self.title_of = np.full(size, -1, np.int64)
        self.title_of[: self.document_count] = shown[self._begins]

    def around(self, values: np.ndarray) -> np.ndarray:
        """Of each row, the graded sum over itself and its neighbours. `values` may have columns."""
        total = values * HERE
        for step, weights in ((1, self.beside), (2, self.beyond)):
            shape = (-1,) + (1,) * (values.ndim - 1)
            near = (self.next_but[step - 1] * weights[step:]).reshape(shape)
            total[step:] += values[:-step] * near
            total[:-step] += values[step:] * near
        return total

    def together(self, number: int, most: int) -> list[int]:
        """The passages of the same note or thread, in their order: at most so many before it and after it."""
        row = int(self.row_of[number])
        near = np.arange(max(0, row - most), min(len(self.rows), row + most + 1))
        found: list[int] = self.rows[near[self.groups[near] == self.groups[row]]].tolist()
        return found

    def sees(self, numbers: Sequence[int] | np.ndarray) -> np.ndarray:
        """Which of these passages are visible."""
        places = np.asarray(numbers, np.int64)
        inside = places < len(self.visible)
        return inside & self.visible[np.where(inside, places, 0)] if len(self.visible) else inside

    def entries(self, sought: Sought, stored: Entries) -> Entries:
        """Where what is sought stands in what is visible."""
        kept = self.sees(stored.numbers)
        found = stored.only(kept & self.stored[np.where(kept, stored.numbers, 0)] if len(self.visible) else kept)
        terms = (term for term in self._added if is_begun(term, sought)) if sought.begun else sought.terms
        added = [self._added[term] for term in terms if term in self._added]
        return Entries(*map(np.concatenate, zip(found, *added, strict=True))) if added else found

    def turns_before(self, numbers: Sequence[int]) -> list[int]:
        """The passage right before each in its thread; -1 where there is none, or the passage is of a note."""
        around, weights = self.neighbours(np.array(numbers, np.int64))
        found: list[int] = np.where(weights[:, 1] == BESIDE_A_TURN, around[:, 1], -1).tolist()
        return found

    def neighbours(self, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The numbers of five passages around each (two before to two after) and what each counts, 0 where there is none."""
        rows = self.row_of[numbers]
        steps = np.arange(-2, 3)
        places = rows[:, None] + steps
        weights = np.zeros(places.shape)
        weights[:, 2] = HERE
        for step, grades in ((1, self.beside), (2, self.beyond)):
            for sign in (-1, 1):
                first = np.minimum(rows, rows + sign * step)
                inside = (first >= 0) & (first < len(self.next_but[step - 1]))
                same = self.next_but[step - 1][np.where(inside, first, 0)] if len(self.next_but[step - 1]) else inside
                weights[:, 2 + sign * step] = inside * same * grades[rows]
        return self.rows[np.where(weights > 0, places, rows[:, None])], weights


def _cut(begins: np.ndarray, ordinals: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Where a new part of a note or thread begins: after so many passages or texts of it that are there (several rows of one
    text count once)."""
    new = begins.copy()
    new[1:] |= ordinals[1:] != ordinals[:-1]
    texts = np.cumsum(new)
    first = texts[np.maximum.accumulate(np.where(begins, np.arange(len(begins)), 0))] if len(begins) else texts
    cut: np.ndarray = new & ((texts - first) % sizes == 0)
    return cut


def _entries(changed: Mapping[int, Words]) -> dict[str, Entries]:
    found: defaultdict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for number, words in changed.items():
        for (field, term), count in words.counts.items():
            found[term].append((number, field, min(count, 255)))
    return {
        term: Entries(np.array(numbers, np.int64), np.array(fields, np.uint8), np.array(counts, np.float64))
        for term, (numbers, fields, counts) in ((term, zip(*rows, strict=True)) for term, rows in found.items())
    }


def _longer(column: np.ndarray, size: int, fill: int) -> np.ndarray:
    return np.concatenate([column, np.full(size - len(column), fill, column.dtype)])
