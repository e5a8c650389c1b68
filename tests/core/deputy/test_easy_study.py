"""The study of easy questions, with what models said when it was recorded: most are answered, and nothing that nothing answers.

When what a model is asked has changed, record it again: `python -m tests.bench deputy --part easy --live --data FOLDER`, with
the folder in which the models' files are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from sage.adapters.memory.memory import SageMemory
from tests.bench._deputy_easy import Case, asked_of, chosen, house, interval, is_right, planted

SEED = 7


@pytest.fixture(scope="module")
def memory() -> Iterator[SageMemory]:
    with house() as made:
        yield made


@pytest.mark.parametrize(("composer", "least"), [("qwen2.5-1.5b", 60), ("qwen2.5-0.5b", 0), ("librarian", 40)])
def test_easy_questions_are_answered_and_no_others(memory: SageMemory, composer: str, least: int) -> None:
    found: dict[str, Any] = asyncio.run(asked_of(memory, chosen(SEED), composer))
    assert found.get("never_asked_that", 0) == 0
    both = found["both"]
    assert both["answered_percent"] >= least
    assert (both["wrong"], both["spoken"]) == ([], [])


def test_whoever_judges_refuses_what_was_made_wrong() -> None:
    told = planted()
    assert told["wrong_refused"] == told["of_wrong"] > 30 and told["right_accepted"] == told["of_right"] > 30
    assert not is_right(Case("", "dev", "", ("4711",)), "The front door opens with 4711. Tom says so.")


def test_questions_are_the_same_for_a_seed_and_half_of_each_half() -> None:
    cases = chosen(SEED)
    assert cases == chosen(SEED) != chosen(SEED + 1)
    for half in ("dev", "held"):
        assert sum(case.half == half and bool(case.expected) for case in cases) == 50
        assert sum(case.half == half and not case.expected for case in cases) == 50


def test_an_interval_is_clopper_and_pearsons() -> None:
    assert interval(0, 100) == (0.0, 3.6) and interval(1, 100) == (0.0, 5.4) and interval(100, 100) == (96.4, 100.0)
