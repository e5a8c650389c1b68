"""What a text is looked up by."""

from __future__ import annotations

from sage.core.words import gist


def test_a_question_is_looked_up_whole() -> None:
    assert gist("How much sun?") == "How much sun?"
    assert gist("a" * 20_000) == "a" * 20_000


def test_of_a_book_its_beginning_and_end_are_kept_where_a_question_stands() -> None:
    book = "Who did it? " + "pages " * 100_000 + "And why?"
    short = gist(book)
    assert short.startswith("Who did it?") and short.endswith("And why?") and len(short) == 20_001
