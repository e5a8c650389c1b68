"""A model's wording of a ritual's line is kept only if nothing in it is the model's own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.core.ritual_wording import checked_wordings, keeps_facts, may_be_worded
from sage.core.rituals import RitualLine

FOCUS = RitualLine("focus", "Focus: Send the tax form (from Friday), for your goal “Less paper”", ("k1", "g1"))
TIMED = RitualLine("focus", "Focus: 09:30 Call the bank", ("k2",))
OPTION = RitualLine("option", "Or: Pay Anna not Ben", ("k3",))
EVENT = RitualLine("event", "14:00–15:00 Dentist", ("e1",))
DONE = RitualLine("done", "Done: Send the tax form", ("k1",))
BEGUN = RitualLine("done", "Begun: the report, 25 minutes. That counts.", ("u1",))


@pytest.mark.parametrize(
    ("line", "wording"),
    [
        (FOCUS, "You could begin with “Send the tax form” (from Friday), for your goal “Less paper”."),
        (FOCUS, "Today it would be good to send the tax form from Friday, for your goal Less paper."),
        (TIMED, "At 09:30 you could call the bank."),
        (TIMED, "Call the bank at 09:30."),
        (OPTION, "Another choice: pay Anna not Ben."),
        (EVENT, "Dentist from 14:00 to 15:00."),
        (EVENT, "Today there is Dentist, 14:00–15:00."),
        (DONE, "You have done this: send the tax form.".replace("this", "today")),
        (DONE, "Send the tax form is finished."),
        (BEGUN, "You have begun the report, 25 minutes. That counts."),
    ],
)
def test_a_wording_that_says_the_same_is_kept(line: RitualLine, wording: str) -> None:
    assert keeps_facts(line, wording)


@pytest.mark.parametrize(
    ("line", "wording"),
    [
        (FOCUS, "You could begin with the tax form (from Friday), for your goal “Less paper”."),  # words left out
        (FOCUS, "You could begin with Send the tax form, for your goal “Less paper”."),  # a note left out
        (FOCUS, "For your goal “Less paper”, send the tax form (from Friday)."),  # another order
        (FOCUS, "Send the tax form (from Friday), for your goal “Less paper”, before the office closes."),
        (FOCUS, "Send the tax form (from Friday), for your goal “Less paper”. You must do it now."),
        (FOCUS, "Send the tax form (from Friday), for your goal “Less paper”. Demo Aunt is waiting."),
        (FOCUS, "Send the tax form (from Friday), for your goal “Less paper”, 3 days late."),
        (FOCUS, "Send the tax form (from Friday), for your goal “Less paper”. See http://evil.example"),
        (FOCUS, "Send the tax form (from Friday), for your goal “Less paper” [k9]."),
        (FOCUS, "Do not send the tax form (from Friday), for your goal “Less paper”."),
        (FOCUS, "Send the tax form (from Friday), for your goal “Less paper”. " + "Today. " * 20),
        (TIMED, "Call the bank at 10:30."),
        (TIMED, "Call the bank."),
        (TIMED, "Call the bank at 09:30, at 09:30."),
        (TIMED, "Call the bank until 09:30."),
        (TIMED, "Call the banker at 09:30."),
        (OPTION, "Or pay Ben not Anna."),
        (OPTION, "Or pay Anna and Ben."),
        (OPTION, "Or pay Anna not Ben\nand Carol."),
        (EVENT, "Dentist from 15:00 to 14:00."),
        (EVENT, "Dentist until 14:00 from 15:00."),
        (EVENT, "No Dentist, 14:00–15:00."),
        (EVENT, "Dentist was 14:00–15:00."),
        (EVENT, "Is there Dentist, 14:00–15:00?"),
        (EVENT, "If you like, Dentist, 14:00–15:00."),
        (EVENT, "Dentist, 14:00–15:00, is cancelled."),
        (EVENT, "Dentist, 14:00–15:00 \x1b[31m."),
        (DONE, "You could send the tax form."),
        (DONE, "Send the tax form, today."),
        (BEGUN, "You have finished the report, 25 minutes."),
        (BEGUN, "You have begun the report, 52 minutes."),
        (BEGUN, "You have begun the report, 25 minutes. Bravo!"),
        (EVENT, ""),
    ],
)  # fmt: skip
def test_whatever_is_added_left_out_or_turned_is_cut(line: RitualLine, wording: str) -> None:
    assert not keeps_facts(line, wording)


@pytest.mark.parametrize(
    "line",
    [
        RitualLine("day", "Nothing is planned. The day is yours."),
        RitualLine("collision", "At once: 10:00: A and B are at the same time.", ("a", "b")),
        RitualLine("event", "Also: 10:00 A; 11:00 B", ("a", "b")),
        RitualLine("event", "10:00–11:00 Flight 12:30 to Rome", ("a",)),
        RitualLine("held", "Held for you: Call Anna", ("j1",)),
        RitualLine("trouble", "The calendar Demo: it is gone."),
        RitualLine("focus", "Focus: Rest", ()),
    ],
)
def test_a_line_that_tells_more_than_one_thing_or_rests_on_nothing_is_not_worded(line: RitualLine) -> None:
    assert not may_be_worded(line) and not keeps_facts(line, line.text)


def test_each_line_is_checked_by_itself() -> None:
    said = "Here you are:\n1. At 09:30 you could call the bank.\n2) Dentist, 14:00–15:00, so hurry!\n3. Another: x\n"
    assert checked_wordings([TIMED, EVENT], said) == {TIMED.text: "At 09:30 you could call the bank."}


def test_of_two_wordings_for_one_line_neither_is_kept() -> None:
    assert checked_wordings([TIMED], "1. Call the bank at 09:30.\n1. At 09:30 call the bank.") == {}


@given(st.text(max_size=80))
def test_no_answer_breaks_the_check_or_loses_the_fact(added: str) -> None:
    for wording in (added, f"Dentist 14:00–15:00 {added}", f"1. {added}"):
        if keeps_facts(EVENT, wording):
            assert "dentist" in wording.casefold() and "14:00" in wording and "15:00" in wording
    checked_wordings([EVENT], added)
