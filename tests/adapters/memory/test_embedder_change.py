"""Another embedder: its vectors are made beside the old ones, which serve until the last is there, whoever is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_texts import TextPages
from sage.adapters.memory.memory import SageMemory
from sage.core.errors import ProviderDown
from sage.testing.texts import FakeTexts
from sage.testing.vectors import FakeEmbedder

OLD, NEW = "old-16", "new-8"
COUNT = 200


class KilledEmbedder(FakeEmbedder):
    """Ends its process as a power cut would, in the middle of its third batch."""

    calls = 0

    def embed(self, texts: Sequence[str]) -> Any:
        self.calls += len(texts) > 1
        if self.calls == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().embed(texts)


class AwayEmbedder(FakeEmbedder):
    """A server that does not answer."""

    def embed(self, texts: Sequence[str]) -> Any:
        raise ProviderDown("away")


def former(name: str) -> FakeEmbedder | None:
    return FakeEmbedder(OLD) if name == OLD else None


@contextmanager
def home_memory(home: Path, embedder: FakeEmbedder, *, settle: bool = False) -> Iterator[SageMemory]:
    """A memory with a real journal."""
    journal = open_journal(home / "journal.db")
    try:
        with SageMemory(home / "index", TextPages(journal), embedder, former=former, settle=settle) as memory:
            yield memory
    finally:
        journal.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "index").mkdir()
    with home_memory(tmp_path, FakeEmbedder(OLD)) as memory:
        memory.remember_many([{"text": f"walrus number {n}", "source": f"s{n}"} for n in range(COUNT)])
    return tmp_path


def main(home: str) -> None:
    """The process that is killed."""
    with home_memory(Path(home), KilledEmbedder(NEW, 8), settle=True):
        pass


def test_whoever_is_killed_in_the_middle_goes_on_there_and_the_old_vectors_serve_meanwhile(home: Path) -> None:
    with home_memory(home, FakeEmbedder(OLD)) as memory:
        before = memory.recall("walrus 7")
    code = f"from {__name__} import main; main({str(home)!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    new = FakeEmbedder(NEW, 8)
    with home_memory(home, new) as memory:
        state = memory.state()
        assert (state.embedder, state.counts.vectors, state.next_embedder) == (OLD, COUNT, NEW)
        assert 0 < state.next_vectors < COUNT
        assert memory.recall("walrus 7") == before
        late = memory.remember("the seal sings", source="late")
        assert memory.recall("seal sings")[0].id == late
        memory.settle()
        assert len(new.embedded) == COUNT + 1 - state.next_vectors
        after = memory.state()
        assert (after.embedder, after.counts.vectors, after.next_embedder) == (NEW, COUNT + 1, "")
        assert memory.recall("seal sings")[0].id == late
    with home_memory(home, FakeEmbedder(NEW, 8)) as memory:
        assert not any(finding.state == "wrong" for finding in memory.verify())
        assert memory.state().next_embedder == ""


def test_whoever_goes_back_before_the_end_has_lost_nothing(home: Path) -> None:
    with home_memory(home, AwayEmbedder(NEW, 8), settle=True) as memory:
        assert memory.state().embedder == OLD
    old = FakeEmbedder(OLD)
    with home_memory(home, old, settle=True) as memory:
        assert (memory.state().counts.vectors, memory.state().next_embedder) == (COUNT, "")
    assert old.embedded == []


def test_an_embedder_that_is_away_is_asked_again_later(home: Path) -> None:
    with home_memory(home, AwayEmbedder(NEW, 8), settle=True) as memory:
        memory.use_embedder(FakeEmbedder(NEW, 8))
        memory.make_vectors()
        assert memory.state().embedder == NEW


def test_what_is_forgotten_or_edited_meanwhile_is_right_in_the_end(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    for n in range(100):
        (vault / f"{n}.md").write_text(f"# Note {n}\nwalrus {n}\n")
    with SageMemory(tmp_path, FakeTexts(), FakeEmbedder(OLD)) as memory:
        memory.import_path(vault)
        new = FakeEmbedder(NEW, 8)
        changed = False

        class Editing(FakeEmbedder):
            def embed(self, texts: Sequence[str]) -> Any:
                nonlocal changed
                if not changed:
                    changed = True
                    (vault / "3.md").unlink()
                    (vault / "4.md").write_text("# Note 4\nthe seal sings\n")
                    memory.import_path(vault)
                return new.embed(texts)

        memory.use_embedder(Editing(NEW, 8))
        memory.make_vectors()
        assert memory.state().embedder == NEW
        assert memory.state().counts.vectors == memory.counts().passages == 99
        assert memory.recall("seal sings")[0].source == "4.md"


def test_without_the_former_embedder_words_serve_until_the_new_vectors_are_there(home: Path) -> None:
    journal = open_journal(home / "journal.db")
    with SageMemory(home / "index", TextPages(journal), FakeEmbedder(NEW, 8), settle=False) as memory:
        assert memory.state().counts.vectors == 0
        assert memory.recall("number 7")[0].text == "walrus number 7"
        memory.settle()
        assert memory.state().counts.vectors == COUNT
    journal.close()


class OvertakenEmbedder(FakeEmbedder):
    """While it embeds a question, another embedder takes its place."""

    def __init__(self, overtake: Callable[[], None]) -> None:
        super().__init__(OLD)
        self._overtake = [overtake]

    def embed(self, texts: Sequence[str]) -> Any:
        found = super().embed(texts)
        while self._overtake and "walrus" in texts:
            self._overtake.pop()()
        return found


def test_a_question_is_embedded_again_when_another_embedder_takes_over_meanwhile(home: Path) -> None:
    def overtake() -> None:
        memory.use_embedder(FakeEmbedder(NEW, 8))
        memory.make_vectors()

    with home_memory(home, OvertakenEmbedder(overtake)) as memory:
        hits = memory.recall("walrus number 7")
        assert memory.state().embedder == NEW
        assert hits[0].text == "walrus number 7" and hits[0].why["meaning"] > 0
