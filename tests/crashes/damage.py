"""Damage to the caches: files of index/ are truncated, zeroed, overwritten, deleted or swapped while nobody has them open.

The next start must work, and every text and note must be found again: by itself, or after `verify` has told what is wrong
and the index was made anew. What is wrong and not told is lost.
"""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_texts import TextPages
from sage.adapters.memory.memory import SageMemory
from sage.core.passages import Hit
from sage.locations import Home
from sage.testing.vectors import FakeEmbedder
from tests.crashes.points import Tally

TEXTS, NOTES = 24, 8
Damage = Callable[[Path, random.Random], None]


def _truncated(path: Path, chance: random.Random) -> None:
    with path.open("r+b") as file:
        file.truncate(chance.randrange(path.stat().st_size))


def _zeroed(path: Path, chance: random.Random) -> None:
    _overwrite(path, chance, bytes)


def _random(path: Path, chance: random.Random) -> None:
    _overwrite(path, chance, chance.randbytes)


def _all_random(path: Path, chance: random.Random) -> None:
    path.write_bytes(chance.randbytes(path.stat().st_size))


def _headless(path: Path, chance: random.Random) -> None:
    with path.open("r+b") as file:
        file.write(chance.randbytes(min(100, path.stat().st_size)))


def _empty(path: Path, chance: random.Random) -> None:
    path.write_bytes(b"")


def _deleted(path: Path, chance: random.Random) -> None:
    path.unlink()


def _overwrite(path: Path, chance: random.Random, made: Callable[[int], bytes]) -> None:
    size = path.stat().st_size
    start = chance.randrange(size)
    with path.open("r+b") as file:
        file.seek(start)
        file.write(made(chance.randint(1, min(16384, size - start))))


KINDS: dict[str, Damage] = {
    "truncated": _truncated,
    "zeroed in part": _zeroed,
    "random in part": _random,
    "random": _all_random,
    "without a head": _headless,
    "empty": _empty,
    "deleted": _deleted,
}


def run_damage(number: int, seed: int, *, of_chroma: int = 0, memory: type[SageMemory] = SageMemory) -> Tally:
    """Damages a home's index `number` times, and `of_chroma` times the folder of Chroma (a start with it takes a second)."""
    chance = random.Random(f"{seed} damage")
    tally = Tally("damaged index", steps=len(KINDS))
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sage-damage-") as folder:
        for chroma, count in ((False, number), (True, of_chroma)):
            base, here = Path(folder) / f"base {chroma}", Path(folder) / "here"
            found = _make(base, here, chroma=chroma)
            kinds = (list(KINDS) * (count // len(KINDS) + 1))[:count]
            for kind in kinds:
                shutil.rmtree(here, ignore_errors=True)
                shutil.copytree(base, here)
                files = _files(here / "home" / "index", chroma=chroma)
                damaged = chance.sample(files, chance.choice((1, 1, 1, len(files)))) if files else []
                for path in damaged:
                    KINDS[kind](path, chance)
                names = ", ".join(path.name for path in damaged)
                trouble = _look(here, found, memory, chroma=chroma)
                tally.count(kind, trouble and f"{trouble.partition(':')[0]}, damaged index: {kind} {names}: {trouble}")
    tally.seconds = round(time.monotonic() - began, 1)
    return tally


def _make(base: Path, here: Path, *, chroma: bool) -> dict[str, str]:
    """A home with texts and notes, as a killed engine leaves it (with its logs); returns what is to be found, by word."""
    shutil.rmtree(here, ignore_errors=True)
    vault = here / "vault"
    vault.mkdir(parents=True)
    for number in range(NOTES):
        (vault / f"{number}.md").write_text(f"# Note {number}\n\nNoteword{number} stands here, and more words.\n")
    home = Home(here / "home")
    home.prepare()
    with _opened(home, SageMemory, chroma=chroma) as memory:
        memory.remember_many([{"text": f"Textword{number} was said.", "source": "chat"} for number in range(TEXTS)])
        memory.import_path(vault)
        memory.settle()
        found = _found(memory)
        if not chroma:
            shutil.copytree(here, base)  # with the write-ahead log beside
    if chroma:
        shutil.copytree(here, base)
    assert len(found) == TEXTS + NOTES
    return found


def _files(index: Path, *, chroma: bool) -> list[Path]:
    below = index / "chroma" if chroma else index
    return sorted(
        path
        for path in below.rglob("*")
        if path.is_file()
        and path.stat().st_size
        and not path.name.endswith("-shm")
        and ("chroma" in path.parts or not chroma)
    )


@contextmanager
def _opened(home: Home, kind: type[SageMemory], *, chroma: bool) -> Iterator[SageMemory]:
    with (
        closing(open_journal(home.journal)) as database,
        kind(
            home.index, TextPages(database), FakeEmbedder(), settle=False, exact_up_to=0 if chroma else 10**9
        ) as memory,
    ):
        yield memory


def _found(memory: SageMemory) -> dict[str, str]:
    words = [f"Textword{number}" for number in range(TEXTS)] + [f"Noteword{number}" for number in range(NOTES)]
    return {word: hit.id for word in words if (hit := _hit(memory, word))}


def _hit(memory: SageMemory, word: str) -> Hit | None:
    return next((hit for hit in memory.recall(word, k=5) if f"{word} " in hit.text), None)


def _look(here: Path, expected: dict[str, str], kind: type[SageMemory], *, chroma: bool) -> str:
    """What is wrong at the next start: "" or a sentence that begins with what it is."""
    try:
        with _opened(Home(here / "home"), kind, chroma=chroma) as memory:
            memory.settle()
            memory.rescan()
            if _found(memory) == expected:
                return ""
            if all(finding.state == "ok" for finding in memory.verify()):
                return "lost: and nothing was told"
            memory.rebuild()
            return "" if _found(memory) == expected else "lost: also after it was made anew"
    except Exception as error:
        return f"the next start failed: {type(error).__name__}: {error}"[:700]
