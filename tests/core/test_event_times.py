from __future__ import annotations

from datetime import date

import pytest

from sage.core.event_times import EventTime, agreed, event_time, told_time
from sage.core.time_spans import Offset, TimeSpan

WRITTEN = date(2026, 4, 8)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "event", "offset"),
    [
        ("What did I eat two days before the marathon?", "marathon", Offset(2, "day", True)),
        ("who visited the week after Anna's wedding?", "Anna's wedding", Offset(1, "week", False)),
        ("the night before the exam did I sleep", "exam", Offset(1, "night", True)),
        ("the Saturday after my birthday party", "birthday party", Offset(1, "saturday", False)),
        ("what was said on the day of the job interview?", "job interview", None),
        ("was aß ich am Tag nach der Hochzeit?", "Hochzeit", Offset(1, "day", False)),
        ("Was habe ich zwei Tage vor dem Marathon gegessen?", "Marathon", Offset(2, "day", True)),
        ("am Abend vor Annas Hochzeit, wer war da?", "Annas Hochzeit", Offset(1, "day", True)),
        ("drei Wochen nach unserem Umzug nach Berlin", "Umzug", Offset(3, "week", False)),
        ("am Tag der Prüfung", "Prüfung", None),
    ],
)
def test_a_time_is_told_by_an_event(text: str, event: str, offset: Offset | None) -> None:
    assert event_time(text) == EventTime(event, offset)


@pytest.mark.parametrize(
    "text",
    ["the weekend before 4 October", "the day before yesterday", "week after week", "the first weekend of August 2023",
     "in der Woche nach dem 4. Mai", "two days after she was born", "before the marathon", "vor zwei Tagen", "the day after it",
     "the year before last", ""],
)  # fmt: skip
def test_dates_and_vague_words_are_no_events(text: str) -> None:
    assert event_time(text) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("The marathon is next Sunday.", "2026-04-19"),
        ("The marathon is on Sunday.", "2026-04-12"),
        ("The marathon was on Sunday.", "2026-04-05"),
        ("I ran the marathon yesterday. Today I rest.", "2026-04-07"),
        ("Der Marathon ist am 3. Mai.", "2026-05-03"),
        ("# 2026-05-03\nMarathon in town", "2026-05-03"),
        ("I train for the marathon. I began on 3 March.", None),
        ("We moved in 2019 and I ran a marathon in 2020.", None),
        ("The marathon is what I dream of." + " It rains." * 20 + " Tomorrow I travel.", None),
    ],
)
def test_an_event_is_when_the_nearest_date_says_seen_from_when_it_was_written(text: str, day: str | None) -> None:
    told = told_time(text, EventTime("marathon"), WRITTEN)
    assert told == (TimeSpan(date.fromisoformat(day), date.fromisoformat(day)) if day else None)


def test_without_a_day_of_writing_only_a_full_date_tells() -> None:
    assert told_time("The marathon is tomorrow.", EventTime("marathon"), None) is None
    assert told_time("The marathon is on 2026-05-03.", EventTime("marathon"), None)


def test_times_that_overlap_are_one_and_too_many_are_none() -> None:
    month, day = TimeSpan(date(2026, 5, 1), date(2026, 5, 31)), TimeSpan(date(2026, 5, 3), date(2026, 5, 3))
    assert agreed([month, day, day]) == [day]
    years = [TimeSpan(date(year, 5, 3), date(year, 5, 3)) for year in range(2020, 2024)]
    assert agreed(years[:3]) == years[:3]
    assert agreed(years) == []
