"""A claim of an action stands only if the ledger shows it."""

from __future__ import annotations

import pytest

from sage.core.claims import corrected, unsupported
from sage.core.turns import Action

ADDED = Action("a", "add_task", {}, "done")


@pytest.mark.parametrize(
    "text",
    ["I've added it to your list.", "I have sent the mail.", "Done! Your reminder is set.", "The task has been added.",
     "Sure. I just marked it as done.", "Your note was saved."],
)  # fmt: skip
def test_a_claim_without_an_action_is_denied(text: str) -> None:
    assert unsupported(text, []) and "Not done" in corrected(text, [])


@pytest.mark.parametrize(
    "text",
    [
        "You added sugar in May.",
        "I can add it.",
        "Shall I set a reminder?",
        "> I've added it",
        "He said “I have sent it”.",
    ],
)
def test_what_claims_nothing_stands(text: str) -> None:
    assert unsupported(text, []) == [] and corrected(text, []) == text


def test_a_claim_that_the_ledger_shows_stands() -> None:
    assert unsupported("I've added the task.", [ADDED]) == []
    assert unsupported("I've sent the mail.", [ADDED]) == ["I've sent the mail."]
    assert unsupported("I've added the task.", [Action("a", "add_task", {}, "denied")])


@pytest.mark.parametrize(
    ("tool", "text", "stands"),
    [
        ("chat__post_message", "I've sent the message.", True),
        ("forge__create_issue", "The issue has been created.", True),
        ("time__get_current_time", "I've added it to your list.", False),
        ("time__get_current_time", "I have set the reminder.", False),
        ("look_up", "I've sent the message.", False),
    ],
)
def test_a_tool_from_outside_that_ran_can_be_what_is_claimed(tool: str, text: str, stands: bool) -> None:
    assert (unsupported(text, [Action("a", tool, {}, "done")]) == []) == stands
    assert unsupported(text, [Action("a", tool, {}, "denied")])
