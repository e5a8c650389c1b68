"""Answers and crashes: none is lost, none goes out twice, and none that was denied leaves; faults that were put in are found."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.crashes.deputy_faults import FAULTS
from tests.crashes.deputy_scene import AnsweringScene, SafeAnsweringScene
from tests.crashes.points import run_points
from tests.crashes.scene import Scene

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("scene", [AnsweringScene, SafeAnsweringScene])
def test_a_crash_at_any_step_loses_and_doubles_no_answer(scene: type[Scene]) -> None:
    (tally,) = run_points(150, 7, [scene])
    assert tally.troubles == [] and tally.total == 150


@pytest.mark.parametrize("scene", FAULTS)
def test_a_fault_that_was_put_in_is_found(scene: type[Scene]) -> None:
    (tally,) = run_points(150, 3, [scene])
    assert tally.lost > 0
