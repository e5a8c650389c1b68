"""A filter over short documents of known relevance, with scripted models that err, in many invented worlds: how many of the
relevant are kept, for how many strong calls, and whether each that is kept is cited. Worlds in which it is hard are told beside."""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, field, replace
from math import exp
from typing import Any

from sage.agent.sheet_filling import Asking, Progress
from sage.agent.sheet_filtering import Filter
from sage.core.messages import Finished, ModelEvent, ModelRequest, TextDelta, Usage
from sage.core.sheets.cascades import Promise
from sage.core.sheets.sheet import Cell, Column, SheetRow
from sage.testing.fakes import FakeBudget, FakeClock

SEEDS = 200
CONDITION = "Does {text} tell of a garden?"


@dataclass(frozen=True)
class World:
    """How many documents there are, and the share that is relevant. `clear` and `spread` say how plainly they are so, `shared` how
    far both models misread the same ones, `noise` what the quick one adds. The strong one errs on a `lasting` share whatever it is
    asked, and on a share of calls by `chance`; in doubt it says yes (`lenient`). Without `odds` the quick one says one word."""

    documents: int = 400
    relevant: float = 0.3
    clear: float = 1.7
    spread: float = 0.7
    shared: float = 0.5
    noise: float = 1.3
    lenient: float = 0.2
    lasting: float = 0.0
    chance: float = 0.01
    odds: bool = True


USUAL = World()
HARD = {
    "1,000 documents": World(1000),
    "150 documents": World(150),
    "60 documents": World(60),
    "one in ten is relevant": World(relevant=0.1),
    "the strong one errs anywhere, for good (3 % more)": World(lasting=0.03),
    "the quick one is worth little": World(noise=6.0),
    "the quick one is worth nothing": World(noise=400.0),
    "the quick one tells no odds": World(odds=False),
    "both misread the same": World(shared=0.9),
}


@dataclass
class Documents:
    """One world, drawn: which documents are relevant, and what each model thinks of them."""

    world: World
    seed: int
    truth: dict[int, bool] = field(default_factory=dict)
    strong: dict[int, bool] = field(default_factory=dict)
    quick: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        chance, world = random.Random(self.seed), self.world
        for row in range(1, world.documents + 1):
            self.truth[row] = chance.random() < world.relevant
            side = 1 if self.truth[row] else -1
            read = side * max(0.2, chance.gauss(world.clear, world.spread)) + chance.gauss(0, world.shared)
            says = read + chance.gauss(0, 0.2) > -world.lenient
            self.strong[row] = says != (chance.random() < world.lasting)
            self.quick[row] = 1 / (1 + exp(-min(500.0, max(-500.0, 2.2 * read + chance.gauss(0, world.noise)))))

    @property
    def rows(self) -> list[SheetRow]:
        return [
            SheetRow(row, f"{row}.md", str(row), f"Document number {row}. It says what it says of matter {row}.")
            for row in self.truth
        ]


class Scripted:
    """A model that thinks of each document what its world says."""

    context_tokens = 100_000

    def __init__(self, name: str, documents: Documents) -> None:
        self.name, self._documents, self.calls = name, documents, 0
        self._chance = random.Random(documents.seed + 1)

    async def worst_cost(self, request: ModelRequest) -> float | None:
        return 0.0

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        self.calls += 1
        row = int(request.messages[0].text.partition("Document number ")[2].partition(".")[0])
        world = self._documents.world
        if request.odds:
            yes = self._documents.quick[row]
            odds = (("yes", yes), ("no", 1 - yes)) if world.odds else ()
            yield TextDelta("yes" if yes > 0.5 else "no")
            yield Finished(self.name, Usage(), "end", odds)
            return
        says = self._documents.strong[row] if self.name == "strong" else self._documents.quick[row] > 0.5
        says = says != (self.name == "strong" and self._chance.random() < world.chance)
        yield TextDelta(f'{{"quote": "says of matter {row}", "answer": "{"yes" if says else "no"}"}}')
        yield Finished(self.name)

    async def close(self) -> None:
        """Nothing is held."""


class Kept:
    """Cells in a dictionary."""

    def __init__(self) -> None:
        self.cells: dict[tuple[str, int], Cell] = {}

    def known(self, keys: Iterable[str]) -> dict[str, Cell]:
        return {}

    def keep(self, *cells: Cell) -> None:
        self.cells |= {(cell.column, cell.row): cell for cell in cells}


