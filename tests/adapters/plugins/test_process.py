"""A plugin's process, with a real one that does all that a plugin should not."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sage.adapters.plugins import frames
from sage.adapters.plugins import process as process_module
from sage.adapters.plugins.process import Fault, Heard, PluginProcess, environment_for
from sage.plugin_api import AuthRefused, BadConfig, Batch, Change, Changes, Refused, Stale, Unreachable, Unsure
from tests.adapters.plugins.odd import opening, written

Started = Callable[..., AbstractAsyncContextManager[PluginProcess]]


class Hearing:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.changes = 0
        self.wait = asyncio.Event()
        self.wait.set()

    async def batch(self, batch: Batch) -> None:
        self.batches.append(batch)
        await self.wait.wait()

    def changed(self) -> None:
        self.changes += 1


@pytest.fixture
def hearing() -> Hearing:
    return Hearing()


@pytest.fixture
def started(tmp_path: Path, hearing: Hearing) -> Started:
    plugins = written(tmp_path / "plugins")

    @asynccontextmanager
    async def start(within: float = 30.0, memory_mb: int = 300, **config: Any) -> AsyncIterator[PluginProcess]:
        environ = {**os.environ, "SECRET_OF_THE_ENGINE": "x", "LC_TIME": "C"}
        process = await PluginProcess.start(
            opening(plugins, tmp_path / "account", memory_mb, **config),
            Heard(hearing.batch, hearing.changed),
            environment_for((), environ),
            within=within,
        )
        try:
            yield process
        finally:
            await process.stop()

    return start


async def until(true: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


def alive(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return bool(state) and not state.startswith("Z")


async def test_it_answers_with_its_own_secret_and_none_of_the_engine(started: Started) -> None:
    async with started(how="prints") as process:
        words = (await process.ask("health")).words
        assert words.startswith("pa55 odd/one Europe/Berlin")
        assert "SECRET_OF_THE_ENGINE" not in words and "LC_TIME" in words
        await until(lambda: "a traceback of sorts" in process.last_words)
        assert "to standard output" in process.last_words


async def test_long_lists_come_whole_and_in_order(started: Started) -> None:
    async with started(count=1_201) as process:
        tasks = await process.ask("list")
        assert [task.id for task in tasks] == [f"t{n}" for n in range(1_201)] and tasks[7].text == "Task 7 ☂"
        changes = await process.ask("changes", "c")
        assert isinstance(changes, Changes)
        assert (len(changes.changed), changes.gone, changes.cursor, changes.whole) == (1_201, ("gone",), "c+", True)
    async with started(count=0) as process:
        assert await process.ask("list") == ()


async def test_typed_errors_and_times_cross_whole(started: Started) -> None:
    async with started() as process:
        with pytest.raises(Stale) as stale:
            await process.ask("update", "t1", Change(due="2026-11-27"), "1")
        assert (stale.value.theirs.id, stale.value.theirs.revision, stale.value.what) == ("t1", "2", "It changed.")
        done = await process.ask("complete", "t1", "1", datetime(2026, 11, 27, 9, tzinfo=UTC))
        assert done.task.done_on == "2026-11-27T09:00:00+00:00"


@pytest.mark.parametrize(
    ("how", "error", "words"),
    [
        ("auth", AuthRefused, "The password is refused."),
        ("unreachable", Unreachable, "No route."),
        ("raises at open", Fault, "raised ValueError in source.py line"),
        ("exits", Fault, "ended with code 3"),
    ],
)
async def test_why_it_does_not_open_is_told(started: Started, how: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words) as raised:
        async with started(how=how):
            pass
    assert "a secret word" not in str(raised.value)


async def test_a_setting_that_does_not_fit_is_named(started: Started) -> None:
    for config, key in (({"count": "many"}, "count"), ({"other": 1}, "other")):
        with pytest.raises(BadConfig) as raised:
            async with started(**config):
                pass
        assert raised.value.key == key and f"`{key}`" in raised.value.what


async def test_one_that_is_never_ready_is_ended(started: Started) -> None:
    with pytest.raises(Fault, match="was not ready within 1 s"):
        async with started(within=1.0, how="never ready"):
            pass


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ("raises", "raised ValueError in source.py line"),
        ("segfault", "was ended by SIGSEGV"),
        ("nonsense", "wrote what is no message"),
        ("long line", "or more than 4 MB at once"),
        ("leaks", "used|ended|MemoryError"),
        ("many changed", "sent more than 200 messages"),
        ("unasked answers", "sent more than 200 messages"),
        ("beats", "sent more than 200 messages"),
        ("deep", "wrote what is no message"),
        ("stale of nothing", "a Stale that does not say"),
    ],
)
async def test_a_call_that_breaks_it_is_unsure_and_ends_it(started: Started, how: str, reason: str) -> None:
    async with started(how=how, memory_mb=120) as process:
        with pytest.raises(Unsure):
            await process.ask("list")
        with pytest.raises(Fault, match=reason):
            await asyncio.wait_for(process.over(), 20)


RAW = """
import json, os, sys, time
def say(**frame):
    os.write(1, json.dumps(frame).encode() + b"\\n")
