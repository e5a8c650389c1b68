"""When a model on trial goes back, over invented people: how often answers do not suffice, how long a record there is."""

from __future__ import annotations

import argparse
import random
from statistics import median
from typing import Any

from sage.core.canaries import BOUND, SHARE, Counts, evidence

TURNS, TRIALS = 500, 1000
USUAL = (0.05, 0.10, 0.20, 0.30)
"""Shares of turns that do not suffice with the model in place."""
RECORDS = (50, 200)
"""Turns whose outcome is known before the trial."""
WORSE = {"equal": 0.0, "15 points worse": 0.15, "30 points worse": 0.30}


def measure(args: argparse.Namespace) -> dict[str, Any]:
    many = args.many or TRIALS
    worlds = []
    for record in RECORDS:
        for usual in USUAL:
            for truth, more in WORSE.items():
                chance = random.Random(f"{args.seed} {record} {usual} {truth}")
                back = [_back(usual, usual + more, record, chance) for _ in range(many)]
                ended = [turns for turns in back if turns is not None]
                middle = median(turns if turns is not None else TURNS + 1 for turns in back)
                worlds.append(
                    {"record": record, "usual": usual, "truth": truth, "back": len(ended) / many,
                     "median_turns": middle if middle <= TURNS else None}
                )  # fmt: skip
    worse = [world for world in worlds if world["truth"] == "15 points worse"]
    equal = [world for world in worlds if world["truth"] == "equal"]
    return {
        "turns": TURNS,
        "trials": many,
        "equal: most that went back": max(world["back"] for world in equal),
        "15 points worse: median turns of the candidate until it went back": [world["median_turns"] for world in worse],
        "15 points worse: fewest that went back": min(world["back"] for world in worse),
        "worlds": worlds,
    }


def _back(usual: float, candidate: float, record: int, chance: random.Random) -> int | None:
    """After how many turns of its own the candidate went back; None if it did not in TURNS."""
    theirs = Counts(record, sum(chance.random() < usual for _ in range(record)))
    seen = Counts()
    while seen.turns < TURNS:
        if chance.random() >= SHARE:
            theirs = Counts(theirs.turns + 1, theirs.bad + (chance.random() < usual))
            continue
        bad = chance.random() < candidate
        seen = Counts(seen.turns + 1, seen.bad + bad)
        if bad and evidence(theirs, seen) >= BOUND:  # a good one is never what sends it back
            return seen.turns
    return None
