"""Reading in memory without searching: the whole around a passage, and what is newest."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from sage.adapters.memory.memory import SageMemory
from sage.core.errors import NotFound
from sage.testing.texts import FakeTexts
from sage.testing.vectors import FakeEmbedder


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[SageMemory]:
    (tmp_path / "index").mkdir()
    with SageMemory(tmp_path / "index", FakeTexts(), FakeEmbedder()) as memory:
        yield memory


def note(folder: Path, name: str, text: str, changed: int) -> None:
    (folder / name).write_text(text)
    os.utime(folder / name, (changed, changed))


def test_the_note_around_a_passage_comes_in_its_order(memory: SageMemory, tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    note(tmp_path / "notes", "A.md", "# One\n\nfirst words\n\n# Two\n\nsecond words\n\n# Three\n\nthird words\n", 100)
    note(tmp_path / "notes", "B.md", "# Two\n\nother words\n", 100)
    memory.import_path(tmp_path / "notes")
    (hit,) = (hit for hit in memory.recall("second words") if hit.heading == "Two" and hit.source == "A.md")
    hits, at = memory.around(hit.id)
    assert [each.heading for each in hits] == ["One", "Two", "Three"] and at == 1
    with pytest.raises(NotFound):
        memory.around("p_none")


def test_the_conversation_around_a_turn_goes_on_over_its_slices(memory: SageMemory) -> None:
    ids = [memory.remember(f"turn {number}", source="chat", thread="one") for number in range(150)]
    memory.remember("elsewhere", source="chat", thread="two")
    hits, at = memory.around(ids[100])
    assert [hit.text for hit in hits] == [f"turn {number}" for number in range(150)] and at == 100


def test_others_read_only_what_they_may_see(memory: SageMemory) -> None:
    first = memory.remember("for work", source="chat", thread="one", audience="work")
    hidden = memory.remember("private", source="chat", thread="one")
    memory.remember("for all", source="chat", thread="one", audience="public")
    hits, at = memory.around(first, ["work"])
    assert [hit.text for hit in hits] == ["for work", "for all"] and at == 0
    with pytest.raises(NotFound):
        memory.around(hidden, ["work"])
    assert [hit.text for hit in memory.newest(9, ["work"])] == ["for all", "for work"]


def test_the_newest_notes_and_texts_come_first(memory: SageMemory, tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    note(tmp_path / "notes", "Old.md", "# Old\n\nwords\n\n# More\n\nwords\n", 1_000_000_000)
    note(tmp_path / "notes", "New.md", "# New\n\nwords\n", 1_700_000_000)
    memory.import_path(tmp_path / "notes")
    memory.remember("between", source="chat", when="2015-01-01T00:00:00")
    memory.remember("last", source="chat", when="2026-01-01T00:00:00")
    assert [hit.text.split("\n")[0] for hit in memory.newest(9)] == ["last", "# New", "between", "# Old"]
    assert len(memory.newest(2)) == 2
