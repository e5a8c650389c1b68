"""How fast a folder of notes is imported, and imported again unchanged, with the default embedder.

`--data` names the folder; without it, notes are invented (`--notes N`). The baseline, in the same run, is reading and
hashing the same files with nothing else.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sage.adapters.memory.memory import SageMemory
from sage.adapters.models.wordllama_embedder import WordLlamaEmbedder
from sage.adapters.notes.note_files import list_notes
from sage.testing.texts import FakeTexts

_QUERIES = 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--notes", type=int, default=200, help="how many notes to invent without --data")


def run(args: argparse.Namespace) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        vault = args.data or invent(Path(folder) / "vault", args.notes)
        index = Path(folder) / "index"
        index.mkdir()
        baseline, _ = timed(lambda: read_and_hash(vault))
        texts = FakeTexts()
        with SageMemory(index, texts, WordLlamaEmbedder()) as memory:
            first, report = timed(lambda: memory.import_path(vault))
            again, second = timed(lambda: memory.import_path(vault))
            counts = memory.counts()
        opening, memory = timed(lambda: SageMemory(index, texts, WordLlamaEmbedder()))
        with memory:
            query = "how do I link one note to another"
            cold, _ = timed(lambda: memory.recall(query))
            warm = sorted(timed(lambda: memory.recall(query))[0] for _ in range(_QUERIES))
        size = sum(file.stat().st_size for file in index.iterdir())
    return {
        "notes": counts.notes,
        "passages": counts.passages,
        "troubles": len(report.troubles),
        "baseline_read_and_hash_s": round(baseline, 4),
        "first_import_s": round(first, 3),
        "first_import_ratio": round(first / baseline, 1),
        "passages_per_second": round(counts.passages / first),
        "notes_per_second": round(counts.notes / first),
        "second_import_s": round(again, 4),
        "second_import_ratio": round(again / baseline, 2),
        "second_import_unchanged": second.unchanged,
        "opening_ms": round(1000 * opening, 1),
        "recall_cold_ms": round(1000 * cold, 1),
        "recall_warm_median_ms": round(1000 * warm[_QUERIES // 2], 1),
        "recall_warm_worst_ms": round(1000 * warm[-1], 1),
        "index_mb": round(size / 1e6, 1),
        "peak_mb": round(
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
        ),
    }


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    done = work()
    return time.perf_counter() - began, done


def read_and_hash(vault: Path) -> None:
    for file in list_notes(vault).files:
        hashlib.sha256(file.path.read_bytes()).hexdigest()


def invent(vault: Path, notes: int) -> Path:
    """A folder of notes with headings and paragraphs of invented words, the same at each run."""
    chance = random.Random(1)
    words = ["".join(chance.choices("aeioubcdfglmnprst", k=chance.randint(2, 9))) for _ in range(5000)]
    for number in range(notes):
        path = vault / f"folder {number % 20}" / f"note {number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        sections = [
            f"## {' '.join(chance.choices(words, k=3))}\n\n{' '.join(chance.choices(words, k=90))}.\n" for _ in range(6)
        ]
        path.write_text(f"# Note {number}\n\n" + "\n".join(sections))
    return vault
