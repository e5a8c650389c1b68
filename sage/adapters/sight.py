"""What a reader may see of all passages, as arrays: every statistic of an answer is made of these and of nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

GONE = -1
"""The audience of a number that no passage has."""


class Rows(NamedTuple):
    """Passages as columns of equal length; an audience is as it is stored."""

    numbers: Sequence[int]
    documents: Sequence[int]
    lengths: Sequence[int]
    audiences: Sequence[str]


class Columns:
    """Document, thread, audience and length of every passage, by its number. Follows the rows of a store."""

    def __init__(self) -> None:
        self.documents = np.zeros(0, np.int64)
        self.lengths = np.zeros(0, np.float64)
        self.audiences = np.zeros(0, np.int32)
        self.threads = np.zeros(0, np.int64)
        self._audiences: dict[str, int] = {}
        self._threads: dict[str, int] = {}

    def follow(self, touched: Sequence[int], rows: Rows, threads: Mapping[int, str]) -> None:
        """Takes over what the `touched` numbers have now; those without a row are gone. `threads` are of documents."""
        gone, place = np.array(touched, np.int64), np.array(rows.numbers, np.int64)
        self._grow(int(max(gone.max(initial=-1), place.max(initial=-1))) + 1)
        self.audiences[gone] = GONE
        self.documents[place] = rows.documents
        self.lengths[place] = rows.lengths
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
            self.documents, self.lengths, self.threads = (
                np.concatenate([column, np.zeros(more, column.dtype)])
                for column in (self.documents, self.lengths, self.threads)
            )
            self.audiences = np.concatenate([self.audiences, np.full(more, GONE, np.int32)])


class Sight:
    """The visible passages of a store at one moment.

    `visible` and `windows` are by number of passage, `whole` and `document_lengths` by number of document: whether all of its
    passages are visible (only then its title and properties count), and how many terms those that are have.
    """

    def __init__(self, columns: Columns, visible: np.ndarray) -> None:
        self.visible = visible
        self.documents = columns.documents
        self.lengths = columns.lengths
        self.count = int(visible.sum())
        self.mean = _mean(columns.lengths[visible])
        self._count_documents(columns)
        self._order_threads(columns)

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

    def _order_threads(self, columns: Columns) -> None:
        """The passages of threads, each beside its visible neighbours: numbers rise with the order in which texts came."""
        numbers = np.flatnonzero(self.visible & (columns.threads > 0))
        threads = columns.threads[numbers]
        order = np.argsort(threads, kind="stable")
        self.thread_rows = numbers[order]
        threads = threads[order]
        self.follows = np.zeros(len(threads), bool)
        """Whether the row before is of the same thread."""
        self.follows[1:] = threads[1:] == threads[:-1]
        self.window_of = np.full(len(self.visible), -1, np.int64)
        self.window_of[self.thread_rows] = np.arange(len(threads))
        self.window_lengths = self.around(columns.lengths[self.thread_rows])
        self.window_mean = _mean(self.window_lengths)

    def around(self, values: np.ndarray) -> np.ndarray:
        """Of each row of a thread, the sum over itself and its neighbours."""
        total = values.copy()
        total[1:] += values[:-1] * self.follows[1:]
        total[:-1] += values[1:] * self.follows[1:]
        return total

    def sees(self, numbers: Sequence[int] | np.ndarray) -> np.ndarray:
        """Which of these passages are visible."""
        places = np.asarray(numbers, np.int64)
        inside = places < len(self.visible)
        return inside & self.visible[np.where(inside, places, 0)] if len(self.visible) else inside


def _mean(values: np.ndarray) -> float:
    return float(values.sum()) / max(1, len(values))
