"""The host's end of a plugin's process: starts it, calls it, hears it, and ends it, whatever it does (see `frames`)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sage import plugin_api
from sage.adapters.plugins import frames
from sage.core.terminal_text import clean_line
from sage.plugin_api import Batch, Inbound, PluginError, Stale, Task, Unreachable, Unsure

COMMAND = (sys.executable, "-P", "-m", "sage.adapters.plugins.child")
USUAL = ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "PYTHONPATH", "SSL_CERT_FILE", "SSL_CERT_DIR",
         "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")  # fmt: skip
"""Environment variables that every plugin gets, besides LC_*. Secrets are never among them: they come by the pipe."""
STARTS_WITHIN = 60.0
"""Seconds until it must be open; slow libraries and servers are part of it."""
SILENT_LOOKS, LOOK_SECONDS = 3, 10.0
"""How many looks in a row may find no sign of life before it counts as hung. A machine that slept is no such look."""
CLOSE_SECONDS, TERM_SECONDS = 3.0, 2.0
MOST_FRAMES = 200
"""Frames other than what was asked for and messages, in five seconds."""
MOST_TASKS = 200_000
"""Of one answer."""
LONGEST_WAIT = 3600.0
"""Seconds that a service may ask Sage to stay away."""
LONGEST_SENTENCE = 500
"""Characters of what a plugin says went wrong."""
LAST_WORDS = 4_000
"""Bytes of its standard error that are kept, in memory alone: they may hold a person's words."""


