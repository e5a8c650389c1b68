from __future__ import annotations

from typing import Any

import pytest

from sage.core.json_shapes import misfit, misfit_of_text

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
