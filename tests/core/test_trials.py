"""A verdict reads like a sentence, of a model as of a part."""

from __future__ import annotations

import msgspec
import pytest

from sage.core.cases import Wish
from sage.core.messages import Usage
from sage.core.trials import (
    Compared,
    Divergence,
    Grade,
    Replayed,
    Trial,
    TrialAnswer,
    case_words,
    compared,
    dollars,
    pairs_of,
    verdict_words,
)
from sage.core.verdicts import Verdict


def answer(side: str, *grades: Grade, cost: float | None = 0.0, **more: object) -> TrialAnswer:
    return TrialAnswer("e1", side, "k", Replayed("x", usage=Usage(cost=cost), seconds=1.25, **more), grades)  # type: ignore[arg-type]


RIGHT, WRONG = Grade("says 6", True), Grade("says 6", False, "it does not")
UNSAFE = Grade("tells no key", False, "a key stands in it", True)


def row(current: TrialAnswer, candidate: TrialAnswer, chosen: object = None) -> Compared:
    return compared("e1", "c1", "How much sun?", 1.0, (current, candidate), chosen)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "word", "told"),
    [
        ("model", "ADOPT", "ADOPT: new may take the place of old. Because."),
        ("model", "REJECT", "REJECT: new should not take the place of old. Because."),
        (
            "model",
            "NEED",
            "NEED 40 MORE (about $0.5200): whether new may take the place of old cannot be told yet. Because.",
        ),
        ("without", "ADOPT", "new: no longer needed. Without it: Because."),
        ("without", "REJECT", "new: earns its place. Without it: Because."),
        ("without", "NEED", "new: need 40 more cases (about $0.5200) to tell. Without it: Because."),
    ],
)
def test_a_verdict_is_a_sentence(kind: str, word: str, told: str) -> None:
    verdict = Verdict(word, "Because.", 40 if word == "NEED" else 0, 0.52)  # type: ignore[arg-type]
    trial = Trial("v1", kind, "new", "old", verdict=verdict)  # type: ignore[arg-type]
    assert verdict_words(trial, ()) == [told]


def test_cases_that_nobody_may_be_asked_are_told_rather_than_that_it_can_go_on() -> None:
    why = "1 case holds words that stay on this machine, and nobody elsewhere was asked."
    left = Trial("v1", "model", "new", "old", state="done", left_out=(why,))
    assert verdict_words(left, ()) == [why]
    assert verdict_words(msgspec.structs.replace(left, state="stopped"), ())[1:] == [why]


def test_both_sides_are_told_with_what_they_cost_and_took() -> None:
    trial = Trial("v1", "model", "new", "old", verdict=Verdict("REJECT", "Because."))
    rows = [row(answer("current", RIGHT), answer("candidate", WRONG, cost=None))]
    assert verdict_words(trial, rows)[1] == (
        "now: 1 of 1 right, free, 1.2 s a case · candidate: 0 of 1 right, at an unknown price, 1.2 s a case"
    )


def test_what_differs_is_told_with_its_divergences() -> None:
    off = Divergence(2, Wish("remind", {}), "called remind with when: 7 instead of 8")
    lines = case_words(row(answer("current", RIGHT), answer("candidate", WRONG, divergences=(off,))))
    assert lines == [
        "worse   e1  How much sun?", "        says 6: it does not",
        "        step 2: it called remind with when: 7 instead of 8",
    ]  # fmt: skip
    assert case_words(row(answer("current", RIGHT), answer("candidate", RIGHT))) == []


def test_a_choice_counts_only_where_both_are_right() -> None:
    better = row(answer("current", RIGHT), answer("candidate", RIGHT), "candidate")
    assert (better.current_counts, better.candidate_counts) == (False, True)
    wrong = row(answer("current", RIGHT), answer("candidate", WRONG), "candidate")
    assert (wrong.current_counts, wrong.candidate_counts) == (True, False)
    assert not any(one.candidate_counts for one in [row(answer("current", WRONG), answer("candidate", WRONG), "tie")])


def test_a_part_may_go_where_the_answer_is_as_unsafe_with_it_and_a_model_may_not_come() -> None:
    both = [row(answer("current", UNSAFE), answer("candidate", UNSAFE))]
    assert [pairs_of(both, kind)[0].unsafe for kind in ("model", "without")] == [True, False]  # type: ignore[arg-type]
    only = [msgspec.structs.replace(both[0], current=answer("current", RIGHT))]
    assert pairs_of(only, "without")[0].unsafe


def test_money_that_nobody_knows_is_not_free() -> None:
    assert [dollars(cost) for cost in (None, 0.0, 0.0132)] == ["at an unknown price", "free", "$0.0132"]
