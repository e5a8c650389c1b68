"""How one question becomes several."""

from __future__ import annotations

import pytest

from sage.core.copies import asked_apart, read_split, split_request


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("What is tea? Who drinks it?", ("What is tea?", "Who drinks it?")),
        ("- tea\n- cake\n\n- tea", ("tea", "cake")),
        ("What is tea", ("What is tea",)),
        ("Is it tea? I think so.", ("Is it tea? I think so.",)),
    ],
)
def test_several_questions_go_apart_and_one_stays_whole(text: str, questions: tuple[str, ...]) -> None:
    assert asked_apart(text) == questions


def test_what_a_model_makes_of_a_question_is_so_many_different_ones_at_most() -> None:
    said = 'Here: {"questions": ["A?", " A? ", "B\\n b?", 3, "", "C?"]}'
    assert read_split(said, "Q?", 2) == ("A?", "B b?")
    for nothing in ("", "{", '{"questions": []}', "[]", '{"questions": "A?"}'):
        assert read_split(nothing, " Q? ", 3) == ("Q?",)
    assert split_request("Q?", 3).tools == ()
