"""What the words of a question say of passages and whole documents, over what one reader sees.

Okapi BM25 (k1 1.2, b 0.75; the weight of a field multiplies its count), with the number of rows, their mean length and a
term's rows counted among the visible ones. Counts and weights are multiples of a half, so sums of them are exact in any order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sage.adapters.memory.postings import BODY, HEADING, PATH, PEOPLE, TAGS, TITLE, WORDS, Entries, Standing
from sage.adapters.memory.sight import Sight

PASSAGE: Mapping[int, float] = {TITLE: 1.0, WORDS: 1.0, HEADING: 1.0, PATH: 1.0, TAGS: 1.0, PEOPLE: 1.0, BODY: 1.0}
DOCUMENT: Mapping[int, float] = {TITLE: 4.0, WORDS: 2.0, TAGS: 0.0, HEADING: 0.0, PATH: 0.0, PEOPLE: 1.0, BODY: 1.0}
"""What a word counts by the field it stands in."""
_K1, _B = 1.2, 0.75
FEW = 30
"""Passages from which their own counts say how rare a word is. Among fewer, a word that all have would tell next to nothing and
one that none has nearly all, so that a first note would answer nothing: others without the words are thought beside them."""


class WordScores:
    """The scores of one question, as arrays by number of passage or of document.

    `words` is BM25 of a passage with its neighbours, `covered` the share of the question's words that stand in the passage,
    each by its rarity, and `documents` BM25 of whole documents. `rarities` are the words' own, in the order given.
    """

    def __init__(self, sight: Sight, words: Sequence[Standing]) -> None:
        self.sight = sight
        self.words = np.zeros(len(sight.visible))
        self.covered = np.zeros(len(sight.visible))
        self.documents = np.zeros(len(sight.document_lengths))
        self.rarities = [self._add(sight.entries(word.sought, word.passages), word.documents) for word in words]
        total = sum(self.rarities)
        if total:
            self.covered /= total

    def _add(self, own: Entries, of_documents: Entries) -> float:
        sight = self.sight
        found = _sums(own.numbers, _weighed(own, PASSAGE), len(self.words))
        whole = _sums(sight.documents[own.numbers], _weighed(own, DOCUMENT), len(self.documents))
        if len(of_documents.numbers):
            found += _titles(of_documents, PASSAGE, sight.titles)
            whole += _titles(of_documents, DOCUMENT, sight.title_of)
        rarity = _rarity(found, max(sight.count, FEW))
        self.covered += rarity * (found > 0)
        window = np.zeros(len(self.words))
        window[sight.rows] = sight.around(found[sight.rows])
        _add_bm25(self.words, window, sight.window_lengths, sight.window_mean, rarity)
        _add_bm25(
            self.documents, whole, sight.document_lengths, sight.document_mean, _rarity(whole, sight.document_count)
        )
        return rarity


def best(scores: np.ndarray, limit: int) -> np.ndarray:
    """The places of the best scores above zero, more than `limit` when the last ones are equal."""
    found = np.flatnonzero(scores > 0)
    if len(found) > limit:
        some = scores[found]
        found = found[some >= np.partition(some, len(some) - limit)[len(some) - limit]]
    return found


def _rarity(found: np.ndarray, rows: int) -> float:
    """How much a term tells that is `found` in some of the rows: more than nothing even when it is in all."""
    having = np.count_nonzero(found)
    return float(np.log1p((rows - having + 0.5) / (having + 0.5)))


def _add_bm25(scores: np.ndarray, found: np.ndarray, lengths: np.ndarray, mean: float, rarity: float) -> None:
    """Adds what one term gives to the rows that have it; `found` is its weighed count in each row."""
    places = np.flatnonzero(found)
    counts = found[places]
    norm = _K1 * (1 - _B + _B * lengths[places] / (mean or 1.0))
    scores[places] += rarity * counts * (_K1 + 1) / (counts + norm)


def _sums(places: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    """The sum of the values at each place."""
    return np.bincount(places, values, size).astype(np.float64, copy=False)


def _titles(entries: Entries, weights: Mapping[int, float], places: np.ndarray) -> np.ndarray:
    """What a term counts in the titles and properties of the stored documents at each place (-1: in none)."""
    size = int(max(entries.numbers.max(), places.max(initial=0))) + 2  # the last place stays 0
    found: np.ndarray = _sums(entries.numbers, _weighed(entries, weights), size)[places]
    return found


def _weighed(entries: Entries, weights: Mapping[int, float]) -> np.ndarray:
    table = np.zeros(max(PASSAGE) + 1)
    for field, weight in weights.items():
        table[field] = weight
    found: np.ndarray = table[entries.fields] * entries.counts
    return found
