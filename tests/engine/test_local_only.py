"""What is marked `local-only` is given to no model that runs elsewhere: not with a question, not as a tool's result, not to be
read for facts, not to judge an answer to others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sage.agent.elsewhere import FactsForElsewhere, ForElsewhere
from sage.agent.fact_finder import FactFinder
from sage.core.disclosure import pieces_of
from sage.engine.bootstrap import House
from sage.engine.fact_reading import FactReading
from sage.profile import resolve
from sage.testing.scripted_model import ScriptedModel
from tests.homes import make_home

HOSTED, LOOPBACK = "openai/gpt-5.4-mini", "ollama_chat/qwen3"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House.open(make_home(tmp_path))
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "gate.md").write_text(
        "---\naudience: [work, local-only]\n---\nI live in Porto. The code of my garden gate is 4711.\n"
    )
    (notes / "own.md").write_text("My aunt has a garden gate. I live in Berlin. #share/local-only\n")
    (notes / "office.md").write_text("---\naudience: [work]\n---\nI live in Paris. The office has a garden gate.\n")
    made.memory.import_path(notes)
    yield made
    await made.close()


def test_nobody_sees_more_by_it_and_it_stays_with_what_they_may_see(house: House) -> None:
    seen = house.memory.recall("garden gate", recipients=[("tom", "work")])
    assert {(piece.topic, piece.local) for piece in pieces_of(seen)} == {("gate", True), ("office", False)}
    assert house.memory.recall("garden gate", recipients=[("local-only",)]) == []


def test_models_elsewhere_find_neither_its_words_nor_its_facts(house: House) -> None:
    assert len(house.memory.recall("garden gate")) == 3
    assert [hit.source for hit in ForElsewhere(house.memory).recall("garden gate")] == ["office.md"]
    named = {one.source for one in house.facts.statements()}
    assert {"gate.md", "own.md", "office.md"} >= named and named - {"office.md"}
    assert {one.source for one in FactsForElsewhere(house.facts).statements()} <= {"office.md"}


def test_they_are_not_given_it_to_read_for_facts(house: House) -> None:
    finder = FactFinder([ScriptedModel([])], house.budget, house.clock)
    here, elsewhere = ({row.source for row in FactReading(house, finder, away).unread(9)} for away in (False, True))
    assert here == {"gate.md", "own.md", "office.md"} and elsewhere == {"office.md"}


def test_which_models_run_on_this_machine(house: House) -> None:
    for chain, leaves, inside in (
        ([HOSTED, LOOPBACK], True, [LOOPBACK]), ([LOOPBACK], False, [LOOPBACK]), ([HOSTED], True, []), (["librarian"], False, []),
    ):  # fmt: skip
        house.home.settings.write_text(f"[model]\nchain = {chain!r}\n".replace("'", '"'))
        profile = resolve("default", house.home)
        assert profile.asks_elsewhere is leaves
        assert [model.name for model in house.brains.inside(profile)] == inside
