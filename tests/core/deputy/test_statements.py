"""What of a note can be told by itself: nothing that its writer hid, and nothing without what bounds it."""

from __future__ import annotations

import pytest

from sage.core.deputy import evidence
from sage.core.deputy.statements import LONGEST, shown, statements_of
from sage.core.deputy.support import unsupported
from sage.core.disclosure import Piece


def told(text: str) -> list[str]:
    found = [each.told for each in statements_of(Piece("p_1", "faq.md#:1", text, "faq"))]
    assert not any(unsupported(each, [shown(text)]) for each in found)
    return found


@pytest.mark.parametrize(
    "hidden",
    [
        "<!-- The key is under the mat. -->",
        "%% The key is under the mat. %%",
        "~~The key is under the mat.~~",
        "- ~~The key is under the mat.~~",
        "<del>The key is under the mat.</del>",
        "<!--\nThe key is under the mat.\n\nThe key is under the mat.\n-->",
        "The key is ~~not~~ under the mat.",
        "<!-- The key is under the mat.",
        "The key is under the mat.[^1]",
        "The key is under ![[mat.png]] there.",
    ],
)
def test_what_is_struck_out_or_a_comment_is_not_told(hidden: str) -> None:
    assert told(f"The gate is green.\n{hidden}") == ["The gate is green."]


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("The sauna is open from 8 to 10,\nexcept on Mondays.", "The sauna is open from 8 to 10, except on Mondays."),
        ("- The gym is open\n  (for members alone).", "The gym is open (for members alone)."),
        ("> The gym is open\n> for members alone.", "> The gym is open for members alone."),
        (f"The gym is open {'for all of you ' * 3}on\nSunday alone.", f"The gym is open {'for all of you ' * 3}on Sunday alone."),
        ("Die Werkstatt ist zu,\naußer am Samstag.", "Die Werkstatt ist zu, außer am Samstag."),
    ],
)  # fmt: skip
def test_a_sentence_that_goes_on_in_the_next_line_is_told_as_a_whole(text: str, whole: str) -> None:
    assert told(text) == [whole]


def test_lines_and_items_that_stand_alone_stay_so() -> None:
    assert told("Gate code 4711\nSafe code 4712") == ["Gate code 4711", "Safe code 4712"]
    assert told("- the gate is green\n- the shed is red") == ["the gate is green", "the shed is red"]
    assert told("#house The gate is green.") == ["#house The gate is green."]


@pytest.mark.parametrize(
    "more",
    [
        "But not on Sundays.",
        "On Sundays it is closed.",
        "Correction: it is closed.",
        "This is not so any more.",
        "(Not in 2026.)",
        "It was in 2024. That has changed.",
        "Am Sonntag ist sie zu.",
    ],
)
@pytest.mark.parametrize("between", [" ", "\n", "\n- ", "\n\n"])
def test_what_follows_and_says_more_of_it_is_told_with_it(more: str, between: str) -> None:
    first = told(f"The pool is open.{between}{more}")[0]
    assert " ".join(first.split()) == f"The pool is open. {more}"


def test_what_would_be_too_long_with_what_follows_is_not_told_without_it() -> None:
    more = f"But not {'on any of those days ' * (LONGEST // 20)}."
    assert "The pool is open." not in told(f"The pool is open.\n{more}")


def test_an_answer_goes_on_where_its_next_paragraph_bounds_it() -> None:
    assert told("Q: Who has the key?\nA: Demo Rosa.\n\nA: But since May it is Demo Sam.\n\nThe gate is green.") == [
        "Demo Rosa.\nBut since May it is Demo Sam.",
        "The gate is green.",
    ]


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("[[Secret note|the shed]]", "the shed"),
        ("[the shed](obsidian://secret-note)", "the shed"),
        ("[the shed](../secret.md)", "the shed"),
        ("[the shed](https://shed.example)", "[the shed](https://shed.example)"),
    ],
)
def test_where_a_link_leads_on_this_machine_is_not_told(link: str, words: str) -> None:
    assert told(f"The key hangs in {link}.") == [f"The key hangs in {words}."]


@pytest.mark.parametrize(
    ("text", "above"),
    [
        ("False rumours:\n- The gate is blue.\n- The pool is open on Sunday.", "False rumours:"),
        ("False rumours:\n\n- The pool is open on Sunday.", "False rumours:"),
        ("**False rumours**\nThe pool is open on Sunday.", "**False rumours**"),
        ("False rumours:\nThe pool is open on Sunday.", "False rumours:"),
        ("- Until 2024\n  - The pool is open on Sunday.\n- The gate is blue.", "Until 2024"),
        ("1. Until 2024\n\t* The gate is blue.\n\t* The pool is open on Sunday.", "1. Until 2024"),
    ],
)
def test_a_line_of_a_list_belongs_to_those_above_it(text: str, above: str) -> None:
    found = statements_of(Piece("p_1", "faq.md#:1", f"# Pool\n\n{text}", "faq"))
    pool = next(each for each in found if each.text == "The pool is open on Sunday.")
    assert pool.about == f"Pool\n{above}"
    asked = "Is the pool open on Sunday?"
    assert evidence.told(asked, pool) == f"Pool\n{above}\nThe pool is open on Sunday."
    assert not unsupported(evidence.told(asked, pool), [text, "# Pool"])


def test_what_somebody_else_said_is_told_as_a_quote_with_its_title() -> None:
    found = statements_of(Piece("p_1", "faq.md#:1", "> [!warning] Outdated\n> The pool is open on Sunday.", "faq"))[-1]
    told_now = evidence.told("Is the pool open on Sunday?", found)
    assert told_now == "> [!warning] Outdated\n> The pool is open on Sunday."


def test_what_stands_below_a_line_of_a_list_is_told_with_it() -> None:
    assert told("- The pool is open\n  - members alone\n  - in summer\n- The gate is green.") == [
        "The pool is open\nmembers alone\nin summer",
        "members alone",
        "in summer",
        "The gate is green.",
    ]


def test_what_follows_and_is_about_something_else_is_not_told() -> None:
    assert told("The gate is green.\n\nIf it rains, the picnic is in the hall.")[0] == "The gate is green."


def test_a_line_with_a_rule_below_it_is_a_heading() -> None:
    for rule in ("===", "---"):
        found = statements_of(Piece("p_1", "faq.md#:1", f"Until 2024\n{rule}\nThe fee is 40 euro.", "faq"))
        assert [(each.text, each.about) for each in found] == [("The fee is 40 euro.", "Until 2024")]
    assert told("The gate is green,\n\n---\nThe shed is red.") == ["The gate is green,", "The shed is red."]
