"""The app in a real terminal, under tmux: it starts, answers, survives a resize, and leaves the shell as it was."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sage import wire
from sage.client import Client
from sage.locations import Home
from tests.pty_app import PtyApp

pytestmark = pytest.mark.skipif(
    shutil.which("tmux") is None and os.environ.get("SAGE_TEST_SERVERS") != "required", reason="tmux is not installed"
)


class Terminal:
    """A shell in a tmux server of the test's own."""

    def __init__(self, folder: Path) -> None:
        self._tmux = ["tmux", "-S", str(folder / "tmux")]
        self.run("-f", "/dev/null", "new-session", "-d", "-s", "t", "-x", "80", "-y", "24", "env PS1='$ ' sh")

    def run(self, *words: str) -> str:
        return subprocess.run([*self._tmux, *words], capture_output=True, text=True, check=True, timeout=20).stdout

    def type(self, text: str) -> None:
        self.run("send-keys", "-t", "t", "-l", text)

    def press(self, key: str) -> None:
        self.run("send-keys", "-t", "t", key)

    def screen(self) -> str:
        return self.run("capture-pane", "-p", "-t", "t")

    def wait(self, holds: Callable[[str], object]) -> str:
        until = time.monotonic() + 30
        while time.monotonic() < until:
            shown = self.screen()
            if holds(shown):
                return shown
            time.sleep(0.05)
        raise TimeoutError(self.screen())


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path)
    yield opened
    opened.run("kill-server")


def stty(terminal: Terminal, mark: str) -> str:
    """The terminal's modes, as the shell sees them; not its size, which the window gives it in its own time."""
    terminal.type(f"clear; stty -g; echo {mark}-$((40 + 2))")
    terminal.press("Enter")
    return terminal.wait(lambda shown: f"{mark}-42" in shown).partition(f"{mark}-42")[0].replace("\n", "")


def test_it_starts_answers_survives_a_resize_and_leaves_the_shell_sane(terminal: Terminal, home: Home) -> None:
    before = stty(terminal, "before")
    terminal.type(f"{sys.executable} -m sage --home {home.path}")
    terminal.press("Enter")
    terminal.wait(lambda shown: "librarian" in shown)
    terminal.type("how much sun do tomatoes want")
    terminal.press("Enter")
    terminal.wait(lambda shown: "six hours of sun" in shown and "1 source" in shown)
    terminal.run("resize-window", "-t", "t", "-x", "60", "-y", "20")
    terminal.wait(
        lambda shown: "six hours of sun" in shown.replace("\n", " ") and max(map(len, shown.splitlines())) <= 60
    )
    terminal.run("resize-window", "-t", "t", "-x", "80", "-y", "24")
    terminal.press("C-q")
    terminal.wait(lambda shown: shown.rstrip().endswith("$"))
    assert stty(terminal, "after") == before


def test_closing_the_terminal_stops_no_turn_and_loses_no_word(terminal: Terminal, home: Home) -> None:
    terminal.type(f"{sys.executable} -m sage --home {home.path}")
    terminal.press("Enter")
    terminal.wait(lambda shown: "librarian" in shown)
    terminal.type("remember: the spare key hangs behind the door")
    terminal.press("Enter")
    terminal.wait(lambda shown: "Noted in" in shown)
    terminal.run("new-session", "-d", "-s", "other")  # without any the server of tmux ends
    terminal.run("kill-pane", "-t", "t")
    with Client(home) as client:
        (turn,) = client.call(wire.ShowConversation("last")).turns
    assert turn.said == "remember: the spare key hangs behind the door" and turn.answer.state == "done"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a terminal ends in another way")
def test_a_terminal_that_ends_without_a_word_ends_the_app(home: Home) -> None:
    app = PtyApp(
        [sys.executable, "-m", "sage", "--home", str(home.path)]
    )  # no SIGHUP comes: it is in no session of the terminal
    app.wait(b"Ask about your notes")
    os.close(app.terminal)
    try:
        app.process.wait(30)
    finally:
        app.process.kill()


def test_memory_is_searched_read_and_edited_in_a_real_terminal(terminal: Terminal, home: Home, tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf "\\nAubergines want warmth.\\n" >> "$1"\nread line\n')
    editor.chmod(0o755)
    before = stty(terminal, "before")
    terminal.type(f"EDITOR={editor} {sys.executable} -m sage --home {home.path}")
    terminal.press("Enter")
    terminal.type("a draft")  # before the app is there
    terminal.wait(lambda shown: "a draft" in shown and "Ctrl+P all" in shown)
    terminal.press("F5")
    terminal.type("how much sun do tomatoes want")
    terminal.wait(lambda shown: "2 found" in shown and "line 3 › Tomatoes" in shown and "only you" in shown)
    terminal.press("Enter")
    terminal.press("Enter")
    terminal.wait(lambda shown: "Beans climb" in shown and "Esc back" in shown)
    terminal.press("Escape")
    terminal.wait(lambda shown: "Enter read" in shown)
    terminal.press("o")
    terminal.wait(lambda shown: "Memory" not in shown)  # the editor has the terminal
    terminal.type("done")
    terminal.press("Enter")
    terminal.wait(lambda shown: "It is found as you left it" in shown)
    terminal.press("/")
    terminal.press("C-a")
    terminal.press("C-k")
    terminal.type("aubergines")
    terminal.wait(lambda shown: "Aubergines want warmth" in shown)
    terminal.run("resize-window", "-t", "t", "-x", "60", "-y", "20")
    terminal.wait(lambda shown: "Aubergines want warmth" in shown and max(map(len, shown.splitlines())) <= 60)
    terminal.run("resize-window", "-t", "t", "-x", "80", "-y", "24")
    terminal.press("Escape")
    terminal.wait(lambda shown: "a draft" in shown)
    terminal.press("C-q")
    terminal.wait(lambda shown: shown.rstrip().endswith("$"))
    assert stty(terminal, "after") == before
