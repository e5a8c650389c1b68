"""Replay is taught by the record: tools answer as they did, nothing runs, and what is not in the record is told."""

from __future__ import annotations

from collections.abc import Sequence

from sage.core.cases import Case
from sage.core.ledger import Job
from sage.core.messages import ModelRequest, ToolCall
from sage.core.trials import Replayed
from sage.evals.asking import asker
from sage.evals.graders import grade
from sage.evals.replay import replay
from sage.testing.fakes import FakeBudget, FakeClock
from sage.testing.scripted_model import ScriptedModel, Step
from tests.evals.turns import SUN, command, opening, question

ADDS = ToolCall("1", "add_task", {"text": "buy soil."})
REMINDS = ToolCall("2", "remind", {"text": "Buy soil", "when": "tomorrow at 9"})


async def played(case: Case, *script: Sequence[Step]) -> tuple[Replayed, list[ModelRequest]]:
    model = ScriptedModel(script)
    ask = asker(model, FakeBudget(), FakeClock(), Job("x", "eval"))
    return await replay(case.body, ask), model.requests


def faults(case: Case, replayed: Replayed) -> list[str]:
    return [each.check for each in grade(case.body, replayed) if not each.passed]


async def test_the_same_calls_in_other_words_are_answered_from_the_record() -> None:
    replayed, asked = await played(command(), [ADDS], [REMINDS], ["Both are done."])
    assert [request.messages[-1].text for request in asked[1:]] == [
        "Task added: Buy soil.", "I will remind you tomorrow at 9.",
    ]  # fmt: skip
    assert asked[1].messages[-1].call_id == "1" and not replayed.divergences
    assert faults(command(), replayed) == []


async def test_calls_may_come_at_once_and_in_another_order() -> None:
    replayed, asked = await played(command(), [REMINDS, ADDS], ["Both are done."])
    assert [each.text for each in asked[1].messages[-2:]] == [
        "I will remind you tomorrow at 9.",
        "Task added: Buy soil.",
    ]
    assert faults(command(), replayed) == []


async def test_a_call_that_is_not_in_the_record_diverges_and_is_told_with_the_difference() -> None:
    late = ToolCall("2", "remind", {"text": "Buy soil", "when": "2026-11-25T09:00"})
    replayed, asked = await played(command(), [ADDS, late], ["Both are done."])
    (divergence,) = replayed.divergences
    assert divergence.step == 1
    assert divergence.why == "called remind with when: 2026-11-25T09:00 instead of 2026-11-24T09:00"
    taught = asked[1]
    assert taught.tools == () and [each.text for each in taught.messages if each.role == "tool"] == [
        "Task added: Buy soil.", "I will remind you tomorrow at 9.",
    ]  # fmt: skip
    assert replayed.text == "Both are done."
    assert [check for check in faults(command(), replayed) if check.startswith(("calls remind", "changes"))]


async def test_a_tool_that_was_never_called_diverges() -> None:
    replayed, _ = await played(question(), [ToolCall("1", "list_tasks", {})], ["They want 6 hours of sun [1]."])
    assert replayed.divergences[0].why == "called list_tasks(), and the record has no call of list_tasks"
    assert faults(question(), replayed) == []  # it only looked, and came to the answer


async def test_who_only_ever_calls_comes_to_no_answer() -> None:
    replayed, asked = await played(question(), [ToolCall("1", "list_tasks", {})])
    assert replayed.limited and len(asked) == 2 and "comes to an answer" in faults(question(), replayed)


async def test_an_answer_is_cited_as_it_would_be_in_a_conversation() -> None:
    replayed, _ = await played(question(), ["They want 6 hours of sun every day."])
    assert replayed.cited == (SUN.id,) and replayed.text.endswith("[1]")


async def test_another_opening_can_be_given() -> None:
    model = ScriptedModel([["Hello."]])
    ask = asker(model, FakeBudget(), FakeClock(), Job("x", "eval"))
    await replay(question().body, ask, opening("Hello"))
    assert model.requests[0].passages == ()


async def test_a_reminder_may_say_its_time_among_its_words() -> None:
    said = ToolCall("2", "remind", {"text": "tomorrow at 9 to buy soil"})
    replayed, _ = await played(command(), [ADDS, said], ["Both are done."])
    assert not replayed.divergences and faults(command(), replayed) == []
    other = ToolCall("2", "remind", {"text": "tomorrow at 9 to buy seeds"})
    assert (await played(command(), [ADDS, other], ["Both are done."]))[0].divergences
