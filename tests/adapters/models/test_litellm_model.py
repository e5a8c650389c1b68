"""litellm behind the ChatModel port, against a server on loopback that speaks the real protocols."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
import subprocess
import sys
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sage.adapters.home.secret_store import SecretStore
from sage.adapters.models.litellm_library import SWITCHES, known_models, load_library, price_of
from sage.adapters.models.litellm_model import LitellmModel
from sage.core.chat_prompt import broken_arguments, most_tokens
from sage.core.errors import ModelTrouble, NoAnswer, NoKey, ProviderDown, SageError, StreamBroken, UnknownModel
from sage.core.messages import Finished, Message, ModelEvent, ModelRequest, TextDelta, ToolCall, ToolSpec, Usage
from sage.core.providers import PROVIDERS
from sage.locations import Home
from tests.openai_stand_in import Answer, StandIn, event_lines

# litellm silences these about its own types when it is imported; pytest starts each test with its own filters.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*`ReadOnly` qualifier"),
    pytest.mark.filterwarnings("ignore:.*conflict with protected namespace"),
    pytest.mark.filterwarnings("ignore:.*attribute on the instance is deprecated"),
]

CANARY = "sk-canary-7f3a9b2c4d5e6f708192"
TASK_TOOL = ToolSpec(
    "add_task", "Adds a task.", {"type": "object", "properties": {"text": {"type": "string"}}}, "local"
)
QUESTION = ModelRequest(
    system="Be brief.", messages=(Message("user", "What did I plan?"),), tools=(TASK_TOOL,), max_tokens=64
)
THOUGHT = (
    *event_lines(Answer(dies=True)),
    "data: " + json.dumps({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m",
                           "choices": [{"index": 0, "delta": {"reasoning_content": "Hm, a plan"}, "finish_reason": None}]}),
)  # fmt: skip
"""What is streamed of an answer while nothing of it is shown."""


@pytest.fixture(autouse=True)
async def library() -> AsyncIterator[Any]:
    yield await load_library()


def model_of(
    server: StandIn,
    tmp_path: Path,
    *,
    name: str = "openai/qwen-local",
    environ: dict[str, str] | None = None,
    **more: Any,
) -> LitellmModel:
    base_url = server.address if name.startswith("ollama") else server.base_url
    return LitellmModel(name, SecretStore(Home(tmp_path), environ or {}), base_url=base_url, **more)


async def answered(model: LitellmModel, request: ModelRequest = QUESTION) -> list[ModelEvent]:
    try:
        return [event async for event in model.stream(request)]
    finally:
        await model.close()


async def trouble_of(model: LitellmModel, request: ModelRequest = QUESTION) -> SageError:
    with pytest.raises(ModelTrouble) as caught:
        await answered(model, request)
    return caught.value


async def test_text_comes_in_pieces_with_usage_and_a_cost_of_nothing_on_this_machine(tmp_path: Path) -> None:
    with StandIn(Answer(("You planned ", "a walk [1]."))) as server:
        events = await answered(model_of(server, tmp_path))
    assert events == [
        TextDelta("You planned "),
        TextDelta("a walk [1]."),
        Finished("openai/qwen-local", Usage(120, 7, 100, 0.0), "end"),
    ]
    asked = server.asked[0]
    assert asked["messages"][0] == {"role": "system", "content": "Be brief."}
    assert asked["max_tokens"] == 64 and asked["stream_options"] == {"include_usage": True}
    assert "tools" not in asked  # a question: a small model would call whatever is offered


async def test_a_model_on_this_machine_is_offered_what_the_words_ask_for(tmp_path: Path) -> None:
    asking = msgspec.structs.replace(QUESTION, messages=(Message("user", "Please add a task to walk"),))
    with StandIn(Answer(("Fine.",))) as server:
        async for _ in model_of(server, tmp_path).stream(asking):
            pass
    assert [tool["function"]["name"] for tool in server.asked[0]["tools"]] == ["add_task"]


async def test_a_server_with_a_name_of_the_persons_own_is_asked_as_openais(tmp_path: Path) -> None:
    with StandIn(Answer(("Yes.",))) as server:
        model = model_of(server, tmp_path, name="desk/qwen-local")
        assert (await answered(model))[-1] == Finished("desk/qwen-local", Usage(120, 7, 100, 0.0), "end")
    assert server.asked[0]["model"] == "qwen-local"


FORMED = ModelRequest(system="", messages=(Message("user", "Facts?"),), max_tokens=64, answer={"type": "object"})


@pytest.mark.parametrize(
    ("status", "tries"), [(400, 1), (422, 2), (501, 1)]
)  # litellm asks twice by itself after a 422
async def test_a_server_that_knows_no_form_is_asked_without_one_from_then_on(
    status: int, tries: int, tmp_path: Path
) -> None:
    refusals = [Answer(status=status, error="response_format is not supported")] * tries
    with StandIn(*refusals, Answer(("{}",)), Answer(("{}",))) as server:
        model = model_of(server, tmp_path)
        assert [TextDelta("{}") in await answered(model, FORMED) for _ in range(2)] == [True, True]
    assert ["response_format" in asked for asked in server.asked] == [*[True] * tries, False, False]


@pytest.mark.parametrize(
    ("answers", "formed"),
    [
        ((Answer(status=400, error="no"), Answer(status=400, error="no at all")), [True, False]),
        ((Answer(status=500, error="oops"),), [True]),
        ((Answer(status=401, error="no"),), [True]),
    ],
)
async def test_what_fails_for_another_reason_says_nothing_of_the_form(
    answers: tuple[Answer, ...], formed: list[bool], tmp_path: Path
) -> None:
    with StandIn(*answers, Answer(("{}",))) as server:
        model = model_of(server, tmp_path)
        await trouble_of(model, FORMED)
        await answered(model, FORMED)
    assert ["response_format" in asked for asked in server.asked] == [*formed, True]


async def test_a_server_that_takes_no_request_is_told(tmp_path: Path) -> None:
    with StandIn(*[Answer(status=422, error="no")] * 2) as server:
        assert "did not accept" in (await trouble_of(model_of(server, tmp_path))).what


async def test_tool_calls_in_fragments_are_put_together(tmp_path: Path) -> None:
    calls = ((0, "c1", "add_task", '{"te'), (1, "c2", "add_task", '{"text": "b"}'), (0, "", "", 'xt": "a"}'))
    with StandIn(Answer(("Adding.",), calls=calls, finish="tool_calls")) as server:
        events = await answered(model_of(server, tmp_path))
    assert events[1:3] == [ToolCall("c1", "add_task", {"text": "a"}), ToolCall("c2", "add_task", {"text": "b"})]
    assert isinstance(events[-1], Finished) and events[-1].stop == "tools"


async def test_calls_that_share_an_index_or_an_id_stay_apart(tmp_path: Path) -> None:
    calls = (
        (0, "c1", "add_task", '{"text": "a"}'),
        (0, "c2", "add_task", '{"text": "b"}'),
        (1, "old", "add_task", "{}"),
    )
    earlier = (
        Message("user", "x"),
        Message("assistant", "", (ToolCall("old", "add_task", {}),)),
        Message("tool", "ok", call_id="old"),
    )
    with StandIn(Answer(calls=calls, finish="tool_calls")) as server:
        events = await answered(model_of(server, tmp_path), ModelRequest("", earlier, tools=(TASK_TOOL,)))
    made = [event for event in events if isinstance(event, ToolCall)]
    assert [call.arguments for call in made] == [{"text": "a"}, {"text": "b"}, {}]
    assert len({call.id for call in made} | {"old"}) == 4


async def test_arguments_that_are_no_json_are_told_as_such(tmp_path: Path) -> None:
    with StandIn(Answer(calls=((0, "c1", "add_task", '{"text": "cut o'),), finish="length")) as server:
        events = await answered(model_of(server, tmp_path))
    call, end = events
    assert isinstance(call, ToolCall) and broken_arguments(call) == '{"text": "cut o'
    assert isinstance(end, Finished) and end.stop == "length"


def said_to_be(read: int, written: int, cached: int = 0, thought: int = 0) -> dict[str, Any]:
    details = {
        "prompt_tokens_details": {"cached_tokens": cached},
        "completion_tokens_details": {"reasoning_tokens": thought},
    }
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written} | details


@pytest.mark.parametrize(
    "usage",
    [
        said_to_be(-5_000, -5_000), said_to_be(120, -7), said_to_be(10**12, 7), said_to_be(120, 10**12), said_to_be(120, 7, 121),
        said_to_be(120, 7, -1), said_to_be(120, 7, 0, 8), said_to_be(120, 7, 0, -1),
    ],
)  # fmt: skip
async def test_usage_that_cannot_be_is_estimated_and_its_price_is_unknown(
    usage: dict[str, Any], tmp_path: Path
) -> None:
    with StandIn(Answer(("Three walks.",), usage=usage), Answer(("Three walks.",), usage=usage)) as server:
        here = (await answered(model_of(server, tmp_path)))[-1]
        away = LitellmModel(
            "openai/gpt-4o", SecretStore(Home(tmp_path), {}), base_url=server.base_url.replace("127.0.0.1", "0.0.0.0")
        )
        there = (await answered(away))[-1]
    assert isinstance(here, Finished) and here.usage.estimated and here.usage.cost == 0
    assert isinstance(there, Finished) and there.usage.estimated and there.usage.cost is None
    assert 0 < there.usage.prompt_tokens < 1000 and 0 < there.usage.completion_tokens < 20


@pytest.mark.parametrize("calls", [False, True])
async def test_an_answer_that_does_not_end_is_stopped(calls: bool, tmp_path: Path) -> None:
    def line(number: int) -> str:
        arguments = {"tool_calls": [{"index": 0, "function": {"arguments": f"aaaa{number} "}}]}
        delta = arguments if calls else {"content": f"and {number} "}
        return "data: " + json.dumps({"id": "1", "choices": [{"index": 0, "delta": delta}]})

    first = ((0, "a", "add_task", '{"text": "'),) if calls else ()
    with StandIn(Answer(raw=(*event_lines(Answer(calls=first, dies=True)), *map(line, range(5_000))))) as server:
        trouble = await trouble_of(model_of(server, tmp_path))
    assert isinstance(trouble, StreamBroken) and "far more than it was asked for" in trouble.what


@pytest.mark.parametrize("name", ["openai/qwen-local", "desk/qwen-local", "ollama_chat/qwen-local"])
@pytest.mark.parametrize("status", [302, 307, 308])
async def test_nothing_goes_where_a_server_sends_on_to(name: str, status: int, tmp_path: Path) -> None:
    with StandIn(Answer(("Read it.",))) as elsewhere:
        with StandIn(Answer(status=status, onward=elsewhere.address)) as server:
            trouble = await trouble_of(model_of(server, tmp_path, name=name))
        assert isinstance(trouble, ProviderDown)
        assert "sends on to another address" in trouble.what or name.startswith(
            "ollama"
        )  # of which litellm tells only a 500
        assert elsewhere.paths == []


async def test_a_line_that_does_not_end_is_hung_up_on(tmp_path: Path) -> None:
    with StandIn(Answer(raw=(*event_lines(Answer(("Well",), dies=True)), "data: " + "a" * 30_000_000))) as server:
        trouble = await trouble_of(model_of(server, tmp_path))
        assert isinstance(trouble, ProviderDown | StreamBroken)
        assert server.left.wait(10)


@pytest.mark.parametrize("raw", ["<html><body>Log in to this network.</body></html>", '{"choices": []}'])
async def test_a_page_is_no_answer(raw: str, tmp_path: Path) -> None:
    with StandIn(Answer(raw=(raw,))) as server:
        trouble = await trouble_of(model_of(server, tmp_path))
    assert isinstance(trouble, ProviderDown) and "no answer of a model" in trouble.what


async def test_usage_that_is_missing_is_estimated_and_marked(tmp_path: Path) -> None:
    with StandIn(Answer(("A walk.",), usage=None)) as server:
        end = (await answered(model_of(server, tmp_path)))[-1]
    assert isinstance(end, Finished) and end.usage.estimated
    assert end.usage.prompt_tokens > 10 and end.usage.completion_tokens > 0


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (Answer(status=401, error=f"Incorrect API key provided: {CANARY}"), NoKey, "MY_KEY"),
        (Answer(status=403, error="forbidden"), NoKey, "refused"),
        (Answer(status=404, error="The model `qwen-locl` does not exist"), UnknownModel, "openai/qwen-local"),
        (Answer(status=400, error="invalid model: qwen-locl"), UnknownModel, "nearest"),
        (Answer(status=429, error="slow down"), ProviderDown, "asks for a pause: too many"),
        (Answer(status=429, error="slow down", retry_after="30"), ProviderDown, "pause of 30 s: too many"),
        (Answer(status=429, error="slow down", retry_after="soon"), ProviderDown, "asks for a pause: too many"),
        (Answer(status=429, error="insufficient_quota"), ProviderDown, "credit"),
        (Answer(status=500, error="oops"), ProviderDown, "has a fault of its own: HTTP 500, “oops”."),
        (Answer(status=503, error=f"no {CANARY}"), ProviderDown, "has a fault of its own: HTTP 503, “no …”."),
        (
            Answer(raw=('data: {"error": {"message": "overloaded", "code": 500}}',)),
            ProviderDown,
            "an error, “overloaded”",
        ),
        (Answer(status=400, error="This model's maximum context length is 4096 tokens."), ModelTrouble, "longer than"),
        (Answer(status=400, error=f"bad tool schema {CANARY}"), ModelTrouble, "bad tool schema …"),
        (Answer(raw=(": nothing",), dies=True), NoAnswer, "broke before an answer"),
        (Answer(dies=True), NoAnswer, "broke before an answer"),
        (Answer(raw=("data: {broken",)), ProviderDown, "no answer of a model"),
        (Answer(("A wa",), dies=True), StreamBroken, "middle"),
        (Answer(calls=((0, "a", "add_task", '{"text": "A'),), dies=True), StreamBroken, "middle"),
        (Answer(raw=THOUGHT, dies=True), StreamBroken, "middle"),
        (Answer(raw=THOUGHT), StreamBroken, "middle"),
        (Answer(("A wa",), finish=None), StreamBroken, "middle"),
    ],
)
async def test_what_goes_wrong_is_told_without_the_key(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, answer: Answer, kind: type[SageError], says: str
) -> None:
    caplog.set_level(logging.DEBUG)
    with StandIn(answer) as server:
        model = model_of(server, tmp_path, name="openai/qwen-locl", environ={"MY_KEY": CANARY}, key_env="MY_KEY")
        trouble = await trouble_of(model)
    assert type(trouble) is kind and says in str(trouble)
    assert server.headers[0]["authorization"] == f"Bearer {CANARY}"
    shown = [repr(model), repr(vars(model)), str(trouble), *traceback.format_exception(trouble), caplog.text]
    assert not [text for text in shown if CANARY in text]
    assert trouble.__context__ is None


async def test_a_missing_key_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    model = LitellmModel("anthropic/claude-sonnet-5-5", SecretStore(Home(tmp_path), {"PYTHON_KEYRING_BACKEND": ""}))
    trouble = await trouble_of(model)
    assert isinstance(trouble, NoKey) and "ANTHROPIC_API_KEY" in trouble.what
    assert str(tmp_path / "secrets" / "ANTHROPIC_API_KEY") in trouble.do


async def test_a_server_of_ones_own_never_gets_the_key_of_a_provider(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    with StandIn(Answer(("Hi.",))) as server:
        await answered(model_of(server, tmp_path, environ=dict(os.environ)))
    assert CANARY not in str(server.headers) and server.headers[0]["authorization"] == "Bearer none"


async def test_a_proxy_never_sees_what_is_meant_for_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with StandIn() as proxy, StandIn(Answer(("Hi.",))) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.address)
        monkeypatch.setenv("no_proxy", "example.org")
        monkeypatch.setenv("NO_PROXY", "example.org")
        events = await answered(model_of(server, tmp_path))
    assert events[0] == TextDelta("Hi.") and proxy.paths == []


async def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    with StandIn() as server:
        gone = model_of(server, tmp_path)
    trouble = await trouble_of(gone)
    assert isinstance(trouble, ProviderDown) and "cannot be reached" in trouble.what and "Start" in trouble.do


async def test_a_provider_nobody_knows(tmp_path: Path) -> None:
    trouble = await trouble_of(LitellmModel("anthropc/claude-haiku-4-5", SecretStore(Home(tmp_path), {})))
    assert isinstance(trouble, UnknownModel) and "anthropic/claude-haiku-4-5" in trouble.do


@pytest.mark.parametrize(
    ("answer", "kind"), [(Answer(hangs=True, raw=(": hm",)), NoAnswer), (Answer(("A",), hangs=True), StreamBroken)]
)
async def test_silence_ends_by_itself_even_with_signs_of_life(
    tmp_path: Path, answer: Answer, kind: type[SageError]
) -> None:
    with StandIn(answer) as server:
        assert type(await trouble_of(model_of(server, tmp_path, seconds=0.3))) is kind


async def test_who_hangs_up_with_the_request_in_hand_may_charge_it(tmp_path: Path) -> None:
    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    async with server:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        model = LitellmModel("openai/qwen-local", SecretStore(Home(tmp_path), {}), base_url=address)
        assert type(await trouble_of(model)) is NoAnswer


async def test_a_pause_of_a_moment_is_kept_and_then_the_answer_comes(tmp_path: Path) -> None:
    slow = Answer(status=429, error="slow down", retry_after="0.2")
    with StandIn(slow, Answer(("Hi.",)), slow, slow) as server:
        model = model_of(server, tmp_path)
        began = time.monotonic()
        assert (await answered(model))[0] == TextDelta("Hi.") and time.monotonic() - began >= 0.2
        assert "pause of 0.2 s" in (await trouble_of(model)).what and len(server.asked) == 4  # once, and no more


async def test_thoughts_count_where_a_server_says_no_usage(tmp_path: Path) -> None:
    said = event_lines(Answer(("A plan.",), usage=None))[1:]
    with StandIn(Answer(raw=(*THOUGHT, *said))) as server:
        end = (await answered(model_of(server, tmp_path)))[-1]
    assert isinstance(end, Finished) and end.usage.estimated
    assert 0 < end.usage.reasoning_tokens < end.usage.completion_tokens


async def test_slow_pieces_may_together_take_longer_than_one_silence(tmp_path: Path) -> None:
    with StandIn(Answer(("a", "b", "c", "d"), pause=0.12)) as server:
        events = await answered(model_of(server, tmp_path, seconds=0.45))
    assert isinstance(events[-1], Finished)


async def test_closing_the_stream_hangs_up(tmp_path: Path) -> None:
    with StandIn(Answer(("one", "two"), hangs=True)) as server:
        model = model_of(server, tmp_path)
        async with aclosing(model.stream(QUESTION)) as events:
            assert await anext(events) == TextDelta("one")
        assert await asyncio.to_thread(server.left.wait, 10)
        await model.close()
        await model.close()


async def test_two_models_at_once_and_one_that_was_closed_and_asked_again(tmp_path: Path) -> None:
    with StandIn(Answer(("1",)), Answer(("2",)), Answer(("3",))) as server:
        one, other = model_of(server, tmp_path), model_of(server, tmp_path)
        first = await asyncio.gather(answered(one), answered(other))
        again = await answered(one)
    assert {str(events[0]) for events in first} == {str(TextDelta("1")), str(TextDelta("2"))}
    assert again[0] == TextDelta("3")


async def test_ollama_answers_calls_tools_and_reads_the_whole_prompt(tmp_path: Path) -> None:
    calls = ((0, "", "add_task", '{"text": "a"}'),)
    with StandIn(Answer(("Adding.",), calls=calls)) as server:
        events = await answered(model_of(server, tmp_path, name="ollama_chat/qwen-local", context_tokens=6000))
    assert events[0] == TextDelta("Adding.")
    assert isinstance(events[1], ToolCall) and events[1].arguments == {"text": "a"}
    assert events[2] == Finished("ollama_chat/qwen-local", Usage(120, 7, 0, 0.0), "tools")
    assert server.asked[0]["options"]["num_ctx"] == 6000


async def test_a_model_ollama_does_not_have_names_the_nearest(tmp_path: Path) -> None:
    with StandIn(Answer(status=404, error="model 'qwen-locl' not found")) as server:
        trouble = await trouble_of(model_of(server, tmp_path, name="ollama_chat/qwen-locl"))
    assert isinstance(trouble, UnknownModel) and "ollama_chat/qwen-local" in trouble.do


async def test_an_emoji_that_was_cut_in_two_is_joined_and_a_lone_half_replaced(tmp_path: Path) -> None:
    with StandIn(Answer(("hot \ud83e", "\uded6 tea", " \ud83e, cold"))) as server:
        model = model_of(server, tmp_path)
        events = [event async for event in model.stream(QUESTION)]
        await model.close()
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == "hot 🫖 tea \ufffd, cold"


async def test_a_model_that_its_server_does_not_list_is_refused_before_it_is_used(tmp_path: Path) -> None:
    with StandIn() as server:
        unlisted = model_of(server, tmp_path, name="openai/qwen-locl")
        with pytest.raises(UnknownModel, match="qwen-local"):
            await unlisted.check()
        await model_of(server, tmp_path).check()
    await model_of(server, tmp_path).check()  # gone by now: it may come back
    with pytest.raises(NoKey):
        await LitellmModel("anthropic/claude-haiku-4-5", SecretStore(Home(tmp_path), {})).check()
    with pytest.raises(UnknownModel, match=r"no provider 'opnai'.*openai"):
        await LitellmModel("opnai/gpt-5", SecretStore(Home(tmp_path), {})).check()


async def test_tokens_that_nobody_was_shown_are_told(tmp_path: Path) -> None:
    usage = {"prompt_tokens": 12, "completion_tokens": 90, "completion_tokens_details": {"reasoning_tokens": 80}}
    with StandIn(Answer(("4.",), usage=usage | {"total_tokens": 102})) as server:
        events = await answered(model_of(server, tmp_path))
    assert events[-1] == Finished("openai/qwen-local", Usage(12, 90, 0, 0.0, reasoning_tokens=80), "end")


async def test_a_server_that_has_no_such_model_is_not_asked_for_it_again_until_it_has(tmp_path: Path) -> None:
    with StandIn(Answer(status=404, error="model 'qwen-new' not found"), Answer(("Hi.",))) as server:
        model = model_of(server, tmp_path, name="openai/qwen-new")
        assert await model.worst_cost(QUESTION) == 0.0
        assert isinstance(await trouble_of(model), UnknownModel)
        for _ in range(3):
            with pytest.raises(UnknownModel) as caught:
                await model.worst_cost(QUESTION)
        assert "qwen-local" in caught.value.do and len(server.asked) == 1
        server.models = (*server.models, "qwen-new")
        assert await model.worst_cost(QUESTION) == 0.0
        assert (await answered(model))[0] == TextDelta("Hi.")


async def test_a_provider_is_not_asked_again_and_again_for_a_model_that_it_retired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    retired = "anthropic/claude-haiku-4-5"  # litellm's own table still has it
    with StandIn(*[Answer(status=404, error="model: claude-haiku-4-5")] * 2) as server:
        model = LitellmModel(retired, SecretStore(Home(tmp_path), {"ANTHROPIC_API_KEY": "a key"}))
        monkeypatch.setenv("ANTHROPIC_API_BASE", server.address)
        assert isinstance(await trouble_of(model), UnknownModel)
        for _ in range(3):
            with pytest.raises(UnknownModel) as caught:
                await model.worst_cost(QUESTION)
    assert "anthropic/claude-haiku-" in caught.value.do and f"{retired}." not in caught.value.do
    assert len(server.paths) == 1


async def test_a_key_that_was_refused_is_read_anew(tmp_path: Path) -> None:
    environ = {"MY_KEY": "a stale key"}
    secrets = SecretStore(Home(tmp_path), environ)
    with StandIn(Answer(status=401, error="no"), Answer(("hi",))) as server:
        model = LitellmModel("openai/qwen-local", secrets, base_url=server.base_url, key_env="MY_KEY")
        with pytest.raises(NoKey):
            await anext(model.stream(QUESTION))
        environ["MY_KEY"] = "a fresh key"
        assert [event async for event in model.stream(QUESTION)]
        await model.close()
    assert [headers["authorization"] for headers in server.headers] == ["Bearer a stale key", "Bearer a fresh key"]


async def test_a_hosted_price_is_known_or_none_and_never_zero(library: Any, tmp_path: Path) -> None:
    used = Usage(1000, 100)
    assert price_of(library, "anthropic/claude-haiku-4-5", used) == pytest.approx(1000 * 1e-6 + 100 * 5e-6)
    assert price_of(library, "anthropic/claude-of-tomorrow", used) is None
    local = LitellmModel("openai/x", SecretStore(Home(tmp_path), {}), base_url="http://127.0.0.1:1/v1")
    hosted = LitellmModel("anthropic/claude-haiku-4-5", SecretStore(Home(tmp_path), {"ANTHROPIC_API_KEY": "a key"}))
    assert await local.worst_cost(QUESTION) == 0.0
    assert (await hosted.worst_cost(QUESTION) or 0) > 64 * 5e-6
    unknown = LitellmModel("openai/x", SecretStore(Home(tmp_path), {}), base_url="https://models.example/v1")
    assert await unknown.worst_cost(QUESTION) is None
    for model in (local, hosted, unknown):
        await model.close()


@pytest.mark.parametrize(
    "letters",
    [
        "aeiounrst ",
        "0123456789",
        "aZbYcX",
        '{}[]:,"1a',
        "漢字仮名交文書",
        "🫖🦊🧵",
        "äöüß ",
        "กขคง",
        " \n\t",
        "!?#%&/()=",
    ],
)
async def test_no_prompt_has_more_tokens_than_are_set_aside_for_it(library: Any, letters: str) -> None:
    dice = random.Random(7)
    text = "".join(dice.choice(letters) for _ in range(4000))
    tokens = len(library.encoding.encode(text, disallowed_special=()))
    assert tokens <= most_tokens(text) <= 6 * tokens


@pytest.mark.parametrize("provider", [one for one in PROVIDERS if one.price_in is not None], ids=lambda one: one.prefix)
def test_what_sage_proposes_exists_calls_tools_and_costs_what_it_says(library: Any, provider: Any) -> None:
    assert provider.model in known_models(library, provider.prefix)
    entry = library.get_model_info(provider.model)
    assert entry["supports_function_calling"]
    assert (entry["input_cost_per_token"] * 1e6, entry["output_cost_per_token"] * 1e6) == pytest.approx(
        (provider.price_in, provider.price_out)
    )


def test_every_provider_is_one_that_litellm_knows(library: Any) -> None:
    assert all(library.get_llm_provider(provider.model)[1] == provider.prefix for provider in PROVIDERS)


async def test_context_comes_from_the_profile_or_the_table(tmp_path: Path) -> None:
    secrets = SecretStore(Home(tmp_path), {"ANTHROPIC_API_KEY": CANARY})
    assert LitellmModel("anthropic/claude-haiku-4-5", secrets, context_tokens=5000).context_tokens == 5000
    hosted = LitellmModel("anthropic/claude-haiku-4-5", secrets)
    assert hosted.context_tokens == 32_768
    await hosted.prepare()
    assert hosted.context_tokens == 200_000


WATCHED = """
import asyncio, pathlib, socket, sys
tried = []
real_connect, real_lookup = socket.socket.connect, socket.getaddrinfo
def connect(self, address):
    tried.append(address)
    if address[0] != "127.0.0.1": raise OSError("the network is blocked")
    return real_connect(self, address)
