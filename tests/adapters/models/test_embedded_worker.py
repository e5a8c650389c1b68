"""The real worker: real model files where there are any, damaged ones everywhere."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sage.adapters.models.embedded_model import EmbeddedModel
from sage.core.errors import CorruptModel, StreamBroken
from sage.core.messages import Finished, Message, ModelEvent, ModelRequest, TextDelta, ToolCall, ToolSpec
from sage.core.passages import Hit
from tests.model_server import model_file, running_server

LONG = "You are Sage, a calm companion. Be brief and plain. " * 8
ADD = ToolSpec(
    "add_task",
    "Add a task.",
    {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
    "local",
)


async def all_of(model: EmbeddedModel, request: ModelRequest) -> list[ModelEvent]:
    return [event async for event in model.stream(request)]


def asked(said: str, *, tokens: int = 12, tools: tuple[ToolSpec, ...] = ()) -> ModelRequest:
    return ModelRequest(LONG, (Message("user", said),), tools=tools, max_tokens=tokens)


def last(events: list[ModelEvent]) -> Finished:
    assert isinstance(events[-1], Finished)
    return events[-1]


@pytest.mark.parametrize(
    "content",
    [b"# A note\nThis is Markdown, renamed.\n" * 50, b"", b"GGUF", b"GGUF\x03\x00\x00\x00" + b"\xff" * 4096],
    ids=["text", "empty", "cut off", "nonsense"],
)
async def test_a_file_that_is_no_model_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    model = EmbeddedModel("tiny", path, context_tokens=256)
    with pytest.raises(CorruptModel, match="does not load"):
        await all_of(model, asked("Hello"))
    assert not model.loaded
    await model.close()


def test_importing_the_worker_imports_nothing_heavy() -> None:
    code = (
        "import sys, sage.adapters.models.embedded_worker; "
        "heavy = {'xllamacpp', 'numpy', 'httpx', 'pydantic', 'litellm', 'asyncio'}; print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.model
async def test_a_truncated_model_is_told(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    with model_file("smollm2-135m").open("rb") as whole:
        path.write_bytes(whole.read(30_000_000))
    model = EmbeddedModel("smollm2-135m", path, context_tokens=256)
    with pytest.raises(CorruptModel):
        await all_of(model, asked("Hello"))
    await model.close()


@pytest.mark.model
async def test_the_stable_beginning_is_read_once() -> None:
    model = EmbeddedModel("smollm2-135m", model_file("smollm2-135m"), context_tokens=1024)
    try:
        first = last(await all_of(model, asked("Say hello to Ann."))).usage
        second = last(await all_of(model, asked("What is the weather like?"))).usage
        assert first.cached_tokens == 0
        assert second.cached_tokens > second.prompt_tokens * 0.8
        assert 0 < second.completion_tokens <= 12
    finally:
        await model.close()


def chat(words: str, tokens: int) -> dict[str, object]:
    return {"op": "chat", "id": 1, "messages": [{"role": "user", "content": words}], "max_tokens": tokens}


@contextlib.contextmanager
def worker() -> Iterator[
    tuple[Callable[[dict[str, object]], None], Callable[[], dict[str, Any]], subprocess.Popen[str]]
]:
    """A running worker with the smallest model: how to order, how to read the next event, the process."""
    command = [
        sys.executable,
        "-m",
        "sage.adapters.models.embedded_worker",
        str(model_file("smollm2-135m")),
        "1024",
        "1",
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None and process.stdout is not None
        orders, events = process.stdin, process.stdout

        def order(what: dict[str, object]) -> None:
            orders.write(json.dumps(what) + "\n")
            orders.flush()

        def event() -> dict[str, Any]:
            found: dict[str, Any] = json.loads(events.readline())
            return found

        try:
            assert event() == {"event": "ready"}
            yield order, event, process
        finally:
            process.kill()


@pytest.mark.model
def test_a_cancel_stops_generation_within_a_few_tokens() -> None:
    with worker() as (order, event, _):
        order(chat("Write a very long story about a lighthouse keeper.", 900))
        while event()["event"] != "text":
            pass
        order({"op": "cancel", "id": 1})
        pieces = 0
        while (end := event())["event"] != "end":
            pieces += 1
        assert end["stop"] == "cancelled"
        assert pieces < 100


@pytest.mark.model
def test_a_cancel_stops_reading_a_long_prompt() -> None:
    with worker() as (order, event, _):
        order(chat("lighthouse " * 450, 5))
        assert event()["event"] == "prompt"
        order({"op": "cancel", "id": 1})
        seen = []
        while (found := event())["event"] != "end":
            seen.append(found["event"])
        assert found["stop"] == "cancelled"
        assert "text" not in seen


@pytest.mark.model
def test_the_end_of_its_input_ends_it_in_the_middle_of_an_answer() -> None:
    with worker() as (order, event, process):
        order(chat("Write a very long story about a lighthouse keeper.", 900))
        while event()["event"] != "text":
            pass
        assert process.stdin is not None and process.stdout is not None
        process.stdin.close()
        rest = process.stdout.read()
        assert process.wait() == 0
        assert '"event": "end"' not in rest


def test_native_prints_do_not_reach_the_protocol() -> None:
    code = (
        "import os; from sage.adapters.models.embedded_worker import _take_stdout; emit = _take_stdout();"
        "os.write(1, b'llama: noise'); print('more', flush=True); emit('ready'); os.write(1, b'noise')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == '{"event": "ready"}\n'
    assert "noise" in done.stderr


@pytest.mark.model
async def test_the_grammar_holds_the_smallest_model_to_a_reply_or_a_call() -> None:
    model = EmbeddedModel("smollm2-135m", model_file("smollm2-135m"), context_tokens=1024)
    try:
        events = await all_of(model, asked("Add a task: buy milk", tokens=80, tools=(ADD,)))
        text = "".join(event.text for event in events if isinstance(event, TextDelta))
        assert '"tool"' not in text
        for call in events:
            if isinstance(call, ToolCall):
                assert call.name == "add_task" and isinstance(call.arguments["text"], str)
        assert text or any(isinstance(event, ToolCall) for event in events)
    finally:
        await model.close()


@pytest.mark.model
async def test_what_was_read_ahead_is_not_read_again() -> None:
    model = EmbeddedModel("smollm2-135m", model_file("smollm2-135m"), context_tokens=1024)
    try:
        question = asked("How are you?", tokens=80, tools=(ADD,))
        await model.warm(question)
        usage = last(await all_of(model, question)).usage
        assert usage.cached_tokens > usage.prompt_tokens * 0.8
    finally:
        await model.close()


@pytest.mark.model
async def test_more_than_the_context_is_told_and_the_model_lives() -> None:
    model = EmbeddedModel("smollm2-135m", model_file("smollm2-135m"), context_tokens=256)
    try:
        with pytest.raises(StreamBroken, match="longer than the 256 tokens"):
            await all_of(model, asked("word " * 400))
        assert last(await all_of(model, ModelRequest("Be brief.", (Message("user", "Hi"),), max_tokens=4)))
    finally:
        await model.close()


@pytest.mark.model
async def test_the_small_model_answers_from_a_passage_and_marks_it() -> None:
    model = EmbeddedModel("qwen2.5-0.5b", model_file("qwen2.5-0.5b"), context_tokens=1024)
    text = "Boiler serviced on 4 March 2026 by Ms Duval, 85 euros."
    passage = Hit("h1", "House.md", "Boiler", 3, 0, len(text), text)
    request = ModelRequest(
        "You are Sage. Be brief.", (Message("user", "Who serviced the boiler?"),), (passage,), (ADD,), max_tokens=60
    )
    try:
        answer = "".join(event.text for event in await all_of(model, request) if isinstance(event, TextDelta))
        assert "Duval" in answer
        assert "[1]" in answer
    finally:
        await model.close()


@pytest.mark.model
async def test_the_worker_keeps_no_port_open() -> None:
    listening = Path("/proc/net/tcp")
    if not listening.exists():
        pytest.skip("no /proc here")
    model = EmbeddedModel("smollm2-135m", model_file("smollm2-135m"), context_tokens=256)
    try:
        await model.warm()
        pid = model._worker.pid if model._worker else 0
        own = set()
        for link in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                own.add(str(link.readlink()))
        rows = [line.split() for line in listening.read_text().splitlines()[1:]]
        assert not [row for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in own]
    finally:
        await model.close()


@pytest.mark.model
def test_the_test_server_speaks_the_protocol_of_hosted_models() -> None:
    import httpx

    with running_server(model_file("smollm2-135m"), context=512) as server:
        question = {"model": server.model, "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 4}
        answer = httpx.post(f"{server.base_url}/chat/completions", json=question, timeout=60).json()
        assert answer["usage"]["completion_tokens"] <= 4
        assert answer["choices"][0]["message"]["role"] == "assistant"


@pytest.mark.model
async def test_the_odds_of_the_first_token_are_probabilities() -> None:
    model = EmbeddedModel("smollm2-135m", model_file("smollm2-135m"), context_tokens=256)
    request = ModelRequest("Reply yes or no.", (Message("user", "Is snow cold?"),), max_tokens=1, odds=True)
    try:
        odds = last(await all_of(model, request)).odds
        assert len(odds) == 10 and 0 < sum(likely for _, likely in odds) <= 1.001
    finally:
        await model.close()


@pytest.mark.model
async def test_the_odds_of_what_it_chose_to_do_are_those_of_the_names() -> None:
    tools = tuple(ToolSpec(name, f"{name} it", ADD.schema, "read") for name in ("search", "remind"))
    model = EmbeddedModel("qwen2.5-0.5b", model_file("qwen2.5-0.5b"), context_tokens=512)
    said = (Message("user", "Search my notes for the boiler"),)
    request = ModelRequest("Use a tool.", said, tools=tools, max_tokens=48, odds=True)
    try:
        odds = last(await all_of(model, request)).odds
        assert odds and all(any(name.startswith(token) for name in ("search", "remind", "reply")) for token, _ in odds)
    finally:
        await model.close()
