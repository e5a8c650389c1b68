import sys

import pytest

from sage.adapters.counted_calls import CallsLeft, TooMuch


def _work(times: int) -> None:
    for _ in range(times):
        abs(-1)


def test_work_within_its_bound_is_done_and_counts_for_all() -> None:
    calls = CallsLeft(each=1_000, whole=1_500)
    with calls.counted():
        _work(900)
    with pytest.raises(TooMuch), calls.counted():
        _work(900)


def test_work_beyond_its_bound_ends_and_the_next_goes_on() -> None:
    calls = CallsLeft(each=100, whole=1_000)
    for _ in range(3):
        with pytest.raises(TooMuch), calls.counted():
            _work(10_000_000)
    with calls.counted():
        _work(50)


def test_what_counted_before_counts_again_after_it() -> None:
    before = sys.getprofile()
    with CallsLeft(each=10, whole=10).counted():
        pass
    assert sys.getprofile() is before