def lookup(host, *more, **named):
    tried.append((host,))
    if host != "127.0.0.1": raise OSError("the network is blocked")
    return real_lookup(host, *more, **named)
socket.socket.connect, socket.getaddrinfo = connect, lookup
socket.socket.connect_ex = connect
import os
os.chdir(sys.argv[1])
pathlib.Path(".env").write_text("STRAY=1\\n")
from tests.adapters.models.test_litellm_model import QUESTION, model_of
from tests.openai_stand_in import Answer, StandIn, event_lines
from sage.core.errors import NoKey
async def main():
    calls = ((0, "c", "add_task", '{"text": "a"}'),)
    answers = [Answer(("x",), calls=calls), Answer(status=401, error="no"), Answer(("x",), usage=None), Answer(("x",), calls=calls)]
    with StandIn(*answers) as server:
        for name in ("openai/qwen-local", "openai/gpt-4o", "openai/llama-3-8b", "ollama_chat/qwen-local"):
            model = model_of(server, pathlib.Path(sys.argv[1]), name=name)
            try:
                async for event in model.stream(QUESTION): pass
            except NoKey: pass
            await model.close()
        assert len(server.asked) == 4
asyncio.run(main())
assert "STRAY" not in os.environ
from litellm.anthropic_beta_headers_manager import get_beta_headers_config
import litellm
assert get_beta_headers_config(url=litellm.anthropic_beta_headers_url)
elsewhere = [address for address in tried if address[0] != "127.0.0.1"]
assert not elsewhere, elsewhere
assert tried
"""


def test_with_the_network_blocked_nothing_else_is_tried_and_nothing_is_printed(tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if name not in SWITCHES}
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=root,
        env=environ | {"PYTHONPATH": str(root)},
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
