"""A filter that asks a strong model only where it must, with a promise of how many of the fitting rows are kept that holds
whatever the cheap scores are worth: bad scores cost calls, never rows.

A few rows of every score are asked first; by them rows are dealt into three parts: those kept unasked, those asked all, and those
left out unasked; what is asked meanwhile counts, too. Then rows are drawn at random from the first and the last part and asked,
until every case in which too many fitting rows would be missed is excluded, or until the calls that were meant for it are used
up and a lower recall is sure, which is then stated. With too few rows all of them are asked, and nothing is guessed at.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import exp, inf, lgamma, log
from typing import Literal

Part = Literal["kept", "asked", "left"]

FEWEST_ROWS = 100
"""Rows below which the strong model is asked about all of them: the promise would ask for most of them anyway."""
PILOT, LEAST_PILOT = 0.05, 24
"""The share of rows, and their number at least, that are asked first, spread over the scores."""
KEEP_FROM = 0.65
"""How likely a row must fit to be kept unasked."""
MISSED_LEFT = 0.2
"""The share of what may be missed that the rows left out are expected to hide."""
SURPRISE = 0.1
"""The likelihood below which an answer surprises: then it is asked again, in other words."""
LATE = 1.2
"""By how much the calls that were meant for it may be passed for a lower recall; beyond, the scores are worth too little, and the
whole promise is kept whatever it costs."""
RARE = 0.5, 0.33
"""What is rare in a part is looked for with a beta distribution: its first figure, and its second for each row of the part."""


@dataclass(frozen=True)
class Promise:
    """`recall`: the share of the rows that the strong model would say fit, of which at least so many are kept; `confidence`: in
    which share of all runs that holds at least. `share`: once the strong model was asked so often, for each row, a recall of
    `floor` is enough, and what is sure by then is stated."""

    recall: float = 0.95
    confidence: float = 0.9
    share: float = 0.4
    floor: float = 0.75


@dataclass
class Draw:
    """Rows drawn one by one at random from a part, without putting them back."""

    waiting: list[int]
    rare: bool
    """Whether what fits is rare here (in what is left out), else what does not (in what is kept)."""
    size: int = field(init=False)
    asked: int = 0
    fits: int = 0

    def __post_init__(self) -> None:
        self.size = len(self.waiting)

    def evidence(self) -> float:
        """The logarithm of how likely what was drawn is if the share that fits is not known: beta-binomial."""
        rare, common = RARE[0], RARE[1] * max(1, self.size)
        first, second = (rare, common) if self.rare else (common, rare)
        return (
            _log_choose(self.asked, self.fits)
            + _log_beta(first + self.fits, second + self.asked - self.fits)
            - _log_beta(first, second)
        )

    def likelihoods(self) -> list[float]:
        """The logarithm of the same for each number of fitting rows among those not drawn, 0 to all: hypergeometric."""
        misses = self.asked - self.fits
        whole = _log_choose(self.size, self.asked)
        return [
            _log_choose(self.fits + hidden, self.fits) + _log_choose(self.size - self.fits - hidden, misses) - whole
            for hidden in range(len(self.waiting) + 1)
        ]


class Cascade:
    """Which rows to ask the strong model next, until the promise holds. `scores` are from 0 (will not fit) to 1, by row.

    The bound is a confidence sequence for sampling without replacement: for every case, the likelihood of what was drawn under a
    mixture of cases, over that under this one, is a martingale, so that the true case is ever excluded with a probability of at
    most 1 - confidence, however often one looks and whichever part is drawn from next (Waudby-Smith and Ramdas, "Confidence
    sequences for sampling without replacement", NeurIPS 2020, theorem 2.1; with Ville's inequality).
    """

    def __init__(self, scores: Mapping[int, float], promise: Promise | None = None, seed: int = 0) -> None:
        self.scores = dict(scores)
        self.promise = promise or Promise()
        self.answers: dict[int, bool] = {}
        self.calls = 0
        self._chance = random.Random(seed)
        many = len(scores) if len(scores) < FEWEST_ROWS else max(LEAST_PILOT, round(PILOT * len(scores)))
        self._pilot = _spread(self.scores, many, self._chance)
        self._parts: dict[int, Part] = {}
        self._left, self._kept = Draw([], rare=True), Draw([], rare=False)
        self._likely: _Fit | None = None
        self._drawing = False

    def ask(self, most: int = 1) -> list[int]:
        """The next rows for the strong model, at most so many; none when the promise holds. Rows that are given are to be answered
        before more are asked for."""
        if waiting := [row for row in self._pilot if row not in self.answers]:
            return waiting[:most]
        if not self._drawing:
            self._deal()
            if waiting := [row for row, part in self._parts.items() if part == "asked"]:
                return waiting[-most:]
            self._drawing = True
        margin, where = self._margin(self.promise.recall)
        room = int(self.promise.share * len(self.scores)) - self.calls
        late = self.calls > LATE * self.promise.share * len(self.scores)
        if margin <= 0 or (room < 2 and not late and self.holds(self.promise.floor)):
            return []
        return where.waiting[: min(most, room // 2) if room > 1 else most]  # a row may be asked twice

    def answer(self, row: int, fits: bool, calls: int = 1) -> None:
        """What the strong model said of a row, and how often it was asked."""
        self.answers[row] = fits
        self.calls += calls
        for draw in (self._left, self._kept):
            if row in draw.waiting:
                draw.waiting.remove(row)
                draw.asked += 1
                draw.fits += fits

    def surprises(self, row: int, fits: bool) -> bool:
        """Whether an answer is so unlikely by what is known of its score that it is worth asking again."""
        likely = self._likely.at(self.scores[row]) if self._likely else self.scores[row]
        return (likely if fits else 1 - likely) < SURPRISE

    def keeps(self, row: int) -> bool:
        """Whether a row is kept: as the strong model said, else with its part."""
        return self.answers[row] if row in self.answers else self._parts.get(row) == "kept"

    def holds(self, recall: float) -> bool:
        """Whether a recall is sure, as far as the promise's confidence goes."""
        return self._drawing and self._margin(recall)[0] <= 0

    @property
    def stated(self) -> float:
        """The highest recall that is sure, in whole percent; 1 if the strong model was asked about every row."""
        if self.plain:
            return 1.0
        return next((percent / 100 for percent in range(99, 0, -1) if self.holds(percent / 100)), 0.0)

    @property
    def plain(self) -> bool:
        """Whether the strong model was asked about every row."""
        return len(self.answers) == len(self.scores)

    def _deal(self) -> None:
        """Deals the rows that are not asked yet into parts, by what the first answers say of the scores."""
        self._likely = likely = _fit([(self.scores[row], fits) for row, fits in self.answers.items()])
        others = sorted(
            (row for row in self.scores if row not in self.answers), key=lambda row: (self.scores[row], row)
        )
        chances = {row: likely.at(self.scores[row]) for row in others}
        fitting = sum(self.answers.values()) + sum(chances.values())
        room, left = MISSED_LEFT * _slack(self.promise.recall) * fitting, []
        for row in others:
            room -= chances[row]
            if room < 0:
                break
            left.append(row)
        kept = [row for row in others[len(left) :] if chances[row] >= KEEP_FROM]
        parts: tuple[tuple[Part, list[int]], ...] = (("asked", others), ("left", left), ("kept", kept))
        self._parts = {row: part for part, rows in parts for row in rows}
        for part in (left, kept):
            self._chance.shuffle(part)
        self._left, self._kept = Draw(left, rare=True), Draw(kept, rare=False)

    def _margin(self, recall: float) -> tuple[float, Draw]:
        """By how much (a logarithm) the likeliest case that breaks the promise is still too likely to be excluded, and from which
        part to draw next."""
        found, slack = sum(self.answers.values()), _slack(recall)
        missed, saved = self._left.likelihoods(), self._kept.likelihoods()
        after = missed[:]  # after[n]: the likeliest case with n or more missed
        for number in range(len(after) - 2, -1, -1):
            after[number] = max(after[number], after[number + 1])
        best, at = -inf, 0
        for few, likely in enumerate(saved):
            many = int(slack * (found + few) + 1e-9) + 1
            if many < len(after) and after[many] + likely > best:
                best, at = after[many] + likely, few
        excluded = log(1 - self.promise.confidence) + self._left.evidence() + self._kept.evidence()
        doubted = 1 - at / len(self._kept.waiting) if self._kept.waiting else 0.0
        missing = (slack * (found + at) + 1) / len(self._left.waiting) if self._left.waiting else 0.0
        # What is learned of a kept row counts only as much as it lets be missed.
        return best - excluded, self._kept if slack * doubted * 4 > missing else self._left


class _Fit:
    """How likely a row fits, by its score: a logistic curve over the score's logarithmic odds."""

    def __init__(self, level: float, slope: float) -> None:
        self._level, self._slope = level, slope

    def at(self, score: float) -> float:
        return _logistic(self._level + self._slope * _log_odds(score))


_LEVEL_HELD, _SLOPE, _SLOPE_HELD = 0.3, 0.7, 1.0
"""How firmly the curve is drawn towards the scores as they are, somewhat flattened, while few answers are known."""


def _fit(told: Sequence[tuple[float, bool]]) -> _Fit:
    """The curve that fits best (logistic regression with a normal prior, by Newton's method)."""
    points = [(_log_odds(score), fits) for score, fits in told]
    level, slope = 0.0, _SLOPE
    for _ in range(30):
        first, second = -_LEVEL_HELD * level, -_SLOPE_HELD * (slope - _SLOPE)
        aa, ab, bb = _LEVEL_HELD, 0.0, _SLOPE_HELD
        for x, fits in points:
            chance = _logistic(level + slope * x)
            weight = chance * (1 - chance)
            first, second = first + (fits - chance), second + (fits - chance) * x
            aa, ab, bb = aa + weight, ab + weight * x, bb + weight * x * x
        whole = aa * bb - ab * ab
        by_level, by_slope = (bb * first - ab * second) / whole, (aa * second - ab * first) / whole
        step = min(1.0, 1.0 / max(abs(by_level), abs(by_slope), 1e-9))  # a whole step may leap over the best curve
        level, slope = level + step * by_level, slope + step * by_slope
        if abs(by_level) + abs(by_slope) < 1e-6:
            break
    return _Fit(level, slope)


def _slack(recall: float) -> float:
    """How many fitting rows may be missed for each that is kept."""
    return (1 - recall) / recall


def _spread(scores: Mapping[int, float], many: int, chance: random.Random) -> list[int]:
    """Rows of every score, as evenly over the order of scores as can be: one by chance out of each equal stretch."""
    order = sorted(scores, key=lambda row: (scores[row], row))
    many = min(many, len(order))
    cuts = [round(place * len(order) / many) for place in range(many + 1)] if many else []
    return [chance.choice(order[start:end]) for start, end in pairwise(cuts)]


def _log_odds(score: float) -> float:
    score = min(max(score, 0.002), 0.998)
    return log(score / (1 - score))


def _logistic(x: float) -> float:
    return 1 / (1 + exp(-x)) if x > -700 else 0.0


def _log_choose(whole: int, some: int) -> float:
    if not 0 <= some <= whole:
        return -inf
    return lgamma(whole + 1) - lgamma(some + 1) - lgamma(whole - some + 1)


def _log_beta(first: float, second: float) -> float:
    return lgamma(first) + lgamma(second) - lgamma(first + second)
