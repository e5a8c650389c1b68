"""The prompt of a small model: stable bytes first, short, what changes last; and only what was asked for is offered."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from sage.core.messages import Message, ModelRequest, ToolCall, ToolSpec
from sage.core.passages import Hit
from sage.core.small_prompt import PASSAGES, UNSURE_PASSAGES, is_question, offered, render, shown

TEXT: dict[str, Any] = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
DUE: dict[str, Any] = {
    "type": "object",
    "properties": {"text": {"type": "string"}, "state": {"enum": ["open", "done"]}},
    "required": ["text"],
}
TOOLS = (
    ToolSpec("recall", "Search the person's notes.", TEXT, "read"),
    ToolSpec("note", "Write a note.", TEXT, "local"),
    ToolSpec("add_task", "Add a task.", DUE, "local"),
    ToolSpec("list_goals", "List the person's goals.", {"type": "object", "properties": {}}, "read"),
    ToolSpec("send_mail", "Send a mail.", TEXT, "outward"),
)


def hit(number: int, text: str) -> Hit:
    return Hit(f"h{number}", f"n{number}.md", "Head", number, 0, len(text), text)


PASSAGE = hit(1, "The boiler was serviced on 4 March by Ms Duval.")


def request(
    said: str, *, passages: tuple[Hit, ...] = (), context: str = "Now: Friday.", past: tuple[Message, ...] = ()
) -> ModelRequest:
    return ModelRequest("Be brief.", (*past, Message("user", said)), passages, TOOLS, context)


def text_of(messages: list[dict[str, str]]) -> str:
    return json.dumps(messages, ensure_ascii=False)


def shared(a: str, b: str) -> int:
    return next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def test_the_same_request_gives_the_same_bytes() -> None:
    assert text_of(render(request("hi", passages=(PASSAGE,)))) == text_of(render(request("hi", passages=(PASSAGE,))))


def test_system_and_tools_are_the_same_bytes_whatever_else_changes() -> None:
    one = render(request("When was the boiler serviced?", passages=(PASSAGE,), context="Now: Friday."))
    two = render(request("Add a task: buy milk", context="Now: Monday."))
    assert one[0] == two[0]
    assert one[0]["role"] == "system"
    assert "add_task(text, state?: open|done)" in one[0]["content"]


def test_the_past_is_a_prefix_of_the_next_turn() -> None:
    past = (Message("user", "Hello"), Message("assistant", "Good morning."))
    first = render(request("Hello"))
    second = render(request("What now?", past=past, passages=(PASSAGE,), context="Now: later."))
    third = render(request("And then?", past=(*past, Message("user", "What now?"), Message("assistant", "Rest."))))
    assert second[:3] == third[:3]
    assert first[0] == third[0]


def test_within_a_turn_tool_results_are_added_behind() -> None:
    asked = request("What goals do I have?", passages=(PASSAGE,))
    call = ToolCall("c1", "list_goals", {})
    after = msgspec.structs.replace(
        asked,
        messages=(*asked.messages, Message("assistant", "", (call,)), Message("tool", "- run", (), "c1", "list_goals")),
    )
    before, later = render(asked), render(after)
    assert later[: len(before)] == before
    assert later[-2:] == [
        {"role": "assistant", "content": '{"tool":"list_goals","arguments":{}}'},
        {"role": "tool", "content": "- run"},
    ]


def test_passages_are_numbered_and_cited_and_the_question_is_last() -> None:
    content = render(request("When was the boiler serviced?", passages=(PASSAGE,)))[-1]["content"]
    assert "[1] n1.md#Head:1\nThe boiler was serviced" in content
    assert content.index("[1]") < content.index("Now: Friday.") < content.index("When was")
    assert content.endswith("When was the boiler serviced?")


def test_the_numbers_are_those_of_the_request_also_when_some_are_left_out() -> None:
    given = (hit(1, "Basil needs water."), hit(2, "The boiler was serviced on 4 March by Ms Duval."))
    assert [number for number, _ in shown(request("Who serviced the boiler?", passages=given))] == [2]


def test_few_passages_are_shown_and_long_ones_are_cut_to_what_was_asked() -> None:
    filler = "Nothing of note happened on that day. " * 60
    many = tuple(hit(n, f"{filler}The boiler was serviced by Duval. {filler}") for n in range(1, 9))
    asked = request("Who serviced the boiler?", passages=many)
    content = render(asked)[-1]["content"]
    assert len(shown(asked)) == PASSAGES
    assert content.count("The boiler was serviced by Duval.") == PASSAGES
    assert len(content) < 1000 * PASSAGES


def test_passages_that_do_not_cover_the_words_are_shown_for_questions_only() -> None:
    given = tuple(hit(n, "Basil needs water.") for n in range(1, 5))
    assert len(shown(request("Where did I park?", passages=given))) == UNSURE_PASSAGES
    assert shown(request("Add a task: buy oat milk", passages=given)) == ()


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("Where should the basil stand?", {"recall"}),
        ("How do I link to a heading in another note?", {"recall"}),
        ("Can you add a task: call the bank?", {"add_task", "recall"}),
        ("Hello, how are you?", {"recall"}),
        ("Please add a task: call the bank", {"add_task", "recall"}),
        ("Make a note that the code is 4417", {"note", "recall"}),
        ("What are my goals?", {"list_goals"}),
        ("Füge eine Aufgabe hinzu", {tool.name for tool in TOOLS}),
        ("Send a mail to Ann", {"send_mail", "recall"}),
    ],
)
def test_local_and_outward_tools_are_offered_when_the_words_name_them(said: str, names: set[str]) -> None:
    found = {tool.name for tool in offered(request(said))}
    effects = {tool.name: tool.effect for tool in TOOLS}
    assert {name for name in found if effects[name] != "read"} == {name for name in names if effects[name] != "read"}
    assert {name for name in names if effects[name] == "read"} - {"recall"} <= found


def test_a_date_can_be_given_only_where_one_was_named() -> None:
    dated: dict[str, Any] = {
        "type": "object",
        "properties": {"text": {}, "due": {}, "when": {}},
        "required": ["text", "when"],
    }
    tool = ToolSpec("add_task", "Add a task.", dated, "local")

    def parameters(said: str) -> list[str]:
        (found,) = offered(ModelRequest("", (Message("user", said),), tools=(tool,)))
        return list(found.schema["properties"])

    assert parameters("Add a task for me: buy oat milk") == ["text", "when"]
    assert parameters("Add a task for me: buy oat milk tomorrow") == ["text", "due", "when"]


def test_what_was_found_is_not_searched_for_again() -> None:
    said = "Search my notes: who serviced the boiler?"
    assert "recall" in {tool.name for tool in offered(request(said))}
    assert "recall" not in {tool.name for tool in offered(request(said, passages=(PASSAGE,)))}


def test_without_tools_nothing_is_said_about_acting() -> None:
    plain = ModelRequest("Be brief.", (Message("user", "Hello"),))
    assert render(plain) == [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}]


@pytest.mark.parametrize(("said", "asks"), [("Where is it", True), ("Milk?", True), ("Add milk", False), ("", False)])
def test_questions_are_known(said: str, asks: bool) -> None:
    assert is_question(said) is asks
