"""What is said unasked, worded by a model, by the template, or by neither alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sage.adapters.models.librarian_model import LibrarianModel
from sage.agent.phrasing import Phraser
from sage.core.errors import ProviderDown
from sage.testing.fakes import FakeBudget, FakeClock
from sage.testing.scripted_model import ScriptedModel, Step

TEMPLATE = "“Slides” is due on Tuesday; tomorrow is full."
CALM = "Tomorrow is full, and “Slides” is due on Tuesday."
PRESSING = "Hurry, “Slides” is due on Tuesday!"


@pytest.mark.parametrize(
    ("script", "text", "how", "calls"),
    [
        ([[CALM]], CALM, "kept", 1),
        ([[PRESSING], [CALM]], CALM, "reworded", 2),
        ([[PRESSING], [PRESSING]], TEMPLATE, "template", 2),
        ([["“Slides” is due on Monday."]], TEMPLATE, "template", 1),
        ([[ProviderDown("Down.")]], TEMPLATE, "template", 1),
        ([[PRESSING], [ProviderDown("Down.")]], TEMPLATE, "template", 2),
    ],
)
async def test_a_model_words_it_and_the_lint_decides(script: list[list[Step]], text: str, how: str, calls: int) -> None:
    model, budget = ScriptedModel(script), FakeBudget()
    said = await Phraser([model], budget, FakeClock()).said(TEMPLATE, "n1", ["Slides"])
    assert (said.text, said.how, len(model.requests)) == (text, how, calls)
    assert len(budget.reserved) == len(budget.settled) == calls


async def test_the_second_time_the_model_is_told_what_was_no_good() -> None:
    model = ScriptedModel([[PRESSING], [CALM]])
    await Phraser([model], FakeBudget(), FakeClock()).said(TEMPLATE, "n1", ["Slides"])
    again = model.requests[1].messages[-1].text
    assert PRESSING in again and "It presses without saying what is due when." in again


async def test_without_a_model_or_a_budget_the_template_is_said() -> None:
    librarian = LibrarianModel(lambda: datetime(2026, 11, 22, tzinfo=UTC))
    assert (await Phraser([librarian], FakeBudget(), FakeClock()).said(TEMPLATE, "n1")).text == TEMPLATE
    dear = ScriptedModel([[CALM]], worst=1.0)
    assert (await Phraser([dear], FakeBudget(cap=0.1), FakeClock()).said(TEMPLATE, "n1")).text == TEMPLATE
    assert dear.requests == []
