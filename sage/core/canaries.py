"""Whether a model on trial with some of the everyday turns goes back: its outcomes against the person's own record.

One looks after every turn, so the test is sequential: the evidence is a likelihood ratio, averaged over how much worse the
candidate might be and over what the person's usual rate of bad outcomes might be. A Bayes factor of this kind is a fair bet if
nothing is worse (Ville's inequality; Turner, Ly and Grünwald, Journal of Statistical Planning and Inference 230, 2024, have this
for two streams).
"""

from __future__ import annotations

import math
from typing import Literal

from msgspec import Struct

BAD = frozenset({"undone", "again", "wrong", "should have asked"})
"""Outcomes that count against whoever answered."""
WORSE = (0.1, 0.2, 0.4)
"""How much worse a candidate might be: the share that it spoils of the turns that would have gone well."""
BOUND = 15.0
"""The evidence at which it goes back: equal candidates reach it in at most 5 of 100 trials of 500 turns (bench, part `canary`)."""
MARGIN, SURE, LEAST = 0.05, 0.95, 50
"""It is offered for good when it surely spoils at most so many more of the turns, after at least so many."""
GRID = 48


class Counts(Struct, frozen=True):
    """How many turns ended, and how many of them badly."""

    turns: int = 0
    bad: int = 0


class Weighed(Struct, frozen=True):
    """What to do with a candidate: "back", "offer" or "on"; with the evidence against it and how sure it is that it is no worse."""

    word: Literal["back", "offer", "on"]
    evidence: float
    no_worse: float


def weigh(usual: Counts, candidate: Counts) -> Weighed:
    """`usual` is the record of the model in place, from before the trial and of its share of the turns since."""
    against = evidence(usual, candidate)
    if against >= BOUND:
        return Weighed("back", against, 0.0)
    no_worse = chance_no_worse(usual, candidate) if candidate.turns >= LEAST else 0.0
    return Weighed("offer" if no_worse >= SURE else "on", against, no_worse)


def evidence(usual: Counts, candidate: Counts) -> float:
    """How many times likelier the candidate's outcomes are if it is worse than if it is not."""
    bad, good = candidate.bad, candidate.turns - candidate.bad
    prior = _rates(usual)
    same = math.fsum(weight * math.exp(bad * math.log(rate) + good * math.log1p(-rate)) for rate, weight in prior)
    worse = 0.0
    for spoils in WORSE:
        for rate, weight in prior:
            higher = rate + (1 - rate) * spoils
            worse += weight * math.exp(bad * math.log(higher) + good * math.log1p(-higher))
    return worse / len(WORSE) / same if same else math.inf


def chance_no_worse(usual: Counts, candidate: Counts, margin: float = MARGIN) -> float:
    """The posterior chance that the candidate's rate of bad outcomes is at most `margin` higher."""
    theirs = _rates(candidate)
    return math.fsum(
        weight * other for rate, weight in _rates(usual) for higher, other in theirs if higher <= rate + margin
    )


def _rates(counts: Counts) -> list[tuple[float, float]]:
    """Rates of bad outcomes that fit the record, with their weights: the Beta posterior of Jeffreys' prior on a fine grid."""
    a, b = counts.bad + 0.5, counts.turns - counts.bad + 0.5
    middle, spread = a / (a + b), math.sqrt(a * b / (a + b + 1)) / (a + b)
    low, high = max(middle - 5 * spread, 1e-6), min(middle + 6 * spread, 1 - 1e-6)
    step = (high - low) / GRID
    rates = [low + (place + 0.5) * step for place in range(GRID)]
    heights = [(a - 1) * math.log(rate) + (b - 1) * math.log1p(-rate) for rate in rates]
    top = max(heights)
    weights = [math.exp(height - top) for height in heights]
    total = math.fsum(weights)
    return [(rate, weight / total) for rate, weight in zip(rates, weights, strict=True)]
