"""How much of the evidence for a question is recalled, with no model: LoCoMo, or any set of documents and questions.

`any@k` is the share of questions of which some evidence is among the first k hits, `all@k` of which all is, and
`fraction@k` the mean share of the evidence found. `documents` counts texts; `threads` counts the sessions that hits
are of, each once. Questions whose evidence does not exist in the data are left out. `generic` data is
`{"documents": [{"id", "text", "when", "thread", "speaker"}], "questions": [{"question", "evidence": [ids], "category"}]}`.

`abstention`, with more than one conversation, asks each memory the questions of the next one, too, which it cannot answer:
`auroc` is how often the confidence of an answerable question is above that of such a one (1 always, 0.5 by chance),
`auroc_renamed` the same with the people's names swapped for those who speak here; `answered` and so on are the shares that the
librarian would take as answered.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import sys
import tempfile
import time
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sage.adapters.home.secret_store import SecretStore
from sage.adapters.memory.memory import SageMemory
from sage.core.extracts import SURE
from sage.core.passages import Hit
from sage.core.ports import Embedder
from sage.engine.embedders import Embedders
from sage.locations import find_home
from sage.settings import MemorySettings
from sage.testing.fakes import FakeBudget, FakeClock
from sage.testing.texts import FakeTexts

CUTS = (1, 5, 10)
_FIRST = 5
"""Hits that the confidence of an answer is taken from."""
_DEEP = 60
"""Hits asked for, so that ten sessions are among them."""


@dataclass
class Case:
    """One memory to fill, and what to ask it."""

    documents: list[dict[str, Any]]
    questions: list[dict[str, Any]]


@dataclass
class Figures:
    """Sums of figures by name, over `count` questions."""

    count: int = 0
    sums: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, found: list[str], evidence: set[str]) -> None:
        self.count += 1
        for cut in CUTS:
            share = len(evidence & set(found[:cut])) / len(evidence)
            self.sums[f"any@{cut}"] += share > 0
            self.sums[f"all@{cut}"] += share == 1
            self.sums[f"fraction@{cut}"] += share

    def means(self) -> dict[str, float]:
        return {name: round(value / self.count, 4) for name, value in sorted(self.sums.items())}


@dataclass
class Abstention:
    """The confidence of the best hits for questions that a memory can answer, and for those that it cannot."""

    answerable: list[float] = field(default_factory=list)
    foreign: list[float] = field(default_factory=list)
    renamed: list[float] = field(default_factory=list)

    def ask(self, memory: SageMemory, case: Case, other: Case) -> None:
        """Asks questions of another case, as they are and with the names of this one."""
        here, there = (
            sorted({one["speaker"] for one in each.documents if one.get("speaker")}) for each in (case, other)
        )
        names = {old: new for old, new in zip(there, here, strict=False) if old}
        for question in other.questions:
            text = question["question"]
            self.foreign.append(sure(memory.recall(text, k=_FIRST)))
            if names:
                swapped = re.sub("|".join(map(re.escape, names)), lambda found: names[found[0]], text)
                self.renamed.append(sure(memory.recall(swapped, k=_FIRST)))

    def figures(self) -> dict[str, float]:
        unlike = {"auroc": self.foreign, "auroc_renamed": self.renamed}
        figures = {name: area(self.answerable, found) for name, found in unlike.items() if found}
        shares = {"answered": self.answerable, "answered_foreign": self.foreign, "answered_renamed": self.renamed}
        return figures | {
            name: round(sum(one >= SURE for one in found) / len(found), 4) for name, found in shares.items() if found
        }


def sure(hits: Sequence[Hit]) -> float:
    """The confidence of an answer."""
    return max((hit.confidence for hit in hits[:_FIRST]), default=0.0)


def area(yes: Sequence[float], no: Sequence[float]) -> float:
    """The area under the ROC curve: how often one of `yes` is above one of `no` (equal ones count half)."""
    below = sorted(no)
    above = sum((bisect_left(below, one) + bisect_right(below, one)) / 2 for one in yes)
    return round(above / max(1, len(yes) * len(no)), 4)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=["locomo", "generic"], default="locomo")
    parser.add_argument("--embedder", choices=["wordllama", "minilm"], default="wordllama",
                        help="minilm: the one that `sage models install minilm` brought into the home (see --home)")  # fmt: skip
    parser.add_argument("--home", help="the data folder that minilm was installed in (the usual one)")


def run(args: argparse.Namespace) -> dict[str, Any]:
    if args.data is None:
        raise SystemExit("memory needs --data FILE")
    data = json.loads(args.data.read_text())
    cases = locomo(data) if args.format == "locomo" else [Case(data["documents"], data["questions"])]
    documents, threads, by_category = Figures(), Figures(), defaultdict(Figures)
    query_seconds: list[float] = []
    filled = 0.0
    embedder = embedder_of(args)
    embedder.embed(["the first text loads the model"])
    abstention = Abstention()
    for place, case in enumerate(cases):
        other = cases[(place + 1) % len(cases)] if len(cases) > 1 else None
        filled += measure(case, other, embedder, documents, threads, by_category, query_seconds, abstention)
    query_seconds.sort()
    return {
        "threads": threads.means(),
        "documents": documents.means(),
        "by_category": {name: {"questions": one.count, **one.means()} for name, one in sorted(by_category.items())},
        "abstention": abstention.figures(),
        "questions": documents.count,
        "documents_count": sum(len(case.documents) for case in cases),
        "ms_per_query": round(1000 * sum(query_seconds) / max(1, len(query_seconds)), 2),
        "ms_per_query_p99": round(1000 * query_seconds[int(len(query_seconds) * 0.99)], 2) if query_seconds else 0.0,
        "ms_per_document": round(1000 * filled / max(1, sum(len(case.documents) for case in cases)), 3),
        "peak_mb": round(
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
        ),
        "embedder": embedder.name,
    }


def embedder_of(args: argparse.Namespace) -> Embedder:
    """The embedder that was chosen, from the home where it has files."""
    home = find_home(args.home)
    keys = SecretStore(home, {})
    embedders = Embedders(home, keys, FakeBudget(), FakeClock().now)
    return embedders.wanted(MemorySettings(embedder=args.embedder))


def measure(
    case: Case,
    other: Case | None,
    embedder: Embedder,
    documents: Figures,
    threads: Figures,
    by_category: dict[str, Figures],
    query_seconds: list[float],
    abstention: Abstention,
) -> float:
    """Fills a memory, asks it everything, and adds to the figures; returns the seconds that filling took."""
    with (
        tempfile.TemporaryDirectory() as folder,
        SageMemory(Path(folder), FakeTexts(), embedder) as memory,
    ):
        began = time.perf_counter()
        kept = memory.remember_many(
            {
                "text": document["text"],
                "source": document.get("source") or document["id"],
                "when": document.get("when"),
                "thread": document.get("thread"),
                "speaker": document.get("speaker"),
            }
            for document in case.documents
        )
        filled = time.perf_counter() - began
        names = dict(zip(kept, (document["id"] for document in case.documents), strict=True))
        thread_of = {document["id"]: document.get("thread") or document["id"] for document in case.documents}
        memory.recall("the first recall loads the index")
        for question in case.questions:
            evidence = {name for name in question["evidence"] if name in thread_of}
            if not evidence:
                continue
            began = time.perf_counter()
            hits = memory.recall(question["question"], k=_DEEP)
            query_seconds.append(time.perf_counter() - began)
            abstention.answerable.append(sure(hits))
            found = [names[hit.id] for hit in hits]
            documents.add(found, evidence)
            by_category[str(question.get("category", ""))].add(found, evidence)
            threads.add(list(dict.fromkeys(thread_of[name] for name in found)), {thread_of[name] for name in evidence})
        if other is not None:
            abstention.ask(memory, case, other)
    return filled


def locomo(data: list[dict[str, Any]]) -> list[Case]:
    """LoCoMo: one memory a conversation, a text a turn (with the caption of its photo), a thread a session."""
    cases = []
    for sample in data:
        talk = sample["conversation"]
        sessions = [name for name in talk if re.fullmatch(r"session_\d+", name)]
        documents = [
            {
                "id": turn["dia_id"],
                "source": sample["sample_id"],
                "thread": name,
                "speaker": turn["speaker"],
                "when": datetime.strptime(talk[f"{name}_date_time"], "%I:%M %p on %d %B, %Y").isoformat(),
                "text": turn["text"] + (f" [photo: {turn['blip_caption']}]" if turn.get("blip_caption") else ""),
            }
            for name in sessions
            for turn in talk[name]
            if turn["text"].strip() or turn.get("blip_caption")
        ]
        questions = [
            {
                "question": question["question"],
                "evidence": [name for one in question["evidence"] for name in re.findall(r"D\d+:\d+", one)],
                "category": question["category"],
            }
            for question in sample["qa"]
        ]
        cases.append(Case(documents, questions))
    return cases
