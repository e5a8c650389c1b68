"""What is cut out of a text comes back at its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.core.forgetting.cutting import cut, difference, joined, put_back


@pytest.mark.parametrize(
    ("text", "gone", "left"),
    [
        ("One. Two. Three.\n", "Two. ", "One. Three.\n"),
        ("One.\nTwo.\nThree.\n", "Two.", "One.\nThree.\n"),
        ("- one\n- two\n- three\n", "two", "- one\n- three\n"),
        ("- [ ] one\n- [x] two", "two", "- [ ] one\n"),
        ("One. Two.\n", "Two.", "One.\n"),
        ("> quoted\n", "quoted", ""),
    ],
)
def test_a_line_that_keeps_nothing_goes_whole(text: str, gone: str, left: str) -> None:
    start = text.index(gone)
    assert cut(text, [(start, start + len(gone))]) == left


texts = st.lists(st.sampled_from(["one", "two", "three", "", "four five", "- six"]), max_size=12).map("\n".join)
spans = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 20)), max_size=3)


@given(texts, spans)
def test_what_was_cut_comes_back_when_nothing_changed(text: str, places: list[tuple[int, int]]) -> None:
    after = cut(text, [(min(start, len(text)), min(start + size, len(text))) for start, size in places])
    assert put_back(text, after, after) == text


@given(texts, spans, texts)
def test_no_line_is_lost_whatever_was_written_since(text: str, places: list[tuple[int, int]], more: str) -> None:
    after = cut(text, [(min(start, len(text)), min(start + size, len(text))) for start, size in places])
    back = put_back(text, after, f"{after}\nnew {more}")
    lines = back.split("\n")
    gone = [line for line in text.split("\n") if line and line not in after.split("\n")]
    assert all(line in lines for line in (*gone, *f"new {more}".split("\n")))


def test_words_come_back_between_what_was_beside_them() -> None:
    before, after = "First.\nSecret.\nLast.\n", "First.\nLast.\n"
    assert put_back(before, after, "Zero.\nFirst.\nLast!\nMore.\n") == "Zero.\nFirst.\nSecret.\nLast!\nMore.\n"


def test_spans_that_touch_are_one() -> None:
    assert joined([(3, 5), (0, 3), (9, 9), (7, 8)]) == [(0, 5), (7, 8)]


def test_a_difference_shows_what_would_go() -> None:
    assert "-Secret.\n" in difference("a.md", "First.\nSecret.\n", "First.\n")
