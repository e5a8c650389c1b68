"""Facts that a model finds when it is asked."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from sage.adapters.models.librarian_model import LibrarianModel
from sage.agent.fact_finder import find_facts
from sage.core.errors import BadInput, OverBudget
from sage.core.passages import Hit
from sage.testing.fakes import FakeBudget, FakeClock
from sage.testing.scripted_model import ScriptedModel

NOW = datetime(2026, 11, 22, tzinfo=UTC)
OWN = Hit("p_1", "n.md", "", 1, 0, 12, "Tea? Always.")
THEIRS = Hit("p_2", "m.md", "", 1, 0, 12, "Tea? Always.", origin="contact")
ANSWER = json.dumps([{"subject": "me", "attribute": "likes", "value": "tea", "quote": "Tea? Always."}])


async def test_only_the_persons_own_words_are_read_and_each_call_is_booked() -> None:
    model, budget = ScriptedModel([[ANSWER]]), FakeBudget()
    found = await find_facts([model], budget, FakeClock(), [OWN, THEIRS], "j1")
    ((hit, (draft,)),) = found.drafts
    assert (hit.id, draft.attribute, draft.value) == ("p_1", "likes", "tea")
    assert len(budget.reserved) == len(budget.settled) == 1


async def test_without_a_model_or_a_budget_nothing_is_asked() -> None:
    with pytest.raises(BadInput, match="No model is set"):
        await find_facts([LibrarianModel(lambda: NOW)], FakeBudget(), FakeClock(), [OWN], "j1")
    model = ScriptedModel([[ANSWER]], worst=1.0)
    with pytest.raises(OverBudget):
        await find_facts([model], FakeBudget(cap=0.1), FakeClock(), [OWN], "j1")
