"""A person's file is the old one or the new one, whatever happens, and keeps what it has besides its words."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sage.plugin_api import Refused, Unreachable
from sage.plugin_files.replacing import PARTIAL, read_file, replace_file


def test_a_file_is_replaced_and_keeps_its_mode_and_link(tmp_path: Path) -> None:
    note, link = tmp_path / "note.md", tmp_path / "link.md"
    note.write_bytes(b"old")
    note.chmod(0o640)
    os.utime(note, (1, 1))
    link.symlink_to("note.md")
    assert replace_file(link, b"old", b"new")
    assert (note.read_bytes(), note.stat().st_mode & 0o777, link.is_symlink()) == (b"new", 0o640, True)
    assert note.stat().st_mtime > 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.md", "note.md"]


@pytest.mark.parametrize("there", [b"other", None])
def test_what_is_no_longer_as_it_was_read_is_not_replaced(tmp_path: Path, there: bytes | None) -> None:
    note = tmp_path / "note.md"
    if there is not None:
        note.write_bytes(there)
    assert not replace_file(note, b"old", b"new")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == ([there] if there is not None else [])


@pytest.mark.usefixtures("plain_user")
def test_what_may_not_be_written_is_refused(tmp_path: Path) -> None:
    note = tmp_path / "note.md"
    note.write_bytes(b"old")
    note.chmod(0o444)
    with pytest.raises(Refused):
        replace_file(note, b"old", b"new")
    note.chmod(0o644)
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(Refused):
            replace_file(note, b"old", b"new")
    finally:
        tmp_path.chmod(0o755)
    assert note.read_bytes() == b"old"


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="none"):
        read_file(tmp_path / "none.md")


WRITER = """
import sys
from pathlib import Path
from sage.plugin_files.replacing import replace_file
note = Path(sys.argv[1])
number = 0
print("ready", flush=True)
while True:
    old = note.read_bytes()
    number += 1
    replace_file(note, old, (f"{number} " * 20_000).encode())
"""


@pytest.mark.slow
def test_a_process_that_is_killed_while_it_writes_leaves_a_whole_file(tmp_path: Path) -> None:
    note, chance = tmp_path / "note.md", random.Random(1)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    left = 0
    for _ in range(20):
        note.write_bytes(b"0 " * 20_000)
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(note)], stdout=subprocess.PIPE, env=environment)
        assert writer.stdout and writer.stdout.readline()
        time.sleep(chance.uniform(0.0, 0.1))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
        words = note.read_bytes().split()
        assert len(words) == 20_000 and len(set(words)) == 1
        left += len(list(tmp_path.glob(f"{PARTIAL}*")))
    assert left, "none was killed in the middle"
