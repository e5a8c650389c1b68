"""A learner that may let a nudge wait for a better moment of the same day. It only ever delays what the gate let through.

Thompson sampling over a handful of moments (part of the day, and what has just happened). Of each it knows how often a nudge
was welcome then. It sends now with the chance that now is better than the best moment still to come today; this chance is the
propensity, which is logged with the decision, so that the record can be judged later. Its state is a table to be read.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import datetime

from msgspec import Struct

from sage.core.nudges import NO, Answer, Boundary

PARTS: tuple[tuple[str, int], ...] = (("morning", 11), ("midday", 14), ("afternoon", 17), ("evening", 24))
"""Parts of the day, and the hour before which each ends."""
PRIOR = (4.0, 2.0)
"""Yes and no that are supposed of each moment before any answer."""
WAITING_COSTS = 0.85
"""A later moment counts for less: help fades, and it may never come."""
LEAST = 0.05
"""The least propensity, so that every moment goes on being tried."""


class Tried(Struct, frozen=True):
    """How often nudges at a moment were taken up, and how often declined."""

    yes: int = 0
    no: int = 0


Learned = Mapping[str, Tried]
"""What was learned, by moment; moments without an answer are not in it."""


class Choice(Struct, frozen=True):
    """Whether it is sent now, and how likely that was before chance decided."""

    now: bool
    propensity: float


def moment_of_day(now: datetime, boundary: Boundary) -> str:
    """What the learner calls a moment, such as `morning, opened`."""
    return f"{next(name for name, ends in PARTS if now.hour < ends)}, {boundary}"


def learned(answered: Iterable[tuple[str, Answer]]) -> dict[str, Tried]:
    """What follows from answers, each with the moment at which the nudge was sent."""
    found: dict[str, Tried] = {}
    for moment, answer in answered:
        before = found.get(moment, Tried())
        if answer == "taken":
            found[moment] = Tried(before.yes + 1, before.no)
        elif answer in NO:
            found[moment] = Tried(before.yes, before.no + 1)
    return found


def choose(state: Learned, now: datetime, boundary: Boundary, chance: float) -> Choice:
    """Whether what the gate let through goes out now. `chance` is an even draw from 0 to 1, which the caller makes."""
    propensity = better_now(state, now, boundary)
    return Choice(chance < propensity, propensity)


def better_now(state: Learned, now: datetime, boundary: Boundary) -> float:
    """The chance that now is a better moment than the best that is still to come today; 1 when none comes.

    That of two Beta posteriors, each taken as the normal distribution of the same mean and variance.
    """
    later = [_posterior(state.get(f"{name}, opened", Tried())) for name, ends in PARTS if _begins(ends) > now.hour]
    if not later:
        return 1.0
    mean, variance = _posterior(state.get(moment_of_day(now, boundary), Tried()))
    best, spread = max(later)
    apart = math.sqrt(2 * (variance + WAITING_COSTS**2 * spread))
    return max(LEAST, 0.5 * (1 + math.erf((mean - WAITING_COSTS * best) / apart)))


def _begins(ends: int) -> int:
    """The hour at which the part of the day begins that ends before an hour."""
    return max((other for _, other in PARTS if other < ends), default=0)


def _posterior(tried: Tried) -> tuple[float, float]:
    """Mean and variance of the Beta posterior."""
    yes, no = PRIOR[0] + tried.yes, PRIOR[1] + tried.no
    total = yes + no
    return yes / total, yes * no / (total**2 * (total + 1))
