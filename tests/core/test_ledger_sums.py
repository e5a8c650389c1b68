from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from msgspec.structs import replace

from sage.core.ledger import LedgerCall, LedgerLine, Outcome
from sage.core.ledger_sums import (
    call_words,
    chart,
    dollars,
    line_of,
    line_words,
    money_words,
    outcome_of,
    quantile,
    summed,
)

CALL = LedgerCall(
    "m1", "2026-11-23T10:00:00+01:00", "2026-11-23", "demo/large", "t1", "turn", "talk", "question", "whole",
    100, 40, 20, 5, False, 0.0132, 0.0132, 0.3, 1.2,
)  # fmt: skip
UNKNOWN: dict[str, Any] = {"cost": None, "counted": 0.5}


def test_calls_are_summed_by_what_they_have_in_common() -> None:
    calls = [
        CALL,
        replace(CALL, id="m2", seconds=3.0, what="kept"),
        replace(CALL, id="m3", job="t2", ended="cut", seconds=90.0, **UNKNOWN),
        replace(
            CALL, id="m4", model="demo/small", day="2026-11-22", purpose="facts", ended="failed", cost=0.0, counted=0.0
        ),
    ]
    large, small = summed(calls, "model")
    assert (large.name, large.calls, large.cut, large.prompt_tokens, large.reasoning_tokens) == (
        "demo/large",
        3,
        1,
        300,
        15,
    )
    assert (large.cost, large.unknown, large.counted) == (pytest.approx(0.0264), 1, 0.5)
    assert (large.median_seconds, large.p95_seconds, large.became) == (1.2, 3.0, {"kept": 1}), (
        "a cut one took no time of its own"
    )
    assert (small.failed, small.median_seconds) == (1, None)
    assert [line.name for line in summed(calls, "day")] == ["2026-11-22", "2026-11-23"]
    assert [line.name for line in summed(calls, "purpose")] == ["turn", "facts"]
    assert [line.name for line in summed([replace(CALL, purpose="", task="")], "task")] == ["no task of a turn"]


def test_what_is_not_known_is_never_shown_as_nothing() -> None:
    assert money_words(line_of("x", [CALL])) == "$0.0132"
    assert money_words(line_of("x", [replace(CALL, **UNKNOWN)])) == "unknown (counted as $0.50)"
    both = line_of("x", [CALL, replace(CALL, **UNKNOWN), replace(CALL, **UNKNOWN)])
    assert money_words(both) == "$0.0132 and 2 calls unknown (counted as $1.00)"
    assert money_words(line_of("x", [replace(CALL, cost=0.0, counted=0.0)])) == "free"
    assert dollars(0.00001) == "under $0.0001"


@given(some.lists(some.tuples(some.sampled_from(["a", "b"]), some.one_of(some.none(), some.floats(0, 9))), max_size=30))
def test_the_lines_add_up_to_the_whole_however_they_are_cut(given_: list[tuple[str, float | None]]) -> None:
    calls = [
        replace(CALL, id=f"m{n}", model=model, cost=cost, counted=0.5 if cost is None else cost)
        for n, (model, cost) in enumerate(given_)
    ]
    whole = line_of("all", calls)
    for by in ("model", "day", "purpose", "task", "role"):
        lines = summed(calls, by)  # type: ignore[arg-type]
        assert sum(line.cost for line in lines) == pytest.approx(whole.cost)
        assert sum(line.unknown for line in lines) == whole.unknown == sum(cost is None for _, cost in given_)


def test_a_quantile_is_a_value_that_was_seen() -> None:
    assert quantile([], 0.5) is None
    assert quantile([1.0], 0.95) == 1.0
    assert quantile([1.0, 2.0, 3.0, 4.0], 0.5) == 2.0
    assert quantile([float(n) for n in range(1, 101)], 0.95) == 95.0


def test_the_persons_word_counts_more_than_any_signal() -> None:
    signals = [Outcome("t1", "kept", "signal", "2"), Outcome("t1", "again", "signal", "3")]
    assert outcome_of(signals) == "again"
    assert outcome_of([*signals, Outcome("t1", "right", "person", "1")]) == "right"
    assert outcome_of([]) == ""


def day(name: str, **values: Any) -> LedgerLine:
    return replace(line_of(name, [CALL]), **values)


def test_the_chart_has_a_bar_a_day_and_a_week_where_they_are_many() -> None:
    days = [day("2026-11-21", cost=0.04), day("2026-11-23", cost=0.01, counted=0.01)]
    assert chart(days, date(2026, 11, 21), date(2026, 11, 23)) == [
        "Dollars a day (░: unknown, as it is counted)",
        f"Nov 21  {'█' * 40} $0.0400",
        "Nov 22",
        f"Nov 23  {'█' * 10}{'░' * 10} $0.0200",
    ]
    free = chart(
        [day("2026-09-01", cost=0.0, calls=0), day("2026-11-23", cost=0.0, calls=3)],
        date(2026, 8, 1),
        date(2026, 11, 23),
    )
    assert free[0] == "Calls a week" and free[-1] == f"Nov 17  {'█' * 40} 3" and len(free) == 13
    assert chart([], date(2026, 11, 21), date(2026, 11, 23)) == []


def test_a_call_says_what_it_cost_or_by_which_bound_it_counts() -> None:
    assert (
        call_words(CALL) == "Call m1: demo/large (turn, as talk) 100 tokens in, 20 out (5 thinking) in 1.2 s, $0.0132."
    )
    cut = replace(CALL, ended="cut", cost=None, counted=0.05)
    assert call_words(cut) == "Call m1: demo/large (turn, as talk) was cut short, unknown, counted as $0.0500."


def test_a_line_says_how_its_calls_ended() -> None:
    line = line_of("demo/large", [CALL, replace(CALL, id="m2", ended="failed", what="again", estimated=True)])
    assert line_words(line) == [
        "demo/large                               $0.0264",
        "    2 calls (1 failed); half within 1.2 s, 95 % within 1.2 s",
        "    about 200 tokens in (80 cached), 40 out (10 thinking)",
        "    what became of it: 1 asked again",
    ]
