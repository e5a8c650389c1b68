"""`sage eval bundle` with a real engine and a real terminal: it is read, a line is struck, and what is left is written."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

from tests.homes import engine_of, make_home, sage


def test_a_bundle_is_read_in_a_terminal_and_written_as_it_was_left(tmp_path: Path) -> None:
    home, file = make_home(tmp_path), tmp_path / "bundle.jsonl"
    with engine_of(home):
        assert sage(home, "ask", "How are you, demo@demo.example?").returncode == 0
        assert sage(home, "eval", "capture", "--wrong").returncode == 0
        case = json.loads(sage(home, "eval", "list", "--json").stdout)["cases"][0]["id"]
        shown = sage(home, "eval", "bundle", str(file), "--cases", case, "--words", case)
        assert shown.returncode == 1 and "How are you, [address-1]?" in shown.stdout and not file.exists()
        mark = re.findall(r"--yes (\w+)", shown.stderr)[0]
        assert sage(home, "eval", "bundle", str(file), "--cases", case, "--yes", mark).returncode == 1  # other lines
        assert not file.exists()

        command = [*_command(home.path), "eval", "bundle", str(file), "--cases", case, "--words", case]
        answers = [("Enter reads on", "1"), ("struck", "2 words"), ("no words", ""), ("That was all", "y")]
        typed = _in_terminal(command, answers)
        assert "Nothing was sent" in typed, typed
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        assert [line["kind"] for line in lines][:2] == ["case", "asked"] and len(lines) == shown.stdout.count('{"') - 1
        again = sage(home, "eval", "bundle", str(tmp_path / "b"), "--cases", case, "--words", case, "--strike", "1",
                     "--yes", mark)  # fmt: skip
        assert again.returncode == 0 and (tmp_path / "b").read_bytes() == file.read_bytes()
        taken = sage(home, "eval", "bundle", str(file), "--cases", case)
        assert taken.returncode == 1 and "is there already" in taken.stderr


def _command(home: Path) -> list[str]:
    return [sys.executable, "-m", "sage", "--home", str(home)]


def _in_terminal(command: list[str], answers: list[tuple[str, str]]) -> str:
    """Types each answer once its words stand there; returns all that was shown."""
    ours, theirs = pty.openpty()
    running = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    shown, seen, until = "", 0, time.monotonic() + 60
    while time.monotonic() < until:
        if answers and answers[0][0] in shown[seen:]:
            seen = len(shown)
            os.write(ours, answers.pop(0)[1].encode() + b"\n")
        if select.select([ours], [], [], 0.1)[0]:
            try:
                shown += os.read(ours, 65536).decode(errors="replace")
            except OSError:
                break
    assert running.wait(10) == 0, shown
    os.close(ours)
    return shown
