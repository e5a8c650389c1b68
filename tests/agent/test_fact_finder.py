"""Facts that a model finds when it is asked."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from sage.adapters.models.librarian_model import LibrarianModel
from sage.agent.fact_finder import ANSWER_TOKENS, FactFinder
from sage.agent.single_call import LONGEST_TOKEN
from sage.core.errors import BadInput, OverBudget, ProviderDown, StreamBroken
from sage.core.facts.found_facts import SCHEMA
from sage.core.messages import Usage
from sage.testing.fakes import FakeBudget, FakeClock
from sage.testing.scripted_model import ScriptedModel, Step

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TEXT = "Tea? Always."
ANSWER = json.dumps({"facts": [{"subject": "me", "attribute": "likes", "value": "tea", "quote": "Tea? Always."}]})


async def test_a_passage_is_one_call_in_the_form_asked_for_and_it_is_booked() -> None:
    model, budget = ScriptedModel([[ANSWER]]), FakeBudget()
    found = await FactFinder([model], budget, FakeClock()).read(TEXT, "", "j1")
    assert [(one.attribute, one.value, one.rule) for one in found.drafts] == [("likes", "tea", "model scripted")]
    assert len(budget.reserved) == len(budget.settled) == 1
    assert TEXT in model.requests[0].messages[0].text and model.requests[0].answer == SCHEMA


async def test_without_a_model_or_a_budget_nothing_is_asked() -> None:
    with pytest.raises(BadInput, match="No model is set"):
        FactFinder([LibrarianModel(lambda: NOW)], FakeBudget(), FakeClock())
    model = ScriptedModel([[ANSWER]], worst=1.0)
    finder = FactFinder([model], FakeBudget(cap=0.1), FakeClock())
    with pytest.raises(OverBudget):
        await finder.read(TEXT, "", "j1")
    assert model.requests == []


async def test_what_it_costs_at_most_is_known_before_if_the_price_is() -> None:
    for worst, whole in ((0.02, 0.06), (None, None)):
        finder = FactFinder([ScriptedModel([[ANSWER]], worst=worst)], FakeBudget(), FakeClock())
        assert await finder.worst_cost([TEXT] * 3) == whole


@pytest.mark.parametrize(
    ("steps", "booked"), [([ProviderDown("Down.")], Usage()), (["[", StreamBroken("Cut.")], Usage(cost=None))]
)
async def test_a_call_that_breaks_in_the_middle_stays_booked_at_its_worst(steps: list[Step], booked: Usage) -> None:
    budget = FakeBudget()
    with pytest.raises((ProviderDown, StreamBroken)):
        await FactFinder([ScriptedModel([steps], worst=0.02)], budget, FakeClock()).read(TEXT, "", "j1")
    assert budget.settled == [booked]


async def test_an_answer_without_end_is_cut_off_and_stays_booked_at_its_worst() -> None:
    budget, piece = FakeBudget(), "{" * 1000
    model = ScriptedModel([[piece] * (LONGEST_TOKEN * ANSWER_TOKENS // len(piece) + 1)], worst=0.02)
    with pytest.raises(StreamBroken, match="far more"):
        await FactFinder([model], budget, FakeClock()).read(TEXT, "", "j1")
    assert budget.settled == [Usage(cost=None)]