async def filtered(world: World, seed: int, promise: Promise) -> dict[str, float]:
    """One run of the filter in one world, as figures."""
    documents, kept = Documents(world, seed), Kept()
    quick, strong = Scripted("quick", documents), Scripted("strong", documents)
    clock = FakeClock()
    asking = {model.name: Asking([model], [], FakeBudget(), clock, "bench", at_once=4) for model in (quick, strong)}

    async def step(progress: Progress) -> None:
        """Nobody watches."""

    run = Filter(Column("garden", "filter", CONDITION), promise, asking["quick"], asking["strong"], kept)
    progress = Progress(0, step)
    await run.run(documents.rows, progress)
    assert run.cascade and not progress.stopped, progress.stopped
    says = {row: cell.value == "yes" for (column, row), cell in kept.cells.items() if column == "garden"}
    texts = {row.row: row.text for row in documents.rows}
    cited = [kept.cells["garden", row].spans for row, yes in says.items() if yes]
    relevant = [row for row, true in documents.truth.items() if true]
    by_strong = [row for row, true in documents.strong.items() if true]
    promised = [
        row for row, true in (documents.strong | run.cascade.answers).items() if true
    ]  # slips of a call included
    errors = sum(documents.truth[row] != documents.strong[row] for row in texts) / len(texts)
    return {
        "recall": sum(says[row] for row in relevant) / max(1, len(relevant)),
        "of what the strong one keeps": sum(says[row] for row in by_strong) / max(1, len(by_strong)),
        "promised": sum(says[row] for row in promised) / max(1, len(promised)),
        "all asked": sum(documents.strong[row] for row in relevant) / max(1, len(relevant)),
        "precision": sum(documents.truth[row] for row, yes in says.items() if yes) / max(1, sum(says.values())),
        "calls": strong.calls / len(texts),
        "stated": run.cascade.stated,
        "uncited": sum(not spans for spans in cited),
        "strong errs": errors + world.chance,
        "quick errs": sum((documents.quick[row] > 0.5) != true for row, true in documents.truth.items()) / len(texts),
    }


def figures(world: World, seeds: range, promise: Promise) -> dict[str, Any]:
    """What is told of a world."""
    runs = [asyncio.run(filtered(world, seed, promise)) for seed in seeds]

    def middle(name: str) -> float:
        return round(statistics.median(run[name] for run in runs), 3)

    calls = sorted(run["calls"] for run in runs)
    return {
        "documents": world.documents,
        "strong model errs": round(statistics.fmean(run["strong errs"] for run in runs), 3),
        "quick model errs": round(statistics.fmean(run["quick errs"] for run in runs), 3),
        "seeds with recall >= 0.95": round(statistics.fmean(run["recall"] >= 0.95 for run in runs), 3),
        "the same, strong model on all": round(statistics.fmean(run["all asked"] >= 0.95 for run in runs), 3),
        "seeds with >= 0.95 of what the strong model keeps": round(
            statistics.fmean(run["of what the strong one keeps"] >= 0.95 for run in runs), 3
        ),
        "seeds with recall >= 0.95 and at most 0.40 strong calls": round(
            statistics.fmean(run["recall"] >= 0.95 and run["calls"] <= 0.40 for run in runs), 3
        ),
        "seeds that keep what was stated": round(statistics.fmean(run["promised"] >= run["stated"] for run in runs), 3),
        "recall, lowest": round(min(run["recall"] for run in runs), 3),
        "stated, median": middle("stated"),
        "strong calls a document: median, 95th percentile": [
            round(calls[len(calls) // 2], 3),
            round(calls[int(0.95 * len(calls))], 3),
        ],
        "precision": middle("precision"),
        "kept without a citation": int(sum(run["uncited"] for run in runs)),
    }


def measure(args: argparse.Namespace) -> dict[str, Any]:
    many = args.many or SEEDS
    seeds, some = (
        range(args.seed * 1000, args.seed * 1000 + many),
        range(args.seed * 1000, args.seed * 1000 + max(1, many // 5)),
    )
    hard = {name: figures(world, some, Promise()) for name, world in HARD.items()}
    sure = figures(replace(USUAL), some, Promise(share=1.0))
    return {"usual": figures(USUAL, seeds, Promise()), "until it is sure (--sure)": sure, "hard worlds": hard}
