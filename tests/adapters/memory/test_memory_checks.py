"""What `verify` finds: each cache is put out of step with the truth, and told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from sage.adapters.memory.memory import SageMemory
from sage.core.memory_state import MemoryFinding, VerifyProgress
from sage.core.passages import RememberedText
from sage.testing.texts import FakeTexts
from sage.testing.vectors import FakeEmbedder


@pytest.fixture
def texts() -> FakeTexts:
    return FakeTexts()


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    vault = tmp_path / "vault"
    vault.mkdir()
    for n in range(3):
        (vault / f"{n}.md").write_text(f"# Note {n}\nwalrus {n}\n")
    return vault


@pytest.fixture
def memory(tmp_path: Path, vault: Path, texts: FakeTexts) -> Iterator[SageMemory]:
    index = tmp_path / "index"
    index.mkdir()
    with SageMemory(index, texts, FakeEmbedder()) as memory:
        memory.import_path(vault)
        memory.remember_many([{"text": f"seal {n}", "source": "s", "thread": "t"} for n in range(3)])
        yield memory


def not_ok(memory: SageMemory) -> list[MemoryFinding]:
    return [finding for finding in memory.verify() if finding.state != "ok"]


def spoil(tmp_path: Path, sql: str) -> None:
    with apsw.Connection(str(tmp_path / "index" / "memory.db")) as other:
        other.execute(sql)


def test_a_right_memory_is_told_part_by_part(memory: SageMemory) -> None:
    steps: list[VerifyProgress] = []
    found = memory.verify(steps.append)
    assert {(finding.part, finding.state) for finding in found} == {
        (part, "ok") for part in ("index", "journal", "words", "vectors", "neighbours", "files")
    }
    assert steps[-1] == VerifyProgress(6, 6)


@pytest.mark.parametrize(
    ("sql", "part"),
    [
        ("DELETE FROM postings WHERE term = 'walru'", "words"),
        ("UPDATE postings SET entries = zeroblob(length(entries) + 1)", "words"),
        ("INSERT INTO postings VALUES (7, 'left', zeroblob(4)); INSERT INTO blocks VALUES ('en', 7)", "words"),
        ("DELETE FROM blocks", "words"),
        ("DELETE FROM passages WHERE text = 'seal 1'", "journal"),
        ("UPDATE vectors SET vector = zeroblob(7) WHERE passage = 1", "vectors"),
    ],
)
def test_what_is_wrong_is_told_and_rebuilding_mends_it(memory: SageMemory, tmp_path: Path, sql: str, part: str) -> None:
    spoil(tmp_path, sql)
    found = not_ok(memory)
    assert (part, "wrong") in {(finding.part, finding.state) for finding in found}
    assert all(finding.do for finding in found if finding.state == "wrong")
    memory.rebuild()
    assert not_ok(memory) == []


def test_what_only_lags_is_not_wrong(memory: SageMemory, vault: Path, texts: FakeTexts, tmp_path: Path) -> None:
    texts.add_texts([RememberedText("a late seal", "s")])
    (vault / "0.md").write_text("# Note 0\nanother walrus\n")
    (vault / "1.md").unlink()
    spoil(tmp_path, "DELETE FROM vectors WHERE passage = 1")
    assert {(finding.part, finding.state) for finding in not_ok(memory)} == {
        ("journal", "waits"),
        ("files", "waits"),
        ("vectors", "waits"),
    }


def test_a_vault_that_is_away_only_waits(memory: SageMemory, vault: Path) -> None:
    vault.rename(vault.with_name("elsewhere"))
    (finding,) = not_ok(memory)
    assert (finding.part, finding.state) == ("files", "waits")


def test_a_rebuilt_index_leaves_no_old_one(memory: SageMemory, tmp_path: Path) -> None:
    before = memory.recall("walrus 2")
    memory.rebuild()
    assert memory.recall("walrus 2") == before
    assert not list((tmp_path / "index").glob("*.torn"))


def test_the_state_counts_what_there_is(memory: SageMemory, vault: Path) -> None:
    state = memory.state()
    assert (state.counts.notes, state.counts.texts, state.counts.vectors) == (3, 3, 6)
    assert (state.embedder, state.nearest, state.next_embedder) == ("fake-16", "exact", "")
    assert state.bytes > 0
    assert state.roots == (str(vault),)
