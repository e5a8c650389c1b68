"""In the study of nudges, at a small scale: the gate breaks no bound by the study's own book, and the book counts."""

from __future__ import annotations

from tests.bench.nudges import figures_of

POLICIES = ["every two hours", "gate", "gate + learner", "oracle"]


def test_the_gate_breaks_no_bound_and_does_better_than_a_clock() -> None:
    for seed in (7001, 7002):
        found = figures_of(seed, 15, 42, POLICIES)
        assert [found[name]["violations"] for name in POLICIES[1:]] == [0, 0, 0]
        assert found["every two hours"]["violations"] > 100
        assert found["gate"]["precision"] > 2 * found["every two hours"]["precision"]
        assert found["gate"]["muting"] < found["every two hours"]["muting"]


def test_the_study_repeats_itself() -> None:
    assert figures_of(7003, 5, 14, POLICIES) == figures_of(7003, 5, 14, POLICIES)
