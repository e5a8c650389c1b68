"""One suite for every vector index: exact, Chroma, and the fake."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sage.adapters.memory.chroma_index import ChromaIndex
from sage.adapters.memory.exact_index import ExactIndex
from sage.core.ports import VectorIndex
from sage.testing.vectors import FakeVectorIndex

DIMENSIONS = 8


@pytest.fixture(params=["exact", "chroma", "fake"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorIndex]:
    if request.param == "chroma":
        chroma = ChromaIndex(tmp_path / "chroma")
        yield chroma
        chroma.close()
    else:
        yield ExactIndex(DIMENSIONS) if request.param == "exact" else FakeVectorIndex()


def vectors(count: int, seed: int = 0) -> np.ndarray:
    found = np.random.default_rng(seed).normal(size=(count, DIMENSIONS)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_it_has_a_name(index: VectorIndex) -> None:
    assert index.name in ("exact", "chroma", "fake")


def test_an_empty_index_finds_nothing(index: VectorIndex) -> None:
    assert len(index) == 0
    assert index.search(vectors(1)[0], 5) == []
    index.remove(["unknown"])


def test_the_nearest_come_first_with_their_cosine(index: VectorIndex) -> None:
    some = vectors(50)
    index.add([f"id{n:02}" for n in range(50)], some)
    query = vectors(1, seed=7)[0]
    expected = sorted(((float(some[n] @ query), f"id{n:02}") for n in range(50)), reverse=True)[:10]
    found = index.search(query, 10)
    assert [name for name, _ in found] == [name for _, name in expected]
    assert [score for _, score in found] == pytest.approx([score for score, _ in expected], abs=1e-5)


def test_equal_vectors_come_in_the_order_of_ids(index: VectorIndex) -> None:
    one = vectors(1)
    index.add(["c", "a", "d", "b"], np.repeat(one, 4, axis=0))
    assert [name for name, _ in index.search(one[0], 4)] == ["a", "b", "c", "d"]


def test_adding_an_id_again_replaces_its_vector(index: VectorIndex) -> None:
    some = np.eye(DIMENSIONS, dtype=np.float32)
    index.add(["a", "b"], some[:2])
    index.add(["a"], some[2:3])
    assert len(index) == 2
    assert index.search(some[2], 1) == [("a", 1.0)]
    assert index.search(some[0], 2)[0][1] == pytest.approx(0.0, abs=1e-6)


def test_what_was_removed_is_never_found(index: VectorIndex) -> None:
    some = vectors(20)
    names = [f"id{n:02}" for n in range(20)]
    index.add(names, some)
    index.remove([*names[::2], "unknown"])
    assert len(index) == 10
    assert {name for name, _ in index.search(some[0], 20)} == set(names[1::2])
    for n in range(1, 20, 2):
        assert index.search(some[n], 1) == [(names[n], pytest.approx(1.0, abs=1e-5))]


def test_k_may_be_more_than_there_is_or_none(index: VectorIndex) -> None:
    index.add(["a", "b"], vectors(2))
    assert len(index.search(vectors(1)[0], 100)) == 2
    assert index.search(vectors(1)[0], 0) == []


def test_nothing_can_be_added(index: VectorIndex) -> None:
    index.add([], np.zeros((0, DIMENSIONS), np.float32))
    index.remove([])
    assert len(index) == 0
