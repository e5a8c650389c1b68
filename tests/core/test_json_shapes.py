from __future__ import annotations

import contextlib
from typing import Any

import pytest

from sage.core.chat_prompt import BROKEN_ARGUMENTS, read_arguments
from sage.core.copies import read_split
from sage.core.json_shapes import misfit, misfit_of_text, whole_json
from sage.core.sheets.asking import read_answer, read_judgement
from sage.core.sheets.joining import read_pair
from sage.core.small_reply import ReplyReader
from sage.core.written_calls import WrittenCalls

TASK = {
    "type": "object",
    "properties": {
        "text": {"type": "string", "minLength": 1},
        "tags": {"type": "array", "items": {"enum": ["home", "work"]}, "maxItems": 2},
        "due": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "minutes": {"type": "integer"},
    },
    "required": ["text"],
    "additionalProperties": False,
}


@pytest.mark.parametrize("value", [{"text": "x"}, {"text": "x", "tags": ["home"], "due": None, "minutes": 5}])
def test_what_fits(value: Any) -> None:
    assert misfit(value, TASK) == ""


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ([], "it is not object"),
        ({}, "it has no text"),
        ({"text": ""}, "text is too short"),
        ({"text": "x", "more": 1}, "it has more, which nobody asked for"),
        ({"text": "x", "tags": ["moon"]}, "entry 1 of tags is none of home, work"),
        ({"text": "x", "tags": ["home"] * 3}, "tags has 3 entries"),
        ({"text": "x", "due": 5}, "due is none of what it may be"),
        ({"text": "x", "minutes": True}, "minutes is not integer"),
        ({"text": "x", "minutes": 1.5}, "minutes is not integer"),
    ],
)
def test_what_does_not_fit_is_told_by_its_place(value: Any, told: str) -> None:
    assert misfit(value, TASK) == told


def test_a_text_may_stand_in_a_fence() -> None:
    assert misfit_of_text('```json\n{"text": "x"}\n```', TASK) == ""
    assert misfit_of_text("x", TASK) == "it is no JSON"


@pytest.mark.parametrize("count", [90, 2_000, 100_000])
def test_what_runs_in_a_circle_is_no_answer_wherever_json_is_read(count: int) -> None:
    for deep in ('{"quote": ' + "[" * count, '{"answer": ' + '{"a": ' * count + "1" + "}" * count + "}"):
        read_answer(deep, "x"), read_judgement(deep, "x"), read_pair(deep, "x", "y"), read_split(deep, "q", 3)
        calls = WrittenCalls(["note"])
        assert calls.feed(deep) + calls.finish()[1] == deep
        reply = ReplyReader(["note"])
        reply.feed(deep)
        with contextlib.suppress(ValueError):  # it names no tool
            reply.finish()
        assert (misfit_of_text(deep, {"type": "object"}) == "") == (count < 100 and deep.endswith("}"))
        arguments = read_arguments(deep)
        assert (BROKEN_ARGUMENTS in arguments) == (count > 100 or not deep.endswith("}"))


def test_brackets_in_words_are_not_deep() -> None:
    assert whole_json('{"a": "' + "[" * 500 + '\\"[["}') == {"a": "[" * 500 + '"[['}
    assert whole_json("[" + "[1]," * 500 + "[1]]") == [[1]] * 501
