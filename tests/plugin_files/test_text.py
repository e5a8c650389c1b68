"""A text file, line by line, and the same bytes again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.plugin_api import Refused
from sage.plugin_files.text import FileText, Splice, one_line, shown

BYTES = st.lists(
    st.sampled_from([b"a", b"\n", b"\r\n", b"\r", b"\xef\xbb\xbf", b"\xff", b"\xc3\xa9", b"\xe2\x80\xa8", b" "])
).map(b"".join)


@given(BYTES)
def test_what_is_read_is_written_again(content: bytes) -> None:
    assert FileText(content).content() == content


@given(BYTES, st.integers(0, 9))
def test_one_line_for_another_changes_nothing_else(content: bytes, number: int) -> None:
    text = FileText(content)
    at = number % len(text.bodies)
    assert text.spliced(Splice(at, 1, ("new",), 0)).spliced(Splice(at, 1, (text.bodies[at],), 0)).content() == content


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"", b"new\n"),
        (b"a\n", b"a\nnew\n"),
        (b"a", b"a\nnew"),
        (b"a\r\n", b"a\r\nnew\r\n"),
        (b"a\r\nb", b"a\r\nb\r\nnew"),
        (b"\xef\xbb\xbf", b"\xef\xbb\xbfnew\n"),
    ],
)
def test_a_line_at_the_end_is_like_the_others(before: bytes, after: bytes) -> None:
    text = FileText(before)
    assert text.spliced(Splice(text.end, 0, ("new",))).content() == after


def test_two_lines_for_one_end_as_the_file_does() -> None:
    text = FileText(b"\xef\xbb\xbfa\r\nb")
    assert text.spliced(Splice(1, 1, ("c", "d"), 0)).content() == b"\xef\xbb\xbfa\r\nc\r\nd"
    assert text.spliced(Splice(0, 1, ("c", "d"), 0)).content() == b"\xef\xbb\xbfc\r\nd\r\nb"


def test_words_become_one_line() -> None:
    assert one_line(" a\nb\r\x1b[31m\x00c\u2028d\x85 ") == "a b  [31m c d"
    for words in ("", " \n", "\ud800"):
        with pytest.raises(Refused):
            one_line(words)


def test_bytes_that_are_no_text_can_be_shown() -> None:
    assert shown(FileText(b"a\xff").bodies[0]) == "a\ufffd"
