"""A summary is a note that cites its turns, whoever words it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sage.adapters.models.librarian_model import LibrarianModel
from sage.adapters.notes.notebook import FileNotebook
from sage.agent.summary import Summarizer
from sage.core.errors import NotFound, OverBudget, ProviderDown
from sage.core.messages import Usage
from sage.core.ports import ChatModel
from sage.core.turns import Answer, PastTurn
from sage.locations import Home
from sage.testing.fakes import FakeBudget, FakeClock, FakeLedger
from sage.testing.scripted_model import ScriptedModel

TALK = [
    PastTurn("I will sell the boat in spring.", "2026-11-22T09:30:00+00:00", Answer("t1", "c1", "Noted: spring.")),
    PastTurn("The dentist is on Friday at nine.", "2026-11-22T09:31:00+00:00", Answer("t2", "c1", "Friday, then.")),
]


class Desk:
    def __init__(self, folder: Path, *models: ChatModel) -> None:
        self.home = Home(folder)
        self.home.prepare()
        self.clock, self.budget = FakeClock(), FakeBudget()
        ledger = FakeLedger(past={"c1": TALK})
        chosen = models or (LibrarianModel(self.clock.now),)
        self.summarizer = Summarizer(chosen, ledger, FileNotebook(self.home), self.budget, self.clock)

    def note(self) -> str:
        (path,) = self.home.notes.glob("*.md")
        return path.read_text()


async def test_without_a_model_it_is_the_conversations_own_sentences(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    made = await desk.summarizer.summarize("c1", "n1")
    assert made.model == "librarian" and made.cost == 0 and set(made.turns) == {"t1", "t2"}
    assert "“I will sell the boat in spring.” [1]" in desk.note()
    assert "origin: tool" in desk.note() and "summary_of: c1" in desk.note()


async def test_a_models_line_stands_only_with_a_turn_that_says_it(tmp_path: Path) -> None:
    model = ScriptedModel([["- The boat will be sold in spring. [1]\n- The moon is made of cheese. [2]\n"]],
                          usage=Usage(9, 9, 0, 0.002))  # fmt: skip
    desk = Desk(tmp_path, model)
    made = await desk.summarizer.summarize("c1", "n1")
    assert "- The boat will be sold in spring. [1]" in desk.note() and "cheese" not in desk.note()
    assert (made.model, made.cost, made.turns) == ("scripted", 0.002, ("t1",))


async def test_the_next_model_words_it_when_the_first_fails(tmp_path: Path) -> None:
    desk = Desk(
        tmp_path, ScriptedModel([[ProviderDown("Away.")]]), ScriptedModel([["- Dentist on Friday. [3]"]], name="second")
    )
    assert (await desk.summarizer.summarize("c1", "n1")).model == "second"


async def test_a_cap_ends_it_and_nothing_is_written(tmp_path: Path) -> None:
    desk = Desk(tmp_path, ScriptedModel([["never"]], worst=9.0))
    desk.budget.cap = 1.0
    with pytest.raises(OverBudget):
        await desk.summarizer.summarize("c1", "n1")
    assert not list(desk.home.notes.glob("*.md"))


async def test_an_unknown_conversation_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="c9"):
        await Desk(tmp_path).summarizer.summarize("c9", "n1")
