"""One search of one store: lexical and vector candidates, fused, explained and made diverse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sage.adapters.memory_rows import PassageRow
from sage.adapters.memory_store import MemoryStore
from sage.core.passages import Hit
from sage.core.ports import VectorIndex
from sage.core.ranking import Candidate, fuse, pick, query_terms

if TYPE_CHECKING:
    import numpy as np

POOL = 200
"""Candidates that each way of searching brings, at least."""
MOST_PER_NOTE = 3
"""Hits of one note in an answer, unless fewer notes match. A thread has no such limit: its turns are short."""


def search(store: MemoryStore, index: VectorIndex | None, query: str, vector: np.ndarray | None, k: int) -> list[Hit]:
    """The k best passages of a store. `vector` is the query's; without one, or without an index, words alone decide."""
    terms = query_terms(query)
    pool = max(POOL, 4 * k)
    matches = store.match(terms, pool)
    near = index.search(vector, pool) if index is not None and vector is not None and vector.any() else []
    found = {row.number: row for row in store.passages_of([name for name, _ in near])}
    missing = {*matches["passage"], *matches["window"]} - set(found)
    found |= {row.number: row for row in store.passages(sorted(missing))}
    rows = list(found.values())
    cosines = _cosines(store, rows, vector) if near and vector is not None else {}
    candidates = [_candidate(row, matches, cosines) for row in rows]
    files = {str(row.document) for row in rows if row.kind == "file"}
    by_key = {_key(row): row for row in rows}
    ranked = {by_key[one.id].id: one for one in reversed(fuse(candidates))}
    best_first = sorted(ranked.values(), key=lambda one: (-one.score, one.id))
    name = index.name if index is not None else ""
    return [by_key[one.id].hit(one.score, _given(one.why), name) for one in pick(best_first, k, MOST_PER_NOTE, files)]


def _key(row: PassageRow) -> str:
    """Passages of one text, and the same passage in two roots, share an id but compete as single candidates."""
    return f"{row.id}/{row.part:06}/{row.number}"


def _candidate(row: PassageRow, matches: dict[str, dict[int, float]], cosines: dict[int, float]) -> Candidate:
    passage = matches["passage"].get(row.number, 0.0)
    window = matches["window"].get(row.number, 0.0)
    if row.kind != "thread":
        # A note's passage is long enough to be its own window: the part counts as much as its words do.
        window = passage * _most(matches["window"]) / (_most(matches["passage"]) or 1.0)
    parts = {
        "passage": passage,
        "window": window,
        "document": matches["document"].get(row.document, 0.0),
        "meaning": cosines.get(row.number, 0.0),
    }
    return Candidate(_key(row), str(row.document), parts)


def _most(scores: dict[int, float]) -> float:
    return max(scores.values(), default=0.0) or 1.0


def _cosines(store: MemoryStore, rows: Sequence[PassageRow], vector: np.ndarray) -> dict[int, float]:
    """Of every candidate, whichever way it was found; rounded, since a sum's last bit may depend on its surroundings."""
    vectors = store.vectors([row.number for row in rows])
    return {number: round(float(other @ vector), 6) for number, other in vectors.items()}


def _given(why: dict[str, float]) -> dict[str, float]:
    return {part: value for part, value in why.items() if value}
