"""A section of the prompt is left out of replays: is one that is useless found to be so, and one that is useful kept?

Scripted models whose answers depend on the section, or do not, answer invented cases through the same trials as
`sage eval --without`. As a person would, a trial that needs more cases gets them, up to MOST. Answers waver: in some cases they are
right or wrong by chance, with the section and without it.
"""

from __future__ import annotations

import argparse
import asyncio
import random
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from sage.core.asked import Asked, AskedTurn
from sage.core.cases import Case
from sage.core.ledger import Job
from sage.core.messages import Finished, Message, ModelEvent, ModelRequest, TextDelta, Usage
from sage.core.passages import Hit
from sage.core.prompt_parts import Part, without_part
from sage.core.trials import Replayed, Trial, TrialAnswer, Vote, verdict_words
from sage.evals.asking import asker
from sage.evals.cases import case_of
from sage.evals.replay import Asker
from sage.evals.trials import Side, Trials
from sage.testing.fakes import FakeBudget, FakeClock

CASES, MOST, RUNS = 100, 400, 200
WAVERS = 0.03
"""Share of cases in which an answer is right or wrong by chance, each time anew."""
WORTH = {"useless": 0.0, "useful": 0.15}
"""Share of cases that are wrong without the section."""
SECTION = "# Figures\nName the figure that was asked for."
SYSTEM = f"You are Sage.\nBe brief, plain and kind.\n{SECTION}\n\nNever rhyme."
PART = Part("section", "figures")


@dataclass
class Depends:
    """Right, unless the section is missing where it is needed; sometimes it wavers."""

    needs: frozenset[str]
    chance: random.Random
    name: str = "depends"
    context_tokens: int = 100_000

    async def worst_cost(self, request: ModelRequest) -> float | None:
        return 0.0

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        words = request.messages[-1].text
        right = SECTION in request.system or words not in self.needs
        if self.chance.random() < WAVERS:
            right = self.chance.random() < 0.5
        yield TextDelta("The pond holds 812 litres [1]." if right else "The pond holds some water [1].")
        yield Finished(self.name, Usage(50, 10, 0, 0.0))

    async def close(self) -> None:
        """Holds nothing."""


@dataclass
class Book:
    """A trial's pages in memory."""

    kept: dict[tuple[str, str], TrialAnswer] = field(default_factory=dict)
    by_key: dict[str, Replayed] = field(default_factory=dict)

    def answer(self, key: str) -> Replayed | None:
        return self.by_key.get(key)

    def keep(self, trial: str, answer: TrialAnswer) -> None:
        self.kept[answer.case, answer.side] = answer
        self.by_key[answer.key] = answer.replayed

    def answers(self, trial: str) -> list[TrialAnswer]:
        return list(self.kept.values())

    def votes(self, trial: str) -> list[Vote]:
        return []

    def settle(self, trial: Trial) -> None:
        """Is told by the trial itself."""


def measure(args: argparse.Namespace) -> dict[str, Any]:
    runs, told = args.many or RUNS, {}
    cases = [_case(number) for number in range(MOST)]
    assert without_part(cases[0].body.opening, PART).system == SYSTEM.replace(f"\n{SECTION}", "")
    for name, worth in WORTH.items():
        words, needed, sentence = Counter[str](), [], ""
        for run in range(runs):
            chance = random.Random(f"{args.seed} {name} {run}")
            needs = frozenset(case.body.said for case in cases if chance.random() < worth)
            trial, asked, sentence = asyncio.run(_tried(Depends(needs, chance), cases))
            words[trial.verdict.word if trial.verdict else "NEED"] += 1
            needed.append(asked)
        told[name] = {
            "no_longer_needed": round(words["ADOPT"] / runs, 3),
            "earns_its_place": round(words["REJECT"] / runs, 3),
            "undecided": round(words["NEED"] / runs, 3),
            "median_cases": median(needed),
            "for_example": sentence,
        }
    return {"runs": runs, "cases": CASES, "most": MOST, "wavers": WAVERS, **told}


async def _tried(model: Depends, cases: list[Case]) -> tuple[Trial, int, str]:
    book, many = Book(), CASES
    trial = Trial("v1", "without", PART.told, f"{model.name} with {PART.told}")

    def ask(job: str) -> Asker:
        return asker(model, FakeBudget(), FakeClock(), Job(job, "eval"))

    sides = (
        Side("current", "depends", ask),
        Side("candidate", "depends", ask, lambda body: without_part(body.opening, PART)),
    )
    while True:
        async with aclosing(Trials(book).run(trial, cases[:many], sides)) as steps:
            async for step in steps:
                trial = step if isinstance(step, Trial) else trial
        more = trial.verdict.more if trial.verdict else 0
        if not more or many >= MOST:
            rows = Trials(book).compared(trial, cases[:many], book.answers(""))
            return trial, many, verdict_words(trial, rows)[0]
        many = min(MOST, many + more)


def _case(number: int) -> Case:
    pond = Hit("p_1", "Pond.md", "", 1, 0, 30, "The pond holds 812 litres of water.")
    request = ModelRequest(SYSTEM, (Message("user", f"How much does the pond hold, if the {number}th asks?"),), (pond,))
    step = Asked("depends", request, "The pond holds 812 litres. [1]", cited=(pond.id,))
    return case_of(AskedTurn(f"t{number}", f"c{number}", (step,)), id=f"e{number:04}", made_at="2026-11-23")
