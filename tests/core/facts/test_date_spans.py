"""Which days words mean."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.core.facts.date_spans import find_date_spans

SUNDAY = date(2023, 7, 16)


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("I went last Friday", "2023-07-14", "2023-07-14"),
        ("two weeks ago we met", "2023-06-26", "2023-07-02"),
        ("the day before yesterday", "2023-07-14", "2023-07-14"),
        ("last weekend", "2023-07-08", "2023-07-09"),
        ("two weekends ago", "2023-07-01", "2023-07-02"),
        ("last spring", "2023-03-01", "2023-05-31"),
        ("in March", "2023-03-01", "2023-03-31"),
        ("in November", "2022-11-01", "2022-11-30"),
        ("in May 2021", "2021-05-01", "2021-05-31"),
        ("on 3 May", "2023-05-03", "2023-05-03"),
        ("May 3rd, 2019", "2019-05-03", "2019-05-03"),
        ("back in 2015", "2015-01-01", "2015-12-31"),
        ("2023-06-30", "2023-06-30", "2023-06-30"),
        ("29 February", "2020-02-29", "2020-02-29"),
        ("vor zwei Wochen", "2023-06-26", "2023-07-02"),
        ("letzten Dienstag", "2023-07-11", "2023-07-11"),
        ("am 3. Mai 1950", "1950-05-03", "1950-05-03"),
        ("12.5.2020", "2020-05-12", "2020-05-12"),
    ],
)
def test_what_was_is_read_backwards(words: str, first: str, last: str) -> None:
    (span,) = find_date_spans(words, SUNDAY)
    assert (span.first, span.last) == (first, last)


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("by Tuesday", "2023-07-18", "2023-07-18"),
        ("next Friday", "2023-07-21", "2023-07-21"),
        ("next month", "2023-08-01", "2023-08-31"),
        ("in March", "2024-03-01", "2024-03-31"),
        ("in 2 weeks", "2023-07-24", "2023-07-30"),
        ("tomorrow morning", "2023-07-17", "2023-07-17"),
        ("this summer", "2023-06-01", "2023-08-31"),
        ("nächsten Montag", "2023-07-17", "2023-07-17"),
        ("übermorgen", "2023-07-18", "2023-07-18"),
    ],
)
def test_what_is_to_come_is_read_ahead(words: str, first: str, last: str) -> None:
    (span,) = find_date_spans(words, SUNDAY, "future")
    assert (span.first, span.last) == (first, last)


@pytest.mark.parametrize("words", ["since 2019", "since last March", "seit 2019", "from next month"])
def test_what_goes_on_has_no_end(words: str) -> None:
    (span,) = find_date_spans(words, SUNDAY)
    assert span.spread == "since" and span.last == ""


@pytest.mark.parametrize(
    "words",
    ["I may go", "a second time", "the other day", "recently", "31 June", "room 12", "20 people", "version 3.5"],
)
def test_what_names_no_day_is_none(words: str) -> None:
    assert find_date_spans(words, SUNDAY) == []


def test_without_a_today_only_whole_dates_are_found() -> None:
    assert find_date_spans("yesterday, on 3 May and last week", None) == []
    assert [span.first for span in find_date_spans("on 3 May 2020", None)] == ["2020-05-03"]


def test_the_words_of_a_span_are_where_it_says() -> None:
    text = "We met on 3 May and parted two weeks ago."
    assert [text[span.start : span.end] for span in find_date_spans(text, SUNDAY)] == ["on 3 May", "two weeks ago"]


@given(
    st.text(alphabet="0123456789 .-/stMayseinclugoerFidk", max_size=60), st.dates(date(1900, 1, 1), date(2200, 1, 1))
)
def test_no_text_raises_and_spans_never_overlap(text: str, today: date) -> None:
    for lean in ("past", "future"):
        spans = find_date_spans(text, today, lean)  # type: ignore[arg-type]
        assert all(one.end <= two.start for one, two in pairwise(spans))
        assert all(one.last == "" or one.first <= one.last for one in spans)
