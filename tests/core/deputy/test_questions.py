"""Which messages are easy questions, and which are for the person alone."""

from __future__ import annotations

import pytest

from sage.core.deputy.questions import LONGEST, is_addressed, read, without_address


@pytest.mark.parametrize(
    "text",
    [
        "What's the code of the garden gate?",
        "hi Ana, where can I park?",
        "Hey! which bus goes to the allotment",
        "Could you tell me when the office opens?",
        "Could you tell me whether the office opens?",
        "Is Sunday open swimming?",
        "Is Tuesday free of charge?",
        "can you remind me what the wifi is called",
        "Can visitors bring a dog?",
        "Hallo Ana,\nwie lautet der Code für das Gartentor?",
        "Kannst du mir sagen, wann das Büro öffnet?",
        "Wann beginnt die Ruhezeit?",
        "Hi! I still need the address of the hall.",
        "We are missing your address.",
        "Quelle est l'adresse ?",
    ],
)
def test_easy_questions(text: str) -> None:
    assert read(text).kind == "fact"


@pytest.mark.parametrize(
    "text",
    ["Are you free on Tuesday at 3?", "do you have time tomorrow?", "When are you available next week?",
     "Would you be free tomorrow?", "Is your Wednesday afternoon free?", "Have you got time on Friday?",
     "How does Friday look for you?", "Any time on Monday?", "Hast du nächsten Montag Zeit?",
     "Hast du morgen Zeit?", "Is Friday free for you?", "Wann hast du Zeit?", "Bist du am Freitag frei?"],
)  # fmt: skip
def test_times(text: str) -> None:
    assert read(text).kind == "availability"


@pytest.mark.parametrize("text", ["Thanks!", "See you tomorrow.", "ok 👍", "The code is 4711", "Danke dir", ""])
def test_nothing_is_asked(text: str) -> None:
    assert read(text).kind == "none"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Can you come on Friday?", "decision"),
        ("Should we move the meeting?", "decision"),
        ("Are you free tomorrow? Can you pick up the parcel?", "decision"),
        ("Are you free tomorrow, and do you want to lead it?", "decision"),
        ("Are you free tomorrow? And what is the code of the gate?", "several"),
        ("What do you think of the plan?", "decision"),
        ("How are you?", "decision"),
        ("Why did you say that?", "decision"),
        ("Kannst du mir beim Umzug helfen?", "decision"),
        ("Wie geht's?", "decision"),
        ("Passt dir Dienstag um drei?", "decision"),
        ("Do you know which hospital she is in?", "trouble"),
        ("What is your password?", "trouble"),
        ("When will you pay me the 50?", "money"),
        ("What is your IBAN?", "money"),
        ("What? Where? When?", "several"),
        ("Where is it? " + "x" * LONGEST, "long"),
    ],
)
def test_hard_questions(text: str, why: str) -> None:
    assert (read(text).kind, read(text).why) == ("hard", why)


def test_in_a_group_only_those_who_are_named_are_asked() -> None:
    names = ("Demo Ana", "Ana")
    assert is_addressed("what is the code?", group=False, names=())
    assert is_addressed("@ana: what is the code?", group=True, names=names)
    assert not is_addressed("what is the code?", group=True, names=names)
    assert not is_addressed("is Anabel there?", group=True, names=names)
    assert not is_addressed("what is the code?", group=True, names=("", " "))


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("Ana, what is the code?", "what is the code?"),
        ("@Demo Ana: what is the code?", "what is the code?"),
        ("What is the code, ana?", "What is the code?"),
        ("What is Ana's code?", "What is Ana's code?"),
        ("Analyse the code?", "Analyse the code?"),
        ("Ana?", "Ana?"),
    ],
)
def test_the_name_that_calls_is_none_of_the_question(text: str, bare: str) -> None:
    assert without_address(text, ("Demo Ana", "Ana")) == bare
    assert without_address(text, ()) == text
