"""Sums and look-ups of heights, against a plain list."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sage.tui.widgets.heights import Heights

CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.integers(0, 9), st.just(0)),
        st.tuples(st.just("set"), st.integers(0, 50), st.integers(0, 9)),
        st.tuples(st.just("truncate"), st.integers(0, 50), st.just(0)),
    ),
    max_size=60,
)


@given(st.lists(st.integers(0, 9), max_size=40), CHANGES)
def test_agrees_with_a_plain_list(start: list[int], changes: list[tuple[str, int, int]]) -> None:
    heights, plain = Heights(start), list(start)
    for what, first, second in changes:
        if what == "append":
            heights.append(first)
            plain.append(first)
        elif what == "set" and plain:
            heights[first % len(plain)] = second
            plain[first % len(plain)] = second
        elif what == "truncate":
            count = min(first, len(plain))
            heights.truncate(count)
            del plain[count:]
    assert len(heights) == len(plain)
    assert heights.total == sum(plain)
    assert [heights.top(index) for index in range(len(plain) + 1)] == [
        sum(plain[:index]) for index in range(len(plain) + 1)
    ]
    rows = [(index, row) for index, height in enumerate(plain) for row in range(height)]
    assert [heights.at(row) for row in range(heights.total)] == rows


def test_a_row_past_the_end_belongs_to_the_last_part() -> None:
    assert Heights([3, 4]).at(9) == (1, 6)
