"""What exactly a message asks, without what is polite around it."""

from __future__ import annotations

import pytest

from sage.core.deputy.asking import asked_for, parts_of


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Hi Ana, could you tell me when the office opens, please? Thanks!", "when the office opens?"),
        ("Hello! Quick question: where do I park?", "where do I park?"),
        ("Hey there, do you know who has the spare key?", "who has the spare key?"),
        ("I was wondering what the boat costs", "what the boat costs"),
        ("Sorry to bother you again, what's the Wi-Fi called?", "what's the Wi-Fi called?"),
        ("Can you remind me where the meeting is?", "where the meeting is?"),
        ("Hallo Ana,\nweißt du vielleicht, wann das Büro öffnet? Danke dir!", "wann das Büro öffnet?"),
        ("Kannst du mir bitte sagen, wer den Schlüssel hat?", "wer den Schlüssel hat?"),
        ("Is the gate locked at night?", "Is the gate locked at night?"),
        ("I am at the door. What is the code of the gate?", "What is the code of the gate?"),
        ("I'm standing outside, what is the code of the door?", "what is the code of the door?"),
        ("For a vote, how many do we need?", "For a vote, how many do we need?"),
        ("For our files: which printer is broken?", "which printer is broken?"),
    ],
)
def test_frames_are_left_out(text: str, asked: str) -> None:
    assert parts_of(text) == (asked,)


def test_each_question_is_one() -> None:
    assert parts_of("Where is the office? And when does it open?") == ("Where is the office?", "when does it open?")
    assert parts_of("") == () and parts_of("Thanks!") == ("Thanks!",)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("who has the key?", "person"), ("when does it open?", "time"), ("what time does it open?", "clock"),
        ("how much is the boat?", "amount"), ("where is the key?", "place"), ("why is it closed?", "reason"),
        ("is it open on Sunday?", "whether"), ("how do I get in?", "way"), ("what is the code?", "thing"),
        ("um wie viel Uhr beginnt es?", "clock"), ("wo liegt der Schlüssel?", "place"), ("wem gehört das Rad?", "person"),
    ],
)  # fmt: skip
def test_what_an_answer_must_have(question: str, kind: str) -> None:
    assert asked_for(question) == kind
