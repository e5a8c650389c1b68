"""What a reader may see of all passages, as arrays: every statistic of an answer is made of these and of nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

GONE = -1
"""The audience of a number that no passage has."""
HERE, BESIDE_A_TURN, BEYOND_A_TURN, BESIDE_A_PASSAGE = 3.0, 2.0, 1.0, 1.0
"""What a word counts that stands in a passage, in the next one and in the one after that. The answer to a question stands in
the turn after it; a note's passage is as long as many turns, and says more of itself."""


class Rows(NamedTuple):
    """Passages as columns of equal length; an audience is as it is stored, a day counted from the year 1 (0: not known)."""

    numbers: Sequence[int]
    documents: Sequence[int]
    lengths: Sequence[int]
    days: Sequence[int]
    audiences: Sequence[str]


class Columns:
    """Document, thread, audience, length and day of every passage, by its number. Follows the rows of a store."""

    def __init__(self) -> None:
        self.documents = np.zeros(0, np.int64)
        self.lengths = np.zeros(0, np.float64)
        self.audiences = np.zeros(0, np.int32)
        self.threads = np.zeros(0, np.int64)
        self.days = np.zeros(0, np.int64)
        self._audiences: dict[str, int] = {}
        self._threads: dict[str, int] = {}

    def follow(self, touched: Sequence[int], rows: Rows, threads: Mapping[int, str]) -> None:
        """Takes over what the `touched` numbers have now; those without a row are gone. `threads` are of documents."""
        gone, place = np.array(touched, np.int64), np.array(rows.numbers, np.int64)
        self._grow(int(max(gone.max(initial=-1), place.max(initial=-1))) + 1)
        self.audiences[gone] = GONE
        self.documents[place] = rows.documents
        self.lengths[place] = rows.lengths
        self.days[place] = rows.days
        self.audiences[place] = [self._audiences.setdefault(one, len(self._audiences)) for one in rows.audiences]
        of_document = np.zeros(int(self.documents[place].max(initial=0)) + 1, np.int64)
        for document, thread in threads.items():
            if document < len(of_document):
                of_document[document] = self._threads.setdefault(thread, len(self._threads) + 1)
        self.threads[place] = of_document[self.documents[place]]

    def sight(self, visible: Callable[[str], bool] = lambda audience: True) -> Sight:
        """What a reader sees who may see the audiences (as stored) that pass."""
        allowed = [code for name, code in self._audiences.items() if visible(name)]
        return Sight(self, np.isin(self.audiences, allowed))

    def _grow(self, size: int) -> None:
        if size > len(self.documents):
            more = max(size, len(self.documents) * 5 // 4) - len(self.documents)
            self.documents, self.lengths, self.threads, self.days = (
                np.concatenate([column, np.zeros(more, column.dtype)])
                for column in (self.documents, self.lengths, self.threads, self.days)
            )
            self.audiences = np.concatenate([self.audiences, np.full(more, GONE, np.int32)])


class Sight:
    """The visible passages of a store at one moment.

    `visible`, `days`, `row_of` and `windows` are by number of passage, `whole` and `document_lengths` by number of document:
    whether all of its passages are visible (only then its title and properties count), and how many terms those that are have.
    Rows are the visible passages in the order of their threads and notes, each beside its visible neighbours.
    """

    def __init__(self, columns: Columns, visible: np.ndarray) -> None:
        self.visible = visible
        self.documents = columns.documents
        self.count = int(visible.sum())
        self._count_documents(columns)
        self._order(columns)
        self.days = np.where(visible & ((columns.threads > 0) | self.whole[columns.documents]), columns.days, 0)
        """When each was written, as days since the year 1 (0: not known). The date of a note is a property of the whole."""

    def _count_documents(self, columns: Columns) -> None:
        size = int(columns.documents.max(initial=0)) + 1
        alive = np.bincount(columns.documents[columns.audiences != GONE], minlength=size)
        seen = np.bincount(columns.documents[self.visible], minlength=size)
        self.document_lengths = np.bincount(
            columns.documents[self.visible], columns.lengths[self.visible], minlength=size
        )
        self.whole = (seen > 0) & (seen == alive)
        self.partial = bool(((seen > 0) & (seen < alive)).any())
        self.document_count = int((seen > 0).sum())
        self.document_mean = float(self.document_lengths.sum()) / max(1, self.document_count)

    def _order(self, columns: Columns) -> None:
        """Numbers rise with the order in which texts came, and with the place in a note."""
        numbers = np.flatnonzero(self.visible)
        in_thread = columns.threads[numbers] > 0
        groups = np.where(in_thread, -columns.threads[numbers], columns.documents[numbers])
        order = np.argsort(groups, kind="stable")
        self.rows, groups, in_thread = numbers[order], groups[order], in_thread[order]
        """The number of the passage in each row."""
        self.row_of = np.full(len(self.visible), -1, np.int64)
        self.row_of[self.rows] = np.arange(len(self.rows))
        self.beside = np.where(in_thread, BESIDE_A_TURN, BESIDE_A_PASSAGE)
        self.beyond = np.where(in_thread, BEYOND_A_TURN, 0.0)
        self.next_but = tuple(groups[step:] == groups[:-step] for step in (1, 2))
        """Whether the row after, and the one after that, is of the same thread or note."""
        self.window_lengths = np.zeros(len(self.visible))
        self.window_lengths[self.rows] = self.around(columns.lengths[self.rows])
        self.window_mean = float(self.window_lengths.sum()) / max(1, self.count)

    def around(self, values: np.ndarray) -> np.ndarray:
        """Of each row, the graded sum over itself and its neighbours. `values` may have columns."""
        total = values * HERE
        for step, weights in ((1, self.beside), (2, self.beyond)):
            shape = (-1,) + (1,) * (values.ndim - 1)
            near = (self.next_but[step - 1] * weights[step:]).reshape(shape)
            total[step:] += values[:-step] * near
            total[:-step] += values[step:] * near
        return total

    def sees(self, numbers: Sequence[int] | np.ndarray) -> np.ndarray:
        """Which of these passages are visible."""
        places = np.asarray(numbers, np.int64)
        inside = places < len(self.visible)
        return inside & self.visible[np.where(inside, places, 0)] if len(self.visible) else inside

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
