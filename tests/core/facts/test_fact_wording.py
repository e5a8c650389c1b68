"""Facts in plain sentences."""

from __future__ import annotations

import pytest

from sage.core.facts.beliefs import settle
from sage.core.facts.fact_wording import day_in_words, sentence, source_line, told
from sage.core.facts.facts import Kind, Statement


def fact(kind: Kind, subject: str, attribute: str, value: str, polarity: bool = True, **options: str) -> Statement:
    return Statement("f_1", kind, subject, attribute, value, f"… {value}", polarity, source="n.md", line=3, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (fact("state", "me", "lives in", "Rome"), "You live in Rome"),
        (fact("state", "Anna", "lives in", "Rome", False), "Anna does not live in Rome"),
        (fact("state", "me", "is allergic to", "nuts"), "You are allergic to nuts"),
        (fact("state", "me", "is allergic to", "nuts", False), "You are not allergic to nuts"),
        (fact("state", "me", "has", "a car", False), "You do not have a car"),
        (fact("state", "my sister", "has", "two kids"), "My sister has two kids"),
        (fact("preference", "me", "likes", "olives", False), "You do not like olives"),
        (fact("preference", "me", "favourite colour", "green"), "Your favourite colour is green"),
        (fact("person", "me", "sister", "Anna"), "Your sister is Anna"),
        (fact("date", "Demo Aunt", "birthday", "--05-03"), "Demo Aunt's birthday is 3 May"),
        (fact("date", "meeting with Anna", "is on", "2023-07-20"), "Meeting with Anna is on 20 July 2023"),
        (fact("date", "me", "did", "went to a concert"), "You went to a concert"),
        (fact("commitment", "me", "promised", "send the slides", whom="Anna"), "You promised Anna to send the slides"),
        (fact("commitment", "me", "plans", "visiting Rome"), "You plan visiting Rome"),
        (fact("commitment", "me", "wants", "learn the piano", False), "You do not want to learn the piano"),
        (fact("commitment", "me", "decided", "move"), "You decided to move"),
        (fact("state", "me", "usually", "run early"), "You usually run early"),
        (fact("belief", "me", "thinks", "tea is best"), "You think tea is best"),
    ],
)
def test_a_fact_is_a_sentence(statement: Statement, words: str) -> None:
    assert sentence(settle([statement])[0]) == words


def test_its_time_and_its_place_are_told() -> None:
    event = fact(
        "date", "me", "did", "went to Rome", stated_at="2023-05-10", valid_from="2023-05-01", valid_to="2023-05-02"
    )
    assert told(settle([event])[0]) == "You went to Rome (1 May 2023)."
    assert source_line(event) == "“… went to Rome” n.md:3, 10 May 2023"
    gone = fact("state", "me", "lives in", "Rome", ended_at="2023-06-01T10:00:00+00:00")
    assert told(settle([gone])[0]) == "You live in Rome (no longer in your notes since 1 June 2023, 10:00)."


def test_days_in_words() -> None:
    assert [day_in_words(text) for text in ("2023-05-03", "--12-24", "2023-05-03T09:30:00+02:00", "green")] == [
        "3 May 2023", "24 December", "3 May 2023, 09:30", "green",
    ]  # fmt: skip
