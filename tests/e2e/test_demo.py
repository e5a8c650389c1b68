"""The demo in a real terminal, under tmux: from its start to the end of the tour, and nothing of it is left."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.test_terminal import Terminal, stty
from tests.homes import make_home

pytestmark = pytest.mark.skipif(
    shutil.which("tmux") is None and os.environ.get("SAGE_TEST_SERVERS") != "required", reason="tmux is not installed"
)
SETTLED = 1.0
"""Seconds after Esc, which a terminal else takes for the beginning of the next key; and until a yes counts."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """For temporary files, with a short name, as sockets need."""
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


def test_the_tour_is_gone_through_to_its_end_and_the_life_is_removed(tmp_path: Path, folder: Path) -> None:
    own = make_home(tmp_path)
    before = sorted(own.path.rglob("*"))
    terminal = Terminal(tmp_path)
    try:
        modes = stty(terminal, "before")
        terminal.type(f"TMPDIR={folder} SAGE_HOME={own.path} {sys.executable} -m sage --profile demo")
        terminal.press("Enter")
        terminal.wait(lambda shown: "1/10 " in shown and "3 waiting" in shown)
        typed = ("how much sun do tomatoes want", "/why", "water tomatoes tomorrow", "/nudges")
        for step, text in enumerate(typed, 2):
            if step == 4:
                terminal.press("F8")
                terminal.wait(lambda shown: "Keep a line: a task" in shown)
            terminal.type(text)
            terminal.press("Enter")
            terminal.wait(lambda shown, step=step: f"{step}/10 " in shown)
        terminal.wait(lambda shown: "quiet" in shown)
        _press(terminal, "Escape", "F4")
        terminal.wait(lambda shown: "6/10 " in shown and "salary talk" in shown)
        terminal.press("w")
        terminal.wait(lambda shown: "7/10 " in shown and "Work/Office.md" in shown)
        _press(terminal, "Escape", "F5")
        terminal.type("safe")
        terminal.wait(lambda shown: "4711" in shown)
        _press(terminal, "Enter", "f")
        terminal.wait(lambda shown: "y forgets it" in shown)
        terminal.press("y")
        terminal.wait(lambda shown: "8/10 " in shown and "4711" not in shown)
        terminal.press("u")
        terminal.wait(lambda shown: "in the trash" in shown)
        terminal.press("u")
        terminal.wait(lambda shown: "9/10 " in shown)
        terminal.press("F6")
        terminal.wait(lambda shown: "$0.0000 of" in shown)
        _press(terminal, "r", "Down", "u")
        terminal.wait(lambda shown: "Shall librarian answer?" in shown)
        time.sleep(SETTLED)
        terminal.press("y")
        terminal.wait(lambda shown: "10/10 " in shown)
        terminal.press("b")
        terminal.wait(lambda shown: "That was it" in shown and "byte for byte" in shown)
        terminal.press("C-q")
        terminal.wait(lambda shown: "is removed" in shown and shown.rstrip().endswith("$"))
        assert stty(terminal, "after") == modes
    finally:
        terminal.run("kill-server")
    assert list(folder.glob("sage-demo-*")) == [] and sorted(own.path.rglob("*")) == before


def _press(terminal: Terminal, *keys: str) -> None:
    for key in keys:
        terminal.press(key)
        time.sleep(SETTLED if key == "Escape" else 0.3)
