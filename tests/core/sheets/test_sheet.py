"""Rows, keys, and where the words of an answer stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.core.errors import BadInput
from sage.core.sheets.sheet import (
    Over,
    SheetRow,
    Span,
    bearing,
    cell_key,
    check_name,
    cited,
    find_quote,
    read_over,
    split_text,
)

TEXT = "# Boiler\n\nThe boiler’s pressure should stay between **1.2** and 1.8 bar.\n\n## Help\n\nCall Demo Aunt on Mondays."


def words_at(quote: str) -> list[str]:
    return [TEXT[span.start : span.end] for span in find_quote(quote, TEXT)]


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("pressure should stay between 1.2 and 1.8 bar", ["pressure should stay between **1.2** and 1.8 bar"]),
        ("THE BOILER'S   pressure", ["The boiler’s pressure"]),
        ("the pressure must stay between 1.2 and 1.8 bar", ["stay between **1.2** and 1.8 bar"]),
        ("The boiler … Demo Aunt", ["The boiler", "Demo Aunt"]),
        ("Demo Aunt … The boiler", []),
        ("the", []),
        ("", []),
        ("The boiler was sold to a neighbour in May", []),
    ],
)
def test_a_quotation_is_found_where_it_stands_and_nowhere_else(quote: str, found: list[str]) -> None:
    assert words_at(quote) == found


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_is_quoted_a_span_lies_in_the_text(quote: str, text: str) -> None:
    for span in find_quote(quote, text):
        assert 0 <= span.start < span.end <= len(text)


def test_an_answer_in_other_words_rests_on_the_sentence_that_has_most_of_them() -> None:
    (span,) = bearing("Keep the pressure of the boiler between 1.2 and 1.8 bar", TEXT)
    assert "1.8 bar" in TEXT[span.start : span.end]
    assert bearing("Water the tomatoes at their roots every morning", TEXT) == ()
    assert bearing("bar", TEXT) == ()


def test_a_cell_names_the_nearest_heading_of_a_whole_note_and_the_place_of_a_passage() -> None:
    (span,) = find_quote("Call Demo Aunt", TEXT)
    assert cited(SheetRow(1, "House.md", "d", TEXT), span) == "House.md#Help “Call Demo Aunt”"
    assert cited(SheetRow(1, "House.md#Help:5", "p", TEXT), span).startswith("House.md#Help:5 “")
    assert cited(SheetRow(1, "House.md", "d", "Plain words."), Span(0, 5)) == "House.md “Plain”"


def test_places_are_read_and_what_is_none_is_told() -> None:
    assert read_over("notes:House/Old") == Over("notes", "House/Old")
    assert str(read_over("tasks")) == "tasks"
    for wrong in ("", "garden", "tag:", "query: "):
        with pytest.raises(BadInput):
            read_over(wrong)
    with pytest.raises(BadInput):
        check_name("a/b", "sheet")


def test_another_text_prompt_kind_or_model_is_another_question() -> None:
    asked = ("map", "What?", "Text", "model")
    keys = {cell_key(*asked)} | {cell_key(*(*asked[:n], "x", *asked[n + 1 :])) for n in range(4)}
    assert len(keys) == 5


@given(st.text(alphabet="ab \n", max_size=300), st.integers(5, 40))
def test_a_long_text_is_cut_and_nothing_of_it_is_lost(text: str, longest: int) -> None:
    parts = split_text(text, longest)
    assert "".join(part for _, part in parts) == text
    assert all(len(part) <= longest and text[start:].startswith(part) for start, part in parts)
