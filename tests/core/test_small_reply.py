"""What a small model writes is read piece by piece, wherever it is cut."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sage.core.messages import ToolSpec
from sage.core.small_reply import ReplyReader, TextDecoder, beginnings, inlined, union_schema

ADD = ToolSpec("add_task", "adds", {"type": "object", "properties": {"text": {"type": "string"}}}, "local")


def cut(text: str, places: list[int]) -> list[str]:
    marks = sorted({0, len(text), *(place % (len(text) + 1) for place in places)})
    return [text[a:b] for a, b in pairwise(marks)]


@given(st.text(), st.lists(st.integers(min_value=0)), st.booleans())
def test_a_reply_is_decoded_wherever_it_is_cut(text: str, places: list[int], ascii_only: bool) -> None:
    text = text.encode("utf-8", "replace").decode()
    written = json.dumps({"tool": "reply", "text": text}, ensure_ascii=ascii_only)
    reader = ReplyReader(["add_task"])
    told = "".join(reader.feed(piece) for piece in cut(written, places))
    assert told == text
    assert reader.finish() is None


@given(st.text(alphabet='\\u"dD8cC0aefn😀x', max_size=30), st.lists(st.integers(min_value=0)))
def test_the_decoder_gives_the_same_for_every_cut_and_never_fails(written: str, places: list[int]) -> None:
    at_once, piecewise = TextDecoder(), TextDecoder()
    assert at_once.feed(written) == "".join(piecewise.feed(piece) for piece in cut(written, places))


def test_text_comes_while_it_is_written() -> None:
    reader = ReplyReader([])
    assert [reader.feed(piece) for piece in ('{"tool"', ': "reply", "text": "Go', "od m", 'orning\\', 'n!"', "}")] == [
        "", "Go", "od m", "orning", "\n!", "",
    ]  # fmt: skip


def test_a_lonely_surrogate_becomes_a_replacement() -> None:
    assert TextDecoder().feed(r"a\ud83d\ude00b\ud83dc\ude00d") == "a😀b\ufffdc\ufffdd"


def test_notes_named_before_the_text_are_marked_after_it() -> None:
    reader = ReplyReader([])
    assert reader.feed('{"tool":"reply","notes":[2, 3],"text":"In March."}') == "In March."
    assert reader.finish() == " [2] [3]"


def test_marks_in_the_text_are_not_doubled() -> None:
    reader = ReplyReader([])
    reader.feed('{"tool":"reply","notes":[2],"text":"In March [2]."}')
    assert reader.finish() is None


@pytest.mark.parametrize(
    "written",
    [
        '{"tool":"add_task","arguments":{"text":"milk"}}',
        ' {\n "tool": "add_task", "arguments": {"text": "milk"}} and more',
        'Sure!\n```json\n{"tool":"add_task","arguments":{"text":"milk"}}\n```',
        'I will do it: {"tool":"add_task","arguments":{"text":"milk"}} done',
    ],
)
def test_a_call_is_found_also_in_a_fence_or_among_prose(written: str) -> None:
    reader = ReplyReader(["add_task"])
    assert reader.feed(written) == ""
    assert reader.finish() == ("add_task", {"text": "milk"})


def test_a_reply_with_its_keys_in_another_order_is_told_at_the_end() -> None:
    reader = ReplyReader([])
    assert reader.feed('{"text":"Hello.","tool":"reply","notes":[1]}') == ""
    assert reader.finish() == "Hello. [1]"


def test_prose_without_an_object_is_a_reply() -> None:
    reader = ReplyReader(["add_task"])
    reader.feed("Just {words}.")
    assert reader.finish() == "Just {words}."


@pytest.mark.parametrize(
    "written",
    ['{"tool":"add_task","arguments":{"te', '{"tool":"send_mail","arguments":{}}', '{"tool":"add_task","arguments":3}'],
)
def test_a_call_that_is_cut_off_or_unknown_is_never_made(written: str) -> None:
    reader = ReplyReader(["add_task"])
    reader.feed(written)
    with pytest.raises(ValueError):
        reader.finish()


def test_the_union_holds_the_reply_first_then_the_tools_in_order() -> None:
    choices = union_schema([ADD], notes=[1, 4])["anyOf"]
    assert [choice["properties"]["tool"]["const"] for choice in choices] == ["reply", "add_task"]
    assert list(choices[0]["properties"]) == ["tool", "notes", "text"]
    assert choices[0]["properties"]["notes"]["items"] == {"enum": [1, 4]}
    assert "notes" not in union_schema([ADD])["anyOf"][0]["properties"]


def test_references_are_put_where_they_are_used_and_titles_dropped() -> None:
    schema: dict[str, Any] = {
        "$defs": {"State": {"enum": ["open", "done"], "title": "State"}},
        "type": "object",
        "title": "Args",
        "properties": {"state": {"anyOf": [{"$ref": "#/$defs/State"}, {"type": "null"}]}, "title": {"type": "string"}},
    }
    assert inlined(schema) == {
        "type": "object",
        "properties": {"state": {"anyOf": [{"enum": ["open", "done"]}, {"type": "null"}]}, "title": {"type": "string"}},
    }


def test_a_schema_that_refers_to_itself_ends() -> None:
    schema: dict[str, Any] = {"$defs": {"N": {"properties": {"n": {"$ref": "#/$defs/N"}}}}, "$ref": "#/$defs/N"}
    assert "$ref" not in json.dumps(inlined(schema))


def test_only_tokens_that_can_begin_a_name_count_among_the_odds() -> None:
    odds = (("add", 0.5), ("reply", 0.2), ("sure", 0.2), ("", 0.1))
    assert beginnings(odds, [ToolSpec("add_task", "", {}, "local")]) == (("add", 0.5), ("reply", 0.2))


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('{"text": "Tea.", "tool": "reply", "notes": 3}', "Tea."),
        ('{"text": "Tea.", "tool": "reply", "notes": null}', "Tea."),
        ('{"tool": ["add_task"], "arguments": {}}', None),
        ('{"tool": {"name": "add_task"}}', None),
    ],
)
def test_what_stands_in_the_place_of_a_name_or_numbers_breaks_nothing(written: str, read: str | None) -> None:
    reader = ReplyReader(["add_task"])
    reader.feed(written)
    if read is None:
        with pytest.raises(ValueError, match="no such tool"):
            reader.finish()
    else:
        assert reader.finish() == read
