"""Whether the answer to a question stands in the first five hits, when they have 4,000 characters together at most.

`--data` is a folder with corpora (`*.md`) and `questions_df.csv`: a question, the id of its corpus, and the spans of the answer
as character offsets. All corpora are notes of one home, so that a question is asked of everything. `inside` is the share of
questions of which every visible character of the answer is in the hits that fit; `recall` and `precision` are the mean share of
the answer's visible characters that was found and of the found ones that are answer (after "Evaluating Chunking Strategies for
Retrieval", Smith and Troynikov 2024). Hits that would go beyond the limit are left out.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sage.adapters.memory.memory import SageMemory
from sage.adapters.models.wordllama_embedder import WordLlamaEmbedder
from sage.core.passages import Hit
from sage.testing.texts import FakeTexts

Span = tuple[int, int]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--hits", type=int, default=5)
    parser.add_argument("--characters", type=int, default=4000)


def run(args: argparse.Namespace) -> dict[str, Any]:
    if args.data is None:
        raise SystemExit("chunking needs --data FOLDER")
    corpora = {path.stem: path.read_bytes().decode() for path in sorted(args.data.glob("*.md"))}
    with (args.data / "questions_df.csv").open(newline="") as file:
        questions = [row for row in csv.DictReader(file) if row["corpus_id"] in corpora]
    sums: defaultdict[str, list[tuple[float, ...]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        notes, index = Path(folder, "notes"), Path(folder, "index")
        notes.mkdir()
        index.mkdir()
        for name in corpora:
            shutil.copy(args.data / f"{name}.md", notes)
        with SageMemory(index, FakeTexts(), WordLlamaEmbedder()) as memory:
            began = time.perf_counter()
            report = memory.import_path(notes)
            imported = time.perf_counter() - began
            memory.recall("the first recall loads the index")
            began = time.perf_counter()
            for question in questions:
                spans = [(one["start_index"], one["end_index"]) for one in json.loads(question["references"])]
                hits = _fitting(memory.recall(question["question"], k=args.hits), args.characters)
                own = [hit for hit in hits if Path(hit.source).stem == question["corpus_id"]]
                inside, answer = _found(corpora[question["corpus_id"]], spans, own)
                size = sum(len("".join(hit.text.split())) for hit in hits)
                shown = float(sum(len(hit.text) for hit in hits))
                figures = (float(inside == answer), inside / answer, inside / max(1, size), shown)
                sums[""].append(figures)
                sums[question["corpus_id"]].append(figures)
            asked = time.perf_counter() - began
    return {
        **_means(sums.pop("")),
        "by_corpus": {name: _means(rows) for name, rows in sorted(sums.items())},
        "questions": len(questions),
        "passages": report.passages,
        "ms_per_query": round(1000 * asked / max(1, len(questions)), 2),
        "passages_per_second": round(report.passages / imported),
        "embedder": WordLlamaEmbedder().name,
    }


def _fitting(hits: Sequence[Hit], most: int) -> list[Hit]:
    kept: list[Hit] = []
    for hit in hits:
        if sum(len(one.text) for one in kept) + len(hit.text) <= most:
            kept.append(hit)
    return kept


def _found(text: str, spans: Sequence[Span], hits: Sequence[Hit]) -> tuple[int, int]:
    """How many visible characters of the spans stand in hits, and how many there are."""
    answer = {place for start, end in spans for place in range(start, end) if not text[place].isspace()}
    inside = {place for hit in hits for place in range(hit.start, hit.end)}
    return len(answer & inside), len(answer)


def _means(rows: Sequence[tuple[float, ...]]) -> dict[str, float]:
    names = ("inside", "recall", "precision", "characters")
    return {name: round(sum(row[place] for row in rows) / len(rows), 4) for place, name in enumerate(names)}
