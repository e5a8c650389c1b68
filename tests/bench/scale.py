"""How import, opening, recall and memory grow with the notes: `--data` names a folder of .md and .txt files.

Notes are made of its sentences (the same at each run) until there are about as many passages as each of `--sizes`.
Importing and asking are measured in processes of their own. `recall` is the owner's, `view` that of one recipient who may
see about a third. Baselines of the same run: plain FTS5 (one table, bm25, the same words) and a bare NumPy product.
Needs about 2.5 MB of disk for a thousand passages, and 20 to 60 seconds for ten thousand.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench._invented_notes import Corpus, Inventor

_SEED = 7
_WORK = ("work",)
"""The recipients of the view."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sizes", default="1000,10000,100000", help="passages, with commas between")
    parser.add_argument("--queries", type=int, default=400, help="questions that are asked (400)")
    parser.add_argument("--keep", type=Path, help="a folder to keep the notes and homes in, and to find them again")


def run(args: argparse.Namespace) -> dict[str, Any]:
    if args.data is None:
        raise SystemExit("scale needs --data FOLDER")
    sizes = [int(size) for size in args.sizes.split(",")]
    figures: dict[str, Any] = {"sizes": {}}
    with tempfile.TemporaryDirectory() as temporary:
        for size in sizes:
            figures["sizes"][str(size)] = _measure((args.keep or Path(temporary)) / str(size), size, args)
    if not args.json:
        print(table(figures["sizes"]), file=sys.stderr)
    return figures


def table(sizes: dict[str, dict[str, Any]]) -> str:
    """The figures of each size side by side, with the growth from the first to the last."""
    names = list(next(iter(sizes.values())))
    lines = ["| | " + " | ".join(f"{int(size):,}" for size in sizes) + " | growth |", "|---" * (len(sizes) + 2) + "|"]
    for name in names:
        values = [figures[name] for figures in sizes.values()]
        growth = f"x {values[-1] / values[0]:.1f}" if values[0] else ""
        lines.append(f"| {name} | " + " | ".join(f"{value:,}" for value in values) + f" | {growth} |")
    return "\n".join(lines)


def _measure(folder: Path, size: int, args: argparse.Namespace) -> dict[str, Any]:
    notes, asked = folder / "notes", folder / "questions.json"
    if not asked.exists():
        inventor = Inventor(Corpus.read(args.data), _SEED)
        inventor.write(notes, size)
        asked.write_text(json.dumps(inventor.questions(args.queries)))
    figures: dict[str, Any] = {}
    for stage in STAGES:
        figures |= _in_a_process(stage, folder)
    figures["recall_ratio_to_fts5"] = round(figures["recall_median_ms"] / figures["fts5_median_ms"], 2)
    return figures


