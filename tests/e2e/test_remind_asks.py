"""`sage remind` in a terminal: exact times first; only what the person agrees to counts."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sage.locations import Home
from tests.homes import engine_of, make_home, sage

WORDS = "every other Tuesday at 8 water the plants"


def answer(home: Home, key: str) -> str:
    """What a terminal shows of the command when that key is pressed at its question."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "sage", "remind", WORDS, "--home", str(home.path)]
    asked = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    shown, until = b"", time.monotonic() + 60
    while time.monotonic() < until and not (asked.poll() is not None and not select.select([ours], [], [], 0)[0]):
        if select.select([ours], [], [], 0.2)[0]:
            try:
                shown += os.read(ours, 4096)
            except OSError:  # Linux: nobody holds the other end any more
                break
        elif b"keeps it" in shown:  # what was pressed before the question stands is thrown away
            os.write(ours, key.encode())
    os.close(ours)
    asked.wait(30)
    return shown.decode()


@pytest.mark.parametrize(("key", "kept"), [("\r", True), ("n", False), ("\x1b", False)])
def test_what_was_shown_counts_once_the_person_agrees(tmp_path: Path, key: str, kept: bool) -> None:
    home = make_home(tmp_path)
    with engine_of(home):
        shown = answer(home, key)
        listed = sage(home, "schedule", "list").stdout
    assert "every other Tuesday at 08:00" in shown and shown.count(", 08:00") == 3
    assert ("Kept." in shown) == kept and ("No reminder was set." in shown) != kept
    assert ("water the plants" in listed) == kept


def test_without_a_terminal_or_told_so_nothing_is_asked(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    with engine_of(home):
        assert "Take it back" in sage(home, "remind", WORDS).stdout
        assert "water the plants" in sage(home, "schedule", "list").stdout
