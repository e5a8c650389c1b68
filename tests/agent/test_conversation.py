"""One turn, end to end over fakes: sources, tools, authority, failover, limits, cancel."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from sage.adapters.date_reader import PlainDateReader
from sage.adapters.models.librarian_model import CommandsFirst, LibrarianModel
from sage.adapters.notes.notebook import FileNotebook
from sage.agent.conversation import Conversation, Limits
from sage.agent.prompt import Voice
from sage.agent.tools import HomeTools
from sage.core.claims import NOT_DONE
from sage.core.errors import NoKey, ProviderDown, StreamBroken
from sage.core.extracts import KEPT
from sage.core.messages import TextDelta, ToolCall
from sage.core.passages import Hit
from sage.core.ports import ChatModel
from sage.core.turns import ActionTaken, Answer, ApprovalNeeded, Correction, StartedOver, TurnStarted
from sage.locations import Home
from sage.testing.fakes import FakeApprover, FakeBudget, FakeClock, FakeFacts, FakeLedger, FakeMemory, FakeReminders
from sage.testing.scripted_model import ScriptedModel

VAULT = Hit(
    "p1", "Garden.md", "Tomatoes", 7, 0, 60, "Tomatoes want six hours of sun and water at the roots every evening."
)
PUMP = Hit("p2", "House.md", "Boiler", 3, 0, 50, "The boiler pressure should stay between 1.2 and 1.8 bar.")


class Stage:
    """A conversation over fakes, and all that can be seen of it."""

    def __init__(self, home: Path, *models: ChatModel, granted: bool = False, limits: Limits | None = None) -> None:
        self.home = Home(home)
        self.home.prepare()
        self.clock, self.ledger, self.budget = FakeClock(), FakeLedger(), FakeBudget()
        self.memory, self.approver, self.reminders = FakeMemory([VAULT, PUMP]), FakeApprover(granted), FakeReminders()
        self.notebook = FileNotebook(self.home)
        self.facts = FakeFacts()
        self.tools = HomeTools(self.memory, self.notebook, self.reminders, PlainDateReader(), self.facts)
        self.talk = Conversation(
            "c1", models=models or [LibrarianModel(self.clock.now)], memory=self.memory, tools=self.tools, ledger=self.ledger,
            approver=self.approver, budget=self.budget, clock=self.clock, voice=Voice("Demo"), limits=limits or Limits(),
        )  # fmt: skip
        self.turns = 0

    async def say(self, text: str) -> tuple[Answer, list[Any]]:
        self.turns += 1
        events = [event async for event in self.talk.respond(text, turn=f"t{self.turns}")]
        answer = events.pop()
        assert isinstance(answer, Answer)
        return answer, events


def call(name: str, **arguments: Any) -> ToolCall:
    return ToolCall("c1", name, arguments)


async def test_a_model_answers_with_the_source_that_it_cites(tmp_path: Path) -> None:
    model = ScriptedModel([["Tomatoes want six hours of sun [1]."]])
    answer, events = await Stage(tmp_path, model).say("How much sun do tomatoes want?")
    assert answer.answer == "Tomatoes want six hours of sun. [1]"
    assert [hit.citation for hit in answer.sources] == ["Garden.md#Tomatoes:7"]
    assert isinstance(events[0], TurnStarted)
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == answer.answer


async def test_what_a_model_leaves_unmarked_is_cited_by_comparison(tmp_path: Path) -> None:
    model = ScriptedModel([["The boiler pressure should stay between 1.2 and 1.8 bar."]])
    answer, _ = await Stage(tmp_path, model).say("boiler pressure?")
    assert [hit.source for hit in answer.sources] == ["House.md"]


async def test_the_librarian_quotes_the_persons_own_words(tmp_path: Path) -> None:
    answer, _ = await Stage(tmp_path).say("How much sun do tomatoes want?")
    assert "six hours of sun" in answer.answer and answer.model == "librarian"
    assert [hit.citation for hit in answer.sources] == ["Garden.md#Tomatoes:7"]
    assert "No model is set" in answer.answer


async def test_the_librarian_says_when_it_has_nothing(tmp_path: Path) -> None:
    answer, _ = await Stage(tmp_path).say("Who wrote the Iliad?")
    assert answer.answer.startswith("I have nothing on that") and not answer.sources


async def test_what_sage_says_of_itself_cites_no_note_that_shares_its_words(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    chatter = Hit("p3", "Setup.md", "Model", 1, 0, 60, "Set a sun model: search, note, plan, remind; own words stand.")
    stage.memory.hits[:] = [VAULT, chatter]
    for question in ("Who wrote the Iliad?", "How much sun do tomatoes want?"):
        answer, _ = await stage.say(question)
        assert "No model is set" in answer.answer and chatter not in answer.sources


async def test_what_a_tool_that_failed_says_cites_no_note_that_shares_its_words(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.memory.hits.append(
        Hit("p3", "Tasks.md", "Tasks", 1, 0, 60, "Open the task list: nothing fits, sage changed.")
    )
    answer, _ = await stage.say("I have finished the list of tasks")
    assert answer.actions[0].state == "failed" and "No open task" in answer.answer and not answer.sources


async def test_the_librarian_names_the_nearest_when_nothing_clearly_answers(tmp_path: Path) -> None:
    answer, _ = await Stage(tmp_path).say("Which tomatoes grow best in a cold northern climate?")
    assert "Nothing in your notes clearly answers that" in answer.answer
    assert [hit.citation for hit in answer.sources] == ["Garden.md#Tomatoes:7"]
    near, _ = await Stage(tmp_path).say("tomatos in the sun")
    assert "six hours of sun" in near.answer


async def test_reminders_are_due_like_tasks(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    await stage.say("remind me tomorrow at 9 to call the bank")
    assert "call the bank" in (await stage.say("what is due?"))[0].answer


async def test_the_librarian_does_what_it_is_plainly_told(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    answer, events = await stage.say("Add a task to buy milk tomorrow")
    assert [action.state for action in answer.actions] == ["done"]
    assert any(isinstance(event, ActionTaken) for event in events)
    assert [(task.text, task.due) for task in stage.notebook.tasks()] == [("buy milk", "2026-11-24")]
    assert "buy milk" in (await stage.say("what is due?"))[0].answer
    await stage.say("remind me on Friday at 9 to call the bank")
    assert [(kept.text, kept.rule.wall) for kept in stage.reminders.kept] == [("call the bank", "2026-11-27T09:00")]


async def test_a_tool_runs_when_the_words_of_this_turn_ask_for_it(tmp_path: Path) -> None:
    model = ScriptedModel([[call("add_task", text="water the tomatoes", due="friday")], ["Added."]])
    stage = Stage(tmp_path, model)
    answer, _ = await stage.say("please add a task: water the tomatoes on friday")
    assert [task.due for task in stage.notebook.tasks()] == ["2026-11-27"]
    assert answer.actions[0].state == "done" and not stage.approver.asked
    assert model.requests[1].messages[-1].role == "tool"


async def test_what_a_note_says_cannot_make_a_tool_run(tmp_path: Path) -> None:
    model = ScriptedModel([[call("add_task", text="send the savings to account 12345")], ["I've added it for you."]])
    stage = Stage(tmp_path, model)
    answer, events = await stage.say("How much sun do tomatoes want?")
    assert stage.notebook.tasks() == [] and answer.actions[0].state == "denied"
    assert len(stage.approver.asked) == 1 and "did not ask" in stage.approver.asked[0].why
    assert NOT_DONE in answer.answer  # the claim does not stand
    assert isinstance(events[-1], Correction)


async def test_an_approval_lets_exactly_that_call_run(tmp_path: Path) -> None:
    model = ScriptedModel([[call("add_task", text="something of the model's own making")], ["ok"]])
    stage = Stage(tmp_path, model, granted=True)
    answer, events = await stage.say("add a task")
    assert answer.actions[0].state == "done" and [task.text for task in stage.notebook.tasks()]
    asked = next(event for event in events if isinstance(event, ApprovalNeeded))
    assert stage.ledger.approvals == [(asked, True)]


async def test_a_profile_that_only_reads_asks_even_for_what_was_said(tmp_path: Path) -> None:
    model = ScriptedModel([[call("add_task", text="buy milk")], ["ok"]])
    stage = Stage(tmp_path, model, limits=Limits(effects="read"))
    answer, _ = await stage.say("add a task buy milk")
    assert answer.actions[0].state == "denied" and stage.notebook.tasks() == []


async def test_a_wrong_call_is_told_to_the_model_and_changes_nothing(tmp_path: Path) -> None:
    model = ScriptedModel([[call("add_task", words="x"), call("fly", to="Rome")], ["Sorry."]])
    answer, _ = await Stage(tmp_path, model).say("add a task x")
    assert [action.state for action in answer.actions] == ["failed", "failed"]
    assert "There is no tool 'fly'" in model.requests[1].messages[-1].text


async def test_the_next_model_answers_when_the_first_fails_before_its_first_word(tmp_path: Path) -> None:
    first, second = ScriptedModel([[ProviderDown("down")]], name="first"), ScriptedModel([["Hello"]], name="second")
    answer, events = await Stage(tmp_path, first, second).say("hi")
    assert (answer.answer, answer.model, answer.state) == ("Hello", "second", "done")
    assert [event.model for event in events if isinstance(event, StartedOver)] == ["second"]


async def test_a_failure_in_mid_stream_voids_what_was_said_and_its_tool_calls(tmp_path: Path) -> None:
    broken: list[Any] = ["Half an ans", call("add_task", text="buy milk"), StreamBroken("gone")]
    stage = Stage(tmp_path, ScriptedModel([broken], name="first"), ScriptedModel([["Whole."]], name="second"))
    answer, _ = await stage.say("add a task buy milk")
    assert answer.answer == "Whole." and stage.notebook.tasks() == [] and not answer.actions


async def test_the_last_failure_is_raised_and_kept_with_what_was_said(tmp_path: Path) -> None:
    stage = Stage(tmp_path, ScriptedModel([["Some words", StreamBroken("It stopped.")]]))
    with pytest.raises(StreamBroken):
        await stage.say("hi")
    assert [(kept.state, kept.answer) for kept in stage.ledger.answers] == [("failed", "Some words")]
    assert len(stage.budget.reserved) == len(stage.budget.settled) == 1


async def test_a_wrong_key_is_told_before_anything_is_said(tmp_path: Path) -> None:
    stage = Stage(tmp_path, ScriptedModel([[NoKey("The key was refused.")]]))
    with pytest.raises(NoKey):
        await stage.say("hi")
    assert stage.ledger.said == {"t1": "hi"}


async def test_a_model_that_never_stops_calling_tools_is_stopped(tmp_path: Path) -> None:
    model = ScriptedModel([[call("tell_time")]])
    answer, _ = await Stage(tmp_path, model, limits=Limits(steps=3)).say("what time is it")
    assert answer.state == "limited" and len(model.requests) == 3 and "3 steps" in answer.trouble


async def test_closing_the_stream_keeps_what_was_said_and_cancels_the_model(tmp_path: Path) -> None:
    model = ScriptedModel([["one two three", 30.0, "four"]])
    stage = Stage(tmp_path, model)
    async with aclosing(stage.talk.respond("hi", turn="t1")) as events:
        async for event in events:
            if isinstance(event, TextDelta) and "three" in event.text:
                break
    assert [(kept.state, kept.answer) for kept in stage.ledger.answers] == [("stopped", "one two three")]
    assert model.cancelled == 1


async def test_cancelling_the_task_in_a_wait_keeps_what_was_said(tmp_path: Path) -> None:
    stage = Stage(tmp_path, ScriptedModel([["one", 30.0]]))
    task = asyncio.create_task(stage.say("hi"))
    for _ in range(500):
        await asyncio.sleep(0.01)
        if stage.ledger.partial:
            break
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [(kept.state, kept.answer) for kept in stage.ledger.answers] == [("stopped", "one")]


async def test_all_that_was_shown_is_written_down_while_a_model_stalls(tmp_path: Path) -> None:
    stage = Stage(tmp_path, ScriptedModel([["one two three", 30.0, "four"]]))
    async with asyncio.timeout(10), aclosing(stage.talk.respond("hi", turn="t1")) as events:
        waiting = asyncio.ensure_future(_last(events))
        while stage.ledger.partial.get("t1") != "one two three":  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        waiting.cancel()
        await asyncio.wait([waiting])


async def _last(events: AsyncGenerator[Any, None]) -> Any:
    return [event async for event in events][-1]


async def test_closing_at_the_first_event_finishes_the_turn(tmp_path: Path) -> None:
    stage = Stage(tmp_path, ScriptedModel([["one"]]))
    async with aclosing(stage.talk.respond("hi", turn="t1")) as events:
        assert isinstance(await anext(events), TurnStarted)
    assert [kept.state for kept in stage.ledger.answers] == ["stopped"]


async def test_the_prompts_beginning_is_the_same_bytes_in_every_turn(tmp_path: Path) -> None:
    model = ScriptedModel([["a"], ["b"]])
    stage = Stage(tmp_path, model)
    await stage.say("first")
    stage.clock.go_on(hours=30)
    await stage.say("second tomatoes")
    first, second = model.requests
    assert first.system == second.system and first.tools == second.tools
    assert second.messages[: len(first.messages)] == first.messages


async def test_a_small_model_leaves_plain_commands_to_the_librarian(tmp_path: Path) -> None:
    small = ScriptedModel([["A reply."]], name="small", worst=0.5)
    stage = Stage(tmp_path, small)
    stage = Stage(tmp_path, CommandsFirst(small, stage.clock.now))
    told, _ = await stage.say("add a task to buy milk")
    assert told.model == "librarian" and [task.text for task in stage.notebook.tasks()] == ["buy milk"]
    asked, _ = await stage.say("How are you?")
    assert (asked.answer, asked.model) == ("A reply.", "small") and len(small.requests) == 1


async def test_the_librarian_keeps_what_it_is_told(tmp_path: Path) -> None:
    answer, _ = await Stage(tmp_path).say("I gave the tomatoes six hours of sun.")
    assert answer.answer == KEPT and not answer.sources


async def test_what_was_only_asked_before_is_no_evidence(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    for speaker, text in (("you", "How much sun do tomatoes want?"), ("Sage", "Tomatoes want six hours of sun. [1]")):
        stage.memory.remember(text, source="conversation/c0", thread="conversation/c0", speaker=speaker)
    answer, _ = await stage.say("How much sun do tomatoes want?")
    assert [hit.id for hit in answer.sources] == ["p1"]
    answer, _ = await stage.say("What did I say about tomatoes and sun?")
    assert [hit.speaker for hit in answer.sources][:2] in (["you", "Sage"], ["Sage", "you"])


async def test_what_a_branch_left_behind_is_no_evidence_in_it(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.memory.remember(
        "Tomatoes want two hours of sun.", source="conversation/c0", thread="conversation/c0", speaker="you"
    )
    stage.talk._kin = ("c1", "c0")
    answer, _ = await stage.say("How much sun do tomatoes want?")
    assert [hit.id for hit in answer.sources] == ["p1"]
