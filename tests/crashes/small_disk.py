"""A small real disk that fills up while Sage works: `python -m tests.crashes.small_disk ROUNDS SEED FOLDER`, one JSON object.

Each round is a home of its own and a disk with little room left. Things are done until one is refused, which must be told
as a `SageError`; then a start on the full disk must work or be told, and after some room was freed, everything that was
acknowledged must be there.
"""

from __future__ import annotations

import json
import logging
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from sage.adapters.database import Database
from sage.adapters.journal.journal import Journal, open_journal
from sage.adapters.journal.journal_texts import TextPages
from sage.adapters.memory.memory import SageMemory
from sage.adapters.notes.notebook import FileNotebook
from sage.core.errors import SageError
from sage.locations import Home
from sage.testing.vectors import FakeEmbedder
from tests import namespace
from tests.crashes.points import Tally
from tests.crashes.scene import NOW

SIZE = 4_000_000
"""Bytes of the disk."""
ROOM = (20_000, 900_000)
"""Bytes that are left on it when a home is opened, at least and at most."""


def run_small_disk(rounds: int, seed: int, *, careless: bool = False) -> Tally:
    """Runs the rounds in a process of its own, which alone sees the disk. No points where that may not be made.

    With `careless`, what was refused counts as acknowledged: which must be found.
    """
    tally = Tally("full disk")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sage-disk-") as folder:
        command = [sys.executable, "-m", "tests.crashes.small_disk", str(rounds), str(seed), folder]
        command += ["careless"] if careless else []
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == namespace.NOT_PERMITTED:
        return tally
    assert done.returncode == 0, done.stderr
    for each in json.loads(done.stdout):
        tally.steps += each["acknowledged"]
        tally.count("refused" if each["refused"] else "had room", each["trouble"])
    tally.seconds = round(time.monotonic() - began, 1)
    return tally


class _Opened:
    def __init__(self, home: Home) -> None:
        home.prepare()
        self.database: Database = open_journal(home.journal)
        try:
            self.journal, self.texts = Journal(self.database), TextPages(self.database)
            self.memory = SageMemory(home.index, self.texts, FakeEmbedder())
            self.notebook = FileNotebook(home)
        except BaseException:
            self.database.close()
            raise

    def close(self) -> None:
        self.memory.close()
        self.database.close()


class _Round:
    """One home. `facts` are what was acknowledged, each a kind and a word that nothing else has."""

    def __init__(self, folder: Path, chance: random.Random, *, careless: bool) -> None:
        self._careless = careless
        self._home, self._ballast, self._chance = Home(folder / "home"), folder / "ballast", chance
        self.facts: list[tuple[str, str]] = []
        self.refused = False

    def run(self) -> str:
        """What went wrong, "" for nothing."""
        with closing(_Opened(self._home)) as opened:
            self._act(opened, "word0x")
        room = self._chance.randint(*ROOM)
        with self._ballast.open("wb") as file:
            free = os.statvfs(self._ballast.parent)
            file.write(bytes(max(0, free.f_bavail * free.f_frsize - room)))
        try:
            with closing(_Opened(self._home)) as opened:
                for number in range(1, 400):
                    with suppress(*[SageError] * self._careless):
                        self._act(opened, f"word{number}x")
        except SageError:
            self.refused = True
        try:
            _Opened(self._home).close()
        except SageError:
            self.refused = True  # told; nothing more is asked of a start on a full disk
        self._ballast.unlink()
        try:
            with closing(_Opened(self._home)) as opened:
                opened.memory.rescan()
                return self._missing(opened)
        except Exception as error:
            return f"the next start failed, full disk: {type(error).__name__}: {error}"

    def _act(self, opened: _Opened, word: str) -> None:
        kind = self._chance.choice(("text", "turn", "note", "task"))
        if self._careless:
            self.facts.append((kind, word))
        match kind:
            case "text":
                opened.memory.remember(
                    f"{word} was said. " + "More words. " * self._chance.choice((1, 200)), source="chat"
                )
            case "turn":
                opened.journal.begin_turn(word, "c1", f"{word} was asked. " + "And more. " * 300, NOW)
            case "note":
                opened.notebook.add_note(
                    word, f"{word} was noted. " + "More words. " * 400, title=f"Note {word}", now=NOW
                )
            case "task":
                opened.notebook.add_task(word, f"Do {word}", now=NOW)
        self.facts.append((kind, word))

    def _missing(self, opened: _Opened) -> str:
        texts = " ".join(text.text for _, text in opened.texts.texts_after(0, 10_000))
        turns = {row[0] for row in opened.database.rows("SELECT id FROM turns")}
        tasks = {task.id for task in opened.notebook.tasks()}
        opened.memory.import_path(self._home.notes)
        for kind, word in self.facts:
            match kind:
                case "text":
                    there = f"{word} " in texts and _finds(opened.memory, word)
                case "turn":
                    there = word in turns
                case "note":
                    path = self._home.notes / f"Note {word}.md"
                    there = (
                        path.exists() and path.read_text().count("More words.") == 400 and _finds(opened.memory, word)
                    )
                case _:
                    there = word in tasks
            if not there:
                return f"lost on a full disk: {kind} {word}"
        return ""


def _finds(memory: SageMemory, word: str) -> bool:
    return any(f"{word} " in hit.text for hit in memory.recall(word, k=5))


def main() -> int:
    logging.disable(logging.CRITICAL)
    rounds, seed, folder = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    chance = random.Random(f"{seed} small disk")
    found: list[dict[str, Any]] = []
    try:
        namespace.mount_small_disk(folder, SIZE)
    except OSError as error:
        print(error.strerror)
        return namespace.NOT_PERMITTED
    for number in range(rounds):
        place = folder / f"round {number}"
        place.mkdir()
        this = _Round(place, chance, careless="careless" in sys.argv)
        try:
            trouble = this.run()
        except Exception as error:
            trouble = f"not told on a full disk: {type(error).__name__}: {error}"
        found.append({"acknowledged": len(this.facts), "refused": this.refused, "trouble": trouble})
        shutil.rmtree(place)
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
