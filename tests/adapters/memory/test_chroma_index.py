from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sage.adapters.memory.chroma_index import ChromaIndex, open_chroma, probe

SOME = np.eye(4, dtype=np.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "chroma"
    index = ChromaIndex(folder)
    index.add(["a", "b"], SOME[:2])
    index.set_mark("whole")
    index.close()
    return folder


def test_an_index_is_there_again_when_it_is_opened_again(folder: Path) -> None:
    index = open_chroma(folder)
    assert index.search(SOME[1], 1) == [("b", 1.0)]
    assert index.mark == "whole"
    index.close()


def test_a_change_takes_the_mark_away_until_it_is_set_again(folder: Path) -> None:
    index = ChromaIndex(folder)
    index.add(["c"], SOME[2:3])
    assert index.mark == ""
    index.set_mark("whole")
    index.remove(["c"])
    assert index.mark == ""
    index.close()


def test_a_torn_index_is_set_aside_and_begun_anew(folder: Path) -> None:
    (folder / "chroma.sqlite3").write_bytes(b"torn" * 3000)
    assert not probe(folder)
    index = open_chroma(folder)
    assert len(index) == 0
    assert (index.mark, folder.with_name("chroma.torn").is_dir()) == ("", True)
    index.close()


def test_importing_the_module_does_not_import_the_library() -> None:
    code = (
        "import sys, sage.adapters.memory.chroma_index, sage.adapters.memory.memory; print('chromadb' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_opening_connects_to_nothing(folder: Path) -> None:
    code = (
        "import socket, sys\n"
        "def refuse(*_): raise AssertionError('a connection was tried')\n"
        "socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse\n"
        "from pathlib import Path\n"
        "from sage.adapters.memory.chroma_index import _open\n"
        "client, found = _open(Path(sys.argv[1]))\n"
        "print(found.count())\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("2", "")


_OPENS = """
import sys, numpy
from pathlib import Path
from sage.adapters.memory.chroma_index import ChromaIndex
index = ChromaIndex(Path(sys.argv[1]))
index.add([str(number) for number in range(300)], numpy.eye(300, 32, dtype="float32"))
index.close()
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's switch")
def test_memory_that_was_used_before_gets_into_no_file(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _OPENS, str(tmp_path)]
    subprocess.run(command, check=True, env={**os.environ, "MALLOC_PERTURB_": "165"}, timeout=60)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*.bin"))
    assert len(written) > 10_000
    assert bytes([165 ^ 0xFF]) * 64 not in written, "memory that nobody had filled"


def test_a_mark_that_was_overwritten_is_none(folder: Path) -> None:
    (folder / "sage.mark").write_bytes(b"\xe5\xff")
    index = ChromaIndex(folder)
    assert index.mark == ""
    index.close()
