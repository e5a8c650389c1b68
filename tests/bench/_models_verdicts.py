"""How often verdicts on 100 cases are right, over invented worlds: how many cases differ, how conversations hang together."""

from __future__ import annotations

import argparse
import math
import random
from collections import Counter
from statistics import median
from typing import Any

from sage.core.verdicts import MARGIN, Pair, judge

CASES, TRIALS = 100, 1000
DIFFER = (0.10, 0.15, 0.20, 0.25, 0.30, 0.35)
"""Shares of cases that only one of the two models passes."""
ALIKE = 0.4
"""How often a case goes as the first of its conversation: a correlation of 0.16 between two of them (Lunn and Davies, 1998)."""
CHANGES = {"15 points worse": -0.15, "at the margin": -MARGIN, "equal": 0.0, "10 points better": 0.10}


def measure(args: argparse.Namespace) -> dict[str, Any]:
    worlds = []
    for longest, alike, values in ((1, 0.0, (1.0,)), (6, 0.0, (1.0,)), (6, ALIKE, (1.0,)), (1, 0.0, (1.0, 2.0, 5.0))):
        for differ in DIFFER:
            for early in (False, True):
                for name, change in CHANGES.items():
                    if abs(change) <= differ:
                        world = {"turns": longest, "alike": alike, "values": values, "differ": differ, "early": early}
                        chance = random.Random(f"{args.seed} {world} {name}")
                        worlds.append({**world, "truth": name, **_trials(world, change, chance, args.many or TRIALS)})
    return {"cases": CASES, "trials": args.many or TRIALS, "summary": _summary(worlds), "worlds": worlds}


def _trials(world: dict[str, Any], change: float, chance: random.Random, trials: int) -> dict[str, Any]:
    words: Counter[str] = Counter()
    stopped = []
    for _ in range(trials):
        pairs = _pairs(world, change, chance)
        verdict = judge(pairs, planned=CASES, early=world["early"], foresee=False)
        words[verdict.word] += 1
        if verdict.word != "NEED":
            stopped.append(verdict.cases)
    shares = {word.lower(): round(words[word] / trials, 4) for word in ("ADOPT", "REJECT", "NEED")}
    return {**shares, "median_cases": median(stopped) if stopped else None}


def _pairs(world: dict[str, Any], change: float, chance: random.Random) -> list[Pair]:
    better, worse = (world["differ"] + change) / 2, (world["differ"] - change) / 2

    def drawn() -> tuple[bool, bool]:
        draw = chance.random()
        if draw < better:
            return False, True
        return (True, False) if draw < better + worse else (True, True)

    pairs: list[Pair] = []
    while len(pairs) < CASES:
        leader, name = drawn(), f"conversation {len(pairs)}"
        for _ in range(min(chance.randint(1, world["turns"]), CASES - len(pairs))):
            current, candidate = leader if chance.random() < world["alike"] else drawn()
            pairs.append(Pair(name, current, candidate, chance.choice(world["values"])))
    return pairs


def _best(differ: float, change: float, level: float = 0.05) -> float:
    """How often the most powerful unbiased test of CASES pairs rejects that errs in just `level`: McNemar's, with a coin thrown
    where a count lies on the bound (Lehmann and Romano, Testing Statistical Hypotheses, 2005, § 4.5)."""
    better = (differ + change) / 2 / differ
    power = 0.0
    for moved in range(CASES + 1):
        likely = math.comb(CASES, moved) * differ**moved * (1 - differ) ** (CASES - moved)
        left, found = level, 0.0
        for ups in range(moved + 1):
            equal = math.comb(moved, ups) / 2**moved
            share = min(1.0, left / equal)
            found += share * math.comb(moved, ups) * better**ups * (1 - better) ** (moved - ups)
            left -= share * equal
            if left <= 0:
                break
        power += likely * found
    return power


def _summary(worlds: list[dict[str, Any]]) -> dict[str, Any]:
    def of(truth: str) -> list[dict[str, Any]]:
        return [world for world in worlds if world["truth"] == truth]

    caught, equal = of("15 points worse"), of("equal")
    return {
        "15 points worse: worlds where it is rejected in 95 %": f"{sum(w['reject'] >= 0.95 for w in caught)} of {len(caught)}",
        "15 points worse: rejected at best by any test, single turns": {
            d: round(_best(d, -0.15), 3) for d in DIFFER if d >= 0.15
        },
        "15 points worse: least rejected, most adopted": [
            min(w["reject"] for w in caught),
            max(w["adopt"] for w in caught),
        ],
        "equal: worlds where it is rejected in at most 5 %": f"{sum(w['reject'] <= 0.05 for w in equal)} of {len(equal)}",
        "equal: most rejected": max(w["reject"] for w in equal),
        "at the margin: most adopted": max(w["adopt"] for w in of("at the margin")),
        "10 points better: adopted, least and most": [
            f(w["adopt"] for w in of("10 points better")) for f in (min, max)
        ],
    }
