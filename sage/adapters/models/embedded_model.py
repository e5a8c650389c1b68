"""A model that runs on this machine, in a child worker: started when first asked, gone when idle, replaced after a crash."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import secrets
import signal
import sys
from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any, Literal

import msgspec

from sage.core.errors import CorruptModel, ModelTrouble, ProviderDown, StreamBroken, UnknownModel
from sage.core.messages import Finished, ModelEvent, ModelRequest, TextDelta, ToolCall, ToolSpec, Usage
from sage.core.small_prompt import offered, render, shown
from sage.core.small_reply import ReplyReader, beginnings, union_schema

LINE_LIMIT = 1 << 22
"""Bytes of one line of the worker; its own are below a kilobyte."""


class _Event(msgspec.Struct, frozen=True):
    """One line of the worker (see `embedded_worker`)."""

    event: Literal["ready", "failed", "prompt", "text", "end", "error"]
    id: int = 0
    text: str = ""
    reason: str = ""
    stop: Literal["end", "length", "cancelled"] = "end"
    done: int = 0
    total: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    odds: tuple[tuple[str, float], ...] = ()


def spare_threads() -> int:
    """One thread less than there are cores: with all of them busy, generation was measured to fall to a seventh."""
    return max(1, (os.cpu_count() or 1) - 1)


class EmbeddedModel:
    """Answers with a model file of this machine (`ports.ChatModel`).

    `context_tokens` is what prompt and answer have together, `idle` the seconds after which the worker is ended and its
    memory given back, `patience` the seconds without a sign of life before it counts as hung (loading included).
    `command` is the worker to start in place of the real one.
    """

    def __init__(
        self,
        name: str,
        path: Path,
        *,
        context_tokens: int = 4096,
        threads: int | None = None,
        idle: float = 300.0,
        patience: float = 180.0,
        command: Sequence[str] | None = None,
    ) -> None:
        self._name, self._path, self._context = name, path, context_tokens
        self._idle, self._patience = idle, patience
        worker = [sys.executable, "-P", "-m", "sage.adapters.models.embedded_worker"]
        self._command = [*(command or worker), str(path), str(context_tokens), str(threads or spare_threads())]
        self._worker: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._sleep: asyncio.TimerHandle | None = None
        self._ids = itertools.count(1)
        self._ahead = 0  # the id of a reading ahead

    @property
    def name(self) -> str:
        """The name in the catalogue."""
        return self._name

    @property
    def context_tokens(self) -> int:
        """Tokens of prompt and answer together."""
        return self._context

    async def worst_cost(self, request: ModelRequest) -> float | None:
        """Nothing: it runs on this machine."""
        return 0.0

    @property
    def loaded(self) -> bool:
        """Whether the worker runs."""
        return self._worker is not None and self._worker.returncode is None

    async def warm(self, request: ModelRequest | None = None) -> None:
        """Starts the worker and reads a request's stable beginning ahead, so that the first answer waits for neither: all before
        its last message.

        A question that comes meanwhile cuts it short and uses what was read. Raises as `stream`.
        """
        async with self._turn:
            self._stay_awake()
            try:
                worker = await self._ready()
                if request is not None:
                    await self._read_ahead(worker, request)
            finally:
                self._sleep_later()

    async def _read_ahead(self, worker: asyncio.subprocess.Process, request: ModelRequest) -> None:
        number = next(self._ids)
        order = {
            "op": "chat",
            "id": number,
            "messages": render(request)[: max(1, len(request.messages))],
            "schema": None,
            "max_tokens": 1,
        }
        self._ahead = number
        try:
            await self._send(worker, order)
            while True:
                event = await self._next(worker)
                if event.id == number and event.event in ("end", "error"):
                    return
        except asyncio.CancelledError:
            await self._send(worker, {"op": "cancel", "id": number})
            raise
        finally:
            self._ahead = 0

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """Text of the answer or one call, then `Finished`. Closing the iterator cancels within about one token.

        Raises CorruptModel for a file that does not load, ProviderDown when it cannot run here, UnknownModel for a
        file that is not there, StreamBroken when the worker dies, hangs or writes nonsense.
        """
        if self._ahead and self._worker is not None:
            await self._send(self._worker, {"op": "cancel", "id": self._ahead})
        async with self._turn:
            self._stay_awake()
            try:
                worker = await self._ready()
                async with contextlib.aclosing(self._ask(worker, request)) as events:
                    async for event in events:
                        yield event
            finally:
                self._sleep_later()

    async def _ask(self, worker: asyncio.subprocess.Process, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        number = next(self._ids)
        order = {
            "op": "chat",
            "id": number,
            "messages": render(request),
            "schema": union_schema(offered(request), [n for n, _ in shown(request)])
            if request.tools
            else request.answer,
            "max_tokens": request.max_tokens,
            "odds": "tool" if request.odds and request.tools else request.odds,
        }
        reader = ReplyReader(tool.name for tool in request.tools) if request.tools else None
        await self._send(worker, order)
        ended = False
        try:
            while True:
                event = await self._next(worker)
                if event.id != number:
                    continue  # the rest of a call that was cancelled
                if event.event == "text":
                    text = reader.feed(event.text) if reader else event.text
                    if text:
                        yield TextDelta(text)
                elif event.event in ("end", "error"):
                    ended = True
                    break
            for last in self._closing(event, reader, offered(request)):
                yield last
        finally:
            if not ended and self.loaded:
                await self._send(worker, {"op": "cancel", "id": number})

    def _closing(self, event: _Event, reader: ReplyReader | None, tools: Sequence[ToolSpec]) -> list[ModelEvent]:
        """What is still to be told when the worker has ended a call."""
        odds = beginnings(event.odds, tools) if reader else event.odds
        if event.event == "error":
            raise self._refusal(event.reason)
        usage = Usage(event.prompt_tokens, event.completion_tokens, event.cached_tokens, 0.0)
        stop: Literal["end", "length"] = "length" if event.stop == "length" else "end"
        try:
            rest = reader.finish() if reader else None
        except ValueError as error:
            raise StreamBroken(
                f"{self._name} began an action and did not finish describing it.",
                safe="Nothing was done.",
                do="Say it again in other words, or use a larger model.",
            ) from error
        if isinstance(rest, tuple):
            call = ToolCall(f"call-{secrets.token_hex(6)}", rest[0], rest[1])
            return [call, Finished(self._name, usage, "tools", odds)]
        told: list[ModelEvent] = [TextDelta(rest)] if rest else []
        return [*told, Finished(self._name, usage, stop, odds)]

    def _refusal(self, reason: str) -> ModelTrouble:
        if reason == "too_long":
            return StreamBroken(
                f"The conversation is longer than the {self._context} tokens that {self._name} can read at once.",
                safe="Nothing of it is lost.",
                do="Start a new conversation, or use a model with a longer context.",
            )
        return StreamBroken(
            f"{self._name} could not answer this.",
            safe="Your message is kept.",
            do="Say it in other words, or use another model: sage models use NAME",
        )

    async def _ready(self) -> asyncio.subprocess.Process:
        """The running worker, started and loaded if there is none."""
        if self._worker is not None and self._worker.returncode is None:
            return self._worker
        if not await asyncio.to_thread(self._path.is_file):
            raise UnknownModel(
                f"The file of {self._name} is not there.",
                safe="Nothing else is touched.",
                do=f"Run: sage models install {self._name}",
            )
        worker = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            limit=LINE_LIMIT,
        )
        self._worker = worker
        try:
            first = await self._next(worker)
        except StreamBroken as error:
            if error.__cause__ is not None:  # it hung or raved: that says nothing about the file
                raise
            raise self._load_trouble(worker.returncode, "") from error
        except BaseException:
            await self._end(worker)  # cancelled while loading: a half-loaded worker serves nobody
            raise
        if first.event != "ready":
            await self._end(worker)
            raise self._load_trouble(None, first.reason)
        return worker

    def _load_trouble(self, code: int | None, reason: str) -> ModelTrouble:
        if reason == "library":
            return ProviderDown(
                "The library for models on this machine is missing.",
                safe="Everything else works.",
                do="Install Sage again, or use another model: sage models use NAME",
            )
        if code == -signal.SIGKILL:
            return ProviderDown(
                f"{self._name} did not come up; most often the machine has too little free memory for it.",
                safe="Nothing is lost.",
                do="Close other programs, or use a smaller model: sage models list",
            )
        return CorruptModel(
            f"The file of {self._name} does not load; it is damaged or not a model that this machine can run.",
            safe="Everything else works, and nothing is lost.",
            do=f"Delete {self._path}, then run: sage models install {self._name}",
        )

    async def _send(self, worker: asyncio.subprocess.Process, order: dict[str, Any]) -> None:
        assert worker.stdin is not None
        try:
            worker.stdin.write(msgspec.json.encode(order) + b"\n")
            await worker.stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            return  # it died; the next read tells

    async def _next(self, worker: asyncio.subprocess.Process) -> _Event:
        """The worker's next event. Raises StreamBroken (and the worker is gone) when it died, hangs or raves."""
        assert worker.stdout is not None
        try:
            line = await asyncio.wait_for(worker.stdout.readline(), self._patience)
            if not line:
                # It ends by itself; to kill it now would race for its exit code, which says why it ended.
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(worker.wait(), 2)
                await self._end(worker)
                raise self._broken("stopped in the middle")
            return msgspec.json.decode(line, type=_Event)
        except TimeoutError as error:
            await self._end(worker)
            raise self._broken(f"gave no sign of life for {self._patience:.0f} seconds") from error
        except (msgspec.DecodeError, ValueError) as error:
            await self._end(worker)
            raise self._broken("lost the thread") from error

    def _broken(self, how: str) -> StreamBroken:
        return StreamBroken(
            f"{self._name} {how}.",
            safe="What it had written is kept, and nothing was done without you.",
            do="Ask again; it starts anew.",
        )

    async def _end(self, worker: asyncio.subprocess.Process) -> None:
        """Ends a worker; it holds nothing that could be lost."""
        if self._worker is worker:
            self._worker = None
        if worker.returncode is None:
            with contextlib.suppress(ProcessLookupError):  # it may have ended by itself meanwhile
                worker.kill()
        if worker.stdin is not None:
            worker.stdin.close()
        await worker.wait()

    def _stay_awake(self) -> None:
        if self._sleep is not None:
            self._sleep.cancel()
            self._sleep = None

    def _sleep_later(self) -> None:
        if self._worker is not None:
            self._sleep = asyncio.get_running_loop().call_later(self._idle, self._fall_asleep, self._worker)

    def _fall_asleep(self, worker: asyncio.subprocess.Process) -> None:
        """Ends an idle worker from the loop's timer; the loop reaps it."""
        self._worker = None
        if worker.returncode is None:
            worker.kill()
        if worker.stdin is not None:
            worker.stdin.close()

    async def close(self) -> None:
        """Ends the worker. May be called twice."""
        self._stay_awake()
        if self._worker is not None:
            await self._end(self._worker)


__all__ = ["EmbeddedModel", "spare_threads"]
