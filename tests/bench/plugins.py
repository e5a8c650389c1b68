"""What plugins cost, and how quickly what happens elsewhere is here; each part by itself with `--part`. `--data` names a
folder of notes for the part "markdown", which works on a copy; without it, notes are invented."""

from __future__ import annotations

import argparse
import importlib
from typing import Any

from sage.adapters.plugins.loading import reach
from sage.locations import bundled

PARTS = ("imports", "markdown", "caldav", "matrix", "mail")
"""Each is the function `measure` of the module `_plugins_NAME`, given what stands behind `--data`, if anything."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--part", choices=PARTS, action="append", help="only this one; may be given several times")


def run(args: argparse.Namespace) -> dict[str, Any]:
    reach(bundled("plugins"))
    return {
        part: importlib.import_module(f"tests.bench._plugins_{part}").measure(args.data) for part in args.part or PARTS
    }
