"""What a message says is what its writer wrote now: nothing that a mail program puts above, below or into it."""

from __future__ import annotations

import pytest

from sage.core.deputy.sayings import said

QUOTED = "On Mon, 23 Nov 2026 at 13:57, <ana@demo.test> wrote:\n> From 9 to 17.\n>\n> > When is the office open?\n"
UNMARKED = QUOTED.replace("\n> > ", "\n").replace("\n>", "\n")


@pytest.mark.parametrize(
    ("below", "subject", "answers", "words"),
    [
        ("When is it open?", "", False, "When is it open?"),
        ("When is it open?", "Office", False, "Office\n\nWhen is it open?"),
        ("", "When is it open?", False, "When is it open?"),
        ("Thanks!", "Re: When is it open?", True, "Thanks!"),
        ("Thanks!", "AW: When is it open?", False, "Thanks!"),
        ("Thanks!", "When is it open?", True, "Thanks!"),
        ("", "Re: When is it open?", True, "Re: When is it open?"),
        (f"Thanks!\n\n{QUOTED}", "", False, "Thanks!"),
        (f"STOP\n\n{QUOTED}", "Re: Office", True, "STOP"),
        (f"Thanks!\n\n{UNMARKED}", "", False, "Thanks!"),
        ("Thanks!\n-- \nWhy not?", "", False, "Thanks!"),
        (QUOTED, "Re: Office", True, ""),
        ("> Is it open?\nYes.\n> And on Sunday?\nIs it?", "", False, "Yes.\nIs it?"),
        ("---- Forwarded message ----\nWhen is it open?", "Fwd: Office", False, "When is it open?"),
        ("FYI\n\n---- Forwarded message ----\nWhen is it open?", "Fwd: Office", False, "FYI"),
    ],
)
def test_of_a_message_its_writers_own_words_count(below: str, subject: str, answers: bool, words: str) -> None:
    kept = "\n\n".join(filter(None, (subject, below)))
    assert said(kept, subject, answers=answers) == words
