"""Runs one benchmark: `python -m tests.bench NAME [--data PATH] [--json]`; each has more options, see `NAME --help`.

A benchmark is a module beside this one with `run(args) -> dict` and, if it has options of its own,
`add_arguments(parser)`. Figures go to standard output, beside those of a baseline in the same run where there is one.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path


def names() -> list[str]:
    """The benchmarks there are."""
    return sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in names():
        print(__doc__, "\nBenchmarks:", ", ".join(names()), file=sys.stderr)
        return 2
    bench = importlib.import_module(f"tests.bench.{arguments[0]}")
    parser = argparse.ArgumentParser(prog=f"python -m tests.bench {arguments[0]}", description=bench.__doc__)
    parser.add_argument("--data", type=Path, help="the file or folder to measure with")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    if hasattr(bench, "add_arguments"):
        bench.add_arguments(parser)
    args = parser.parse_args(arguments[1:])
    figures = bench.run(args)
    print(json.dumps(figures, indent=None if args.json else 2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
