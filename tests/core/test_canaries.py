"""Canaries: when a model on trial goes back, and when it is offered."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.core.canaries import BOUND, MARGIN, SPOILS, Counts, chance_no_worse, counted, evidence, side_of, weigh

RECORD = Counts(200, 20)


def exact(usual: Counts, candidate: Counts) -> float:
    """The likelihood ratio by plain integration over the usual rate, on twenty thousand points."""
    a, b = usual.bad + 1, usual.turns - usual.bad + 1
    steps = 20_000
    same = worse = 0.0
    for place in range(steps):
        rate = (place + 0.5) / steps
        weight = rate ** (a - 1) * (1 - rate) ** (b - 1)
        same += weight * rate**candidate.bad * (1 - rate) ** (candidate.turns - candidate.bad)
        high = rate + (1 - rate) * SPOILS
        worse += weight * high**candidate.bad * (1 - high) ** (candidate.turns - candidate.bad)
    return worse / same


@pytest.mark.parametrize(
    ("usual", "candidate"),
    [
        (Counts(200, 20), Counts(30, 9)),
        (Counts(40, 0), Counts(12, 2)),
        (Counts(0, 0), Counts(20, 11)),
        (RECORD, Counts(80, 8)),
    ],
)
def test_the_evidence_is_that_of_plain_integration(usual: Counts, candidate: Counts) -> None:
    assert evidence(usual, candidate) == pytest.approx(exact(usual, candidate), rel=0.02)


def test_nothing_seen_says_nothing() -> None:
    assert evidence(RECORD, Counts()) == pytest.approx(1.0)
    assert weigh(RECORD, Counts()).word == "on"


@given(st.integers(0, 20), st.integers(0, 60))
def test_the_next_turn_is_a_fair_bet_if_the_candidate_is_as_usual(bad: int, good: int) -> None:
    usual = Counts(200, 30)
    seen = Counts(bad + good, bad)
    now, ill = evidence(usual, seen), evidence(usual, Counts(seen.turns + 1, bad + 1))
    well = evidence(usual, Counts(seen.turns + 1, bad))
    # The chance that the next one is bad, for somebody who believes that both are alike: the mean of a Beta variable.
    chance = (31 + bad) / (202 + seen.turns)
    assert chance * ill + (1 - chance) * well == pytest.approx(now, rel=0.05)


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_bad_turn_is_evidence_against_it_and_a_good_one_for_it(bad: int, good: int) -> None:
    seen = evidence(RECORD, Counts(bad + good, bad))
    assert evidence(RECORD, Counts(bad + good + 1, bad + 1)) > seen > evidence(RECORD, Counts(bad + good + 1, bad))


def test_a_bad_candidate_goes_back_and_a_good_one_is_offered_not_taken() -> None:
    assert weigh(RECORD, Counts(10, 6)).word == "back"
    assert weigh(RECORD, Counts(40, 1)).word == "on"
    offered = weigh(RECORD, Counts(90, 5))
    assert offered.word == "offer" and offered.no_worse > 0.95 and offered.evidence < BOUND


def test_how_sure_it_is_that_it_is_no_worse_agrees_with_drawing() -> None:
    chance = random.Random(5)
    draws = 40_000
    hits = sum(chance.betavariate(10, 52) <= chance.betavariate(21, 181) + MARGIN for _ in range(draws))
    assert chance_no_worse(RECORD, Counts(60, 9)) == pytest.approx(hits / draws, abs=0.02)


def test_outcomes_count_as_bad_only_where_the_answer_did_not_suffice() -> None:
    assert counted(["kept", "again", "edited", "undone", "ignored", "right", "wrong", "should have asked"]) == Counts(
        8, 4
    )


def test_half_of_the_turns_are_tried_and_each_always_by_the_same() -> None:
    sides = [side_of(f"t{number}") for number in range(4000)]
    assert 0.47 < sides.count("candidate") / 4000 < 0.53
    assert sides == [side_of(f"t{number}") for number in range(4000)]


def test_an_equal_candidate_rarely_goes_back_and_one_much_worse_soon() -> None:
    chance = random.Random(7)

    def ended(rate: float, most: int) -> int | None:
        bad = 0
        for turns in range(1, most + 1):
            if chance.random() < rate:
                bad += 1
                if weigh(RECORD, Counts(turns, bad)).word == "back":
                    return turns
        return None

    assert sum(ended(0.1, 150) is not None for _ in range(60)) <= 6
    soon = sorted(ended(0.35, 150) or 999 for _ in range(60))
    assert soon[30] <= 30
