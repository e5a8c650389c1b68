"""Whether anything that the deputy says, decides or finds depends on what its readers may not see: pairs by chance.

Both sides of a pair differ in hidden notes, passages, names of notes, texts, folders and labels, in the words of calendars, in
cards and in other contacts; each message is put to both, with several composers. One pair of ten is of whole homes behind a desk,
which differ in tasks, goals and other conversations as well. All must be equal byte for byte. `--many` are the pairs, `--seed` is
the first one's; `--with NAME` puts a fault in that must be found (`all`: each, one after the other).
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from sage.adapters.memory.fact_reader import FactReader
from sage.adapters.memory.memory import SageMemory
from sage.agent.composing import Composer, Judging, Quoting
from sage.agent.replier import LOOKED_AT, Incoming, Replier
from sage.core.deputy.replies import Reply
from sage.core.disclosure import readers_of
from sage.core.labels import Reader
from sage.core.passages import Hit
from sage.testing.fakes import FakeBudget, FakeClock
from sage.testing.obedient_model import ObedientComposer, ObedientModel
from sage.testing.texts import FakeTexts
from tests.bench._deputy_privacy import outbound
from tests.bench._label_homes import Built
from tests.bench._label_leaks import LEAKS
from tests.bench._swap_engines import pair_of_homes
from tests.bench._swap_leaks import DEPUTY_LEAKS
from tests.bench._swap_scenes import NOW, Pair, Scene, pair_of
from tests.bench.labels import NoPages

PAIRS, OF_ENGINES = 1000, 10
FAULTS = LEAKS | DEPUTY_LEAKS


def measure(args: argparse.Namespace) -> dict[str, Any]:
    many = args.many or PAIRS
    if not args.composers:
        return figures(many, args.seed)
    wanted = FAULTS if args.composers == ["all"] else {name: FAULTS[name] for name in args.composers}
    return {name: until_found(many, args.seed, fault) for name, fault in wanted.items()}


@dataclass
class Run:
    """What one side gave: `told` are the bytes that must be equal, by what they are."""

    told: list[tuple[str, bytes]] = field(default_factory=list)
    decisions: Counter[str] = field(default_factory=Counter)


def figures(pairs: int, seed: int, fault: Callable[[], AbstractContextManager[None]] = nullcontext) -> dict[str, Any]:
    """Runs so many pairs."""
    began = time.perf_counter()
    ways: Counter[str] = Counter()
    decisions: Counter[str] = Counter()
    differing: dict[int, str] = {}
    messages = with_answer = 0
    with fault():
        for number in range(seed, seed + pairs):
            pair = pair_of(number)
            ways.update(pair.hidden)
            first, second = runs_of(pair)
            messages += 2 * len(pair.messages)
            for run in (first, second):
                decisions += run.decisions
                with_answer += bool(run.decisions["answer"])
            if what := difference(first, second):
                differing[number] = what
    engines = engine_figures(range(seed, seed + pairs, OF_ENGINES))
    asked = sum(decisions.values()) or 1
    return {
        "pairs": pairs,
        "runs": 2 * pairs,
        "messages": messages,
        "runs_with_an_answer_percent": round(100 * with_answer / (2 * pairs), 1),
        "replies": asked,
        "answered_percent": round(100 * decisions["answer"] / asked, 1),
        "decisions": dict(decisions),
        "differing": len(differing),
        "seeds_that_differ": dict(list(differing.items())[:20]),
        "what_differed_between_the_sides": dict(sorted(ways.items())),
        "whole_homes": engines,
        "seconds": round(time.perf_counter() - began, 1),
    }


def engine_figures(seeds: Sequence[int]) -> dict[str, Any]:
    """The same of whole homes."""
    decisions: Counter[str] = Counter()
    differing = {}
    for seed in seeds:
        first, second, decided = asyncio.run(pair_of_homes(seed))
        decisions += decided
        if what := difference(Run(first), Run(second)):
            differing[seed] = what
    return {"pairs": len(seeds), "decisions": dict(decisions), "seeds_that_differ": differing}


def until_found(pairs: int, seed: int, fault: Callable[[], AbstractContextManager[None]]) -> dict[str, Any]:
    """The first pair that shows a fault."""
    with fault():
        for number in range(seed, seed + pairs):
            if what := difference(*runs_of(pair_of(number))):
                return {"found_in": what, "pairs": number - seed + 1}
    return {"found_in": "", "pairs": pairs}


def difference(first: Run, second: Run) -> str:
    """What differs first, "" for nothing."""
    if len(first.told) != len(second.told):
        return "how much was told"
    return next((name for (name, one), (_, other) in zip(first.told, second.told, strict=True) if one != other), "")


def runs_of(pair: Pair) -> tuple[Run, Run]:
    """Both sides, asked the same."""
    first, second = (run_of(pair, scene) for scene in pair.scenes)
    return first, second


def run_of(pair: Pair, scene: Scene) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        memory = Built(scene.home, Path(folder)).memory
        try:
            run = asyncio.run(_asked(pair, scene, memory))
            facts = FactReader(NoPages(), FakeTexts(), lambda: NOW)  # type: ignore[arg-type]
            readers = readers_of(pair.exchange, scene.rules.people)
            run.told.append(("facts", msgspec.json.encode(memory.read_for(readers, facts.seen))))
            return run
        finally:
            memory.close()


def composers() -> Iterator[tuple[str, Composer]]:
    yield "librarian", Quoting()
    yield "obedient", ObedientComposer()
    yield "hostile", ObedientComposer(verbatim=False)
    yield "judge", Judging([ObedientModel("asked")], FakeBudget(), FakeClock())


async def _asked(pair: Pair, scene: Scene, memory: SageMemory) -> Run:
    run, found = Run(), {}

    def recall(question: str, readers: Sequence[Reader] | None) -> list[Hit]:
        key = (question, None if readers is None else tuple(readers))
        if key not in found:
            found[key] = memory.recall(question, k=LOOKED_AT, recipients=readers, now=NOW)
            if readers is not None:
                run.told.append(("hits", msgspec.json.encode(found[key])))
        return found[key]

    for message in pair.messages:
        for name, composer in composers():
            if name == "hostile" and message not in pair.hostile:
                continue
            replier = Replier(recall, lambda since, until: scene.events, composer, lambda: NOW)
            reply = await replier.reply(Incoming(pair.exchange, message), scene.rules, "bench", hints=True)
            run.decisions[reply.decision] += name != "hostile"  # it is never answered: its words are not supported
            run.told += [(f"{name}: {what}", told) for what, told in _told(reply)]
            if isinstance(composer, ObedientComposer):
                run.told.append((f"{name}: pieces", msgspec.json.encode(composer.shown)))
    return run


def _told(reply: Reply) -> Iterator[tuple[str, bytes]]:
    """Everything but the hints, which are for the person alone."""
    yield "outbound", "\n".join(outbound(reply)).encode()
    yield "decision", msgspec.json.encode(replace(reply, hints=()))
