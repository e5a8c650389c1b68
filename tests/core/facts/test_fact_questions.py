"""What a question about facts asks for, and what answers it."""

from __future__ import annotations

from datetime import date

import pytest

from sage.core.facts.beliefs import settle
from sage.core.facts.fact_extraction import extract
from sage.core.facts.fact_questions import FactQuery, choose, days_of, read_question, subjects_of
from sage.core.facts.fact_wording import told
from sage.core.facts.facts import Statement, statement_id

TODAY = date(2023, 11, 22)


def stated(text: str, when: str) -> list[Statement]:
    return [
        Statement(
            statement_id("n", draft, text), draft.kind, draft.subject, draft.attribute, draft.value, text[draft.start : draft.end],
            draft.polarity, draft.whom, draft.due, when, draft.valid_from, draft.valid_to, source="n.md", recorded_at=when,
        )
        for draft in extract(text, when=when)
    ]  # fmt: skip


SAID = [
    *stated("I think remote work is better than the office. I live in Berlin.", "2023-01-10"),
    *stated("I don't think remote work is better than the office. I moved to Rome.", "2023-06-02"),
    *stated("My sister Anna loves opera. I promised Anna to send her the slides by Friday.", "2023-11-20"),
    *stated("I'll call the bank by Monday.", "2023-03-01"),
]
BELIEFS = settle(SAID)


def answers(question: str) -> list[str]:
    query = read_question(question, TODAY)
    assert query is not None
    return [told(belief) for belief in choose(query, BELIEFS, TODAY, subjects_of(query, BELIEFS))]


@pytest.mark.parametrize(
    ("question", "query"),
    [
        ("What did I believe in May?", FactQuery("", "2023-05-01", "2023-05-31", mine=True)),
        ("what did I think about remote work in May?", FactQuery("remote work", "2023-05-01", "2023-05-31", mine=True)),
        ("What do you know about Demo Aunt?", FactQuery("Demo Aunt")),
        ("what do you know about me?", FactQuery("me")),
        ("What did I promise this week?", FactQuery("", "2023-11-20", "2023-11-26", ("commitment",), "promised", True)),
        ("What did I promise Anna?", FactQuery("Anna", "", "", ("commitment",), "promised", True)),
    ],
)
def test_a_plain_question_is_read(question: str, query: FactQuery) -> None:
    assert read_question(question, TODAY) == query


@pytest.mark.parametrize(
    "question",
    [
        "What is due?",
        "What did the plumber say?",
        "Where is the key?",
        "I think so",
        "What did I do?",
        "know " * 100,
        "",
    ],
)
def test_another_question_is_none_of_ours(question: str) -> None:
    assert read_question(question, TODAY) is None


def test_what_was_believed_then() -> None:
    assert answers("What did I think about remote work in May?") == [
        "You think remote work is better than the office (since 10 January 2023, until 2 June 2023)."
    ]
    assert answers("What do I think about remote work?") == [
        "You do not think remote work is better than the office (since 2 June 2023)."
    ]
    assert "You live in Berlin (since 10 January 2023, until 2 June 2023)." in answers("What did I believe in May?")


def test_what_was_promised() -> None:
    promise = "You promised Anna to send her the slides (by 24 November 2023)."
    assert answers("What did I promise this week?") == answers("What did I promise Anna?") == [promise]
    assert [told(one) for one in choose(FactQuery(scope="open"), BELIEFS, TODAY)] == [promise]


def test_what_is_known_of_a_person_by_name_and_by_what_she_is() -> None:
    assert "Anna loves opera".replace("loves", "likes") in " ".join(answers("What do you know about Anna?"))
    assert "Your sister is Anna (since 20 November 2023)." in answers("What do you know about Anna?")
    assert any("opera" in line for line in answers("What do you know about my sister?"))


def test_nothing_is_made_up() -> None:
    assert answers("What do you know about Demo Uncle?") == []


@pytest.mark.parametrize(
    ("words", "days"),
    [("May", ("2023-05-01", "2023-05-31")), ("2022", ("2022-01-01", "2022-12-31")), ("2023-05", ("2023-05-01", "2023-05-31")),
     ("last spring", ("2023-03-01", "2023-05-31")),
     ("2023-05-04", ("2023-05-04", "2023-05-04")), ("3 May", ("2023-05-03", "2023-05-03")),
     ("nonsense", None)],
)  # fmt: skip
def test_days_in_words(words: str, days: tuple[str, str] | None) -> None:
    assert days_of(words, TODAY) == days
