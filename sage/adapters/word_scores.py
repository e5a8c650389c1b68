"""BM25 of passages, of windows in threads and of whole documents, over what one reader sees.

Okapi BM25 as SQLite's FTS5 has it (k1 1.2, b 0.75, the weight of a field multiplies its count), with the number of rows, their
mean length and a term's rows counted among the visible ones. Counts and weights are multiples of a half, so sums of them are
exact in any order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sage.adapters.postings import BODY, HEADING, PATH, PEOPLE, TAGS, TITLE, WORDS, Entries
from sage.adapters.sight import Sight

PASSAGE: Mapping[int, float] = {TITLE: 4.0, WORDS: 2.5, HEADING: 2.5, PATH: 2.5, TAGS: 2.5, PEOPLE: 2.0, BODY: 1.0}
WINDOW: Mapping[int, float] = {PEOPLE: 1.0, BODY: 1.0}
DOCUMENT: Mapping[int, float] = {TITLE: 4.0, WORDS: 2.0, TAGS: 0.0, HEADING: 0.0, PATH: 0.0, PEOPLE: 1.0, BODY: 1.0}
"""What a word counts by the field it stands in."""
_K1, _B = 1.2, 0.75
_LEAST = 1e-6
"""What a word counts that more than half of all rows have."""


class WordScores:
    """The scores of one question, as arrays: by number of passage, by row of a thread, by number of document."""

    def __init__(self, sight: Sight, terms: Sequence[tuple[Entries, Entries]]) -> None:
        self._sight = sight
        self._passages = np.zeros(len(sight.visible))
        self._windows = np.zeros(len(sight.thread_rows))
        self._documents = np.zeros(len(sight.document_lengths))
        for own, of_documents in terms:
            self._add(_seen(sight, own), _whole(sight, of_documents))

    def passages(self, limit: int) -> tuple[np.ndarray, np.ndarray]:
        """Numbers and scores of the best passages (more than `limit` when the last ones are equal)."""
        return _best(self._passages, limit)

    def windows(self, limit: int) -> tuple[np.ndarray, np.ndarray]:
        """The same by the words of a passage and its neighbours in a thread."""
        rows, scores = _best(self._windows, limit)
        return self._sight.thread_rows[rows], scores

    def documents(self, limit: int) -> tuple[np.ndarray, np.ndarray]:
        """The same by the words of whole documents: numbers of documents."""
        return _best(self._documents, limit)

    def _add(self, own: Entries, of_documents: Entries) -> None:
        sight = self._sight
        found = _sums(own.numbers, _weighed(own, PASSAGE), len(self._passages))
        whole = _sums(sight.documents[own.numbers], _weighed(own, DOCUMENT), len(self._documents))
        if len(of_documents.numbers):
            titles = _sums(of_documents.numbers, _weighed(of_documents, PASSAGE), len(self._documents))
            found += titles[sight.documents] * sight.visible
            whole += _sums(of_documents.numbers, _weighed(of_documents, DOCUMENT), len(self._documents))
        _add_bm25(self._passages, found, sight.lengths, sight.mean, sight.count)
        _add_bm25(self._documents, whole, sight.document_lengths, sight.document_mean, sight.document_count)
        if len(self._windows):
            rows = sight.window_of[own.numbers]
            inside = rows >= 0
            told = _sums(rows[inside], _weighed(own, WINDOW)[inside], len(self._windows))
            _add_bm25(self._windows, sight.around(told), sight.window_lengths, sight.window_mean, len(self._windows))


def _add_bm25(scores: np.ndarray, found: np.ndarray, lengths: np.ndarray, mean: float, rows: int) -> None:
    """Adds what one term gives to the rows that have it; `found` is its weighed count in each row."""
    places = np.flatnonzero(found)
    if not len(places):
        return
    counts = found[places]
    rarity = max(_LEAST, float(np.log((rows - len(places) + 0.5) / (len(places) + 0.5))))
    norm = _K1 * (1 - _B + _B * lengths[places] / (mean or 1.0))
    scores[places] += rarity * counts * (_K1 + 1) / (counts + norm)


def _best(scores: np.ndarray, limit: int) -> tuple[np.ndarray, np.ndarray]:
    found = np.flatnonzero(scores)
    if len(found) > limit:
        some = scores[found]
        found = found[some >= np.partition(some, len(some) - limit)[len(some) - limit]]
    return found, scores[found]


def _sums(places: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    """The sum of the values at each place."""
    return np.bincount(places, values, size).astype(np.float64, copy=False)


def _weighed(entries: Entries, weights: Mapping[int, float]) -> np.ndarray:
    table = np.zeros(max(PASSAGE) + 1)
    for field, weight in weights.items():
        table[field] = weight
    found: np.ndarray = table[entries.fields] * entries.counts
    return found


def _seen(sight: Sight, entries: Entries) -> Entries:
    """Without what is hidden, and the headings above a passage where other passages of its note are hidden."""
    kept = sight.sees(entries.numbers)
    if sight.partial:
        numbers = np.where(kept, entries.numbers, 0)
        kept &= sight.whole[sight.documents[numbers]] | (entries.fields != PATH)
    return entries.only(kept)


def _whole(sight: Sight, entries: Entries) -> Entries:
    inside = entries.numbers < len(sight.whole)
    return entries.only(inside & sight.whole[np.where(inside, entries.numbers, 0)])
