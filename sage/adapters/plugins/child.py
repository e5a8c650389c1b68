"""The process in which one account of a plugin runs: `python -P -m sage.adapters.plugins.child` (see `frames`).

The end of its input ends it at once, so that none outlives its engine. Whatever the plugin's code prints goes to
standard error. It has no access to the home but what it is told: its own settings, secrets and folder.
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import functools
import os
import resource
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from sage import plugin_api
from sage.adapters.plugins import frames
from sage.adapters.plugins.frames import FromPlugin, ToPlugin
from sage.adapters.plugins.loading import found_at, reach
from sage.plugin_api import BadConfig, Context, MessagingSurface, PluginError, Secret, Source, Stale, Unreachable

SPARE_MB = 512
"""What the process may map beyond its memory (stacks, libraries) before allocations fail within it."""
HANGS_AFTER = 60.0
"""Seconds without a beat until the process ends itself. Its host has ended it long before; without one, code that never
gives up the interpreter's lock would keep it from noticing the end of its input."""
LAST_SECONDS = 2.0
"""For programs that the plugin started, to end what they are writing, when this process ends because its engine has."""


def main() -> int:
    """Runs until it is told to close, or its input ends."""
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    return asyncio.run(_Child(out.write).run())


class _Child:
    def __init__(self, write: Callable[[bytes], Any]) -> None:
        self._write, self._writing = write, threading.Lock()
        self._source: Source | None = None
        self._calls: dict[int, asyncio.Task[None]] = {}
        self._listening: asyncio.Task[None] | None = None
        self._taken = asyncio.Event()
        self._batches = 0

    async def run(self) -> int:
        inbox: asyncio.Queue[ToPlugin] = asyncio.Queue()
        threading.Thread(target=_listen, args=(asyncio.get_running_loop(), inbox), daemon=True).start()
        first = await inbox.get()
        assert isinstance(first, frames.Open)
        beats = asyncio.create_task(self._beat())
        try:
            self._source = await self._opened(first)
        except Exception as error:  # noqa: BLE001 - it is the plugin's, and told
            self._say(_told(0, error))
            return 1
        self._say(frames.Ready())
        while not isinstance(frame := await inbox.get(), frames.Close):
            self._take(frame)
        running = [beats, *self._calls.values()]
        for work in [*running, self._listening] if self._listening else running:
            work.cancel()
        await self._source.close()
        return 0

    def _say(self, frame: FromPlugin) -> None:
        line = frames.line_of(frame)
        with self._writing:  # a plugin's own threads may say that something changed
            while line:
                line = line[self._write(line) :]

    async def _opened(self, told: frames.Open) -> Source:
        _bound_memory(told.memory_mb)
        reach(Path(told.plugins), told.runtime)
        source = source_for(told, changed=lambda: self._say(frames.Changed()))
        await source.open()
        return source

    async def _beat(self) -> None:
        while True:
            faulthandler.dump_traceback_later(HANGS_AFTER, exit=True)
            self._say(frames.Beat(_resident_mb()))
            await asyncio.sleep(frames.BEAT_SECONDS)

    def _take(self, frame: ToPlugin) -> None:
        match frame:
            case frames.Call(id=number):
                task = self._calls[number] = asyncio.create_task(self._answer(frame))
                task.add_done_callback(lambda _: self._calls.pop(number, None))
            case frames.Cancel(id=number):
                if known := self._calls.get(number):
                    known.cancel()
            case frames.Listen(cursor=cursor):
                self._listening = asyncio.create_task(self._listen(cursor, self._listening))
            case frames.Taken(n=n):
                if n == self._batches:
                    self._taken.set()

    async def _answer(self, call: frames.Call) -> None:
        try:
            answer = await _called(self._source, call)
        except Exception as error:  # noqa: BLE001 - it is the plugin's, and told
            self._say(_told(call.id, error))
            return
        ahead, last = frames.parts_of(answer)
        for part in ahead:
            self._say(frames.Answer(call.id, frames.packed(part), more=True))
        self._say(frames.Answer(call.id, frames.packed(last)))

    async def _listen(self, cursor: str, before: asyncio.Task[None] | None) -> None:
        assert isinstance(self._source, MessagingSurface)
        if before:
            before.cancel()
            await asyncio.wait([before])
        try:
            async with contextlib.aclosing(self._source.events(cursor)) as batches:  # type: ignore[type-var]
                async for batch in batches:
                    await self._hand_over(batch)
            raise Unreachable("It stopped listening.")
        except Exception as error:  # noqa: BLE001 - it is the plugin's, and told
            self._say(_told(0, error))

    async def _hand_over(self, batch: plugin_api.Batch) -> None:
        if len(batch.events) > frames.MOST_EVENTS:
            raise ValueError("a batch of more than 200 messages")
        self._batches += 1
        self._taken.clear()
        for frame in frames.arrivals_of(self._batches, batch):
            self._say(frame)
        await self._taken.wait()


