"""Facts looked up by the agent's tool."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sage.adapters.date_reader import PlainDateReader
from sage.adapters.models.librarian_model import CommandsFirst, LibrarianModel
from sage.agent.tools import HomeTools
from sage.core.errors import BadInput
from sage.core.facts.fact_questions import NO_FACTS
from sage.core.facts.facts import Statement
from sage.core.messages import Message, ModelRequest, TextDelta, ToolCall, ToolSpec
from sage.core.passages import Hit
from sage.core.ports import ToolOutcome
from sage.testing.fakes import FakeFacts, FakeMemory, FakeReminders

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)


def fact(value: str, when: str, **options: str) -> Statement:
    return Statement(f"f_{value}", "state", "me", "lives in", value, f"I live in {value}", stated_at=when, source="n.md",
                     passage="p_1", recorded_at=when, **options)  # type: ignore[arg-type]  # fmt: skip


def look_up(kept: list[Statement], **arguments: object) -> ToolOutcome:
    tools = HomeTools(FakeMemory(), None, FakeReminders(), PlainDateReader(), FakeFacts(kept))  # type: ignore[arg-type]
    call = ToolCall("c1", "facts", arguments)
    tools.check(call)
    return tools.act("k1", call, NOW)


def test_a_fact_is_told_with_its_source_and_its_time() -> None:
    found = look_up([fact("Berlin", "2026-01-10"), fact("Rome", "2026-06-02")], about="where I live", when="May")
    assert found.text.splitlines() == [
        "- You live in Berlin (since 10 January 2026, until 2 June 2026).",
        "  “I live in Berlin” n.md:1, 10 January 2026",
    ]
    assert [(hit.id, hit.text) for hit in found.passages] == [("p_1", "I live in Berlin")]


def test_both_sides_of_a_contradiction_are_told() -> None:
    found = look_up([fact("Berlin", ""), fact("Rome", "")], about="me")
    assert "  But: You live in Rome: “I live in Rome” n.md:1" in found.text.splitlines()
    assert "  But: You live in Berlin: “I live in Berlin” n.md:1" in found.text.splitlines()


def test_many_are_cut_and_nothing_is_said_plainly() -> None:
    many = [
        Statement(f"f_{number}", "preference", "me", "likes", f"tea {number}", "q", source="n.md")
        for number in range(20)
    ]
    assert "- and 8 more: sage facts" in look_up(many).text
    assert look_up([], about="Demo Uncle").text == NO_FACTS
    with pytest.raises(BadInput, match="names no time"):
        look_up([], when="whenever")


def _request(*texts: str) -> ModelRequest:
    messages = [Message("user", texts[0])]
    if len(texts) > 1:
        messages += [Message("assistant", "", (ToolCall("c1", "facts", {}),)), Message("tool", texts[1], call_id="c1")]
    hit = Hit("p_1", "n.md", "Boiler", 1, 0, 1, "The boiler pressure should stay at 1.2 bar.")
    return ModelRequest("", tuple(messages), (hit,), (ToolSpec("facts", "", {}, "read"),))


async def _said(model: LibrarianModel | CommandsFirst, request: ModelRequest) -> str:
    return "".join([event.text async for event in model.stream(request) if isinstance(event, TextDelta)])


async def test_the_librarian_quotes_where_no_fact_is_known() -> None:
    librarian = LibrarianModel(lambda: NOW)
    question = "What do you know about boiler pressure?"
    assert "1.2 bar" in await _said(librarian, _request(question, NO_FACTS))
    assert await _said(librarian, _request(question, "- A fact.")) == "- A fact."
