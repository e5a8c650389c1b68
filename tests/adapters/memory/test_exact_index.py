from __future__ import annotations

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sage.adapters.memory.exact_index import ExactIndex
from sage.testing.vectors import FakeVectorIndex

names = st.sampled_from("abcdef")
steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.lists(names, max_size=4)),
        st.tuples(st.just("remove"), st.lists(names, max_size=3)),
    ),
    max_size=30,
)


@given(steps, st.randoms(use_true_random=False))
def test_after_any_changes_it_finds_what_a_plain_search_finds(
    changes: list[tuple[str, list[str]]], chance: random.Random
) -> None:
    exact, plain = ExactIndex(3), FakeVectorIndex()
    for kind, some in changes:
        if kind == "remove":
            exact.remove(some)
            plain.remove(some)
            continue
        vectors = np.array([[chance.choice([0.0, 0.5, 1.0]) for _ in range(3)] for _ in some], np.float32)
        exact.add(some, vectors.reshape(len(some), 3))
        plain.add(some, vectors)
    query = np.array([1.0, 0.25, 0.5], np.float32)
    assert len(exact) == len(plain)
    for k in range(8):
        assert exact.search(query, k) == plain.search(query, k)
