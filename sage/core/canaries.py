"""Whether a model on trial with some of the everyday turns goes back: its outcomes against the person's own record.

One looks after every turn, so the test is sequential: Wald's likelihood ratio (Annals of Mathematical Statistics 16, 1945),
averaged over what the person's usual rate of bad outcomes might be. That is a fair bet for whoever believes that nothing is
worse, so that it rarely ever grows large then (Ville's inequality; Turner, Ly and Grünwald, Journal of Statistical Planning and
Inference 230, 2024, for two streams).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

Side = Literal["candidate", "current"]
BAD = frozenset({"undone", "again", "wrong", "should have asked"})
"""Outcomes that count against whoever answered."""
SPOILS = 0.2
"""How much worse a bad candidate is supposed to be: the share that it spoils of the turns that would have gone well."""
BOUND = 20.0
"""The evidence at which it goes back: an equal candidate ever gets there with a chance of at most 1 in 20."""
SHARE = 0.5
"""How many of the turns that can be tried the candidate answers; the others tell how those days go anyway."""
LOW_VALUE = frozenset({"talk", "question"})
"""Kinds of tasks that can be tried: what is said is read at once, and nothing is changed by it."""
MARGIN, SURE, LEAST = 0.05, 0.95, 50
"""It is offered for good when it surely spoils at most so many more of the turns, after at least so many."""
_GRID = 64


class Counts(Struct, frozen=True):
    """How many turns ended, and how many of them badly."""

    turns: int = 0
    bad: int = 0


class Weighed(Struct, frozen=True):
    """What to do with a candidate: "back", "offer" or "on"; with the evidence against it and how sure it is that it is no worse."""

    word: Literal["back", "offer", "on"]
    evidence: float
    no_worse: float


def side_of(turn: str) -> Side:
    """Who answers a turn that can be tried: by its id alone, so that nothing else has a say in it."""
    drawn = int.from_bytes(hashlib.sha256(turn.encode()).digest()[:4], "big")
    return "candidate" if drawn < SHARE * 2**32 else "current"


def counted(outcomes: Iterable[str]) -> Counts:
    """Turns by what became of them, each in one word."""
    found = list(outcomes)
    return Counts(len(found), sum(what in BAD for what in found))


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
    higher = [(rate + (1 - rate) * SPOILS, weight) for rate, weight in prior]
    worse = math.fsum(weight * math.exp(bad * math.log(rate) + good * math.log1p(-rate)) for rate, weight in higher)
    return worse / same if same else math.inf


def chance_no_worse(usual: Counts, candidate: Counts, margin: float = MARGIN) -> float:
    """The posterior chance that the candidate's rate of bad outcomes is at most `margin` higher."""
    theirs = _rates(candidate)
    return math.fsum(
        weight * other for rate, weight in _rates(usual) for higher, other in theirs if higher <= rate + margin
    )


def _rates(counts: Counts) -> list[tuple[float, float]]:
    """Rates of bad outcomes that fit the record, with their weights: the Beta posterior of a flat prior on a fine grid."""
    a, b = counts.bad + 1, counts.turns - counts.bad + 1
    middle, spread = a / (a + b), math.sqrt(a * b / (a + b + 1)) / (a + b)
    low, high = max(middle - 5 * spread, 0.0), min(middle + 7 * spread, 1.0)
    step = (high - low) / _GRID
    rates = [low + (place + 0.5) * step for place in range(_GRID)]
    heights = [(a - 1) * math.log(rate) + (b - 1) * math.log1p(-rate) for rate in rates]
    top = max(heights)
    weights = [math.exp(height - top) for height in heights]
    total = math.fsum(weights)
    return [(rate, weight / total) for rate, weight in zip(rates, weights, strict=True)]


def back_words(candidate: str, current: str, tried: Counts, usual: Counts) -> str:
    """What the person is told when it went back by itself."""
    return (
        f"{candidate} went back: {tried.bad} of its {_turns(tried)} did not suffice, where with {current} "
        f"{usual.bad} of {_turns(usual)} do not. {current} answers alone again."
    )


def offer_words(candidate: str, tried: Counts, usual: Counts) -> str:
    """What the person is told when it did well."""
    return (
        f"{candidate} does no worse: {tried.bad} of its {_turns(tried)} did not suffice, and usually "
        f"{usual.bad} of {usual.turns} do not. Let it answer for good with: sage models canary --keep"
    )


def _turns(counts: Counts) -> str:
    return "1 turn" if counts.turns == 1 else f"{counts.turns} turns"


def standing_words(candidate: str, current: str, tried: Counts, usual: Counts) -> str:
    """How a trial stands that has not come to anything."""
    if not tried.turns:
        return (
            f"{candidate} is on trial with half of your everyday questions; of none is it known yet what became of it."
        )
    return (
        f"{candidate} is on trial: {tried.bad} of its {_turns(tried)} did not suffice, "
        f"with {current} {usual.bad} of {_turns(usual)}."
    )
