"""What recipients are told is the same in two homes that differ in what they may not see; and leaks would be found."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sage.core.passages import Hit
from tests.bench._label_homes import NOW, Built, Case, HomeSpec, Maker
from tests.bench._label_leaks import LEAKS
from tests.bench.labels import ROOM, answers


@given(st.integers(1, 10**9))
@settings(max_examples=12, deadline=None)
def test_hidden_text_changes_nothing_that_recipients_are_told(seed: int) -> None:
    first, second = answers(Maker(seed).case())
    assert first == second


def while_typing(home: HomeSpec, case: Case) -> list[list[Hit]]:
    """What stands there before the last letters of each query are typed."""
    with tempfile.TemporaryDirectory() as name:
        memory = Built(home, Path(name)).memory
        try:
            return [memory.recall(f"{query[:-2]}*", k=ROOM, recipients=case.recipients, now=NOW, quick=True)
                    for query in case.queries]  # fmt: skip
        finally:
            memory.close()


@given(st.integers(1, 10**9))
@settings(max_examples=12, deadline=None)
def test_hidden_text_changes_nothing_while_a_search_is_typed(seed: int) -> None:
    case = Maker(seed).case()
    first, second = (while_typing(home, case) for home in case.homes)
    assert first == second


@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_is_found(leak: str) -> None:
    with LEAKS[leak]():
        assert any(first != second for first, second in (answers(Maker(seed).case()) for seed in range(1, 60)))
