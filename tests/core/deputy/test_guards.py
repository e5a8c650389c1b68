"""No circles, no floods, nobody against their will."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from sage.core.deputy import guards
from sage.core.deputy.frames import TONGUES, handed_off, signed
from sage.core.deputy.guards import Heard, check, wants_no_answers
from sage.core.deputy.questions import likeness

NOW = datetime.fromisoformat("2026-11-23T10:00:00+01:00")


def heard(text: str, minutes: float = 1) -> Heard:
    return Heard(NOW - timedelta(minutes=minutes), likeness(text))


def test_a_first_question_is_answered() -> None:
    assert check("What is the code?", NOW, [], []) == ""
    assert check("What is the code?", NOW, [heard("Hello")], [heard("The gate opens with 4711.", 5)]) == ""


def test_the_same_words_are_answered_once_an_hour() -> None:
    assert check("what is the CODE", NOW, [heard("What is the code?")], []) == "same"
    assert check("what is the CODE", NOW, [heard("What is the code?", 61)], []) == ""


def test_who_says_what_sage_said_is_not_answered() -> None:
    sent = [heard("The garden gate opens with the code 4711. — Sage, for Demo Ana", 300)]
    assert check("the garden gate opens with the code 4711?", NOW, [], sent) == "echo"
    assert check("the code?", NOW, [], sent) == "", "a few words can be a question about it"


@pytest.mark.parametrize("tongue", TONGUES)
def test_what_another_sage_says_is_not_answered(tongue: str) -> None:
    assert check(signed("Are dogs allowed?\nYes.", "Demo Tom", tongue), NOW, [], []) == "sage"
    assert check(f"{handed_off('Demo Tom', tongue)} What is the code?", NOW, [], []) == "sage"
    assert check("Does Sage answer for Demo Tom?", NOW, [], []) == ""


def test_floods_and_circles_end() -> None:
    assert check("one more?", NOW, [heard(f"x {n}") for n in range(guards.FLOOD)], []) == "flood"
    assert check("one more?", NOW, [], [heard(f"x {n}", 50) for n in range(guards.ANSWERS_AN_HOUR)]) == "often"
    assert check("one more?", NOW, [], [heard(f"x {n}", 70 + n) for n in range(guards.ANSWERS_A_DAY)]) == "often"
    assert check("one more?", NOW, [], [heard(f"x {n}", 70 + n) for n in range(guards.ANSWERS_A_DAY - 1)]) == ""


@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        "stop please",
        "Stopp!",
        "no bots",
        "Kein Bot bitte",
        "don't reply automatically",
        "STOP\n\nDemo Tom",
        "Please stop answering me, Sage.",
        "Stop that!",
        "Stop, thanks",
    ],
)
def test_a_word_is_enough_to_be_left_alone(text: str) -> None:
    assert wants_no_answers(text)


@pytest.mark.parametrize("text", ["Where is the bus stop?", "Stop by at nine?", "no", "Don't answer the door, ok?"])
def test_and_no_other_is(text: str) -> None:
    assert not wants_no_answers(text)
