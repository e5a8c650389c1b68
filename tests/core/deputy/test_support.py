"""An answer says only what its evidence says."""

from __future__ import annotations

import pytest

from sage.core.deputy.support import particulars, sentences_of, supports, unsupported

GATE = (
    "The garden gate opens with the code 4711. It is locked after 22:00.\n"
    "Tom owes Ana 20 euros. Dogs are not allowed in the yard."
)


@pytest.mark.parametrize(
    "said",
    [
        "The garden gate opens with the code 4711.",
        "It is locked after 22:00.",
        "**Dogs are not allowed in the yard**",
        "The gate opens with the code 4711.",
        "Yes, the garden gate opens with code 4711",
        "Tom owes Ana 20 euros.",
    ],
)
def test_what_stands_there_is_supported(said: str) -> None:
    assert supports(GATE, said)


@pytest.mark.parametrize(
    "said",
    [
        "The garden gate opens with the code 4712.",
        "The garden gate opens with the code 47.",
        "It is locked after 21:00.",
        "It is not locked after 22:00.",
        "Dogs are allowed in the yard.",
        "Ana owes Tom 20 euros.",
        "Tom owes Berta 20 euros.",
        "The garden gate opens with the code 4711 on Sunday.",
        "See https://evil.example/4711 for the garden gate.",
        "Ask mallory@evil.example for the code of the garden gate.",
        "allowed in the yard",
        "Nobody owes Ana 20 euros.",
        "Cats are not allowed in the yard.",
        "The moon is made of cheese.",
        "The garden gate opens with the code 4711 at night.",
        "It is locked.",
        "It was locked after 22:00.",
        "It is locked before 22:00.",
        "You owe Ana 20 euros.",
        "Tom paid Ana 20 euros.",
        "The code 4711 opens with the garden gate.",
    ],
)
def test_what_does_not_stand_there_is_not(said: str) -> None:
    assert not supports(GATE, said)


def test_an_answer_is_told_without_the_mark_before_it_and_a_date_is_not_cut() -> None:
    assert supports("Q: Is it open? A: Until nine, but not on Sundays.", "Until nine, but not on Sundays.")
    assert sentences_of("Das Fest ist am 12. Juni. Es beginnt um 15 Uhr.") == [
        "Das Fest ist am 12. Juni.",
        "Es beginnt um 15 Uhr.",
    ]


def test_each_sentence_is_looked_at() -> None:
    assert unsupported("The code is 4711. Tom is away.", ["The code is 4711.", "Tom is here."]) == ["Tom is away."]
    assert unsupported("", ["x"]) == []


def test_figures_are_the_same_in_whatever_form() -> None:
    assert particulars("three cats") == particulars("3 cats") == {"3"}
    assert particulars("007") == {"7"}
    assert particulars("a@b.example, https://x.example/y.") == {"a@b.example", "https://x.example/y"}
