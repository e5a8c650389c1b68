"""Chroma's index is a cache: however it is torn, the exact one answers at once, and it is made again from the vectors."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sage.adapters.memory.chroma_index import ChromaIndex
from sage.adapters.memory.memory import SageMemory
from sage.core.passages import Hit
from sage.testing.texts import FakeTexts
from sage.testing.vectors import FakeEmbedder

COUNT = 30


def truncate(folder: Path) -> None:
    for path in files(folder):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])


def zero(folder: Path) -> None:
    for path in files(folder):
        path.write_bytes(b"\0" * path.stat().st_size)


def delete_files(folder: Path) -> None:
    for path in files(folder):
        path.unlink()


def delete_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def other_dimensions(folder: Path) -> None:
    mark = (folder / "sage.mark").read_text()
    shutil.rmtree(folder)
    index = ChromaIndex(folder)
    index.add([f"t_{n}" for n in range(COUNT)], np.eye(COUNT, dtype=np.float32))
    index.set_mark(mark)
    index.close()


def lose_some(folder: Path) -> None:
    index = ChromaIndex(folder)
    mark = index.mark
    names = index._collection.get(limit=5)["ids"]
    index.remove(names)
    index.set_mark(mark)
    index.close()


def other_mark(folder: Path) -> None:
    mark = folder / "sage.mark"
    mark.write_text(mark.read_text().replace("fake-16", "another"))


def killed_while_written(folder: Path) -> None:
    code = (
        "import os, signal, sys, numpy as np\n"
        "from pathlib import Path\n"
        "from sage.adapters.memory.chroma_index import ChromaIndex\n"
        "index = ChromaIndex(Path(sys.argv[1]))\n"
        "add = type(index._collection).upsert\n"
        "def half(self, **given):\n"
        "    add(self, **given)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "type(index._collection).upsert = half\n"
        "index.add(['x'], np.ones((1, 16), np.float32))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr


def files(folder: Path) -> list[Path]:
    found = [path for path in folder.rglob("*") if path.is_file() and path.name != "sage.mark"]
    assert found
    return found


def asked(memory: SageMemory) -> list[Hit]:
    return memory.recall("walrus 7")


def found_by(hits: list[Hit]) -> set[str]:
    return {hit.found_by for hit in hits}


@pytest.fixture
def texts() -> FakeTexts:
    return FakeTexts()


def large(tmp_path: Path, texts: FakeTexts, *, settle: bool = False) -> SageMemory:
    return SageMemory(tmp_path, texts, FakeEmbedder(), exact_up_to=10, settle=settle)


@pytest.mark.parametrize(
    "tear",
    [truncate, zero, delete_files, delete_folder, other_dimensions, lose_some, other_mark, killed_while_written],
)
def test_a_torn_index_is_made_again_while_the_exact_one_answers(
    tmp_path: Path, texts: FakeTexts, tear: Callable[[Path], None]
) -> None:
    with large(tmp_path, texts) as memory:
        memory.remember_many([{"text": f"walrus number {n}", "source": f"s{n}"} for n in range(COUNT)])
        exact = asked(memory)
        memory.settle()
        assert found_by(asked(memory)) == {"chroma"}
    tear(tmp_path / "chroma")
    with large(tmp_path, texts) as memory:
        assert asked(memory) == exact
        assert found_by(exact) == {"exact"}
        memory.settle()
        assert found_by(asked(memory)) == {"chroma"}
        assert [(hit.id, hit.score) for hit in asked(memory)] == [(hit.id, hit.score) for hit in exact]
        assert all(finding.state == "ok" for finding in memory.verify())


def test_a_right_index_is_opened_as_it_is(tmp_path: Path, texts: FakeTexts) -> None:
    with large(tmp_path, texts) as memory:
        memory.remember_many([{"text": f"walrus number {n}", "source": f"s{n}"} for n in range(COUNT)])
        memory.settle()
        memory.remember("the seal sings", source="s")
    made = {path: path.stat().st_ino for path in (tmp_path / "chroma").rglob("*.sqlite3")}
    with large(tmp_path, texts, settle=True) as memory:
        assert found_by(memory.recall("seal sings")) == {"chroma"}
    assert {path: path.stat().st_ino for path in (tmp_path / "chroma").rglob("*.sqlite3")} == made
    assert not (tmp_path / "chroma.torn").exists()


def test_what_is_written_while_it_is_built_is_in_it(tmp_path: Path, texts: FakeTexts) -> None:
    with large(tmp_path, texts) as memory:
        memory.remember_many([{"text": f"walrus number {n}", "source": f"s{n}"} for n in range(COUNT)])
        store = memory._index.store
        read = store.embeddings.all_vectors

        def reading() -> object:
            yield from read()
            memory.remember("the seal sings", source="s")

        store.embeddings.all_vectors = reading  # type: ignore[method-assign, assignment]
        memory.settle()
        (hit, *_) = memory.recall("seal sings")
        assert (hit.text, hit.found_by) == ("the seal sings", "chroma")
        assert all(finding.state == "ok" for finding in memory.verify())


def test_an_index_that_fails_while_it_answers_is_set_aside(tmp_path: Path, texts: FakeTexts) -> None:
    with large(tmp_path, texts) as memory:
        memory.remember_many([{"text": f"walrus number {n}", "source": f"s{n}"} for n in range(COUNT)])
        exact = asked(memory)
        memory.settle()
        chroma = memory._index.nearest._chroma
        assert chroma is not None
        chroma._collection = None  # what a lost file amounts to: the library raises something
        assert asked(memory) == exact
        memory.settle()
        assert found_by(asked(memory)) == {"chroma"}
    assert (tmp_path / "chroma.torn").is_dir()


def test_views_never_ask_chroma(tmp_path: Path, texts: FakeTexts) -> None:
    with large(tmp_path, texts) as memory:
        memory.remember_many(
            [{"text": f"walrus number {n}", "source": f"s{n}", "audience": "ann"} for n in range(COUNT)]
        )
        memory.settle()
        assert found_by(memory.recall("walrus 7", recipients=["ann"])) == {"exact"}
    assert (tmp_path / "chroma").is_dir()
