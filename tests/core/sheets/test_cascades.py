"""A filter's promise holds whatever the scores are worth; good scores only save calls."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sage.core.sheets.cascades import FEWEST_ROWS, Cascade, Draw, Promise

ALWAYS = Promise(0.95, 0.9, share=1.0)


def run(cascade: Cascade, truth: dict[int, bool], at_once: int = 4) -> None:
    while rows := cascade.ask(at_once):
        assert len(rows) <= at_once and not set(rows) & set(cascade.answers)
        for row in rows:
            cascade.answer(row, truth[row])


def recall(cascade: Cascade, truth: dict[int, bool]) -> float:
    fitting = [row for row, fits in truth.items() if fits]
    return sum(map(cascade.keeps, fitting)) / len(fitting) if fitting else 1.0


def world(
    seed: int, many: int = 400, share: float = 0.3, worth: float = 1.0
) -> tuple[dict[int, float], dict[int, bool]]:
    """Scores and truth; scores of no `worth` are chance."""
    chance = random.Random(seed)
    truth = {row: chance.random() < share for row in range(many)}
    scores = {
        row: min(
            0.999, max(0.001, worth * (0.9 if fits else 0.08) + (1 - worth) * chance.random() + chance.gauss(0, 0.08))
        )
        for row, fits in truth.items()
    }
    return scores, truth


@pytest.mark.parametrize("worth", [1.0, 0.5, 0.0, -1.0])
def test_the_promise_holds_at_least_as_often_as_it_says_also_with_scores_that_mislead(worth: float) -> None:
    kept = []
    for seed in range(40):
        scores, truth = world(seed, 250, 0.25, worth)
        cascade = Cascade(scores, ALWAYS, seed)
        run(cascade, truth)
        kept.append(recall(cascade, truth) >= 0.95)
    assert sum(kept) >= 0.9 * len(kept)


def test_good_scores_save_most_calls_and_worthless_ones_none() -> None:
    asked = []
    for worth in (1.0, 0.0):
        scores, truth = world(3, 600, 0.3, worth)
        cascade = Cascade(scores, ALWAYS)
        run(cascade, truth)
        asked.append(len(cascade.answers) / 600)
    assert asked[0] < 0.4 and asked[1] > 0.8


def test_a_lower_recall_is_stated_once_the_share_of_calls_is_used_up() -> None:
    scores, truth = world(5, 400, 0.3)
    cascade = Cascade(scores, Promise(0.99, 0.9, share=0.4, floor=0.8))
    run(cascade, truth)
    assert len(cascade.answers) <= 0.4 * 400 and 0.8 <= cascade.stated < 0.99 <= recall(cascade, truth) + 0.03
    assert cascade.holds(cascade.stated) and not cascade.holds(0.99)


def test_with_few_rows_all_are_asked() -> None:
    scores, truth = world(1, FEWEST_ROWS - 1)
    cascade = Cascade(scores)
    run(cascade, truth)
    assert cascade.plain and cascade.stated == 1.0 and all(cascade.keeps(row) is fits for row, fits in truth.items())


@given(st.dictionaries(st.integers(0, 500), st.floats(0, 1), max_size=160), st.integers(0, 9), st.integers(1, 9))
@settings(max_examples=40, deadline=None)
def test_whatever_the_scores_it_ends_and_asks_the_same_again(scores: dict[int, float], seed: int, at_once: int) -> None:
    truth = {row: (row * 7919) % 3 == 0 for row in scores}
    first, second = Cascade(scores, seed=seed), Cascade(scores, seed=seed)
    run(first, truth, at_once)
    run(second, truth, at_once)
    assert first.answers == second.answers and set(first.answers) <= set(scores)


def test_the_likelihoods_of_a_draw_are_those_of_drawing_without_putting_back() -> None:
    from itertools import combinations
    from math import exp

    draw = Draw(list(range(5)), rare=True)
    draw.waiting, draw.asked, draw.fits = [2, 3, 4], 2, 1
    for hidden, likely in enumerate(draw.likelihoods()):
        population = [True] * (hidden + 1) + [False] * (4 - hidden)
        drawn = list(combinations(range(5), 2))
        exact = sum(sum(population[place] for place in each) == 1 for each in drawn) / len(drawn)
        assert exp(likely) == pytest.approx(exact, abs=1e-12)


def test_an_unlikely_answer_surprises() -> None:
    scores, truth = world(2)
    cascade = Cascade(scores)
    run(cascade, truth)
    high, low = max(scores, key=scores.__getitem__), min(scores, key=scores.__getitem__)
    assert cascade.surprises(high, False) and cascade.surprises(low, True)
    assert not cascade.surprises(high, True) and not cascade.surprises(low, False)
