"""Finds or starts the engine, and speaks with it: blocking for commands, in tasks for the terminal app."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sage import __version__, wire
from sage.core.errors import BadInput, EngineGone, SageError, revive
from sage.locations import Home

if TYPE_CHECKING:
    import socket

R = TypeVar("R")

START_WITHIN, LEAVES_WITHIN = 30.0, 5.0
"""Seconds in which an engine must open its door, and in which one that is ending must have shut it."""
ANOTHER_RUNS = 3
"""The exit code of an engine that found another one running on its home."""


class Client:
    """A front end's line to the engine, for one call after another. A context manager."""

    def __init__(self, home: Home, *, profile: str = "", kind: str = "cli") -> None:
        self._home = home
        self._next = 0
        self._socket = connect(home, profile=profile, kind=kind)
        self._file = self._socket.makefile("rb")

    def call(self, request: wire.Request[R], on_event: Callable[[Any], None] = lambda event: None) -> R:
        """Asks and waits; events go to `on_event` as they come. Raises what the engine tells, or EngineGone."""
        self._next += 1
        number = self._next
        self._send(wire.Call(number, request))
        while True:
            frame = self._read()
            if isinstance(frame, wire.Event) and frame.id == number:
                on_event(frame.event)
            elif isinstance(frame, wire.Result) and frame.id == number:
                return wire.read_result(request, frame.body)
            elif isinstance(frame, wire.Failed) and frame.id in (number, 0):
                raise revive(frame.kind, frame.what, frame.safe, frame.do)

    def post(self, request: wire.Request[Any]) -> None:
        """Asks without waiting: for a word into a call that is still answered (an approval, a stop)."""
        self._next += 1
        self._send(wire.Call(self._next, request))

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._file.close()
            self._socket.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _send(self, frame: wire.Call[Any]) -> None:
        try:
            data = wire.pack(frame)
        except UnicodeEncodeError as error:
            raise BadInput(
                "What was given is not UTF-8 text.",
                safe="Nothing was changed.",
                do="Give it as UTF-8, or rename the file.",
            ) from error
        if len(data) > wire.FRAME_LIMIT:
            raise BadInput(
                f"That is {len(data) / 1e6:.0f} MB at once; at most {wire.FRAME_LIMIT / 1e6:.0f} MB are taken.",
                safe="Nothing was changed.",
                do="Give less of it, or put it into files and import them.",
            )
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise gone(self._home) from error

    def _read(self) -> wire.FromEngine:
        try:
            line = self._file.readline()
        except OSError as error:
            raise gone(self._home) from error
        if not line:
            raise gone(self._home)
        return wire.read_from_engine(line)


def hello(kind: str, profile: str) -> bytes:
    """A front end's first frame."""
    return wire.pack(wire.Hello(wire.VERSION, __version__, kind, profile))


def gone(home: Home) -> EngineGone:
    """The told error for an engine that is not there any more."""
    return EngineGone(
        "The engine has ended.",
        safe="Whatever was acknowledged is kept.",
        do=f"Do it again; it starts by itself. If it ends again, see {engine_log(home)}",
    )


def connect(home: Home, *, profile: str, kind: str) -> socket.socket:
    """A line to the home's engine, which has said welcome; it is started if none runs. Raises EngineGone or what the
    engine told."""
    until = leaves_by = time.monotonic() + START_WITHIN
    while time.monotonic() < min(until, leaves_by):
        found = _try_connect(home)
        if found is None:
            leaves_by = until  # whoever was ending has shut the door: the next one gets the time that it needs
            _start_engine(home, until - time.monotonic())
        elif _welcomed(found, hello(kind, profile)):
            return found
        else:  # a process that is ending keeps its door for a moment
            leaves_by = min(leaves_by, time.monotonic() + LEAVES_WITHIN)
            time.sleep(0.02)
    raise EngineGone(
        f"The engine did not open its door within {START_WITHIN:.0f} seconds.",
        safe="Nothing was changed.",
        do=f"See {engine_log(home)}, and run: sage doctor",
    )


def _welcomed(door: socket.socket, hello: bytes) -> bool:
    """Says hello; False (and the door is shut) when nobody answers. Raises what the engine tells."""
    try:
        door.sendall(hello)
        with door.makefile("rb", buffering=0) as file:  # byte by byte: what comes next is for others
            welcome = file.readline()
        if welcome and isinstance(failed := wire.read_from_engine(welcome), wire.Failed):
            raise revive(failed.kind, failed.what, failed.safe, failed.do)
    except OSError:
        welcome = b""
    except SageError:
        door.close()
        raise
    if not welcome:
        door.close()
    return bool(welcome)


def engine_command(home: Home, *arguments: str) -> list[str]:
    """The command line of the engine's own entry."""
    return [sys.executable, "-P", "-m", "sage.engine", *arguments, "--home", str(home.path)]


def engine_environment() -> dict[str, str]:
    """The engine's environment: ours, and fewer heaps for its threads (glibc gives each its own, and keeps it)."""
    return {"MALLOC_ARENA_MAX": "2", **os.environ}


def _start_engine(home: Home, seconds: float) -> None:
    """Starts an engine in the background and returns once its door is open, or once another process has one."""
    import subprocess

    command = engine_command(home, "serve", "--detach")
    try:
        started = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                 timeout=max(seconds, 0.1), cwd="/", check=False, env=engine_environment())  # fmt: skip
    except subprocess.TimeoutExpired:
        return
    if started.returncode == ANOTHER_RUNS:
        time.sleep(0.02)  # it is about to open its door, or about to leave
    elif started.returncode:
        raise _start_failure(home, started.stderr)


def run_engine_tool(home: Home, *arguments: str) -> int:
    """Runs one of the engine's own tools (doctor, restore) on this terminal and returns its exit code. Whoever ends this
    process ends the tool."""
    import signal
    import subprocess

    with subprocess.Popen(engine_command(home, *arguments), env=engine_environment()) as tool:
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, _: tool.send_signal(number))
        return tool.wait()


def stop_engine(home: Home) -> bool:
    """Ends the home's engine, of whatever version, and waits until it is gone; False when none ran."""
    import fcntl
    import signal

    if not home.lock.exists():
        return False
    with home.lock.open() as lock:
        for attempt in range(200):
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                return attempt > 0
            except BlockingIOError:
                lock.seek(0)
                owner = lock.read().strip()
                if attempt == 0 and owner.isdigit():
                    os.kill(int(owner), signal.SIGTERM)
                time.sleep(0.05)
    raise EngineGone("The engine does not end.", safe="Nothing was changed.", do=f"End process {owner} by hand.")


def running_engine(home: Home) -> bool:
    """Whether an engine answers at the home's door."""
    found = _try_connect(home)
    if found:
        found.close()
    return found is not None


def _try_connect(home: Home) -> socket.socket | None:
    import socket

    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        door.connect(os.fspath(home.socket))
    except OSError:
        door.close()
        return None
    return door


def _start_failure(home: Home, said: bytes) -> SageError:
    """The engine's own told error, which it leaves as its last line; else EngineGone."""
    lines = said.strip().splitlines()
    if lines:
        with contextlib.suppress(SageError):
            frame = wire.read_from_engine(lines[-1])
            if isinstance(frame, wire.Failed):
                return revive(frame.kind, frame.what, frame.safe, frame.do)
    return EngineGone(
        "The engine does not start.", safe="Nothing was changed.", do=f"See {engine_log(home)}, and run: sage doctor"
    )


def engine_log(home: Home) -> Path:
    """Where the engine writes what happened to it."""
    return home.logs / "engine.log"
