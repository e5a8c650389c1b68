"""Whether what recipients are told depends on what they may not see: pairs of homes that differ in hidden text alone.

Each pair is made by chance from its seed, with real files and a real memory, and asked the same questions for the same
recipients: the answers must be equal byte for byte. `--break NAME` puts a leak into the memory that is asked; it is found when
some pairs differ. `with_hits` counts pairs of which some question finds something.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import msgspec

from sage.adapters.memory.fact_reader import FactReader
from sage.core.facts.facts import Statement
from sage.testing.texts import FakeTexts
from tests.bench._label_homes import NOW, Built, Case, HomeSpec, Maker
from tests.bench._label_leaks import LEAKS

ROOM = 20
"""Hits that are asked for."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1, help="the first pair's")
    parser.add_argument("--break", dest="leak", choices=[*LEAKS, "all"], help="a leak to put in, which must be found")


def run(args: argparse.Namespace) -> dict[str, Any]:
    if args.leak == "all":
        return {name: figures(args.pairs, args.seed, leak) for name, leak in LEAKS.items()}
    return figures(args.pairs, args.seed, LEAKS.get(args.leak or "", nullcontext))


def figures(pairs: int, seed: int, leak: Callable[[], AbstractContextManager[None]] = nullcontext) -> dict[str, Any]:
    """Asks so many pairs."""
    began = time.perf_counter()
    ways: Counter[str] = Counter()
    with_hits, hits, facts, differing = 0, 0, 0, []
    with leak():
        for number in range(seed, seed + pairs):
            case = Maker(number).case()
            ways.update(set(case.hidden))
            first, second = answers(case)
            with_hits += any(found != b"[]" for found in first[: len(case.queries)])
            hits += sum(len(msgspec.json.decode(found)) for found in first[:-1])
            facts += len(msgspec.json.decode(first[-1]))
            if first != second:
                differing.append(number)
    return {
        "pairs": pairs,
        "with_hits": with_hits,
        "hits": hits,
        "facts": facts,
        "differing": len(differing),
        "seeds_that_differ": differing[:20],
        "what_differed_between_the_homes": dict(sorted(ways.items())),
        "seconds": round(time.perf_counter() - began, 1),
    }


class NoPages:
    """Facts that models found: none."""

    def found(self) -> list[Statement]:
        return []


def answers(case: Case) -> tuple[list[bytes], list[bytes]]:
    """What both homes of a pair answer, question by question."""
    first, second = (answer(home, case) for home in case.homes)
    return first, second


def answer(home: HomeSpec, case: Case) -> list[bytes]:
    """What a home tells the recipients: to each query, of what is newest, around the first that was found, and as facts."""
    with tempfile.TemporaryDirectory() as name:
        memory = Built(home, Path(name)).memory
        try:
            found = [memory.recall(query, k=ROOM, recipients=case.recipients, now=NOW) for query in case.queries]
            found.append(memory.newest(ROOM, case.recipients))
            found += [memory.around(hit.id, case.recipients)[0] for hit in found[0][:3]]
            reader = FactReader(NoPages(), FakeTexts(), lambda: NOW)  # type: ignore[arg-type]
            told = [*found, memory.read_for(case.recipients, reader.seen)]
            return [msgspec.json.encode(hits) for hits in told]
        finally:
            memory.close()
