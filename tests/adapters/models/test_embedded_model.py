"""The embedded model over a scripted worker: crash, hang, nonsense, slow start, idle, cancel."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from sage.adapters.models.embedded_model import EmbeddedModel, spare_threads
from sage.core.errors import CorruptModel, ProviderDown, StreamBroken, UnknownModel
from sage.core.messages import Finished, Message, ModelEvent, ModelRequest, TextDelta, ToolCall, ToolSpec, Usage

WORKER = (sys.executable, str(Path(__file__).with_name("stand_in_worker.py")))
ADD = ToolSpec(
    "add_task",
    "Add a task.",
    {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]},
    "local",
)
HELLO = ModelRequest("Be brief.", (Message("user", "Hello"),), max_tokens=9)
ADD_MILK = ModelRequest("Be brief.", (Message("user", "Add a task: milk"),), tools=(ADD,))
Maker = Callable[..., EmbeddedModel]


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[Maker]:
    made: list[EmbeddedModel] = []

    def model(way: str, **options: Any) -> EmbeddedModel:
        path = tmp_path / f"model-{way}.gguf"
        path.write_bytes(b"GGUF")
        made.append(EmbeddedModel("tiny", path, command=WORKER, **options))
        return made[-1]

    yield model
    for each in made:
        await each.close()
        await each.close()


async def all_of(model: EmbeddedModel, request: ModelRequest = HELLO) -> list[ModelEvent]:
    return [event async for event in model.stream(request)]


def starts(tmp_path: Path, way: str) -> list[int]:
    return [int(line) for line in (tmp_path / f"model-{way}.starts").read_text().split()]


def orders(tmp_path: Path, way: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (tmp_path / f"model-{way}.orders").read_text().splitlines()]


def runs(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


async def until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 - it waits for another process, which sets no event
        await asyncio.sleep(0.01)


async def until_gone(pid: int) -> None:
    await until(lambda: not runs(pid))


async def test_text_comes_in_pieces_then_what_it_took(make: Maker, tmp_path: Path) -> None:
    model = make("plain")
    assert not model.loaded
    assert await all_of(model) == [
        TextDelta("Hel"), TextDelta("lo"), TextDelta("!"), Finished("tiny", Usage(9, 3, 4, 0.0)),
    ]  # fmt: skip
    assert await all_of(model)
    assert len(starts(tmp_path, "plain")) == 1
    assert [order["schema"] for order in orders(tmp_path, "plain")] == [None, None]


async def test_a_call_is_read_from_the_union(make: Maker, tmp_path: Path) -> None:
    call, finished = await all_of(make("call"), ADD_MILK)
    assert isinstance(call, ToolCall) and (call.name, call.arguments) == ("add_task", {"text": "milk"})
    assert isinstance(finished, Finished) and finished.stop == "tools"
    (order,) = orders(tmp_path, "call")
    assert len(order["schema"]["anyOf"]) == 2


async def test_a_call_that_is_cut_off_is_not_made(make: Maker) -> None:
    with pytest.raises(StreamBroken, match="did not finish"):
        await all_of(make("cutoff"), ADD_MILK)


async def test_a_crash_is_told_and_the_next_answer_comes_from_a_new_worker(make: Maker, tmp_path: Path) -> None:
    model = make("crash")
    got: list[ModelEvent] = []
    with pytest.raises(StreamBroken, match="stopped"):
        async for event in model.stream(HELLO):
            got.append(event)
    assert got == [TextDelta("Half")]
    assert not model.loaded
    assert TextDelta("Hel") in await all_of(model)
    assert len(starts(tmp_path, "crash")) == 2


async def test_a_worker_that_hangs_is_ended_and_told(make: Maker, tmp_path: Path) -> None:
    with pytest.raises(StreamBroken, match="no sign of life"):
        await all_of(make("hang", patience=0.5))
    await until_gone(starts(tmp_path, "hang")[0])


async def test_a_worker_that_raves_is_ended_and_told(make: Maker, tmp_path: Path) -> None:
    with pytest.raises(StreamBroken, match="lost the thread"):
        await all_of(make("raves"))
    await until_gone(starts(tmp_path, "raves")[0])


async def test_a_slow_start_is_waited_for(make: Maker) -> None:
    assert TextDelta("Hel") in await all_of(make("slow"))


async def test_a_start_that_takes_too_long_says_nothing_about_the_file(make: Maker) -> None:
    with pytest.raises(StreamBroken, match="no sign of life"):
        await all_of(make("sleeps", patience=0.3))


@pytest.mark.parametrize(
    ("way", "kind"),
    [("broken", CorruptModel), ("dies", CorruptModel), ("killed", ProviderDown), ("library", ProviderDown)],
)
async def test_why_it_does_not_load_is_told(make: Maker, way: str, kind: type[Exception]) -> None:
    with pytest.raises(kind) as told:
        await all_of(make(way))
    assert getattr(told.value, "do", "")


async def test_a_file_that_is_not_there_is_told_without_starting_anything(tmp_path: Path) -> None:
    model = EmbeddedModel("tiny", tmp_path / "gone.gguf", command=("false",))
    with pytest.raises(UnknownModel, match="not there"):
        await all_of(model)


async def test_too_long_a_conversation_is_told_and_the_worker_lives(make: Maker) -> None:
    model = make("long")
    with pytest.raises(StreamBroken, match="longer than"):
        await all_of(model)
    assert model.loaded


async def test_closing_the_stream_cancels_the_call_and_the_next_one_is_clean(make: Maker, tmp_path: Path) -> None:
    model = make("plain")
    stream = model.stream(HELLO)
    assert await anext(stream) == TextDelta("Hel")
    await stream.aclose()
    assert (await all_of(model))[0] == TextDelta("Hel")
    assert [order["op"] for order in orders(tmp_path, "plain")] == ["chat", "cancel", "chat"]
    assert len(starts(tmp_path, "plain")) == 1


async def test_cancelling_while_it_loads_leaves_no_process(make: Maker, tmp_path: Path) -> None:
    model = make("sleeps")
    task = asyncio.create_task(all_of(model))
    begun = tmp_path / "model-sleeps.starts"
    await until(lambda: begun.exists() and bool(begun.read_text()))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await until_gone(starts(tmp_path, "sleeps")[0])


async def test_two_at_once_answer_one_after_the_other(make: Maker, tmp_path: Path) -> None:
    model = make("plain")
    one, two = await asyncio.gather(all_of(model), all_of(model))
    assert one == two
    assert len(starts(tmp_path, "plain")) == 1


async def test_an_idle_worker_gives_its_memory_back_and_comes_again(make: Maker, tmp_path: Path) -> None:
    model = make("plain", idle=0.05)
    await all_of(model)
    await until_gone(starts(tmp_path, "plain")[0])
    assert not model.loaded
    assert await all_of(model)
    assert len(starts(tmp_path, "plain")) == 2


async def test_warming_starts_it_once(make: Maker, tmp_path: Path) -> None:
    model = make("plain")
    await model.warm()
    await all_of(model)
    assert len(starts(tmp_path, "plain")) == 1


async def test_warming_reads_the_stable_beginning_ahead(make: Maker, tmp_path: Path) -> None:
    await make("plain").warm(ADD_MILK)
    (order,) = orders(tmp_path, "plain")
    assert [message["role"] for message in order["messages"]] == ["system"]
    assert order["max_tokens"] == 1


async def test_a_question_cuts_the_reading_ahead_short(make: Maker, tmp_path: Path) -> None:
    model = make("ahead")
    warming = asyncio.create_task(model.warm(ADD_MILK))
    await until((tmp_path / "model-ahead.orders").exists)
    assert (await all_of(model))[0] == TextDelta("Hel")
    await warming


def test_one_core_is_left_free() -> None:
    assert spare_threads() == max(1, (os.cpu_count() or 1) - 1)


async def test_the_odds_of_the_first_words_come_when_they_are_wanted(make: Maker) -> None:
    model = make("answers")
    wanted, plain = [(await all_of(model, replace(HELLO, odds=odds)))[-1] for odds in (True, False)]
    assert isinstance(wanted, Finished) and wanted.odds == (("Hel", 0.75), ("Yes", 0.25))
    assert isinstance(plain, Finished) and plain.odds == ()


async def test_all_before_the_last_message_is_read_ahead(make: Maker, tmp_path: Path) -> None:
    examples = (Message("user", "Is it?"), Message("assistant", "yes"), Message("user", "And now?"))
    await make("answers").warm(replace(HELLO, messages=examples))
    assert [each["content"] for each in orders(tmp_path, "answers")[0]["messages"]] == ["Be brief.", "Is it?", "yes"]
