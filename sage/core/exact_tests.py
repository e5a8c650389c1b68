"""Exact statistics for small numbers of paired outcomes, of which several may come from one conversation.

Cases of one conversation are alike, so a conversation is the unit that chance moves. What is known of it is its net change:
the value of its cases that only the candidate passed, less that of those that only the current model passed. If the two are
equally good, swapping their names in any conversation is as likely as not, so that net changes are fair coin flips with known
sizes: their sum is computed exactly, by adding one conversation at a time. This is the randomization test of Fisher (The
Design of Experiments, 1935, § 21) and Pitman (1937) with conversations as blocks; where each has one case, it is McNemar's
exact test. It is preferred to counting conversations that got better or worse, since a conversation in which four answers
got worse says more than one with one. Nothing here leans on the normal approximation.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence


class Flips:
    """The exact distribution of a sum of net changes, if each is as likely to be of either sign."""

    def __init__(self) -> None:
        self._chances = [1.0]  # of the sums -reach, -reach + 1, …, reach
        self._reach = 0

    def add(self, size: int) -> None:
        """One more conversation, whose net change is `size` or `-size`."""
        size = abs(size)
        if size == 0:
            return
        old, width = self._chances, len(self._chances)
        new = [0.0] * (width + 2 * size)
        for place, chance in enumerate(old):
            if chance:
                half = chance / 2
                new[place] += half
                new[place + 2 * size] += half
        self._chances, self._reach = new, self._reach + size

    def chance(self, total: int) -> float:
        """That the sum is exactly this, and was never taken out."""
        place = total + self._reach
        return self._chances[place] if 0 <= place < len(self._chances) else 0.0

    def at_most(self, total: int) -> float:
        """That it is this or less, and was never taken out."""
        return math.fsum(self._chances[: max(total + self._reach + 1, 0)])

    def mid_p(self, total: int) -> float:
        """One-sided mid-p of a sum this low: the chance of less and half of the chance of just this.

        Source: Fagerland, Lydersen and Laake, BMC Medical Research Methodology 13:91 (2013), who recommend it for McNemar's test.
        """
        return self.at_most(total) - self.chance(total) / 2

    def take_lowest(self, allowed: float, *, middle: bool = False) -> tuple[int, float]:
        """Takes out the lowest sums whose chance (`middle`: mid-p) is not more than allowed.

        Returns the highest sum taken out (below all of them if none was) and the chance that it counts as.
        """
        taken, bound = 0.0, -self._reach - 1
        counted = 0.0
        for place, chance in enumerate(self._chances):
            counts_as = taken + (chance / 2 if middle else chance)
            if counts_as > allowed:
                break
            taken, counted, bound = taken + chance, counts_as, place - self._reach
        for place in range(bound + self._reach + 1):
            self._chances[place] = 0.0
        return bound, counted


def worse_by_chance(changes: Iterable[int]) -> float:
    """One-sided mid-p for net changes as bad as these, if the two models are equally good; see `Flips`."""
    flips, total = Flips(), 0
    for change in changes:
        flips.add(change)
        total += change
    return flips.mid_p(total)


def chance_above_zero(weights: Mapping[float, float]) -> float:
    """That a sum of `weight * g` is above zero, each g an independent gamma variable of the given shape, to about 1e-9.

    By inverting the characteristic function (Gil-Pelaez, Biometrika 38, 1951; Imhof, Biometrika 48, 1961 has this form for
    chi-squares): 1/2 + 1/pi * the integral over t > 0 of sin(sum of shape * atan(weight t)) / (t * product of
    (1 + weight² t²)^(shape/2)). With t = e^u the integrand is smooth and dies out at both ends, where the trapezoidal rule
    converges exponentially (Trefethen and Weideman, SIAM Review 56, 2014).
    """
    terms = [(weight, shape) for weight, shape in weights.items() if weight and shape]
    if not terms:
        return 0.5
    if all(weight > 0 for weight, _ in terms):
        return 1.0
    if all(weight < 0 for weight, _ in terms):
        return 0.0
    step = 1 / (5 + math.sqrt(math.fsum(shape for _, shape in terms)))
    at = math.log(1e-4 / math.fsum(abs(weight) * shape for weight, shape in terms))
    # Before that the integrand is t times the mean, so that what the rule would add there is a geometric series.
    total = math.fsum(weight * shape for weight, shape in terms) * math.exp(at) / math.expm1(step)
    while True:
        t = math.exp(at)
        turn = damping = 0.0
        for weight, shape in terms:
            turn += shape * math.atan(weight * t)
            damping += shape * math.log1p((weight * t) ** 2)
        if damping > 60:  # e^-30 of the integrand is left
            return min(max(0.5 + total * step / math.pi, 0.0), 1.0)
        total += math.exp(-damping / 2) * math.sin(turn)
        at += step


PRIOR = 0.5
"""What is supposed before any answer, of each of: a case got better, got worse, stayed. It is Jeffreys' prior."""


def chance_within(margin: float, conversations: Sequence[tuple[float, float]]) -> float:
    """The posterior chance that the candidate's share of passed value is at most `margin` (0.05: five points) lower.

    `conversations` are their net changes and the values of all their cases. Each kind of conversation has an unknown share among
    all that could come, with a Dirichlet prior (Ferguson, Annals of Statistics 1, 1973; Rubin's Bayesian bootstrap, 1981, is
    its limit). Where each has one case this is the Dirichlet posterior over better, worse and unchanged. Shares are gamma variables
    over their sum, so that the question is whether a weighted sum of these is above zero.
    """
    typical = math.fsum(value for _, value in conversations) / len(conversations) if conversations else 1.0
    weights: Counter[float] = Counter()
    for change in (typical, -typical, 0.0):
        weights[round(change + margin * typical, 12)] += PRIOR  # type: ignore[assignment]
    for change, value in conversations:
        weights[round(change + margin * value, 12)] += 1
    return chance_above_zero(weights)


BETS = (0.1, 0.2, 0.35, 0.5, 0.7, 0.9)
"""Shares of its capital that the bettor puts on each conversation, one bettor each."""


def evidence_within(margin: float, conversations: Iterable[tuple[float, float]]) -> list[float]:
    """After each conversation, the evidence that the candidate is at most `margin` worse, as the capital of a fair bet.

    Were it worse by the margin or more, the chance that this ever reaches 1/a is at most a, however often one looks (Ville's
    inequality; Waudby-Smith and Ramdas, JRSS B 86, 2024): an average of bettors who start with 1 and stake a constant share.
    """
    capitals, course = [1.0] * len(BETS), []
    for change, value in conversations:
        gain = (change / value + margin) / (1 - margin) if value else 0.0
        capitals = [capital * (1 + bet * gain) for capital, bet in zip(capitals, BETS, strict=True)]
        course.append(math.fsum(capitals) / len(capitals))
    return course
