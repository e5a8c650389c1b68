"""With the network denied everything but a download works, and nothing tries to connect: litellm and chromadb included.

Two checks over the same walk. A hook in every Python process fails and notes each attempt beyond loopback, with its
stack; the kernel of a network with nothing but loopback counts what native code (tokenizers, onnxruntime, Chroma's index,
the embedded model) tries besides. Both are shown to be able to fail.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import namespace
from tests.homes import make_home

ROOT = Path(__file__).parents[2]
GUARD = ROOT / "tests" / "guard"
ELSEWHERE = "192.0.2.1"
"""An address that belongs to nobody (RFC 5737)."""
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SAGE_TEST_MODELS", "VIRTUAL_ENV", "SYSTEMROOT", "LD_LIBRARY_PATH")
"""Of the environment, no more: a proxy on loopback, a switch that silences a library or a filled cache would hide an attempt."""


@dataclass(frozen=True)
class Walked:
    """What became of a program where the network is denied. `counted` is None where the kernel could not be asked."""

    code: int
    said: str
    guarded: tuple[str, ...]
    attempts: tuple[dict[str, Any], ...]
    counted: dict[str, int] | None


def run_denied(folder: Path, *arguments: str, hook: bool = True) -> Walked:
    """Runs Python without a network; in one of its own if the system permits that, else under the hook alone."""
    folder.mkdir(exist_ok=True)
    log = folder / "network.log"
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    path = [str(GUARD), str(ROOT)] if hook else [str(ROOT)]
    environment |= {"HOME": str(folder), "SAGE_TEST_NETWORK_LOG": str(log), "PYTHONPATH": os.pathsep.join(path)}
    command = [sys.executable, *arguments]
    ended = _run([sys.executable, "-m", "tests.namespace", *command], environment)
    counted = None
    if ended.returncode == namespace.NOT_PERMITTED:
        ended = _run(command, environment)
    else:
        counted = json.loads(ended.stdout.splitlines()[-1])
    lines = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    guarded = tuple(" ".join(line["command"]) for line in lines if line["event"] == "guarded")
    attempts = tuple(line for line in lines if line["event"] != "guarded")
    return Walked(ended.returncode, ended.stdout + ended.stderr, guarded, attempts, counted)


def _run(command: Sequence[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env=environment,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Walked:
    return run_denied(
        tmp_path_factory.mktemp("walk"), "-m", "tests.e2e.network_walk", str(tmp_path_factory.mktemp("home"))
    )


def test_everything_but_a_download_works_without_a_network(walked: Walked) -> None:
    assert walked.code == 0, walked.said


def test_no_python_code_tries_to_connect(walked: Walked) -> None:
    assert not walked.attempts, json.dumps(walked.attempts, indent=1)


def test_no_native_code_tries_to_connect(walked: Walked) -> None:
    if walked.counted is None:
        pytest.skip("this system does not let this user make a network of its own: native code is not watched")
    assert walked.counted == {}


def test_every_process_of_sage_was_guarded(walked: Walked) -> None:
    wanted = [
        "-m sage --home",
        "-P -m sage.engine serve",
        "sage.engine doctor",
        "sage.adapters.memory.chroma_index",
        "keyring",
    ]
    if os.environ.get("SAGE_TEST_MODELS"):
        wanted.append("sage.adapters.models.embedded_worker")
    for words in wanted:
        assert any(words in command for command in walked.guarded), words


@pytest.mark.parametrize(
    "attempt",
    [
        f"socket.create_connection(('{ELSEWHERE}', 80), 5)",
        f"socket.socket().connect_ex(('{ELSEWHERE}', 80))",
        f"socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'', ('{ELSEWHERE}', 53))",
        "socket.getaddrinfo('models.example', 443)",
        "socket.gethostbyname('models.example')",
        "__import__('httpx').get('https://models.example')",
        "__import__('asyncio').run(__import__('asyncio').open_connection('models.example', 443))",
        "socket.socket().bind(('0.0.0.0', 0))",
    ],
)
def test_the_hook_denies_and_notes_each_attempt(attempt: str, tmp_path: Path) -> None:
    ended = run_denied(tmp_path / "try", "-P", "-c", f"import socket\n{attempt}")
    assert ended.code != 0 and "the test denies the network" in ended.said
    (noted,) = ended.attempts
    assert noted["stack"] and (
        "models.example" in noted["where"] or ELSEWHERE in noted["where"] or "0.0.0.0" in noted["where"]
    )


def test_loopback_and_unix_sockets_are_not_denied(tmp_path: Path) -> None:
    code = """
import socket
with socket.create_server(("127.0.0.1", 0)) as server:
    socket.create_connection(("localhost", server.getsockname()[1])).close()
with socket.socket(socket.AF_UNIX) as door:
    door.bind("door")
    door.listen()
    with socket.socket(socket.AF_UNIX) as front_end:
        front_end.connect("door")
"""
    ended = run_denied(tmp_path / "try", "-c", f"import os; os.chdir({str(tmp_path)!r})\n{code}")
    assert ended.code == 0, ended.said
    assert not ended.attempts and not ended.counted


@pytest.mark.parametrize("attempt", ["connect", "lookup"])
def test_the_kernel_counts_what_native_code_tries(attempt: str, tmp_path: Path) -> None:
    connect = f"library.connect(number, bytes([2, 0, 0, 80, *map(int, '{ELSEWHERE}'.split('.'))]) + bytes(8), 16)"
    lookup = "library.gethostbyname(b'models.example')"
    tried = connect if attempt == "connect" else lookup
    code = f"import ctypes, socket\nlibrary = ctypes.CDLL(None)\nnumber = socket.socket().detach()\n{tried}"
    ended = run_denied(tmp_path / "try", "-c", code)
    if ended.counted is None:
        pytest.skip("this system does not let this user make a network of its own")
    assert not ended.attempts, "the hook is not expected to see what does not go through the interpreter"
    assert ended.counted


def test_a_download_without_a_network_is_a_told_error(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    ended = run_denied(
        tmp_path / "try", "-m", "sage", "--home", str(home.path), "models", "install", "smollm2-135m", "--yes"
    )
    assert ended.code == 1 and "Traceback" not in ended.said, ended.said
    assert ended.attempts
    assert not [path for path in home.models.rglob("*") if path.is_file() and path.stat().st_size]
