"""The scene of another embedder: its vectors are made beside those in use, which serve until all are there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

from sage.adapters.journal.journal import open_journal
from sage.adapters.journal.journal_texts import TextPages
from sage.adapters.memory.memory import SageMemory
from sage.locations import Home
from sage.testing.vectors import FakeEmbedder
from tests.crashes.scene import Scene

TEXTS = 130
"""More than two batches of vectors."""


class EmbedderScene(Scene):
    """Whenever it ends, the next start finds every text, before it has gone on and after; and then goes on to the end."""

    name = "another embedder"
    live = False

    def prepare(self, home: Home) -> None:
        home.prepare()
        with closing(_Embedding(home, "old")) as world:
            rows = [{"text": f"Word{number} was said.", "source": "chat", "thread": "s"} for number in range(TEXTS)]
            world.memory.remember_many(rows)

    def open(self, home: Home) -> _Embedding:
        return _Embedding(home, "new", "old")

    def steps(self, world: _Embedding) -> list[Callable[[], object]]:
        return [
            lambda: world.memory.remember("Word901 was said meanwhile.", source="chat"),
            world.memory.settle,
            lambda: world.memory.remember("Word902 was said afterwards.", source="chat"),
        ]

    def state(self, world: _Embedding) -> Any:
        return [text for _, text in world.texts.texts_after(0, 1000)]

    def look(self, home: Home, *, power: bool) -> Any:
        with closing(_Embedding(home, "new", "old")) as world:
            texts = self.state(world)
            world.find(texts)
            world.memory.settle()
            world.find(texts)
            state = world.memory.state()
            assert (state.embedder, state.next_embedder) == ("new", ""), state
            assert state.counts.vectors == state.counts.passages == len(texts), state.counts
            assert [finding for finding in world.memory.verify() if finding.state != "ok"] == []
            return texts


class _Embedding:
    def __init__(self, home: Home, name: str, former: str = "") -> None:
        embedders = {each: FakeEmbedder(each, 8 + len(each)) for each in (name, former)}
        self.database = open_journal(home.journal)
        try:
            self.texts = TextPages(self.database)
            self.memory = SageMemory(home.index, self.texts, embedders[name], former=embedders.get, settle=False)
        except BaseException:
            self.database.close()
            raise

    def close(self) -> None:
        self.memory.close()
        self.database.close()

    def find(self, texts: Any) -> None:
        """Some texts, the first and the last ones, each by its words and by some vector."""
        for text in [*texts[::40], *texts[-3:]]:
            hits = self.memory.recall(text.text, k=3)
            assert text.id in [hit.id for hit in hits], text.text
            assert all(hit.found_by for hit in hits), hits
