"""Notes are found through links to them, by the names that Obsidian knows them by, and only through what is visible."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sage.adapters.memory.memory import SageMemory
from sage.core.passages import Hit
from sage.testing.texts import FakeTexts
from sage.testing.vectors import FakeEmbedder
from tests.adapters.memory.linked_vault import NOTES, QUESTIONS

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
ASKED = "who leads the harbour project?"
PROJECT = "The harbour project is led by {}."
Fill = Callable[[Mapping[str, str]], SageMemory]


@pytest.fixture
def fill(tmp_path: Path) -> Iterator[Fill]:
    (tmp_path / "index").mkdir()
    memory = SageMemory(tmp_path / "index", FakeTexts(), FakeEmbedder())

    def fill(notes: Mapping[str, str]) -> SageMemory:
        for name, text in notes.items():
            path = tmp_path / "vault" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        memory.import_path(tmp_path / "vault")
        return memory

    yield fill
    memory.close()


def brought(hits: list[Hit]) -> dict[str, str]:
    """The sources that were found through a link, each with the one that it is linked with."""
    sources = {hit.id: hit.source for hit in hits}
    return {hit.source: sources[hit.rests_on["linked"]] for hit in hits if "linked" in hit.why}


def test_answers_one_link_away_stand_next_to_where_they_are_linked_from(fill: Fill) -> None:
    memory = fill(NOTES)
    places = []
    for question, note in QUESTIONS:
        sources = [hit.source for hit in memory.recall(question, k=10)]
        places.append(sources.index(note) if note in sources else 99)
    # Without links: 0.6 of them are among the first two, 0.85 among the first five.
    assert sum(place < 2 for place in places) / len(places) >= 0.8
    assert sum(place < 5 for place in places) / len(places) >= 0.95


@pytest.mark.parametrize(
    ("link", "note"),
    [
        ("[[Mina Demo]]", "Mina Demo.md"),
        ("[[mina demo|the boss]]", "People/Mina Demo.md"),
        ("[[Mina Demo.md#Home]]", "People/Mina Demo.md"),
        ("![[People/Mina Demo]]", "Deep/People/Mina Demo.md"),
        ("[[The Admiral]]", "People/Mina Demo.md"),
    ],
)
def test_links_are_read_as_in_obsidian(fill: Fill, link: str, note: str) -> None:
    hits = fill(
        {"Project.md": PROJECT.format(link), note: "---\naliases: [The Admiral]\n---\nLives in Bergen."}
    ).recall(ASKED)
    assert brought(hits) == {note: "Project.md"}


@pytest.mark.parametrize("link", ["[[Mina]]", "[[Work/Mina Demo]]", "`[[Mina Demo]]`", "Mina Demo"])
def test_what_is_no_link_to_the_note_brings_nothing(fill: Fill, link: str) -> None:
    hits = fill({"Project.md": PROJECT.format(link), "People/Mina Demo.md": "Lives in Bergen."}).recall(ASKED)
    assert brought(hits) == {}


def test_a_file_name_comes_before_an_alias_and_a_near_file_before_a_deep_one(fill: Fill) -> None:
    notes = {
        "Project.md": PROJECT.format("[[Mina Demo]]"),
        "A.md": "---\naliases: [Mina Demo]\n---\nA pen name.",
        "Old/People/Mina Demo.md": "An older note.",
        "People/Mina Demo.md": "Lives in Bergen.",
    }
    assert brought(fill(notes).recall(ASKED)) == {"People/Mina Demo.md": "Project.md"}


def test_notes_that_link_to_a_note_are_found_through_it(fill: Fill) -> None:
    notes = {
        "Harbour project.md": "Who leads the harbour project is open.",
        "Diary.md": "She took [[Harbour project|it]] on.",
    }
    assert brought(fill(notes).recall(ASKED)) == {"Diary.md": "Harbour project.md"}


def test_a_link_puts_no_note_before_the_one_that_it_stands_in(fill: Fill) -> None:
    notes = {"Project.md": PROJECT.format("[[Mina Demo]]"), "Mina Demo.md": "Somebody leads."}
    first, second, *_ = fill(notes).recall(ASKED)
    assert (first.source, second.source) == ("Project.md", "Mina Demo.md")
    assert first.score > second.score
    assert sum(second.why.values()) == pytest.approx(second.score, abs=1e-5)


def test_a_link_that_was_taken_out_and_a_note_that_was_removed_bring_nothing(fill: Fill) -> None:
    memory = fill({"Project.md": PROJECT.format("[[Mina Demo]]"), "Mina Demo.md": "Lives in Bergen."})
    assert brought(memory.recall(ASKED))
    assert not brought(fill({"Project.md": PROJECT.format("nobody")}).recall(ASKED))


def test_recipients_are_told_nothing_through_what_they_may_not_see(fill: Fill, tmp_path: Path) -> None:
    memory = fill({
        "Project.md": PROJECT.format("[[The Admiral]]"),
        "Mina Demo.md": "---\naliases: [The Admiral]\n---\n# Home\nLives in Bergen.\n\n# Work\nShe sails.",
    })  # fmt: skip
    home = next(hit for hit in memory.recall("home bergen") if "Bergen" in hit.text)
    memory.set_label("note", str(tmp_path / "vault/Project.md"), ("ann",), NOW)
    memory.set_label("passage", f"{tmp_path}/vault/Mina Demo.md\n{home.id}", ("ann",), NOW)
    hits = memory.recall(ASKED, recipients=["ann"])
    assert {hit.source for hit in hits} >= {"Project.md"}
    assert brought(hits) == {}  # the passage may be seen, but not that its note is called so
    memory.set_label("note", str(tmp_path / "vault/Mina Demo.md"), ("ann",), NOW)
    assert brought(memory.recall(ASKED, recipients=["ann"])) == {"Mina Demo.md": "Project.md"}
