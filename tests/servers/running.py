"""Runs a server on loopback for as long as a block lasts.

A test that needs one is marked `server`. Without it the test is skipped with its reason, or fails where servers must be there
(SAGE_TEST_SERVERS=required).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import pytest

_END = 'read -r _; kill -TERM "-$0"'
"""Ends the server's group when the tests are gone, however they went: a killed process runs no `finally`."""


def missing(what: str) -> NoReturn:
    """Skips the test, or fails it where tests with servers must run."""
    if os.environ.get("SAGE_TEST_SERVERS") == "required":
        pytest.fail(what)
    pytest.skip(what)


def needs(program: str) -> str:
    """The path of a program that the system's packages bring."""
    path = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    return path or missing(f"{program} is not installed (.ci/servers does it)")


def free_port() -> int:
    """A port of loopback on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Whether something takes connections there."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
        return True
    return False


@contextlib.contextmanager
def running(
    command: Sequence[str | Path],
    ready: Callable[[], bool],
    folder: Path,
    *,
    within: float = 60.0,
    env: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Starts a server in a session of its own, waits until it is ready (at most `within` seconds), and ends it and its
    children by its id. `folder` is where it runs, and gets its `server.log`. A test may end it before: `kill`."""
    log = folder / "server.log"
    with log.open("ab") as out:
        server = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": "", **(env or {})},
            start_new_session=True,
        )
    watch = subprocess.Popen(["sh", "-c", _END, str(server.pid)], stdin=subprocess.PIPE, start_new_session=True)
    try:
        began = time.monotonic()
        while not ready():
            if server.poll() is not None or time.monotonic() - began > within:
                raise RuntimeError(f"{command[0]} did not start:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.02)
        yield server
    finally:
        watch.kill()
        watch.communicate()
        _end(server)


def kill(server: subprocess.Popen[bytes]) -> None:
    """Ends a server and its children at once, as a power cut would."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def _end(server: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGTERM)
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        kill(server)
