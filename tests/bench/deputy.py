"""What the deputy tells to whom, and what it does: each part by itself with `--part`. `--data` names a folder with measuring
data for the parts that need some; those say so when it is missing."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path
from typing import Any

PREFIX = "_deputy_"


def parts() -> list[str]:
    """Each is the function `measure(args)` of the module `_deputy_NAME` beside this one, given all options."""
    return sorted(path.stem.removeprefix(PREFIX) for path in Path(__file__).parent.glob(f"{PREFIX}*.py"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--part", choices=parts(), action="append", help="only this one; may be given several times")
    parser.add_argument(
        "--many", "--pairs", type=int, help="how many cases or runs, for the parts that count some; else all"
    )
    parser.add_argument(
        "--yes-to-all", action="store_true", help="agentdojo: only with a person who approves everything"
    )
    parser.add_argument("--live", action="store_true", help="ask the model for what it was not asked yet (easy)")
    parser.add_argument("--seed", type=int, default=7, help="chooses what is made up")
    parser.add_argument(
        "--keep", type=Path, help="a folder to go on in, for the parts that can, and where they keep results"
    )
    parser.add_argument(
        "--with", dest="composers", action="append", metavar="NAME", help="only with this model or composer"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    return {part: importlib.import_module(f"tests.bench.{PREFIX}{part}").measure(args) for part in args.part or parts()}
