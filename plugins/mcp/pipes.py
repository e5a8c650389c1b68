"""A server that runs here: its process, and JSON lines over its pipes.

The library's own way of starting one gives the server a session of its own and stops it in an orderly end; whoever is killed
leaves it behind, and it holds as much of one line as ever comes. Here a guard leads the server's process group. It waits on a
pipe whose other end only this process has: when that closes, however it came to it, the guard kills the group and itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

GUARD = """\
exec 3</dev/fd/$1 4<&0; shift
"$@" <&4 3<&- 4<&- &
exec 0</dev/null 1>/dev/null 4<&-
trap '' TERM HUP INT
read -r _ <&3
kill -KILL 0
"""
"""Starts a command and outlives it, so that the group's id stays its own; ends with all of the group."""

LARGEST = 4_000_000
"""Bytes of one line. A server that sends more at once is ended."""
LEAVES_WITHIN, TERM_WITHIN, KILL_WITHIN = 1.0, 0.7, 1.0
"""Seconds for the end of its input, for being asked to end, and for being killed."""


@asynccontextmanager
async def server_pipes(
    command: Sequence[str], environment: Mapping[str, str], folder: str, over: asyncio.Event
) -> AsyncGenerator[Any, None]:
    """A transport of `mcp.Client`: the streams to and from a server while it runs. `over` is set when it says no more, or
    what is too long.

    Raises OSError if it cannot be started. Afterwards nothing of its group runs.
    """
    import anyio
    from mcp.shared.message import SessionMessage

    process, life = await _start(command, environment, folder)
    silent = asyncio.Event()
    heard, reading = anyio.create_memory_object_stream[SessionMessage | Exception](0)
    writing, said = anyio.create_memory_object_stream[SessionMessage](0)
    tasks = [
        asyncio.create_task(_hear(process, heard, over, silent), name="what a server says"),
        asyncio.create_task(_say(process, said, heard), name="what a server is told"),
    ]
    try:
        yield reading, writing
    finally:
        reading.close()
        writing.close()
        try:
            await asyncio.shield(asyncio.create_task(_end(process, life, silent)))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for stream in (heard, said):
                stream.close()


async def _start(
    command: Sequence[str], environment: Mapping[str, str], folder: str
) -> tuple[asyncio.subprocess.Process, int]:
    """The guard's process, and the end of the pipe that keeps it waiting."""
    watched, life = os.pipe()
    try:
        process = await asyncio.create_subprocess_exec(
            "/bin/sh", "-c", GUARD, "sh", str(watched), *command,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, limit=LARGEST,
            env=dict(environment), cwd=folder, pass_fds=(watched,), start_new_session=True,
        )  # fmt: skip
    except BaseException:
        os.close(life)
        raise
    finally:
        os.close(watched)
    return process, life


async def _hear(process: asyncio.subprocess.Process, heard: Any, over: asyncio.Event, silent: asyncio.Event) -> None:
    """Hands on what the server says, line by line; what is no message is passed over, as some print what they like."""
    import anyio
    import mcp_types
    from mcp.shared.message import SessionMessage

    assert process.stdout
    try:
        with contextlib.suppress(ValueError, anyio.ClosedResourceError, anyio.BrokenResourceError, ConnectionError):
            while line := await process.stdout.readline():  # ValueError: longer than it may be
                try:
                    message = mcp_types.jsonrpc_message_adapter.validate_json(line, by_name=False)
                except ValueError:
                    continue
                await heard.send(SessionMessage(message))
    finally:
        heard.close()
        over.set()
    with contextlib.suppress(ConnectionError):
        while await process.stdout.read(1 << 16):  # so that it is not kept from ending
            pass
    silent.set()


async def _say(process: asyncio.subprocess.Process, said: Any, heard: Any) -> None:
    assert process.stdin
    try:
        async for each in said:
            line = each.message.model_dump_json(by_alias=True, exclude_unset=True)
            process.stdin.write(line.encode() + b"\n")
            await process.stdin.drain()
    except (ConnectionError, RuntimeError):
        heard.close()  # so that whoever waits for an answer is told


async def _end(process: asyncio.subprocess.Process, life: int, silent: asyncio.Event) -> None:
    """Ends the server: by the end of its input, by asking, for certain."""
    try:
        assert process.stdin
        process.stdin.close()
        if not await _within(LEAVES_WITHIN, silent):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGTERM)
            await _within(TERM_WITHIN, silent)
    finally:
        os.close(life)
    for _ in range(int(KILL_WITHIN / 0.01)):  # `wait` would wait for whoever still has its pipes
        if process.returncode is not None:
            break
        await asyncio.sleep(0.01)
    process._transport.close()  # type: ignore[attr-defined] # a process that left the group may still have them


async def _within(seconds: float, event: asyncio.Event) -> bool:
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return event.is_set()
