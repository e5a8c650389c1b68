"""What the deputy decides of one contact's messages does not depend on what else is in the home; a fault is found."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from sage.adapters.journal.journal_replies import ReplyPages
from tests.bench._deputy_swaps import Run, difference
from tests.bench._swap_engines import pair_of_homes


async def test_tasks_goals_and_other_conversations_change_nothing() -> None:
    first, second, decisions = await pair_of_homes(1)
    assert difference(Run(first), Run(second)) == "" and decisions["answer"] >= 4


async def test_a_fault_is_found() -> None:
    heard = ReplyPages.heard

    def of_everybody(self: Any, arrival: Any) -> Any:
        came, sent = heard(self, arrival)
        others = self._database.rows("SELECT conversation FROM inbound WHERE sender LIKE 'eve%'")
        return came * (8 * len(others)), sent

    with patch.object(ReplyPages, "heard", of_everybody):
        found = [
            difference(Run(one), Run(other)) for one, other, _ in [await pair_of_homes(seed) for seed in (1, 2, 3)]
        ]
    assert any(found)
