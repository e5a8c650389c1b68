"""Conversations, approvals, reminders and restarts in any order: no text crosses; faults that were put in are found."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import pytest

from tests.crashes.crossing_faults import FAULTS
from tests.crashes.deputy_crossing import run_crossing
from tests.crashes.deputy_house import SmallHouse

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_no_text_crosses_in_whatever_order_things_happen() -> None:
    found = run_crossing(8, "1")
    assert found.troubles == []
    assert found.answers and found.approved and found.handoffs and found.reminders and found.restarts


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_that_was_put_in_is_found(fault: Callable[[SmallHouse], None]) -> None:
    assert any(run_crossing(1, f"{number}", fault).troubles for number in range(40))
