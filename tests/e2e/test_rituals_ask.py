"""`sage shutdown` and `sage review` in a terminal: one key an answer, and whatever ends the asking keeps what was answered."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sage import wire
from sage.client import Client
from sage.locations import Home
from tests.homes import engine_of, make_home, sage

WIDTH = 44


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = make_home(tmp_path)
    with engine_of(made):
        with Client(made) as client:
            client.call(wire.AddTask("Answer the letter from the insurance about the roof", due="2020-01-03"))
            client.call(wire.AddTask("Sew the button", due="2020-01-02"))
            client.call(wire.AddGoal("Learn the cello"))
        yield made


def converse(home: Home, command: str, *turns: tuple[str, str]) -> tuple[str, int]:
    """What a narrow terminal shows when each text, once it stands there anew, is followed by its keys; and the exit code."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, WIDTH, 0, 0))
    words = [sys.executable, "-m", "sage", command, "--home", str(home.path)]
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    asked = subprocess.Popen(
        words,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=_own_terminal,
        env=environment,
    )
    os.close(theirs)
    shown, seen, left, until = "", 0, list(turns), time.monotonic() + 60
    while time.monotonic() < until:
        if select.select([ours], [], [], 0.2)[0]:
            try:
                shown += os.read(ours, 4096).decode()
            except OSError:  # Linux: nobody holds the other end any more
                break
        elif left and left[0][0] in shown[seen:]:  # what is pressed before the question stands is thrown away
            seen = len(shown)
            os.write(ours, left.pop(0)[1].encode())
        elif asked.poll() is not None:
            break
    os.close(ours)
    return shown.replace("\r", ""), asked.wait(30)


def _own_terminal() -> None:
    """The terminal is the command's own, so that Ctrl-C in it reaches the command."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def done(home: Home) -> list[str]:
    with Client(home) as client:
        return [task.text for task in client.call(wire.ListTasks(all=True)).tasks if task.done]


@pytest.mark.parametrize("end", ["\x1b", "\x03", "q"])
def test_what_was_answered_counts_however_the_asking_ends(home: Home, end: str) -> None:
    shown, code = converse(home, "shutdown", ("Esc ends", "\x1b[A"), ("", "d"), ("Esc ends", end))
    assert (code, shown.splitlines()[-1]) == (0, "That was today. Good night.")
    assert len(done(home)) == 1, "an arrow key is no Escape, and one answer was given"
    assert [line for line in shown.splitlines() if len(line) > WIDTH] == []


def test_words_that_are_left_change_nothing_and_words_that_are_entered_do(home: Home) -> None:
    for words, title in (("Play\x1b\n", "Learn the cello"), ("Play it\n", "Play it")):
        shown, code = converse(home, "review", ("Esc ends", "r"), ("> ", words))
        assert code == 0 and "That was the week." in shown
        with Client(home) as client:
            assert [goal.title for goal in client.call(wire.ListGoals()).goals] == [title]


def test_without_a_terminal_it_says_how_to_answer(home: Home) -> None:
    told = sage(home, "shutdown")
    assert told.returncode == 0 and "Answer with: sage shutdown --answers k" in told.stdout
    assert told.stdout.rstrip().endswith("That was today. Good night.") and done(home) == []