def source_for(told: frames.Open, changed: Callable[[], None]) -> Source:
    """The plugin's object for an account, not opened yet. Raises BadConfig; and whatever the plugin raises."""
    zone = ZoneInfo(told.zone)
    context = Context(
        told.account,
        checked_config(told.config_class, told.config),
        Path(told.folder),
        told.zone,
        told.own,
        {name: Secret(value) for name, value in told.secrets.items()},
        lambda: datetime.now(UTC).astimezone(zone),
        changed,
        functools.partial(_read_calendar, told.zone, told.own),
    )
    made = found_at(told.runtime)(context)
    assert isinstance(made, Source), "the runtime is no Source"
    return made


def _read_calendar(
    zone: str, own: tuple[str, ...], data: bytes, since: datetime, until: datetime
) -> plugin_api.CalendarPage:
    from sage.adapters.calendar_entries import read_calendar

    return read_calendar(data, since, until, zone, own)


def checked_config(place: str, values: dict[str, Any]) -> Any:
    """An account's settings as the plugin's own type. Raises BadConfig, which names the key."""
    from pydantic import ValidationError

    kind = found_at(place)
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise _told_misfit(kind, error.errors(include_url=False, include_input=False)[0]) from None


def _told_misfit(kind: Any, error: Any) -> BadConfig:
    """What pydantic says of a setting, in Sage's own words; what a validator of the plugin says stays."""
    import difflib

    from sage.settings_words import plain_type

    key = ".".join(str(part) for part in error["loc"])
    name = str(error["loc"][0]) if error["loc"] else ""
    known = {info.alias or field: info for field, info in kind.model_fields.items()}
    match error["type"]:
        case "missing":
            what = "is missing"
        case "extra_forbidden":
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
            what = "is no setting of this plugin" + (f"; did you mean `{near[0]}`?" if near else "")
        case "value_error":
            what = f"does not fit: {error['msg'].removeprefix('Value error, ')}"
        case _ if name in known and len(error["loc"]) == 1:
            what = f"must be {plain_type(known[name].annotation, known[name].metadata)}"
        case _:
            what = f"does not fit: {error['msg']}"
    said = f"`{key}` {what}" if key else what.removeprefix("does not fit: ")
    return BadConfig(said if said.endswith(("?", ".")) else f"{said}.", key)


def _called(source: Any, call: frames.Call) -> Coroutine[Any, Any, Any]:
    signature = frames.METHODS[call.do]
    given = [frames.unpacked(raw, kind) for raw, kind in zip(call.given, signature.given, strict=True)]
    method = getattr(source, call.do)
    return _collected(method()) if call.do == "list" else method(*given)


async def _collected(items: Any) -> tuple[Any, ...]:
    async with contextlib.aclosing(items):
        return tuple([item async for item in items])


def _told(number: int, error: Exception) -> frames.Failed:
    if isinstance(error, PluginError):
        return frames.Failed(
            number,
            type(error).__name__ if type(error).__module__ == plugin_api.__name__ else _nearest(error),
            error.what,
            getattr(error, "retry_after", 0.0),
            getattr(error, "key", ""),
            error.theirs if isinstance(error, Stale) else None,
        )
    traceback.print_exception(error)
    return frames.Failed(number, "", f"{type(error).__name__}{_place(error)}")


def _nearest(error: PluginError) -> str:
    """The class of plugin_api that a plugin's own error derives from."""
    return next(kind.__name__ for kind in type(error).__mro__ if kind.__module__ == plugin_api.__name__)


def _place(error: BaseException) -> str:
    """Where it was raised, without any words of the message."""
    steps = traceback.extract_tb(error.__traceback__)
    own = [step for step in steps if "/sage/adapters/plugins/" not in step.filename] or list(steps)
    return f" in {Path(own[-1].filename).name} line {own[-1].lineno}" if own else ""


def _listen(loop: asyncio.AbstractEventLoop, inbox: asyncio.Queue[ToPlugin]) -> None:
    with contextlib.suppress(msgspec.MsgspecError, RuntimeError):
        for line in sys.stdin.buffer:
            loop.call_soon_threadsafe(inbox.put_nowait, frames.read_to_plugin(line))
    if os.getpgrp() == os.getpid() and os.fork() == 0:
        time.sleep(LAST_SECONDS)
        os.killpg(0, signal.SIGKILL)
    os._exit(0)  # whoever asked is gone, and nothing waits for the plugin's threads


def _bound_memory(mb: int) -> None:
    """Lets allocations fail in this process long before they trouble the machine (a system that does not count data ignores
    it; there the beats tell)."""
    most = (mb + SPARE_MB) << 20
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _resident_mb() -> float:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:  # no /proc: the most that it ever used, which macOS tells in bytes
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20)
    return pages * resource.getpagesize() / (1 << 20)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # the interpreter's own end waits a second for the thread that still reads
