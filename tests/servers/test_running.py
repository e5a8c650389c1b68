import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.servers.running import free_port, kill, listens, needs, running

_SERVE = "import socket, sys, time; s = socket.create_server(('127.0.0.1', int(sys.argv[1]))); time.sleep(60)"


def test_a_server_runs_for_as_long_as_the_block(tmp_path: Path) -> None:
    port = free_port()
    with running([sys.executable, "-c", _SERVE, str(port)], lambda: listens(port), tmp_path) as server:
        assert server.poll() is None
    assert server.returncode == -signal.SIGTERM and not listens(port)


def test_one_that_is_killed_meanwhile_is_no_fault(tmp_path: Path) -> None:
    port = free_port()
    with running([sys.executable, "-c", _SERVE, str(port)], lambda: listens(port), tmp_path) as server:
        kill(server)
        assert not listens(port)


def test_one_that_does_not_start_shows_its_log(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no such setting')"]
    with pytest.raises(RuntimeError, match="no such setting"), running(command, lambda: False, tmp_path):
        raise AssertionError("it did not start")


def test_a_server_does_not_outlive_tests_that_are_killed(tmp_path: Path) -> None:
    port = free_port()
    script = (
        "import sys, time; from pathlib import Path; from tests.servers.running import listens, running\n"
        f"with running([sys.executable, '-c', {_SERVE!r}, '{port}'], lambda: listens({port}), Path({str(tmp_path)!r})):\n"
        "    print('up', flush=True); time.sleep(60)"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=root, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(root)}
    ) as tests:
        assert tests.stdout and tests.stdout.readline() == b"up\n"
        tests.kill()
    deadline = time.monotonic() + 20
    while listens(port) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not listens(port)


def test_what_is_not_installed_is_a_skip_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SAGE_TEST_SERVERS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-server is not installed"):
        needs("no-such-server")


def test_and_a_failure_where_servers_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAGE_TEST_SERVERS", "required")
    with pytest.raises(pytest.fail.Exception, match="no-such-server is not installed"):
        needs("no-such-server")
