"""How soon a save is found while the engine runs, how a storm of changes is taken, and what waiting costs.

`saves` are written plainly, renamed over the note, and appended; each is timed from the end of the write until the engine's
`recall` finds its new word. `storm` changes many notes within a second, as a sync tool does. `--data` names the folder to
copy the notes from; without it, notes are invented. The baseline is a recall in the quiet engine, in the same run.
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import tempfile
import threading
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import apsw

from sage import wire
from sage.client import Client
from tests.bench.importing import invent
from tests.homes import engine_of, make_home

_GIVE_UP = 30.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--notes", type=int, default=1000, help="notes in the folder")
    parser.add_argument("--saves", type=int, default=50, help="saves of each kind")
    parser.add_argument("--storm", type=int, default=1000, help="notes that change at once")
    parser.add_argument("--idle", type=float, default=30.0, help="seconds of doing nothing")


def run(args: argparse.Namespace) -> dict[str, Any]:
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        vault = Path(folder) / "vault"
        if args.data:
            shutil.copytree(args.data, vault)
        else:
            invent(vault, args.notes)
        notes = sorted(vault.rglob("*.md"))
        home = make_home(Path(folder))
        with engine_of(home) as engine, Client(home) as client:
            client.call(wire.ImportNotes(str(vault)))
            _until(lambda: client.call(wire.ShowStatus()).watched >= 3)
            time.sleep(3)  # the look that follows a new watch
            quiet = sorted(_recall_ms(client, f"quiet{number}") for number in range(50))
            idle = _cpu_seconds(engine.pid, args.idle)
            saves = {
                kind: sorted(
                    _seconds_until_found(client, chance.choice(notes), kind, number) for number in range(args.saves)
                )
                for kind in ("written", "renamed over", "appended")
            }
            storm = _storm(client, chance.sample(notes, min(args.storm, len(notes))), home.index / "memory.db")
    return {
        "notes": len(notes),
        "baseline_recall_ms": {"p50": round(statistics.median(quiet), 1), "worst": round(quiet[-1], 1)},
        "idle_cpu_percent": round(100 * idle / args.idle, 3),
        "saves": {
            kind: {"p50_s": round(statistics.median(took), 3), "p95_s": round(took[int(0.95 * len(took))], 3),
                   "worst_s": round(took[-1], 3), "within_2_s": sum(each <= 2 for each in took)}
            for kind, took in saves.items()
        },
        "storm": storm,
    }  # fmt: skip


def _seconds_until_found(client: Client, note: Path, kind: str, number: int) -> float:
    word = f"zq{kind[0]}{number}x{random.Random(f'{kind}{number}').randrange(10**9)}"
    text = note.read_text()
    if kind == "appended":
        with note.open("a") as file:
            file.write(f"\n\nThe word is {word}.\n")
    elif kind == "written":
        note.write_text(f"{text}\n\nThe word is {word}.\n")
    else:
        beside = note.with_name(f".{note.name}.tmp")
        beside.write_text(f"{text}\n\nThe word is {word}.\n")
        beside.replace(note)
    began = time.monotonic()
    _until(lambda: _finds(client, word))
    took = time.monotonic() - began
    time.sleep(random.Random(number).random() / 2)  # so that saves fall anywhere between two steps of the watch
    return took


def _storm(client: Client, notes: list[Path], index: Path) -> dict[str, Any]:
    commits = _Commits(index)
    commits.start()
    began = time.monotonic()
    for number, note in enumerate(notes):
        with note.open("a") as file:
            file.write(f"\n\nStorm word storm{number}q.\n")
    wrote = time.monotonic() - began
    recalls: list[float] = []

    waiting = list(range(0, len(notes), max(1, len(notes) // 50)))  # each look costs a recall: some stand for all

    def is_over() -> bool:
        recalls.append(_recall_ms(client, "what does the note say"))
        while waiting and _finds(client, f"storm{waiting[-1]}q"):
            waiting.pop()
        return not waiting

    with suppress(TimeoutError):
        _until(is_over)
    took, counted = time.monotonic() - began, commits.end()
    time.sleep(3)
    missing = sum(not _finds(client, f"storm{number}q") for number in range(len(notes)))
    recalls.sort()
    return {
        "changes": len(notes),
        "written_in_s": round(wrote, 2),
        "found_after_s": round(took, 2),
        "missing": missing,
        "commits_of_the_index": counted,
        "recall_meanwhile_ms": {"p50": round(statistics.median(recalls), 1), "worst": round(recalls[-1], 1)},
    }


class _Commits(threading.Thread):
    """Counts the commits of a database that others write, as a reader of it sees them (at least so many there were)."""

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self._path, self._over, self.count = path, threading.Event(), 0

    def run(self) -> None:
        with closing(apsw.Connection(str(self._path), flags=apsw.SQLITE_OPEN_READONLY)) as connection:
            seen = connection.pragma("data_version")
            while not self._over.wait(0.002):
                self.count += seen != (seen := connection.pragma("data_version"))

    def end(self) -> int:
        self._over.set()
        self.join()
        return self.count


def _finds(client: Client, word: str) -> bool:
    return any(word in hit.text for hit in client.call(wire.Recall(word, 3)).hits)


def _recall_ms(client: Client, words: str) -> float:
    began = time.perf_counter()
    client.call(wire.Recall(words, 5))
    return 1000 * (time.perf_counter() - began)


def _cpu_seconds(process: int, seconds: float) -> float:
    """What a process used of its processors while nothing happened (Linux; elsewhere 0)."""

    def used() -> float:
        times = (path.read_text() for path in Path(f"/proc/{process}/task").glob("*/schedstat"))
        return sum(int(each.split()[0]) for each in times) / 1e9

    before = used()
    time.sleep(seconds)
    return used() - before


def _until(is_done: Any) -> None:
    until = time.monotonic() + _GIVE_UP
    while not is_done():
        if time.monotonic() > until:
            raise TimeoutError("a save was not found")
        time.sleep(0.01)
