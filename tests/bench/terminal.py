"""The terminal app: how soon, how quick, how large it is, and what it stands; each part by itself with `--part`.

Times are in milliseconds, memory is resident, in MB; wherever a minimal Textual app can do the same, it is measured
beside it in the same run. `--with FAULT` puts a fault in that the part must show.
"""

from __future__ import annotations

import argparse
import importlib
import os
from pathlib import Path
from typing import Any

PREFIX = "_terminal_"


def parts() -> list[str]:
    """Each is the function `measure(args)` of the module `_terminal_NAME` beside this one, given all options."""
    return sorted(path.stem.removeprefix(PREFIX) for path in Path(__file__).parent.glob(f"{PREFIX}*.py"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--part", choices=parts(), action="append", help="only this one; may be given several times")
    parser.add_argument("--runs", type=int, default=7, help="start: runs of each measurement (7)")
    parser.add_argument("--messages", type=int, default=10_000, help="messages of the history (10,000)")
    parser.add_argument("--tokens", type=int, default=20_000, help="tokens of an answer that streams (20,000)")
    parser.add_argument(
        "--updates", type=int, default=1_000, help="transcript: updates in which an answer arrives (1,000)"
    )
    parser.add_argument("--seconds", type=float, default=60, help="keys: how long the answer streams (60)")
    parser.add_argument("--results", type=int, default=1_000, help="memory: results in the list (1,000)")
    parser.add_argument("--presses", type=int, default=200, help="presses of keys (200)")
    parser.add_argument("--passages", type=int, default=100_000, help="search: passages of notes (100,000)")
    parser.add_argument("--searches", type=int, default=30, help="search: what is typed, 2 to 6 words each (30)")
    parser.add_argument("--hours", type=int, default=8, help="hours: how long the app is used (8)")
    parser.add_argument("--minutes", type=int, default=60, help="hours: minutes that are played of each (60)")
    parser.add_argument("--strings", type=int, default=1_000_000, help="fuzz: strings (1,000,000)")
    parser.add_argument("--rounds", type=int, default=100, help="signals: rounds of use (100)")
    parser.add_argument("--seed", type=int, default=7, help="chooses what is made up")
    parser.add_argument(
        "--keep", type=Path, help="search: a folder to keep the notes and the home in, and to find them again"
    )
    parser.add_argument("--with", dest="fault", default="", choices=("", "block", "leak", "task", "raw", "deaf"),
                        help="keys: `block` the loop for 200 ms now and then; hours: `leak` memory, leave a `task`; "
                        "fuzz: show `raw` text; signals: `deaf` to them")  # fmt: skip


def run(args: argparse.Namespace) -> dict[str, Any]:
    figures: dict[str, Any] = {"load of the machine at the start": round(os.getloadavg()[0], 1)}
    for part in args.part or parts():
        figures[part] = importlib.import_module(f"tests.bench.{PREFIX}{part}").measure(args)
    return figures
