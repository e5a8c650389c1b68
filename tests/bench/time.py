"""Whether reminders come: once, at their time, whatever happens. Each part prints its figures; `--part` runs some of them.

`--break NAME` puts a fault in on purpose, which the figures must show.
"""

from __future__ import annotations

import argparse
import importlib
import logging
from typing import Any

PARTS = {
    "ledger": "tests.bench._ledger_crashes",
    "races": "tests.bench._ledger_races",
    "idle": "tests.bench._idle",
    "walks": "tests.bench._zone_walks",
}
"""Each module has `run_part(args) -> dict` and may have `add_arguments(parser)`."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--part", action="append", choices=sorted(PARTS), help="a part (else all of them)")
    parser.add_argument("--break", dest="fault", default="", help="a fault to put in, which must be found")
    parser.add_argument("--seed", type=int, default=1, help="which moments")
    for name in PARTS.values():
        module = importlib.import_module(name)
        if hasattr(module, "add_arguments"):
            module.add_arguments(parser)


def run(args: argparse.Namespace) -> dict[str, Any]:
    logging.disable(logging.CRITICAL)
    chosen = args.part or list(PARTS)
    return {name: importlib.import_module(PARTS[name]).run_part(args) for name in chosen}
