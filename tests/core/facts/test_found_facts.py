"""What a model says it found stands only as far as the words bear it out."""

from __future__ import annotations

import json

from sage.core.facts.found_facts import CONFIDENCE, read_found

TEXT = "Tea? Always. Coffee makes me shaky, so none for me. Anna came along, she is the one from Rome."


def found(*entries: dict[str, object]) -> list[tuple[str, str, str, bool]]:
    drafts = read_found(json.dumps(entries), TEXT, "m1")
    assert all(TEXT[one.start : one.end] and one.confidence == CONFIDENCE and one.rule == "model m1" for one in drafts)
    return [(one.subject, one.attribute, one.value, one.polarity) for one in drafts]


def entry(**given: object) -> dict[str, object]:
    return {"subject": "me", "attribute": "likes", "value": "tea", "quote": "Tea? Always."} | given


def test_a_fact_with_its_words_is_taken() -> None:
    assert found(entry()) == [("me", "likes", "tea", True)]
    assert found(entry(attribute="dislikes", value="coffee", quote="Coffee makes me shaky")) == [
        ("me", "likes", "coffee", False)
    ]
    assert found(entry(subject="Anna", attribute="lives in", value="Rome", quote="she is the one from Rome")) == [
        ("Anna", "lives in", "Rome", True)
    ]


def test_what_the_words_do_not_say_is_left_out() -> None:
    assert found(entry(quote="I love tea")) == []
    assert found(entry(value="green tea")) == []
    assert found(entry(subject="Ben")) == []
    assert found(entry(attribute="x" * 41)) == []
    assert found(entry(quote="")) == []


def test_an_answer_that_is_no_list_finds_nothing_and_one_in_a_fence_is_read() -> None:
    for answer in ("", "Nothing.", "[1, 2]", '[{"subject": 1}]', "[", '{"a": []}'):
        assert read_found(answer, TEXT, "m1") == ()
    fenced = f"Here:\n```json\n{json.dumps([entry()])}\n```"
    assert len(read_found(fenced, TEXT, "m1")) == 1
