"""What Sage does with models: verdicts, swaps, what is measured of calls. Each part by itself with `--part`; `--data` names a
folder with measuring data for the parts that need some; those say so when it is missing."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path
from typing import Any

PREFIX = "_models_"


def parts() -> list[str]:
    """Each is the function `measure(args)` of the module `_models_NAME` beside this one, given all options."""
    return sorted(path.stem.removeprefix(PREFIX) for path in Path(__file__).parent.glob(f"{PREFIX}*.py"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--part", choices=parts(), action="append", help="only this one; may be given several times")
    parser.add_argument("--many", type=int, help="how many cases or runs, for the parts that count some; else all")
    parser.add_argument("--model", help="only the embedded models whose file has this in its name")
    parser.add_argument("--seed", type=int, default=7, help="chooses what is made up")
    parser.add_argument(
        "--keep", type=Path, help="a folder to go on in, for the parts that can, and where they keep results"
    )


def run(args: argparse.Namespace) -> dict[str, Any]:
    return {part: importlib.import_module(f"tests.bench.{PREFIX}{part}").measure(args) for part in args.part or parts()}