sys.stdin.readline()
say(type="ready")
for line in sys.stdin:
    asked = json.loads(line)
    if asked["type"] == "call":
        {}
"""
"""A process that knows the protocol and does not keep to it."""
HELD = "if os.fork(): os._exit(3)\n        time.sleep(1000)"
PARTS = "[say(type='answer', id=asked['id'], body=body, more=more) for body, more in (([], True), ({'state': 'ok'}, False))]"


@pytest.mark.parametrize(
    ("does", "reason"),
    [
        (PARTS, "answered in parts what has none"),
        ("say(type='answer', id=asked['id'] + 1, body={'state': 'ok'})", "was silent"),
        ("say(type='beat', mb=float('nan'))", "wrote what is no message"),
        ("os.close(1); time.sleep(1000)", "closed its output"),
        (HELD, "ended with code 3"),
    ],
)
async def test_one_that_breaks_the_protocol_is_told_from_one_that_is_silent(
    tmp_path: Path, hearing: Hearing, monkeypatch: pytest.MonkeyPatch, does: str, reason: str
) -> None:
    monkeypatch.setattr(process_module, "LOOK_SECONDS", 0.5)
    process = await PluginProcess.start(
        opening(tmp_path, tmp_path / "account"),
        Heard(hearing.batch, hearing.changed),
        environment_for((), os.environ),
        command=(sys.executable, "-c", RAW.format(does)),
    )
    try:
        with pytest.raises(Unsure):
            await process.ask("health")
        with pytest.raises(Fault, match=reason):
            await process.over()
    finally:
        await process.stop()


async def test_odd_and_long_words_hinder_nothing(started: Started, hearing: Hearing) -> None:
    async with started(how="half a character") as process:
        assert [task.text for task in await process.ask("list")] == ["half ? of it"]
    async with started(how="long task") as process:
        assert len((await process.ask("list"))[0].text) == 4_000
    async with started(how="sentence") as process:
        with pytest.raises(Refused) as raised:
            await process.ask("list")
        assert raised.value.what.startswith("Noo") and len(raised.value.what) == 500
    for how in ("half a message", "long subject"):
        hearing.batches.clear()
        async with started(how=how) as process:
            listening = asyncio.ensure_future(process.listen(""))
            await until(lambda: bool(hearing.batches))
            listening.cancel()


async def test_one_that_hangs_is_found_by_its_silence(started: Started, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_module, "LOOK_SECONDS", 2.0)
    async with started(how="hangs") as process:
        pid = process._child.pid
        with pytest.raises(Unsure):
            await process.ask("list")
        with pytest.raises(Fault, match="was silent"):
            await process.over()
    assert not alive(pid)


async def test_a_call_that_takes_too_long_is_given_up_and_the_rest_goes_on(
    started: Started, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sage.adapters.plugins import frames

    monkeypatch.setitem(frames.METHODS, "list", frames.METHODS["list"]._replace(seconds=0.3))
    async with started(how="waits") as process:
        with pytest.raises(Unsure, match="did not answer"):
            await process.ask("list")
        assert (await process.ask("health")).state == "ok"


async def test_nothing_of_it_is_left_whatever_it_does(started: Started, tmp_path: Path) -> None:
    async with started(how="stubborn") as process:
        pid = process._child.pid
    assert not alive(pid)
    async with started(how="family"):
        child = int((tmp_path / "account" / "child").read_text())
        assert alive(child)
    await until(lambda: not alive(child))


async def test_a_batch_waits_until_the_one_before_is_on_disk(started: Started, hearing: Hearing) -> None:
    hearing.wait.clear()
    async with started(count=3) as process:
        listening = asyncio.ensure_future(process.listen("1"))
        await until(lambda: len(hearing.batches) == 1)
        await process.ask("health")
        assert [event.id for batch in hearing.batches for event in batch.events] == ["m1"]
        hearing.wait.set()
        await until(lambda: len(hearing.batches) == 2)
        assert hearing.batches[-1].cursor == "3"
        listening.cancel()


async def test_a_flood_waits_in_its_own_process(started: Started, hearing: Hearing) -> None:
    hearing.wait.clear()
    async with started(how="flood") as process:
        listening = asyncio.ensure_future(process.listen(""))
        await until(lambda: len(hearing.batches) == 1)
        assert len(hearing.batches[0].events) == 200  # 20 MB, in several lines
        await process.ask("health")
        assert len(hearing.batches) == 1
        listening.cancel()


async def test_texts_are_cut_to_what_goes_on(started: Started, hearing: Hearing) -> None:
    async with started(how="long text") as process:
        listening = asyncio.ensure_future(process.listen(""))
        await until(lambda: bool(hearing.batches))
        event = hearing.batches[0].events[0]
        assert len(event.text) == 200_000 and event.left_out == 200_000
        listening.cancel()


@pytest.mark.parametrize(
    ("how", "error", "words"),
    [
        ("cuts", Unreachable, "The connection was cut."),
        ("stops listening", Unreachable, "It stopped listening."),
        ("big batch", Fault, "raised ValueError in child.py"),
        ("empty batches", Fault, "sent more than 200 messages"),
    ],
)
async def test_why_listening_ended_is_told(started: Started, how: str, error: type[Exception], words: str) -> None:
    async with started(how=how) as process:
        with pytest.raises(error, match=words):
            await process.listen("")


async def test_what_could_not_be_kept_is_not_acknowledged(started: Started, hearing: Hearing) -> None:
    async def full(batch: Batch) -> None:
        raise OSError("no room")

    async with started(count=2) as process:
        process._heard = Heard(full, hearing.changed)
        with pytest.raises(Unreachable, match="could not be kept"):
            await process.listen("0")
        process._heard = Heard(hearing.batch, hearing.changed)
        listening = asyncio.ensure_future(process.listen("0"))
        await until(lambda: len(hearing.batches) == 2)
        listening.cancel()


async def test_what_a_plugin_started_ends_with_an_engine_that_was_killed(tmp_path: Path) -> None:
    plugins = written(tmp_path / "plugins")
    child = await asyncio.create_subprocess_exec(
        *process_module.COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    assert child.stdin and child.stdout
    child.stdin.write(frames.line_of(opening(plugins, tmp_path / "account", how="family")))
    while not isinstance(frames.read_from_plugin(await child.stdout.readline()), frames.Ready):
        pass
    grandchild = int((tmp_path / "account" / "child").read_text())
    assert alive(grandchild)
    child.stdin.close()  # as the end of whoever held the pipe does
    await until(lambda: not alive(grandchild))
    await child.communicate()
