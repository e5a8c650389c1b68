"""Where lines break."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from sage.core.terminal_text import clean
from sage.tui.widgets.ink import BOLD, CODE, PLAIN
from sage.tui.widgets.wrapping import chop, cut_lines, fit, parts_between

TEXTS = st.text(alphabet=st.sampled_from("ab c  de\n-é“語文、。한국👩\u200d🔬👍🏽e\u0301שלום"), max_size=80).map(clean)


def lines_of(text: str, width: int) -> list[str]:
    return [text[cut.start : cut.end] for cut in cut_lines(text, width)]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("the quick brown fox", 10, ["the quick", "brown fox"]),
        ("the quick", 9, ["the quick"]),
        ("one\n\ntwo\n", 10, ["one", "", "two", ""]),
        ("unbreakable word", 5, ["unbre", "akabl", "e", "word"]),
        ("a   b", 2, ["a", "b"]),
        ("ab   \n  cd  ", 2, ["ab", "cd"]),
        ("  indented text", 12, ["  indented", "text"]),
        ("日本語、です", 6, ["日本", "語、で", "す"]),
        ("日本語 and words", 9, ["日本語", "and words"]),
        ("👩\u200d🔬👩\u200d🔬", 2, ["👩\u200d🔬", "👩\u200d🔬"]),
        ("cafe\u0301 cafe\u0301", 4, ["cafe\u0301", "cafe\u0301"]),
        ("", 5, [""]),
    ],
)
def test_breaks_at_spaces_and_around_wide_characters(text: str, width: int, lines: list[str]) -> None:
    assert lines_of(text, width) == lines


@given(TEXTS, st.integers(2, 30))
def test_no_line_is_too_wide_and_only_spaces_go(text: str, width: int) -> None:
    cuts = cut_lines(text, width)
    assert all(cell_len(text[cut.start : cut.end]) <= width for cut in cuts)
    between = [text[a.end : b.start] for a, b in itertools.pairwise(cuts)]
    assert not "".join(between).strip(" \n")
    assert text[: cuts[0].start].strip() == "" and text[cuts[-1].end :].strip(" ") == ""
    assert [cut.glue for cut in cuts[1:]] == [None if "\n" in gap else " " if gap else "" for gap in between]


@given(TEXTS, st.integers(2, 30))
def test_it_does_not_matter_that_a_text_is_known_to_be_narrow(text: str, width: int) -> None:
    narrow = "".join(character for character in text if character.isascii() or character in "é“שלום")
    assert cut_lines(narrow, width, narrow=True) == cut_lines(narrow + "\n語", width)[:-1]


@given(TEXTS, st.integers(1, 30))
def test_chopping_loses_nothing(text: str, width: int) -> None:
    line = text.replace("\n", "")
    cuts = chop(line, max(2, width))
    assert "".join(line[cut.start : cut.end] for cut in cuts) == line
    assert all(cell_len(line[cut.start : cut.end]) <= max(2, width) for cut in cuts)


@given(TEXTS, st.integers(2, 30), st.data())
def test_going_on_from_a_line_gives_the_same_lines(text: str, width: int, data: st.DataObject) -> None:
    cuts = cut_lines(text, width)
    place = data.draw(st.integers(0, len(cuts) - 1))
    assert cut_lines(text, width, start=cuts[place].start, glue=cuts[place].glue) == cuts[place:]


def test_parts_take_the_tones_of_their_spans() -> None:
    spans = [(4, 9, BOLD), (9, 12, CODE)]
    assert parts_between("the quick brown", spans, 2, 11, PLAIN) == (("e ", PLAIN), ("quick", BOLD), (" b", CODE))


def test_fits_by_leaving_out_the_end() -> None:
    assert [fit("a longer text", 8), fit("short", 8), fit("日本語です", 6)] == ["a longe…", "short", "日本…"]
