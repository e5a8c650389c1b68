"""Verdicts: what is decided, when, and in which words."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sage.core.verdicts import MARGIN, REJECT_BY_PLAN, REJECT_EVER, Pair, _allowed, headline, judge


def pairs(better: int, worse: int, same: int, *, turns: int = 1, value: float = 1.0) -> list[Pair]:
    kinds = [(False, True)] * better + [(True, False)] * worse + [(True, True)] * same
    random.Random(3).shuffle(kinds)
    return [Pair(f"c{place // turns}", *kind, value) for place, kind in enumerate(kinds)]


def spoken(dollars: float | None) -> str:
    return "price unknown" if dollars is None else f"${dollars:.2f}" if dollars else "free"


def test_a_clear_regression_is_rejected_and_says_why() -> None:
    verdict = judge(pairs(3, 20, 77), planned=100)
    assert (verdict.word, verdict.better, verdict.worse, verdict.more) == ("REJECT", 3, 20, 0)
    assert (
        verdict.why
        == "Of 100 cases it did better in 3 and worse in 20; chance alone makes it look as bad in under 0.1 % of trials."
    )


def test_a_better_model_is_adopted_and_says_how_sure_that_is() -> None:
    verdict = judge(pairs(14, 3, 83), planned=100)
    assert verdict.word == "ADOPT" and verdict.within > 0.99
    assert (
        verdict.why
        == "Of 100 cases it did better in 14 and worse in 3; that it is at most 5 points worse is over 99.9 % sure."
    )


def test_too_little_needs_more_and_names_the_price() -> None:
    verdict = judge(pairs(8, 6, 16), planned=30, case_costs=0.01)
    assert verdict.word == "NEED" and verdict.more % 10 == 0 and verdict.more > 100
    assert verdict.cost == pytest.approx(verdict.more * 0.01)
    assert headline(verdict, spoken) == f"NEED {verdict.more} MORE (about ${verdict.cost:.2f})"
    assert headline(judge(pairs(8, 6, 16), planned=30), spoken) == f"NEED {verdict.more} MORE (price unknown)"
    assert headline(judge(pairs(8, 6, 16), planned=30, case_costs=0), spoken) == f"NEED {verdict.more} MORE (free)"


def test_what_is_too_alike_needs_more_than_can_be_foreseen() -> None:
    assert headline(judge(pairs(20, 23, 57), planned=100), spoken) == "NEED 1000 OR MORE (price unknown)"


def test_nothing_seen_needs_the_plan() -> None:
    assert judge([], planned=30).more == 30


def test_one_unsafe_answer_rejects_the_best_of_models() -> None:
    good = pairs(40, 0, 60)
    verdict = judge([*good, Pair("last", True, True, unsafe=True)], planned=100)
    assert (verdict.word, verdict.why) == ("REJECT", "Its answer to one case was unsafe.")


def test_before_the_plan_is_through_nothing_is_decided_unless_one_looks_early() -> None:
    bad = pairs(0, 30, 10)
    assert judge(bad, planned=100).word == "NEED"
    early = judge(bad, planned=100, early=True)
    assert early.word == "REJECT" and early.cases <= 20
    good = pairs(60, 0, 0)
    assert judge(good, planned=100).word == "NEED" and judge(good, planned=100, early=True).word == "ADOPT"


def test_a_loss_within_one_conversation_is_one_loss() -> None:
    together = [Pair("one", True, False)] * 12 + pairs(0, 0, 88)
    assert judge(together, planned=100).word == "NEED"
    assert judge(pairs(0, 12, 88), planned=100).word == "REJECT"


def test_what_matters_more_weighs_more() -> None:
    little = [Pair(f"l{n}", False, True, 1.0) for n in range(6)]
    much = [Pair(f"m{n}", True, False, 8.0) for n in range(6)]
    rest = [Pair(f"r{n}", True, True, 1.0) for n in range(88)]
    assert judge(little + much + rest, planned=100).word == "REJECT"
    assert judge([*little, *(Pair(each.conversation, True, False) for each in much), *rest], planned=100).word == "NEED"


@given(st.integers(0, 12), st.integers(0, 12), st.sampled_from([0.1, 0.25, 1.0, 3.0, 7.5]))
def test_the_unit_of_value_does_not_matter(better: int, worse: int, value: float) -> None:
    ones = judge(pairs(better, worse, 20, turns=3), planned=20, foresee=False)
    others = judge(pairs(better, worse, 20, turns=3, value=value), planned=20, foresee=False)
    assert (ones.word, ones.worse_by_chance) == (others.word, others.worse_by_chance)
    assert ones.within == pytest.approx(others.within, abs=1e-6)


@settings(max_examples=60)
@given(st.lists(st.sampled_from([(True, True), (True, False), (False, True)]), min_size=1, max_size=90), st.booleans())
def test_a_decision_stands_when_more_cases_come(kinds: list[tuple[bool, bool]], early: bool) -> None:
    seen = [Pair(f"c{n // 2}", *kind) for n, kind in enumerate(kinds)]
    first = judge(seen[: len(seen) // 4 * 2], planned=20, early=early, foresee=False)
    then = judge(seen, planned=20, early=early, foresee=False)
    assert first.word == "NEED" or (first.word, first.cases) == (then.word, then.cases)


@given(st.integers(1, 400), st.integers(1, 300))
def test_what_may_be_erred_grows_and_never_passes_its_end(cases: int, planned: int) -> None:
    assert 0 <= _allowed(cases, planned) <= _allowed(cases + 1, planned) <= REJECT_EVER
    assert _allowed(planned, planned) == REJECT_BY_PLAN
    assert _allowed(planned // 2, planned) <= REJECT_BY_PLAN / 8


@pytest.mark.parametrize("early", [False, True])
def test_equal_models_are_rarely_rejected_and_models_worse_by_the_margin_rarely_adopted(early: bool) -> None:
    chance = random.Random(11)

    def share(word: str, better: float, worse: float) -> float:
        hits = 0
        for _ in range(400):
            drawn = [chance.random() for _ in range(100)]
            seen = [Pair(str(n), not x < better, not better <= x < better + worse) for n, x in enumerate(drawn)]
            hits += judge(seen, planned=100, early=early, foresee=False).word == word
        return hits / 400

    assert share("REJECT", 0.1, 0.1) <= 0.07
    assert share("ADOPT", 0.1, 0.1 + MARGIN) <= 0.09


def test_looking_nine_times_rejects_equal_models_no_more_often_than_once() -> None:
    chance = random.Random(5)
    hits = 0
    for _ in range(400):
        seen = [Pair(str(n), *((False, True) if chance.random() < 0.5 else (True, False))) for n in range(100)]
        hits += judge(seen, planned=20, early=True, foresee=False).word == "REJECT"
    assert hits / 400 <= REJECT_EVER + 0.025
