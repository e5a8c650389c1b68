"""Three contacts, two channels and a group, with a person who approves, changes, denies, takes over, comes and goes, reminders to
their own address, and restarts in the middle: random interleavings. No text may reach a conversation that it was not made for, no
reminder a contact, and no message two answers. `faults` are put in on purpose: each must be found."""

from __future__ import annotations

import argparse
import logging
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from typing import Any

from tests.crashes.crossing_faults import FAULTS
from tests.crashes.deputy_crossing import Outcome, run_crossing

RUNS, RUNS_FOR_A_FAULT, AT_A_TIME, PIECE = 500, 40, 2, 10


def measure(args: argparse.Namespace) -> dict[str, Any]:
    logging.disable(logging.CRITICAL)
    began = time.monotonic()
    number = args.many or RUNS
    shares = [min(PIECE, number - start) for start in range(0, number, PIECE)]
    found = Outcome()
    with ProcessPoolExecutor(AT_A_TIME, mp_context=get_context("fork")) as processes:
        for each in processes.map(run_crossing, shares, [f"{args.seed}x{place}" for place in range(len(shares))]):
            found.add(each)
    kinds = ("crossing", "nudge", "doubled", "denied", "late")
    figures = {kind: sum(trouble.startswith(kind) for trouble in found.troubles) for kind in kinds}
    faults = {fault.__name__: len(run_crossing(RUNS_FOR_A_FAULT, f"{args.seed}", fault).troubles) for fault in FAULTS}
    return {
        **{name: value for name, value in asdict(found).items() if name != "troubles"},
        "wrong": figures,
        "faults_found": faults,
        "faults_missed": [name for name, count in faults.items() if not count],
        "seconds": round(time.monotonic() - began, 1),
        "troubles": found.troubles[:20],
    }
