from __future__ import annotations

import pytest

from sage.core.asked_again import is_again, says_wrong


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("What did I decide about the boat?", "what did I decide about the boat"),
        ("Where are the spare keys of the cabin?", "Where are the spare keys of the cabin now?"),
        ("Add a task: buy oat milk", "Add a task: buy oat milk tomorrow"),
        ("Wo liegt der Schlüssel für den Keller?", "Wo liegt der Schlüssel für den Keller??"),
    ],
)
def test_the_same_question_is_asked_again(before: str, said: str) -> None:
    assert is_again(said, before)


@pytest.mark.parametrize(
    ("before", "said"),
    [
        ("Add a task: buy milk", "Add a task: buy bread"),
        ("Remind me tomorrow at 9 to call Anna about the boat", "Remind me tomorrow at 9 to call Anna about the car"),
        ("tasks", "tasks"),
        ("What is on my agenda?", "What is on my agenda?"),
        ("Who is Anna?", "Who is Anna's brother?"),
        ("Where does Anna live?", "Where does Anna live in winter?"),
        ("", ""),
        ("Thanks!", "What did I decide about the boat?"),
    ],
)
def test_another_wish_is_not(before: str, said: str) -> None:
    assert not is_again(said, before)


@pytest.mark.parametrize(
    ("said", "wrong"),
    [("No, that's wrong.", True), ("I meant the other boat", True), ("Das stimmt nicht", True), ("Try again", True),
     ("No.", False), ("Wrongly parked cars?", False), ("What is wrong with the boat?", False), ("", False)],
)  # fmt: skip
def test_what_says_that_the_answer_was_wrong(said: str, wrong: bool) -> None:
    assert says_wrong(said) is wrong
