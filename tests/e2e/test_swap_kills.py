"""kill -9 of a real engine at each step of a swap, its way back, and a trial's beginning and end: the next engine finds one or the
other, settings.toml whole, and what was swapped can be taken back byte for byte."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sage import wire
from sage.client import Client, running_engine
from sage.core.errors import EngineGone
from sage.locations import Home
from tests.crashes.swap_engine import STEP
from tests.homes import end, make_home

NEW = "openai/new"
USE = wire.UseModel(NEW, "http://127.0.0.1:9/v1")
TRY = wire.StartCanary(NEW, "http://127.0.0.1:9/v1")


@contextmanager
def engine(home: Home, dies_at: int = 0) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "tests.crashes.swap_engine", "serve", "--stays", "--home", str(home.path)]
    environ = {**os.environ, STEP: str(dies_at)}
    running = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                               env=environ)  # fmt: skip
    until = time.monotonic() + 120
    while not running_engine(home):
        assert running.poll() is None and time.monotonic() < until
        time.sleep(0.02)
    try:
        yield running
    finally:
        end(running)


def ask(home: Home, request: Any) -> Any:
    with Client(home) as client:
        return client.call(request)


def states(home: Home) -> list[str]:
    return [swap.state for swap in ask(home, wire.ListSwaps()).swaps]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("begun", "request_", "steps", "before", "after"),
    [
        ((), USE, 6, None, "in force"),
        ((USE,), wire.RollBack(), 6, "in force", "back"),
        ((), TRY, 2, None, "canary"),
        ((TRY,), wire.EndCanary(), 2, "canary", "back"),
        ((TRY,), wire.KeepCanary(), 8, "canary", "kept"),
    ],
    ids=["swap", "back", "trial", "end", "keep"],
)
def test_a_kill_at_any_step_leaves_one_or_the_other(
    tmp_path: Path, begun: tuple[Any, ...], request_: Any, steps: int, before: str | None, after: str
) -> None:
    for number in range(1, steps + 1):
        folder = tmp_path / str(number)
        folder.mkdir()
        home = make_home(folder)
        was = home.settings.read_bytes()
        with engine(home):
            for each in begun:
                ask(home, each)
        held = home.settings.read_bytes()
        with engine(home, number) as running:
            with pytest.raises(EngineGone):
                ask(home, request_)
            assert running.wait(30) == -9
        with engine(home):
            found = states(home)
            new = b"openai/new" in home.settings.read_bytes()
            told = f"step {number}: {found}, {new}"
            assert not [each for each in found if each in ("begun", "going back")], told
            assert new == ("in force" in found), told  # what is said is what answers
            assert not ("canary" in found and new), told  # nor is a model on trial that answers for good
            assert home.settings.read_bytes() in (was, held) or new, told
            if new or "canary" in found:
                ask(home, wire.RollBack())
            assert home.settings.read_bytes() == was, told
            assert after in found or before is None or before in found or "in force" in found, told
