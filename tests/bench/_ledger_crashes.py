"""Reminders between due and done: crash points in process and real kills, on a surface that counts what it was told by key.

`lost`: what was due is not told in the end. `twice`: a surface was told more often than once for each time that something
was due or put off. `uncertain` is only what was being sent when it ended; it is never sent again without the person, and
never happens on a surface that shows a key once.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from tests.crashes.points import run_points
from tests.crashes.telling_faults import FAULTS, put_in
from tests.crashes.telling_kills import run_telling_kills
from tests.crashes.telling_scene import UNCERTAIN, SafeTellingScene, TellingScene


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--points", type=int, default=10_000, help="crash points in process")
    parser.add_argument("--kills", type=int, default=200, help="real engines that are killed")


def run_part(args: argparse.Namespace) -> dict[str, Any]:
    assert args.fault in ("", *FAULTS), f"the faults are: {', '.join(FAULTS)}"
    put_in(args.fault)
    began = time.monotonic()
    tallies = run_points(args.points, args.seed, (TellingScene, SafeTellingScene)) if args.points else []
    between = time.monotonic()
    lives = run_telling_kills(args.kills, args.seed, args.fault) if args.kills else {}
    points = [trouble for tally in tallies for trouble in tally.troubles]
    kills = [trouble for life in lives.values() for trouble in life.troubles]
    return {
        "points": sum(tally.total for tally in tallies),
        "points_by_cut": dict(sum((Counter(tally.points) for tally in tallies), Counter[str]())),
        "points_wrong": sum(tally.lost for tally in tallies),
        "points_failed_starts": sum(tally.failed_starts for tally in tallies),
        "points_uncertain": UNCERTAIN.value,
        "points_seconds": round(between - began, 1),
        "kills": sum(life.kills for life in lives.values()),
        "kills_wrong": _kinds(kills),
        "kills_by_surface": {
            "once" if safe else "any": {name: value for name, value in asdict(life).items() if name != "troubles"}
            for safe, life in lives.items()
        },
        "kills_seconds": round(time.monotonic() - between, 1),
        "troubles": [*points[:20], *kills[:20]],
    }


def _kinds(troubles: Iterable[str]) -> dict[str, int]:
    counts = Counter(trouble.partition(":")[0] for trouble in troubles)
    return {kind: counts[kind] for kind in ("lost", "twice", "uncertain", "early", "label", "wrong")}
