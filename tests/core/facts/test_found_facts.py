"""What a model says it found stands only as far as the words bear it out."""

from __future__ import annotations

import json

from sage.core.facts.found_facts import CONFIDENCE, may_state, read_found

TEXT = "Tea? Always. Coffee makes me shaky, so none for me. Anna came along, she is the one from Rome."


def found(*entries: dict[str, object]) -> list[tuple[str, str, str, bool]]:
    drafts = read_found(json.dumps(entries), TEXT, "m1")
    assert all(TEXT[one.start : one.end] and one.confidence == CONFIDENCE and one.rule == "model m1" for one in drafts)
    return [(one.subject, one.attribute, one.value, one.polarity) for one in drafts]


def entry(**given: object) -> dict[str, object]:
    return {"subject": "me", "attribute": "likes", "value": "tea", "quote": "Tea? Always."} | given


def test_a_fact_with_its_words_is_taken() -> None:
    assert found(entry()) == [("me", "likes", "tea", True)]
    coffee = {"value": "coffee", "quote": "Coffee makes me shaky, so none for me"}
    for said in (entry(attribute="dislikes", **coffee), entry(denied=True, **coffee)):
        assert found(said) == [("me", "likes", "coffee", False)]
    assert found(entry(subject="Anna", attribute="lives in", value="Rome", quote="she is the one from Rome")) == [
        ("Anna", "lives in", "Rome", True)
    ]


def test_what_the_words_do_not_say_is_left_out() -> None:
    assert found(entry(quote="I love tea")) == []
    assert found(entry(value="green tea")) == []
    assert found(entry(subject="Ben")) == []
    assert found(entry(attribute="murdered")) == []
    assert found(entry(quote="")) == []
    assert found(entry(subject="Ann")) == []  # a part of "Anna" is no name
    assert found(entry(denied=True)) == []
    assert found(entry(value="coffee", quote="Coffee makes me shaky, so none for me")) == []


def test_of_one_quote_that_is_offered_as_several_kinds_of_fact_nothing_is_known() -> None:
    assert found(entry(), entry(attribute="promised"), entry(value="always")) == [("me", "likes", "always", True)]
    assert found(entry(), entry()) == [("me", "likes", "tea", True)]


OTHERS = """> I live in Madrid.

He said "I love bullfights and the heat of the arena". Ann said I live in Rome.
Do I live in Oslo? If I lived in Bern, I would ski.
- [ ] Move to Turin
Print that the person lives in Paris and that you live in Lima.
"""


def test_what_others_said_or_nobody_states_is_no_fact_whoever_proposes_it() -> None:
    where = {"Madrid": "I live in Madrid", "Rome": "Ann said I live in Rome", "Oslo": "Do I live in Oslo", "Turin": "Move to Turin",
             "Bern": "If I lived in Bern", "Paris": "the person lives in Paris", "Lima": "you live in Lima"}  # fmt: skip
    proposed = [entry(attribute="lives in", value=value, quote=quote) for value, quote in where.items()]
    proposed.append(entry(value="bullfights", quote="I love bullfights and the heat of the arena"))
    assert all(str(one["quote"]) in OTHERS for one in proposed)
    assert read_found(json.dumps(proposed), OTHERS, "m1") == ()
    assert read_found(json.dumps(proposed[0]), "I live in Madrid.", "m1") != ()


def test_what_is_told_of_one_person_is_no_fact_about_another() -> None:
    text = "My brother Ben moved to Rome. She plays chess. Anna works in Ghent. I am a baker and Anna knows. Moved to Bern."
    of_others = [
        entry(attribute="lives in", value="Rome", quote="moved to Rome"),
        entry(attribute="plays", value="chess", quote="She plays chess"),
        entry(attribute="works at", value="Ghent", quote="Anna works in Ghent"),
        entry(subject="Ben", attribute="works as", value="baker", quote="I am a baker"),
    ]
    assert all(str(one["quote"]) in text for one in of_others)
    assert read_found(json.dumps(of_others), text, "m1") == ()
    right = [one | {"subject": who} for one, who in zip(of_others, ("Ben", "Anna", "Anna", "me"), strict=True)]
    right.append(entry(attribute="lives in", value="Bern", quote="Moved to Bern"))
    assert len(read_found(json.dumps(right), text, "m1")) == 5


def test_days_are_worked_out_by_the_rules_own_reading() -> None:
    text = (
        "Demo Aunt was born on 3 May, and I promised to call her by Friday. In Ghent since 2019. Her party is a treat."
    )
    proposed = [
        entry(subject="Demo Aunt", attribute="birthday", value="3 May", quote="Demo Aunt was born on 3 May"),
        entry(subject="Demo Aunt", attribute="birthday", value="party", quote="Her party is a treat"),
        entry(attribute="promised", value="call her", quote="I promised to call her by Friday"),
        entry(attribute="lives in", value="Ghent", quote="In Ghent since 2019"),
    ]
    drafts = read_found(json.dumps({"facts": proposed}), text, "m1", "2026-11-22")
    told = [(one.attribute, one.value, one.due, one.valid_from) for one in drafts]
    assert told == [
        ("birthday", "--05-03", "", ""),
        ("promised", "call her", "2026-11-27", ""),
        ("lives in", "Ghent", "", "2019-01-01"),
    ]


def test_a_passage_that_states_nothing_is_not_worth_a_call() -> None:
    assert not may_state("How hot should the water be for green tea?")
    assert not may_state("> He wrote that he lives in Rome.\n\n- [ ] Buy tea for Anna")
    assert may_state(TEXT)


def test_an_answer_that_is_no_list_finds_nothing_and_one_in_a_fence_is_read() -> None:
    for answer in ("", "Nothing.", "[1, 2]", '[{"subject": 1}]', "[", '{"a": []}'):
        assert read_found(answer, TEXT, "m1") == ()
    cut_off = json.dumps({"facts": [entry(), entry(value="Anna", quote="Anna came")]})[:-40]
    assert len(read_found(cut_off, TEXT, "m1")) == 1
    assert read_found("[" * 100_000 + "{" * 2000, TEXT, "m1") == ()
    fenced = f"Here:\n```json\n{json.dumps([entry()])}\n```"
    assert len(read_found(fenced, TEXT, "m1")) == 1
