"""What recipients are told is the same in two homes that differ in what they may not see; and leaks would be found."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bench._label_homes import Maker
from tests.bench._label_leaks import LEAKS
from tests.bench.labels import answers


@given(st.integers(1, 10**9))
@settings(max_examples=12, deadline=None)
def test_hidden_text_changes_nothing_that_recipients_are_told(seed: int) -> None:
    first, second = answers(Maker(seed).case())
    assert first == second


@pytest.mark.parametrize("leak", LEAKS)
def test_a_leak_is_found(leak: str) -> None:
    with LEAKS[leak]():
        assert any(first != second for first, second in (answers(Maker(seed).case()) for seed in range(1, 60)))
