"""What the deputy tells is the same on both sides of pairs that differ in what its readers may not see; and faults are found."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.bench._deputy_swaps import difference, runs_of
from tests.bench._swap_leaks import DEPUTY_LEAKS
from tests.bench._swap_scenes import Pair, pair_of

NEEDED: dict[str, Callable[[Pair], bool]] = {
    "writer alone": lambda pair: pair.exchange.group,
    "calendar for all": lambda pair: "calendar times" in pair.hidden,
}
"""Which pairs can show a fault."""


@pytest.mark.parametrize("seed", [3, 21])
def test_nothing_that_readers_may_not_see_changes_what_they_are_told(seed: int) -> None:
    first, second = runs_of(pair_of(seed))
    assert difference(first, second) == "" and first.decisions["answer"] and first.told


@pytest.mark.parametrize("fault", DEPUTY_LEAKS)
def test_a_fault_is_found(fault: str) -> None:
    needed = NEEDED.get(fault, lambda pair: True)
    pairs = (pair for pair in map(pair_of, range(1, 200)) if needed(pair))
    some = [replace(pair, messages=pair.messages[6:]) for pair in itertools.islice(pairs, 8)]
    with DEPUTY_LEAKS[fault]():
        assert any(difference(*runs_of(pair)) for pair in some)