class Fault(Exception):
    """The plugin broke its side: `reason` is a clause such as "was silent for 30 s"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Heard:
    """Who is told what the plugin says by itself."""

    batch: Callable[[Batch], Awaitable[None]]
    """Returns when it is on disk."""
    changed: Callable[[], None]


class PluginProcess:
    """One account's plugin while its process runs. Made by `start`; `run` returns when it is over."""

    def __init__(self, child: asyncio.subprocess.Process, memory_mb: int, heard: Heard) -> None:
        self._child, self._memory_mb, self._heard = child, memory_mb, heard
        self._calls: dict[int, asyncio.Future[Any]] = {}
        self._parts: dict[int, list[tuple[Task, ...]]] = {}
        self._kinds: dict[int, Any] = {}
        self._arriving: list[Inbound] = []
        self._numbers = 0
        self._frames = self._silent = 0
        self._counts_since = 0.0
        self._listening: asyncio.Future[None] | None = None
        self._opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._taking: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._words = b""
        self.memory = 0.0
        """Megabytes, at the last beat."""

    @classmethod
    async def start(
        cls,
        told: frames.Open,
        heard: Heard,
        environment: Mapping[str, str],
        *,
        command: Sequence[str] = COMMAND,
        within: float = STARTS_WITHIN,
    ) -> PluginProcess:
        """Starts a process and opens the account in it. Raises what the plugin raises there (a PluginError), or Fault; then
        nothing of it runs."""
        child = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=frames.LINE_LIMIT,
            env=dict(environment),
            cwd=told.folder,
            start_new_session=True,
        )
        process = cls(child, told.memory_mb, heard)
        process._tasks = [
            asyncio.create_task(work) for work in (process._hear(), process._watch(), process._keep_last_words())
        ]
        try:
            await process._say(told)
            async with asyncio.timeout(within):
                await asyncio.shield(process._opened)
        except TimeoutError:
            await process.kill()
            raise Fault(f"was not ready within {within:.0f} s") from None
        except BaseException:
            await process.kill()
            raise
        return process

    async def over(self) -> None:
        """Waits until the process has ended or broke its side. Raises Fault, with the reason."""
        await asyncio.shield(self._over)

    @property
    def last_words(self) -> str:
        """The end of what it wrote to standard error."""
        return self._words.decode("utf-8", "replace")

    async def ask(self, do: str, *given: Any) -> Any:
        """Calls a method and waits for what it returns. Raises what it raises, and Unsure when the process ends or is
        silent for too long before it answered."""
        signature = frames.METHODS[do]
        self._numbers += 1
        number = self._numbers
        future = self._calls[number] = asyncio.get_running_loop().create_future()
        self._kinds[number] = signature.answer
        try:
            await self._say(frames.Call(number, do, tuple(frames.packed(value) for value in given)))
            async with asyncio.timeout(signature.seconds):
                return await future
        except TimeoutError:
            raise Unsure(f"It did not answer within {signature.seconds:.0f} s.") from None
        finally:
            if not future.done() or future.cancelled():
                with contextlib.suppress(PluginError):
                    await self._say(frames.Cancel(number))
            for kept in (self._calls, self._kinds, self._parts):
                kept.pop(number, None)

    async def listen(self, cursor: str) -> None:
        """Has it tell what comes in, for as long as that goes on. Raises why it ended: a PluginError, or Fault."""
        self._listening = asyncio.get_running_loop().create_future()
        self._arriving.clear()
        await self._say(frames.Listen(cursor))
        await self._listening

    async def stop(self) -> None:
        """Ends it: kindly for three seconds, then for certain."""
        with contextlib.suppress(PluginError):
            await self._say(frames.Close())
        await self._gone_within(CLOSE_SECONDS)
        await self.kill()

    async def kill(self) -> None:
        """Ends the process and all that it started."""
        for sign, seconds in ((signal.SIGTERM, TERM_SECONDS), (signal.SIGKILL, TERM_SECONDS)):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._child.pid, sign)
            if await self._gone_within(seconds):
                break
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._child.pid, signal.SIGKILL)  # what it started and left behind
        self._end(Fault("was ended"))
        for task in [*self._tasks, *filter(None, [self._taking])]:
            if task is not asyncio.current_task():
                task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._child._transport.close()  # type: ignore[attr-defined] # the pipes of a process that left its own children behind stay open otherwise

    async def _gone_within(self, seconds: float) -> bool:
        """Whether the process has ended. `wait()` alone would wait for pipes that nobody reads any more."""
        for _ in range(max(1, int(seconds / 0.02))):
            if self._child.returncode is not None:
                return True
            await asyncio.sleep(0.02)
        return self._child.returncode is not None

    async def _say(self, frame: frames.ToPlugin) -> None:
        line = frames.line_of(frame)
        try:
            assert self._child.stdin
            self._child.stdin.write(line)
            await self._child.stdin.drain()
        except (ConnectionError, RuntimeError) as error:
            raise Unreachable("Its process has ended.") from error

    async def _hear(self) -> None:
        assert self._child.stdout
        try:
            while line := await self._child.stdout.readline():
                self._silent = 0
                self._take(frames.read_from_plugin(line))
                await asyncio.sleep(0)  # a reader that has lines left gives nobody else a turn
            for _ in range(50):  # the system tells of the end a moment after the pipe does
                if self._child.returncode is not None:
                    break
                await asyncio.sleep(0.02)
            self._end(Fault(_ending(self._child.returncode)))
        except (ValueError, RecursionError):  # of the reader: longer than its limit; of msgspec: no frame, or too deep
            self._end(Fault("wrote what is no message of the protocol, or more than 4 MB at once"))
        except Fault as fault:
            self._end(fault)

    async def _watch(self) -> None:
        """Three looks in a row without a sign of life are a hang. A process may have ended whose pipe somebody that it
        started still holds."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self._child.returncode is not None:
                self._end(Fault(_ending(self._child.returncode)))
                return
            self._silent += 1
            if self._silent > SILENT_LOOKS:
                self._end(Fault(f"was silent for {SILENT_LOOKS * LOOK_SECONDS:.0f} s"))
                return

    async def _keep_last_words(self) -> None:
        assert self._child.stderr
        while words := await self._child.stderr.read(LAST_WORDS):
            self._words = (self._words + words)[-LAST_WORDS:]

    def _end(self, fault: Fault) -> None:
        """From now on nothing is answered."""
        for future in (self._opened, self._over, self._listening):
            if future is not None and not future.done():
                future.set_exception(fault)
                future.exception()  # whoever waits still gets it; if nobody does, that is no fault
        for waiting in self._calls.values():
            if not waiting.done():
                waiting.set_exception(Unsure("Its process ended before it answered."))

    def _take(self, frame: frames.FromPlugin) -> None:
        match frame:
            case frames.Answer(id=number) if number in self._calls:
                self._answered(frame)
            case frames.Arrived(events=events) if events:
                self._arrived(frame)
            case _:
                self._count()
                self._told(frame)

    def _count(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._counts_since > frames.BEAT_SECONDS:
            self._counts_since, self._frames = now, 0
        self._frames += 1
        if self._frames > MOST_FRAMES:
            raise Fault(f"sent more than {MOST_FRAMES} messages in {frames.BEAT_SECONDS:.0f} s")

    def _told(self, frame: frames.FromPlugin) -> None:
        match frame:
            case frames.Arrived():
                self._arrived(frame)
            case frames.Ready() if not self._opened.done():
                self._opened.set_result(None)
            case frames.Failed(id=0):
                waiting = self._opened if not self._opened.done() else self._listening
                if waiting is not None and not waiting.done():
                    waiting.set_exception(raised(frame))
            case frames.Failed(id=number):
                self._refused(self._calls.get(number), raised(frame))
            case frames.Changed():
                self._heard.changed()
            case frames.Beat(mb=mb):
                self.memory = mb
                if mb > self._memory_mb:
                    raise Fault(f"used {mb:.0f} MB, more than its {self._memory_mb}")

    def _refused(self, future: asyncio.Future[Any] | None, error: PluginError | Fault) -> None:
        waits = future is not None and not future.done()
        if isinstance(error, PluginError):
            if waits:
                future.set_exception(error)  # type: ignore[union-attr]
            return
        if waits:
            future.set_exception(Unsure(f"The plugin {error.reason}."))  # type: ignore[union-attr]
        raise error

    def _answered(self, frame: frames.Answer) -> None:
        future = self._calls.get(frame.id)
        if future is None or future.done():
            return
        if frame.more:
            if self._kinds[frame.id] not in frames.IN_PARTS:
                raise Fault("answered in parts what has none")
            parts = self._parts.setdefault(frame.id, [])
            parts.append(frames.unpacked(frame.body, tuple[Task, ...]))
            if len(parts) * frames.PART > MOST_TASKS:
                raise Fault(f"told more than {MOST_TASKS:,} tasks at once")
            return
        last = frames.unpacked(frame.body, self._kinds[frame.id])
        future.set_result(frames.joined(self._parts.get(frame.id, []), last))

    def _arrived(self, frame: frames.Arrived) -> None:
        self._arriving.extend(frame.events)
        if len(self._arriving) > frames.MOST_EVENTS or (self._taking and not self._taking.done()):
            raise Fault("sent more messages than were asked for")
        if not frame.more:
            batch = Batch(tuple(self._arriving), frame.cursor)
            self._arriving.clear()
            self._taking = asyncio.create_task(self._keep(frame.n, batch))

    async def _keep(self, n: int, batch: Batch) -> None:
        try:
            await self._heard.batch(batch)
            await self._say(frames.Taken(n))
        except Exception as error:  # noqa: BLE001 - whatever hindered keeping it: it comes again, as nothing was said
            if self._listening and not self._listening.done():
                self._listening.set_exception(Unreachable(f"What came in could not be kept ({type(error).__name__})."))


def raised(frame: frames.Failed) -> PluginError | Fault:
    """The error that a plugin raised, its sentence short and fit to be shown."""
    what = clean_line(frame.what)[:LONGEST_SENTENCE]
    match frame.kind:
        case "":
            return Fault(f"raised {what}")
        case "Stale":
            if frame.theirs is None:
                return Fault("raised a Stale that does not say how the task stands now")
            return Stale(frame.theirs, what)
        case "Unreachable" | "RateLimited":
            return Unreachable(what, min(frame.retry_after, LONGEST_WAIT))
        case "BadConfig":
            return plugin_api.BadConfig(what, clean_line(frame.key)[:LONGEST_SENTENCE])
    kind = getattr(plugin_api, frame.kind, PluginError)
    return kind(what) if isinstance(kind, type) and issubclass(kind, PluginError) else PluginError(what)


def environment_for(names: Sequence[str], environ: Mapping[str, str]) -> dict[str, str]:
    """What a plugin sees of the environment: the usual few, LC_*, and those that its manifest names."""
    wanted = {*USUAL, *names}
    return {name: value for name, value in environ.items() if name in wanted or name.startswith("LC_")}


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        return f"was ended by {signal.Signals(-code).name}"
    if code is None:
        return "closed its output"
    return f"ended with code {code}" if code else "ended by itself"
