"""The scene of memory: its truth is in the journal and in files, and its index follows."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any

import apsw

from sage.adapters.files import write_whole
from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_texts import TextPages
from sage.adapters.memory.memory import SageMemory
from sage.locations import Home
from sage.testing.vectors import FakeEmbedder
from tests.crashes.scene import Scene, short


class MemoryScene(Scene):
    """Texts are remembered, a folder is imported, edited and forgotten; the index lags at most, and catches up."""

    name = "memory"
    in_one = False

    def __init__(self) -> None:
        super().__init__()
        self._expected: dict[str, Any] = {}

    def prepare(self, home: Home) -> None:
        home.prepare()
        vault = home.path.parent / "vault"
        vault.mkdir()
        for number in range(5):
            body = "\n\n".join(f"## Part {part}\n\nWord{number}x{part} and more of it." for part in range(4))
            (vault / f"Note {number}.md").write_text(f"# Note {number}\n\n{body}\n")

    def open(self, home: Home) -> _Remembering:
        return _Remembering(home)

    def steps(self, world: _Remembering) -> list[Callable[[], object]]:
        thread = [{"text": f"Turn {number} of the talk", "source": "chat", "thread": "s1"} for number in range(4)]
        return [
            lambda: world.memory.remember("The demo aunt likes marzipan.", source="chat"),
            lambda: world.memory.import_path(world.vault),
            lambda: world.memory.remember_many(thread),
            world.reopen,
            lambda: world.memory.remember("Nobody else may know.", source="chat", audience="demo-aunt"),
            lambda: world.edit("Note 1.md", "# Note 1\n\nWritten anew, with zebras.\n"),
            lambda: world.memory.forget_root(world.vault),
            lambda: world.memory.import_path(world.vault / "Note 2.md"),
            lambda: world.memory.import_path(world.vault),
            lambda: world.memory.rebuild(),
            lambda: world.memory.remember("The last word.", source="chat"),
        ]

    def state(self, world: _Remembering) -> Any:
        return self._truth(world)

    def mend(self, world: _Remembering) -> None:
        world.mend()

    def _truth(self, world: _Remembering) -> Any:
        edited = "zebras" in (world.vault / "Note 1.md").read_text()
        return world.texts.roots(), [text for _, text in world.texts.texts_after(0, 100)], edited

    def judge(self, found: Any, states: Sequence[Any], acknowledged: int, steps: int) -> str:
        """What the person writes into the folder is a step of its own within `edit`."""
        plain = [state[:2] for state in states]
        return super().judge(found[:2], plain, acknowledged, steps)

    def look(self, home: Home, *, power: bool) -> Any:
        with closing(_Remembering(home)) as world:
            assert not world.database.trouble()
            truth = self._truth(world)
            if power or len(truth[0]) != 1:
                world.memory.rescan()
            for text in truth[1]:
                assert text.id in [hit.id for hit in world.memory.recall(text.text, k=10)], text.text
        found = _index(home)
        if not power and found != self._fresh(home, truth):
            with closing(_Remembering(home)) as world:  # an edit that was not acknowledged waits for the next look
                world.memory.rescan()
            found = _index(home)
        assert found == self._fresh(home, truth), f"index {short(found)} of {short(truth)}"
        return truth

    def _fresh(self, home: Home, truth: Any) -> Any:
        """What an index that is made from nothing holds."""
        key = repr(truth)
        if key not in self._expected:
            shutil.rmtree(home.index)
            home.index.mkdir()
            with closing(_Remembering(home)) as world:
                world.memory.rescan()
            self._expected[key] = _index(home)
        return self._expected[key]


class _Remembering:
    def __init__(self, home: Home) -> None:
        self.home, self.vault = home, home.path.parent / "vault"
        self.open()

    def open(self) -> None:
        self.database = open_journal(self.home.journal)
        try:
            self.texts = TextPages(self.database)
            self.memory = SageMemory(self.home.index, self.texts, FakeEmbedder())
        except BaseException:
            self.database.close()
            raise
        self.shut = False

    def close(self) -> None:
        self.memory.close()
        self.database.close()

    def reopen(self) -> None:
        self.close()
        self.shut = True
        self.mend()

    def mend(self) -> None:
        if self.shut:
            self.open()

    def edit(self, name: str, text: str) -> None:
        write_whole(self.vault / name, text)
        self.memory.import_path(self.vault)


def _index(home: Home) -> Any:
    with closing(apsw.Connection(str(home.index / "memory.db"))) as index:
        assert index.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        rows = index.execute(
            "SELECT d.kind, d.source, p.id, p.text, p.audience, v.vector FROM passages p JOIN documents d ON d.number = p.document "
            "JOIN vectors v ON v.passage = p.number ORDER BY d.kind, d.source, p.ordinal, p.part"
        ).fetchall()
        words = index.execute("SELECT DISTINCT term FROM postings ORDER BY term").fetchall()
        return rows, words
