"""What may support an answer, of what was found."""

from __future__ import annotations

import pytest

from sage.core.evidence import evidence, is_about_talk
from sage.core.passages import Hit


def hit(name: str, text: str, thread: str = "", speaker: str | None = None) -> Hit:
    return Hit(name, thread or "Note.md", "", 1, 0, len(text), text, thread=thread, speaker=speaker)


NOTE = hit("note", "The boiler wants 1.5 bar.")
ASKED = hit("asked", "What does the boiler want?", "conversation/c1", "you")
TOLD = hit("told", "I set the boiler to 1.5 bar today.", "conversation/c1", "you")
ANSWERED = hit("answered", "The boiler wants 1.5 bar [1].", "conversation/c1", "Sage")
ALL = [ASKED, ANSWERED, TOLD, NOTE]


def test_what_was_only_asked_and_what_sage_said_are_no_evidence() -> None:
    assert evidence("boiler pressure?", ALL, ["c2"], 8) == [TOLD, NOTE]


def test_the_turns_of_the_conversation_itself_are_left_out() -> None:
    assert evidence("boiler pressure?", ALL, ["c1"], 8) == [NOTE]


def test_a_question_about_earlier_talk_gets_all_of_it() -> None:
    assert evidence("What did you say about the boiler?", ALL, ["c2"], 3) == ALL[:3]


@pytest.mark.parametrize(
    "question", ["What did I say about tea?", "have we ever discussed rent?", "you told me a number", "our last talk"]
)
def test_talk_is_known_by_its_words(question: str) -> None:
    assert is_about_talk(question)


@pytest.mark.parametrize(
    "question", ["How much sun do tomatoes want?", "Do you know the boiler pressure?", "say hello"]
)
def test_other_questions_are_not_about_talk(question: str) -> None:
    assert not is_about_talk(question)
