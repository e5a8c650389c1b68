"""Answers between decided and sent: crash points in process and real kills, with an outside that counts what it receives.

`lost`: an answer that was to go, or was approved, never left. `doubled`: one left twice. `wrong`: one that was denied or taken
back left. `uncertain` is only what was being sent when it ended; it is never sent again without the person, and never happens
at a service that knows a key again. `faults` are put in on purpose: each must be found.
"""

from __future__ import annotations

import argparse
import logging
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from tests.crashes.deputy_faults import FAULTS
from tests.crashes.deputy_kills import run_deputy_kills
from tests.crashes.deputy_scene import UNCERTAIN, AnsweringScene, SafeAnsweringScene
from tests.crashes.points import run_points
from tests.crashes.scene import Scene

POINTS, POINTS_FOR_A_KILL = 10_000, 50
FAULT_STEP, FAULT_POINTS = 200, 2_000
"""Points in which a fault is looked for at a time, and at most: some show only if the end comes in the middle of a send."""


def measure(args: argparse.Namespace) -> dict[str, Any]:
    logging.disable(logging.CRITICAL)
    number = args.many or POINTS
    began = time.monotonic()
    tallies = run_points(number, args.seed, (AnsweringScene, SafeAnsweringScene))
    uncertain = UNCERTAIN.value
    between = time.monotonic()
    faults = {fault.__name__: _found(fault, args.seed) for fault in FAULTS}
    before_kills = time.monotonic()
    lives = run_deputy_kills(number // POINTS_FOR_A_KILL, args.seed)
    points = [trouble for tally in tallies for trouble in tally.troubles]
    kills = [trouble for life in lives.values() for trouble in life.troubles]
    return {
        "points": sum(tally.total for tally in tallies),
        "points_by_cut": dict(sum((Counter(tally.points) for tally in tallies), Counter[str]())),
        "points_wrong": sum(tally.lost for tally in tallies),
        "points_failed_starts": sum(tally.failed_starts for tally in tallies),
        "points_uncertain": uncertain,
        "points_seconds": round(between - began, 1),
        "faults_found": faults,
        "faults_missed": [name for name, found in faults.items() if not found],
        "kills": sum(life.kills for life in lives.values()),
        "kills_wrong": _kinds(kills),
        "kills_by_service": {
            "knows keys" if safe else "any": {name: value for name, value in asdict(life).items() if name != "troubles"}
            for safe, life in lives.items()
        },
        "kills_seconds": round(time.monotonic() - before_kills, 1),
        "troubles": [*points[:20], *kills[:20]],
    }


def _found(fault: type[Scene], seed: int) -> int:
    """How many points of the first step that finds a fault show it."""
    steps = (run_points(FAULT_STEP, seed + step, [fault])[0].lost for step in range(FAULT_POINTS // FAULT_STEP))
    return next(filter(None, steps), 0)


def _kinds(troubles: Iterable[str]) -> dict[str, int]:
    counts = Counter(trouble.partition(":")[0] for trouble in troubles)
    return {kind: counts[kind] for kind in ("lost", "doubled", "uncertain")}
