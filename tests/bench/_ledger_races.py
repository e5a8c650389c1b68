"""Two to eight processes want one home at the same moment: one owns it, the others are told that it is busy. The owner tells
what is due and is sometimes killed meanwhile; then one of the others takes over.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict
from typing import Any

from tests.crashes.telling_faults import put_in
from tests.crashes.telling_races import run_races


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--races", type=int, default=1000, help="races for one home")


def run_part(args: argparse.Namespace) -> dict[str, Any]:
    put_in(args.fault)
    began = time.monotonic()
    found = asdict(run_races(args.races, args.seed))
    troubles = found.pop("troubles")
    return {**found, "wrong": len(troubles), "seconds": round(time.monotonic() - began, 1), "troubles": troubles[:20]}
