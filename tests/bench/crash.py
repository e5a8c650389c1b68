"""How much is lost when Sage is killed, the power goes, an index is damaged or the disk is full: real kill -9 by the hundred,
crash points in process by the thousand.

A fact is acknowledged when Sage has answered that it is done. `lost` counts those that were not found again, and whatever
else was wrong: something done twice, half of a file, a backup that is not whole. Every figure that is not 0 is told.
"""

from __future__ import annotations

import argparse
import logging
import time
from collections import Counter
from typing import Any

from tests.crashes.damage import run_damage
from tests.crashes.kills import run_kills, table
from tests.crashes.points import Tally, run_points
from tests.crashes.small_disk import run_small_disk


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kills", type=int, default=200, help="real processes that are killed")
    parser.add_argument("--points", type=int, default=5000, help="crash points in process")
    parser.add_argument("--damages", type=int, default=120, help="indexes that are damaged")
    parser.add_argument("--disks", type=int, default=40, help="small disks that fill up")
    parser.add_argument("--seed", type=int, default=1, help="which kills and points")


def run(args: argparse.Namespace) -> dict[str, Any]:
    logging.disable(logging.CRITICAL)
    began = time.monotonic()
    tallies = run_points(args.points, args.seed) if args.points else []
    between = time.monotonic()
    rounds = run_kills(args.kills, args.seed) if args.kills else []
    killed = time.monotonic()
    others = [run_damage(args.damages, args.seed, of_chroma=args.damages // 20), run_small_disk(args.disks, args.seed)]
    by_cut = sum((Counter(tally.points) for tally in tallies), Counter[str]())
    return {
        "seed": args.seed,
        "kills": len(rounds),
        "victims": dict(Counter(each.victim for each in rounds)),
        "by_kind": table(rounds),
        "kills_lost": sum(len(each.lost) for each in rounds),
        "kills_failed_starts": sum(bool(each.failed_start) for each in rounds),
        "kills_seconds": round(killed - between, 1),
        "points": sum(tally.total for tally in tallies),
        "points_by_cut": dict(sorted(by_cut.items())),
        "by_scene": {tally.scene: _figures(tally) for tally in tallies},
        "points_lost": sum(tally.lost for tally in tallies),
        "points_failed_starts": sum(tally.failed_starts for tally in tallies),
        "points_seconds": round(between - began, 1),
        **{tally.scene.replace(" ", "_"): _figures(tally) | {"by_kind": tally.points} for tally in others},
        "troubles": [
            *(f"{each.kind}: {trouble}" for each in rounds for trouble in (*each.lost, each.failed_start) if trouble),
            *(trouble for tally in (*tallies, *others) for trouble in tally.troubles),
        ],
    }


def _figures(tally: Tally) -> dict[str, Any]:
    return {
        "steps": tally.steps,
        "points": tally.total,
        "lost": tally.lost,
        "failed_starts": tally.failed_starts,
        "seconds": tally.seconds,
    }
