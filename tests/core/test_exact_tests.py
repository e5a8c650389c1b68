"""Exact statistics against independent computations: enumeration of every case, closed forms, and plain integration."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.core.exact_tests import (
    BETS,
    Flips,
    chance_above_zero,
    chance_within,
    evidence_within,
    worse_by_chance,
)

changes = st.lists(st.integers(-5, 5), max_size=9)


def enumerated(nets: list[int]) -> float:
    """The mid-p over all 2^n ways in which the signs could have fallen."""
    observed, sums = (
        sum(nets),
        [sum(s * n for s, n in zip(signs, nets, strict=True)) for signs in product((1, -1), repeat=len(nets))],
    )
    hits = Fraction(sum(each < observed for each in sums)) + Fraction(sum(each == observed for each in sums), 2)
    return float(hits / len(sums))


@given(changes)
def test_the_chance_of_net_changes_as_bad_is_that_of_enumerating_all_flips(nets: list[int]) -> None:
    assert worse_by_chance(nets) == pytest.approx(enumerated(nets), abs=1e-12)


@pytest.mark.parametrize(("better", "worse"), [(0, 0), (1, 9), (5, 17), (20, 20), (30, 3)])
def test_single_cases_give_the_mid_p_of_mcnemars_exact_test(better: int, worse: int) -> None:
    n = better + worse
    binomial = [Fraction(math.comb(n, k), 2**n) for k in range(n + 1)]
    expected = sum(binomial[:better], Fraction(0)) + binomial[better] / 2
    assert worse_by_chance([1] * better + [-1] * worse + [0] * 7) == pytest.approx(float(expected), abs=1e-12)


@given(changes)
def test_a_change_and_its_opposite_share_all_chance(nets: list[int]) -> None:
    assert worse_by_chance(nets) + worse_by_chance(-net for net in nets) == pytest.approx(1.0)


@given(st.lists(st.integers(1, 3), min_size=2, max_size=8), st.floats(0.0, 0.4), st.floats(0.0, 0.4))
def test_looking_twice_takes_out_what_enumeration_finds_and_never_more_than_allowed(
    sizes: list[int], first: float, second: float
) -> None:
    half = len(sizes) // 2
    flips = Flips()
    for size in sizes[:half]:
        flips.add(size)
    early, spent = flips.take_lowest(first)
    for size in sizes[half:]:
        flips.add(size)
    late, more = flips.take_lowest(second)
    paths = [[s * n for s, n in zip(signs, sizes, strict=True)] for signs in product((1, -1), repeat=len(sizes))]
    stopped = sum(sum(path[:half]) <= early for path in paths)
    later = sum(sum(path[:half]) > early and sum(path) <= late for path in paths)
    assert spent == pytest.approx(stopped / len(paths)) and spent <= first + 1e-12
    assert more == pytest.approx(later / len(paths)) and more <= second + 1e-12


def test_the_middle_of_a_sum_counts_half() -> None:
    flips = Flips()
    for _ in range(4):
        flips.add(1)
    assert flips.take_lowest(0.04, middle=True) == (-4, pytest.approx(1 / 32))


def beta_upper(a: int, b: int) -> float:
    """P(Beta(a, b) > 1/2) for whole shapes, as a sum of binomials."""
    n = a + b - 1
    return sum(math.comb(n, k) for k in range(a)) / 2**n


@given(st.integers(1, 40), st.integers(1, 40))
def test_two_gammas_compare_as_a_beta_variable(a: int, b: int) -> None:
    assert chance_above_zero({1.0: a, -1.0: b}) == pytest.approx(beta_upper(a, b), abs=1e-8)


@given(st.floats(0.5, 60), st.floats(0.5, 60), st.floats(0.1, 9), st.floats(0.1, 9))
def test_names_and_units_do_not_matter(a: float, b: float, up: float, down: float) -> None:
    chance = chance_above_zero({up: a, -down: b})
    assert chance == pytest.approx(1 - chance_above_zero({-up: a, down: b}), abs=1e-7)
    assert chance == pytest.approx(chance_above_zero({1000 * up: a, -1000 * down: b}), abs=1e-7)


def integrated(better: float, worse: float, same: float, margin: float) -> float:
    """P(share better - share worse > -margin) for a Dirichlet variable, by the midpoint rule over the two shares."""
    steps = 1200
    norm = math.lgamma(better + worse + same) - math.lgamma(better) - math.lgamma(worse) - math.lgamma(same)
    total = 0.0
    for i in range(steps):
        x = (i + 0.5) / steps
        for j in range(steps - i):
            y = (j + 0.5) / steps
            rest = 1 - x - y
            if rest > 0 and x - y > -margin:
                total += math.exp(
                    norm + (better - 1) * math.log(x) + (worse - 1) * math.log(y) + (same - 1) * math.log(rest)
                )
    return total / steps**2


@pytest.mark.parametrize(("better", "worse", "same"), [(4, 6, 20), (2, 2, 8)])
def test_single_cases_give_the_posterior_of_a_dirichlet_variable(better: int, worse: int, same: int) -> None:
    conversations = [(1.0, 1.0)] * better + [(-1.0, 1.0)] * worse + [(0.0, 1.0)] * same
    expected = integrated(better + 0.5, worse + 0.5, same + 0.5, 0.05)
    assert chance_within(0.05, conversations) == pytest.approx(expected, abs=2e-3)


@given(st.lists(st.tuples(st.sampled_from([-1.0, 0.0, 1.0]), st.just(1.0)), max_size=30), st.floats(0.0, 0.3))
def test_better_cases_and_wider_margins_make_it_surer(seen: list[tuple[float, float]], margin: float) -> None:
    chance = chance_within(margin, seen)
    assert 0 <= chance <= 1
    assert chance_within(margin, [*seen, (1.0, 1.0)]) >= chance - 1e-9
    assert chance_within(margin, [*seen, (-1.0, 1.0)]) <= chance + 1e-9
    assert chance_within(margin + 0.05, seen) >= chance - 1e-9


def test_four_cases_of_one_conversation_say_less_than_four_conversations() -> None:
    together = [(4.0, 4.0)] * 5 + [(0.0, 4.0)] * 5
    apart = [(1.0, 1.0)] * 20 + [(0.0, 1.0)] * 20
    assert chance_within(-0.3, together) < chance_within(-0.3, apart)


@given(st.floats(0.0, 0.2), st.integers(1, 6))
def test_the_bet_is_fair_to_a_candidate_that_is_worse_by_just_the_margin(margin: float, value: int) -> None:
    better = (1 - margin) / 2
    up, down = (evidence_within(margin, [(sign * value, value)])[0] for sign in (1, -1))
    assert better * up + (1 - better) * down == pytest.approx(1.0)


def test_nobody_can_lose_more_than_all() -> None:
    course = evidence_within(0.05, [(-3.0, 3.0)] * 200)
    assert all(0 < later < earlier for earlier, later in pairwise(course))
    assert max(BETS) < 1
