"""litellm in front of a real model server of this machine, over a relay that refuses, cuts and stalls."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest

from sage.adapters.date_reader import PlainDateReader
from sage.adapters.home.secret_store import SecretStore
from sage.adapters.models.litellm_library import load_library
from sage.adapters.models.litellm_model import LitellmModel
from sage.adapters.notes.notebook import FileNotebook
from sage.agent.conversation import Conversation
from sage.agent.prompt import Voice
from sage.agent.router import Limits
from sage.agent.tools import HomeTools
from sage.core.errors import ProviderDown, SageError, StreamBroken
from sage.core.messages import Finished, Message, ModelRequest, TextDelta, ToolCall, ToolSpec
from sage.core.turns import Answer, StartedOver
from sage.locations import Home
from sage.testing.fakes import FakeApprover, FakeBudget, FakeClock, FakeFacts, FakeLedger, FakeMemory, FakeReminders
from tests.model_relay import How, Relay
from tests.model_server import ModelServer, model_file, running_server

pytestmark = [
    pytest.mark.model,
    pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier"),
    pytest.mark.filterwarnings("ignore:.*conflict with protected namespace"),
    pytest.mark.filterwarnings("ignore:.*attribute on the instance is deprecated"),
]
QUESTION = ModelRequest(
    system="Be plain.", messages=(Message("user", "Count from one to thirty, in words."),), max_tokens=64
)
ADD_TASK = ToolSpec(
    "add_task",
    "Adds a task to the person's list.",
    {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
    "local",
)


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with running_server(model_file("qwen2.5-0.5b"), context=4096) as running:
        yield running


@pytest.fixture(autouse=True)
async def library() -> Any:
    return await load_library()


def relay(server: ModelServer, *how: How, after: int = 0) -> Relay:
    return Relay(int(server.base_url.rpartition(":")[2].partition("/")[0]), list(how), after)


def model(base_url: str, folder: Path, seconds: float = 120.0, name: str = "desk/embedded") -> LitellmModel:
    return LitellmModel(
        name, SecretStore(Home(folder), {}), base_url=base_url, seconds=seconds, context_tokens=4096, temperature=0.0
    )


async def test_it_streams_with_usage_and_costs_nothing(server: ModelServer, tmp_path: Path) -> None:
    async with relay(server, "through") as between:
        events = [event async for event in model(between.base_url, tmp_path).stream(QUESTION)]
    end = events[-1]
    assert isinstance(end, Finished) and end.model == "desk/embedded" and end.usage.cost == 0.0
    assert end.usage.prompt_tokens > 10 and end.usage.completion_tokens > 1 and not end.usage.estimated
    assert len([event for event in events if isinstance(event, TextDelta)]) > 1


async def test_it_calls_a_tool(server: ModelServer, tmp_path: Path) -> None:
    asking = ModelRequest(
        system="You call a tool when you are told to do something.",
        messages=(Message("user", "Please add a task: buy milk"),),
        tools=(ADD_TASK,),
        max_tokens=96,
    )
    events = [event async for event in model(server.base_url, tmp_path).stream(asking)]
    calls = [event for event in events if isinstance(event, ToolCall)]
    assert [call.name for call in calls] == ["add_task"] and "milk" in calls[0].arguments["text"]


async def test_closing_the_stream_ends_the_call(server: ModelServer, tmp_path: Path) -> None:
    async with relay(server, "through") as between:
        asked = model(between.base_url, tmp_path)
        async with aclosing(asked.stream(QUESTION)) as events:
            assert isinstance(await anext(events), TextDelta)
        async with asyncio.timeout(10):
            await between.left.wait()
        assert isinstance([event async for event in asked.stream(QUESTION)][-1], Finished)


@pytest.mark.parametrize(
    ("how", "after", "kind"),
    [
        ("429", 0, ProviderDown),
        ("500", 0, ProviderDown),
        ("cut", 0, SageError),
        ("cut", 900, StreamBroken),
        ("stall", 0, ProviderDown),
        ("stall", 900, StreamBroken),
    ],
)
async def test_what_fails_is_told_for_what_it_is(
    how: How, after: int, kind: type[SageError], server: ModelServer, tmp_path: Path
) -> None:
    async with relay(server, how, after=after) as between:
        asked = model(between.base_url, tmp_path, seconds=4.0 if how == "stall" else 120.0)
        with pytest.raises(kind):
            _ = [event async for event in asked.stream(QUESTION)]


@pytest.mark.parametrize(("how", "after"), [("429", 0), ("500", 0), ("cut", 900), ("stall", 900)])
async def test_the_next_server_in_line_answers(how: How, after: int, server: ModelServer, tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.prepare()
    memory, ledger = FakeMemory(), FakeLedger()
    async with relay(server, how, after=after) as between:
        models = [model(between.base_url, tmp_path, 4.0), model(server.base_url, tmp_path, name="attic/embedded")]
        talk = Conversation(
            "c1", models=models, memory=memory, ledger=ledger, approver=FakeApprover(False), budget=FakeBudget(),
            tools=HomeTools(memory, FileNotebook(home), FakeReminders(), PlainDateReader(), FakeFacts()),
            clock=FakeClock(), voice=Voice("Demo"), limits=Limits(answer_tokens=32),
        )  # fmt: skip
        events = [event async for event in talk.respond("Count from one to thirty, in words", turn="t1")]
    answer = events.pop()
    assert isinstance(answer, Answer) and answer.model == "attic/embedded" and answer.answer
    assert [event.model for event in events if isinstance(event, StartedOver)] == ["attic/embedded"]
    text = ""
    for event in events:
        text = "" if isinstance(event, StartedOver) else text + getattr(event, "text", "")
    assert text.strip() == answer.answer
