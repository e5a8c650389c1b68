"""When a plugin is started again, and when it is left alone."""

from __future__ import annotations

import pytest

from sage.core.plugins.supervision import DELAYS, Ending, Park, StartAgain, Why, decide, recent


def ends(*kinds: tuple[float, Why], lasted: float = 1.0) -> list[Ending]:
    return [Ending(at, why, f"It ended at {at:.0f}.", lasted) for at, why in kinds]


def test_delays_grow_and_stay_at_the_last() -> None:
    told = [decide(ends(*[(float(n), "unreachable") for n in range(count)])) for count in range(1, 9)]
    assert told == [StartAgain(delay) for delay in (*DELAYS, DELAYS[-1], DELAYS[-1], DELAYS[-1])]


def test_what_cannot_be_reached_is_tried_for_ever() -> None:
    assert isinstance(decide(ends(*[(float(n), "unreachable") for n in range(500)])), StartAgain)


def test_the_fifth_fault_within_half_an_hour_parks_it() -> None:
    faults: list[tuple[float, Why]] = [(10.0, "fault"), (20.0, "fault"), (60.0, "fault"), (200.0, "fault")]
    assert isinstance(decide(ends(*faults)), StartAgain)
    parked = decide(ends(*faults, (900.0, "fault")))
    assert parked == Park("It ended at 900. That was the fifth time within 30 minutes.")
    assert isinstance(decide(ends(*faults, (2000.0, "fault"))), StartAgain)


def test_faults_between_outages_count_and_outages_do_not() -> None:
    mixed: list[tuple[float, Why]] = [(float(n), "fault" if n % 2 else "unreachable") for n in range(9)]
    assert isinstance(decide(ends(*mixed)), StartAgain)
    assert isinstance(decide(ends(*mixed, (9.0, "fault"))), Park)


def test_what_needs_the_person_is_not_tried_again() -> None:
    assert decide([Ending(0, "stopped", "The password is refused.")]) == Park("The password is refused.")


def test_a_healthy_run_forgets_what_was_before() -> None:
    before = ends((1.0, "fault"), (2.0, "fault"), (3.0, "fault"), (4.0, "fault"))
    after = Ending(900.0, "fault", "It fell.", lasted=600.0)
    assert decide([*before, after]) == StartAgain(DELAYS[0])
    assert recent([*before, after]) == [after]


def test_a_service_that_asks_for_time_gets_it_and_delays_differ_by_a_fifth_at_most() -> None:
    assert decide([Ending(0, "unreachable", "Slow down.", retry_after=90)]) == StartAgain(90)
    for jitter in (-1.0, 0.3, 1.0):
        again = decide(ends((0.0, "fault"), (1.0, "fault")), jitter)
        assert isinstance(again, StartAgain) and again.after == pytest.approx(5 * (1 + jitter / 5))
