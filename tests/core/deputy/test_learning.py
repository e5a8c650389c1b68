"""What is learnt: counted of what the person did, and offered after twenty in a row at the earliest."""

from __future__ import annotations

from typing import Any

import pytest

from sage.core.deputy.grants import Grants
from sage.core.deputy.learning import (
    ALL,
    OFFERED_AFTER,
    Case,
    Figure,
    Judged,
    figures,
    made_of,
    offers,
    without_secrets,
)
from sage.core.deputy.replies import Reply
from sage.core.disclosure import Piece
from sage.core.people import Contact, People

TOM = Contact("tom", circles=("work",))
PEOPLE = People([TOM, Contact("eve")])


def judged(state: Any, decision: Any = "draft", *, corrected: bool = False, **more: Any) -> Judged:
    fields: dict[str, Any] = {"text": "Four.", "contact": "tom", "topics": ("faq",)} | more
    return Judged(Reply(decision, "ask", **fields), state, corrected)


def of(*found: Judged, topic: str = "faq") -> Figure:
    return next(each for each in figures(found) if each.topic == topic)


def test_questions_are_counted_by_contact_and_topic() -> None:
    found = figures(
        [
            judged("approved"), judged("edited"), judged("denied"), judged("open"), judged("going", "answer"),
            judged("taken back"), judged("open", "handoff", text="", topics=()),
            judged("silent", "silence", text=""), judged("approved", topics=("faq", "menu")), judged("open", contact="eve"),
        ]
    )  # fmt: skip
    assert [(each.contact, each.topic, each.questions) for each in found] == [
        ("eve", ALL, 1), ("eve", "faq", 1), ("tom", ALL, 8), ("tom", "", 1), ("tom", "faq", 7), ("tom", "menu", 1),
    ]  # fmt: skip
    every = found[2]
    assert (every.answered, every.wrong, every.unchanged, every.edited, every.denied, every.waiting) == (
        2,
        1,
        2,
        1,
        1,
        1,
    )
    assert (every.coverage, every.precision) == (7 / 8, 3 / 6)
    assert (found[3].coverage, found[3].precision) == (0.0, None)


@pytest.mark.parametrize(
    ("last", "row"),
    [
        (judged("approved"), 4),
        (judged("open"), 3),
        (judged("going", "answer"), 3),
        (judged("edited"), 0),
        (judged("denied"), 0),
        (judged("taken back"), 0),
        (judged("approved", corrected=True), 0),
        (judged("going", "answer", corrected=True), 0),
    ],
)
def test_a_row_ends_with_whatever_was_wrong(last: Judged, row: int) -> None:
    assert of(judged("denied"), *[judged("approved")] * 3, last).in_a_row == row


@pytest.mark.parametrize(
    ("row", "grants", "topic", "offered"),
    [
        (OFFERED_AFTER, {}, "faq", True),
        (OFFERED_AFTER - 1, {}, "faq", False),
        (OFFERED_AFTER, {"work": {"faq": "draft"}}, "faq", True),
        (OFFERED_AFTER, {"tom": {"faq": "draft"}}, "faq", False),
        (OFFERED_AFTER, {"work": {"faq": "auto"}}, "faq", False),
        (OFFERED_AFTER, {"tom": {"any": "off"}}, "faq", False),
        (OFFERED_AFTER, {}, ALL, False),
        (OFFERED_AFTER, {}, "", False),
    ],
)
def test_what_is_offered(row: int, grants: Grants, topic: str, *, offered: bool) -> None:
    found = offers([Figure("tom", topic, row, unchanged=row, in_a_row=row)], PEOPLE, grants)
    assert bool(found) == offered
    if found:
        assert found[0].words.count("sage grant tom faq") == 2


def test_nobody_is_offered_who_is_no_contact_any_more() -> None:
    assert offers([Figure("ann", "faq", 99, in_a_row=99)], PEOPLE, {}) == []


@pytest.mark.parametrize(
    ("one", "made"),
    [
        (judged("approved"), None), (judged("open"), None), (judged("going", "answer"), None),
        (judged("edited"), "edited"), (judged("denied"), "denied"), (judged("taken back"), "taken back"),
        (judged("going", "answer", corrected=True), "corrected"), (judged("denied", "handoff", text=""), None),
        (judged("edited", "handoff", text=""), "written"),
    ],
)  # fmt: skip
def test_what_was_wrong_is_a_case(one: Judged, made: str | None) -> None:
    assert made_of(one) == made


def test_a_case_has_no_secrets_wherever_they_stood() -> None:
    def hide(text: str) -> str:
        return text.replace("xyz", "…")

    piece = Piece("p1", "xyz.md#:1", "The key is xyz.", "faq")
    case = without_secrets(Case("y1", "", "tom", "Is it xyz?", (piece,), "It is xyz.", "edited", "It was xyz."), hide)
    assert "xyz" not in repr(case) and case.pieces[0].text == "The key is …."
