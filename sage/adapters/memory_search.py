"""One search of one store: lexical and vector candidates, fused, explained and made diverse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sage.adapters.memory_rows import PassageKey
from sage.adapters.memory_store import MemoryStore
from sage.adapters.memory_view import View, ViewIndex
from sage.adapters.nearest import Nearest
from sage.core.passages import Hit
from sage.core.ranking import Candidate, fuse, pick, query_terms

if TYPE_CHECKING:
    import numpy as np

POOL = 200
"""Candidates that each way of searching brings, at least."""
MOST_PER_NOTE = 3
"""Hits of one note in an answer, unless fewer notes match. A thread has no such limit: its turns are short."""


def search(
    store: MemoryStore | View, index: Nearest | ViewIndex | None, query: str, vector: np.ndarray | None, k: int
) -> list[Hit]:
    """The k best passages of a store. `vector` is the query's; without one, or without an index, words alone decide."""
    terms = query_terms(query)
    pool = max(POOL, 4 * k)
    matches = store.match(terms, pool)
    near = index.search(vector, pool) if index is not None and vector is not None and vector.any() else []
    found = {key.number: key for key in store.keys("id", [name for name, _ in near])}
    missing = {*matches["passage"], *matches["window"]} - set(found)
    found |= {key.number: key for key in store.keys("number", sorted(missing))}
    keys = list(found.values())
    cosines = _cosines(store, keys, vector) if near and vector is not None else {}
    # A note's passage is long enough to be its own window: that part then counts as much as its words do.
    stretch = _most(matches["window"]) / _most(matches["passage"])
    candidates = [_candidate(key, matches, cosines, stretch) for key in keys]
    by_name = dict(zip((candidate.id for candidate in candidates), keys, strict=True))
    best = {by_name[one.id].id: one for one in reversed(fuse(candidates))}
    files = {str(key.document) for key in keys if key.kind == "file"}
    picked = pick(sorted(best.values(), key=lambda one: (-one.score, one.id)), k, MOST_PER_NOTE, files)
    rows = {row.number: row for row in store.passages([by_name[one.id].number for one in picked])}
    name = index.name if index is not None else ""
    return [rows[by_name[one.id].number].hit(one.score, _given(one.why), name) for one in picked]


def _candidate(
    key: PassageKey, matches: dict[str, dict[int, float]], cosines: dict[int, float], stretch: float
) -> Candidate:
    passage = matches["passage"].get(key.number, 0.0)
    parts = {
        "passage": passage,
        "window": matches["window"].get(key.number, 0.0) if key.kind == "thread" else passage * stretch,
        "document": matches["document"].get(key.document, 0.0),
        "meaning": cosines.get(key.number, 0.0),
    }
    # Passages of one text, and the same passage in two roots, share an id but compete as single candidates.
    return Candidate(f"{key.id}/{key.part:06}/{key.number}", str(key.document), parts)


def _most(scores: dict[int, float]) -> float:
    return max(scores.values(), default=0.0) or 1.0


def _cosines(store: MemoryStore | View, keys: Sequence[PassageKey], vector: np.ndarray) -> dict[int, float]:
    """Of every candidate, whichever way it was found; each row summed by itself, so that none depends on the others."""
    import numpy as np

    vectors = store.vectors([key.number for key in keys])
    if not vectors:
        return {}
    products = np.stack(list(vectors.values())).astype(np.float64) * vector
    return dict(zip(vectors, products.sum(axis=1).round(6).tolist(), strict=True))


def _given(why: dict[str, float]) -> dict[str, float]:
    return {part: value for part, value in why.items() if value}