def _in_a_process(stage: str, folder: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.scale", stage, str(folder)], stdout=subprocess.PIPE, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


# --- in the process that is measured -----------------------------------------------------------------------------


def import_notes(folder: Path) -> dict[str, Any]:
    """A first import into a new home, as the engine does it."""
    with _Memory(folder / "home") as memory:
        began = time.perf_counter()
        report = memory.import_path(folder / "notes")
        seconds = time.perf_counter() - began
        passages = memory.counts().passages
        resident = _resident_mb()
        memory.settle()
    index = sum(file.stat().st_size for file in (folder / "home" / "index").rglob("*") if file.is_file())
    return {
        "notes": report.added or report.unchanged,
        "passages": passages,
        "import_s": round(seconds, 2),
        "import_passages_per_s": round(passages / seconds),
        "import_resident_mb": resident,
        "import_peak_mb": _peak_mb(),
        "index_mb": round(index / 1e6, 1),
    }


def ask(folder: Path) -> dict[str, Any]:
    """Opening, the first answer, and then every question once, for the owner and for a recipient."""
    questions = json.loads((folder / "questions.json").read_text())
    began = time.perf_counter()
    with _Memory(folder / "home") as memory:
        opened = time.perf_counter()
        warming = threading.Thread(target=memory.warm)  # as the engine does
        warming.start()
        memory.recall(questions[0])
        first = time.perf_counter()
        warming.join()
        owner = [_both(lambda text=text: memory.recall(text)) for text in questions[1:]]  # type: ignore[misc]
        resident = _resident_mb()
        view_first = _milliseconds(lambda: memory.recall(questions[0], recipients=_WORK))
        view = [
            _both(lambda text=text: memory.recall(text, recipients=_WORK))  # type: ignore[misc]
            for text in questions[1:]
        ]
        found = sum(bool(memory.recall(text, k=1, recipients=_WORK)) for text in questions[:20])
        return {
            "opening_ms": round(1000 * (opened - began), 1),
            "opening_and_first_answer_ms": round(1000 * (first - began), 1),
            **_spread("recall", [taken for taken, _ in owner]),
            **_spread("recall_cpu", [worked for _, worked in owner]),
            "recall_resident_mb": resident,
            "view_first_ms": round(view_first, 1),
            **_spread("view", [taken for taken, _ in view]),
            **_spread("view_cpu", [worked for _, worked in view]),
            "view_resident_mb": _resident_mb(),
            "view_hits_of_20": found,
        }


def baseline(folder: Path) -> dict[str, Any]:
    """The same passages in one FTS5 table, and as many random vectors of 256 dimensions."""
    import apsw
    import numpy as np

    from sage.core.reading.chunking import read_note

    path = folder / "baseline.db"
    path.unlink(missing_ok=True)
    connection = apsw.Connection(str(path))
    connection.execute("CREATE VIRTUAL TABLE words USING fts5(text, tokenize='porter')")
    texts = [
        (passage.text,)
        for note in (folder / "notes").rglob("*.md")
        for passage in read_note(note.read_text(encoding="utf-8")).passages
    ]
    with connection:
        connection.executemany("INSERT INTO words VALUES (?)", texts)
    sql = "SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT 10"
    taken = []
    for question in json.loads((folder / "questions.json").read_text()):
        query = " OR ".join(f'"{word}"' for word in question.rstrip("?").split())
        taken.append(_milliseconds(lambda query=query: connection.execute(sql, (query,)).fetchall()))  # type: ignore[misc]
    connection.close()
    path.unlink()
    matrix = np.random.default_rng(1).standard_normal((len(texts), 256), dtype=np.float32)
    products = [_milliseconds(lambda: np.argpartition(matrix @ matrix[0], -10)[-10:]) for _ in range(20)]
    return {**_spread("fts5", taken), "numpy_median_ms": round(sorted(products)[10], 2)}


STAGES: dict[str, Callable[[Path], dict[str, Any]]] = {"import": import_notes, "ask": ask, "baseline": baseline}


class _Memory:
    """A home's memory as the engine opens it, with its real journal."""

    def __init__(self, home: Path) -> None:
        from sage.adapters.journal.journal import open_journal
        from sage.adapters.journal.journal_texts import TextPages
        from sage.adapters.memory.memory import SageMemory
        from sage.adapters.models.wordllama_embedder import WordLlamaEmbedder

        (home / "index").mkdir(parents=True, exist_ok=True)
        self._journal = open_journal(home / "journal.db")
        self._memory = SageMemory(home / "index", TextPages(self._journal), WordLlamaEmbedder(), settle=False)

    def __enter__(self) -> Any:
        return self._memory

    def __exit__(self, *_: object) -> None:
        self._memory.close()
        self._journal.close()


def _milliseconds(work: Callable[[], Any]) -> float:
    return _both(work)[0]


def _both(work: Callable[[], Any]) -> tuple[float, float]:
    """Milliseconds on the clock and of work of this thread: on a busy machine the second tells more."""
    began, worked = time.perf_counter(), time.thread_time()
    work()
    return 1000 * (time.perf_counter() - began), 1000 * (time.thread_time() - worked)


def _spread(name: str, taken: list[float]) -> dict[str, float]:
    """Median, 99th percentile and worst."""
    taken = sorted(taken)
    places = {"median": len(taken) // 2, "p99": int(len(taken) * 0.99), "worst": -1}
    return {f"{name}_{kind}_ms": round(taken[place], 2) for kind, place in places.items()}


def _resident_mb() -> float:
    """Now where the system tells it, else at its most."""
    status = Path("/proc/self/status")
    if status.exists():
        return round(int(status.read_text().partition("VmRSS:")[2].split()[0]) / 1024)
    return _peak_mb()


def _peak_mb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3))


if __name__ == "__main__":
    print(json.dumps(STAGES[sys.argv[1]](Path(sys.argv[2]))))
