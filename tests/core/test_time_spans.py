from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sage.core.time_spans import TimeSpan, time_spans

NOW = date(2024, 5, 15)  # a Wednesday


def named(text: str, now: date | None = NOW) -> list[str]:
    return [f"{span.first}/{span.last}{' yearly' * span.yearly}" for span in time_spans(text, now)]


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("on 2023-05-07", "2023-05-07/2023-05-07"),
        ("2023-05-07T10:00", "2023-05-07/2023-05-07"),
        ("the log of 2023-05", "2023-05-01/2023-05-31"),
        ("on 9 July, 2022", "2022-07-09/2022-07-09"),
        ("the 1st of September 2023", "2023-09-01/2023-09-01"),
        ("on October 13, 2023?", "2023-10-13/2023-10-13"),
        ("Sept. 3rd, 2023", "2023-09-03/2023-09-03"),
        ("my party on 29 February", "2000-02-29/2000-02-29 yearly"),
        ("in December 2023", "2023-12-01/2023-12-31"),
        ("the first week of August 2023", "2023-08-01/2023-08-07"),
        ("the first weekend of October 2023", "2023-10-07/2023-10-08"),
        ("the last two days in late August 2023", "2023-08-22/2023-08-31"),
        ("summer 2021", "2021-06-01/2021-08-31"),
        ("the winter of 2021", "2021-12-01/2022-02-28"),
        ("in 2022", "2022-01-01/2022-12-31"),
        ("what did I do in May", "2000-05-01/2000-05-31 yearly"),
        ("yesterday", "2024-05-14/2024-05-14"),
        ("last Friday", "2024-05-10/2024-05-10"),
        ("last Wednesday", "2024-05-08/2024-05-08"),
        ("on Monday", "2024-05-13/2024-05-13"),
        ("next Sunday", "2024-05-19/2024-05-19"),
        ("last week", "2024-05-06/2024-05-12"),
        ("this weekend", "2024-05-18/2024-05-19"),
        ("last month", "2024-04-01/2024-04-30"),
        ("last spring", "2023-03-01/2023-05-31"),
        ("last winter", "2023-12-01/2024-02-29"),
        ("last May", "2023-05-01/2023-05-31"),
        ("last March", "2024-03-01/2024-03-31"),
        ("three days ago", "2024-05-12/2024-05-12"),
        ("two years ago", "2022-01-01/2022-12-31"),
        ("two weeks ago", "2024-04-28/2024-05-04"),
        ("two days before 4 October 2023", "2023-10-02/2023-10-02"),
        ("the weekend before 4th October, 2023", "2023-09-27/2023-10-03"),
        ("the Monday before July 24, 2023", "2023-07-17/2023-07-17"),
        ("the Saturday after October 28, 2023", "2023-11-04/2023-11-04"),
        ("the week after yesterday", "2024-05-15/2024-05-21"),
    ],
)
def test_a_time_is_read(text: str, span: str) -> None:
    assert named(text) == [span]


@pytest.mark.parametrize(
    "text",
    ["I may come", "march on", "she sat in the sun", "in 15 minutes", "room 2023b", "2023-13-40", "an august lady",
 "spring onions", "the second week"],
)  # fmt: skip
def test_what_is_no_time_is_none(text: str) -> None:
    assert named(text) == []


def test_two_times_are_two_spans() -> None:
    assert named("from 1 May 2023 to 3 June 2023") == ["2023-05-01/2023-05-01", "2023-06-03/2023-06-03"]


def test_what_depends_on_today_is_left_out_without_one() -> None:
    assert named("last week, yesterday, three days ago, on Monday, last May", None) == []


def test_days_to_a_span() -> None:
    may = TimeSpan(date(2023, 5, 1), date(2023, 5, 31))
    assert [may.days_to(day) for day in (date(2023, 4, 29), date(2023, 5, 9), date(2023, 6, 2))] == [-2, 0, 2]


def test_a_yearly_span_is_near_in_any_year() -> None:
    new_year = TimeSpan(date(2000, 12, 30), date(2001, 1, 2), yearly=True)
    assert [new_year.days_to(day) for day in (date(2023, 12, 31), date(2024, 1, 3), date(2024, 12, 29))] == [0, 1, -1]


def test_spans_that_overlap_are_not_apart() -> None:
    may = TimeSpan(date(2000, 5, 1), date(2000, 5, 31), yearly=True)
    assert may.days_apart(TimeSpan(date(2023, 5, 31), date(2023, 6, 4))) == 0
    assert TimeSpan(date(2023, 6, 4), date(2023, 6, 4)).days_apart(may) == 4


texts = st.lists(
    st.sampled_from("the a two last next first week weekend of in before after ago day days may May 2023 31 february "
                    "29 9999 0000 winter summer monday on years 999 yesterday -".split()),
    max_size=12,
).map(" ".join)  # fmt: skip


@given(texts | st.text(), st.sampled_from([date.min, date.max, NOW]) | st.dates() | st.none())
@example("two days ago, last year, last winter, last month", date.min)
@example("next week, next year, next winter, next month, tomorrow", date.max)
def test_no_text_raises(text: str, now: date | None) -> None:
    for span in time_spans(text, now):
        assert span.first <= span.last
        span.days_to(now or NOW)
