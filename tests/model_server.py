"""A real OpenAI-compatible server on loopback over an embedded model's file, for tests.

`python -m tests.model_server FILE` serves until its input ends and prints its address first.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from sage.core.model_catalogue import find_model


@dataclass(frozen=True)
class ModelServer:
    """A running server: the base URL that OpenAI clients want, the name of its model, its process id."""

    base_url: str
    model: str
    pid: int


def model_file(name: str) -> Path:
    """The file of a model in SAGE_TEST_MODELS; skips the test without it, or fails where tests with servers must run."""
    folder = os.environ.get("SAGE_TEST_MODELS")
    path = Path(folder) / find_model(name).file if folder else None
    if path is not None and path.is_file():
        return path
    missing = f"{name} is not in SAGE_TEST_MODELS"
    if os.environ.get("SAGE_TEST_SERVERS") == "required":
        pytest.fail(missing)
    pytest.skip(missing)


@contextmanager
def running_server(file: Path, *, context: int = 2048, alias: str = "embedded") -> Iterator[ModelServer]:
    """Serves a model file while the block runs; the process is ended by its id whatever happens in it."""
    command = [sys.executable, "-m", "tests.model_server", str(file), str(context), alias]
    root = Path(__file__).parents[1]
    with subprocess.Popen(
        command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address.startswith("http://127.0.0.1:"), "the model server did not start"
            yield ModelServer(f"{address}/v1", alias, process.pid)
        finally:
            process.kill()


def serve(file: str, context: str, alias: str) -> None:
    """Loads and serves until the input ends."""
    address_out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # native prints must not stand before the address
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = file
    params.model_alias = {alias}
    params.n_ctx = int(context)
    params.n_parallel = 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = max(1, (os.cpu_count() or 1) - 1)
    params.cache_ram_mib = params.verbosity = params.port = 0
    params.warmup = params.ui = False
    params.hostnames = ["127.0.0.1"]
    server = xllamacpp.Server(params)
    address_out.write(f"{server.listening_address}\n")
    address_out.flush()
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    serve(*sys.argv[1:])
