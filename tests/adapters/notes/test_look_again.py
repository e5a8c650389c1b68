"""Looking again at what was touched, through `SageMemory` on real files."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from sage.adapters.memory.memory import SageMemory
from sage.core.passages import ImportProgress
from sage.testing.texts import FakeTexts
from sage.testing.vectors import FakeEmbedder


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    vault = tmp_path / "vault"
    (vault / "deep").mkdir(parents=True)
    (vault / "a.md").write_text("The walrus sleeps.")
    (vault / "deep/b.md").write_text("The seal sings.")
    return vault


@pytest.fixture
def memory(tmp_path: Path, vault: Path) -> Iterator[SageMemory]:
    (tmp_path / "index").mkdir()
    with SageMemory(tmp_path / "index", FakeTexts(), FakeEmbedder()) as memory:
        memory.import_path(vault)
        yield memory


def sources(memory: SageMemory, word: str) -> list[str]:
    return sorted(hit.source for hit in memory.recall(word) if word in hit.text)


def test_what_was_touched_is_read_and_nothing_else(memory: SageMemory, vault: Path) -> None:
    (vault / "a.md").write_text("The otter swims.")
    (vault / "deep/b.md").write_text("The otter dives.")
    (report,) = memory.look_again([vault / "a.md", vault / ".hidden.md", vault / "none.md", vault / "x.png"])
    assert (report.changed, report.added, report.removed, report.unchanged) == (1, 0, 0, 0)
    assert sources(memory, "otter") == ["a.md"]


def test_a_touched_folder_is_read_with_all_below_it(memory: SageMemory, vault: Path) -> None:
    (vault / "new/er").mkdir(parents=True)
    (vault / "new/er/c.md").write_text("The heron waits.")
    memory.look_again([vault / "new", vault / "new/er/c.md"])
    assert sources(memory, "heron") == ["new/er/c.md"]


def test_what_is_gone_is_told_as_waiting_and_taken_out_the_next_time(memory: SageMemory, vault: Path) -> None:
    (vault / "deep/b.md").unlink()
    (vault / "deep").rmdir()
    (report,) = memory.look_again([vault / "deep"], remove=False)
    assert (report.removed, report.waiting) == (0, ("deep/b.md",))
    assert sources(memory, "seal") == ["deep/b.md"]
    (report,) = memory.look_again([vault / "deep/b.md"])
    assert (report.removed, report.waiting) == (1, ())
    assert sources(memory, "seal") == []


def test_a_folder_whose_name_only_begins_alike_is_not_below(memory: SageMemory, vault: Path) -> None:
    (vault / "deeper.md").write_text("The heron waits.")
    memory.look_again([vault / "deeper.md"])
    memory.look_again([vault / "dee"])
    assert sources(memory, "seal") == ["deep/b.md"]
    assert sources(memory, "heron") == ["deeper.md"]


def test_paths_outside_of_all_roots_are_ignored(memory: SageMemory, tmp_path: Path) -> None:
    (tmp_path / "c.md").write_text("The heron waits.")
    assert memory.look_again([tmp_path / "c.md"]) == []
    assert sources(memory, "heron") == []


def test_a_link_is_followed_as_an_import_does(memory: SageMemory, vault: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/c.md").write_text("The heron waits.")
    (vault / "link").symlink_to(tmp_path / "outside")
    memory.look_again([vault / "link"])
    assert sources(memory, "heron") == ["link/c.md"]
    (tmp_path / "outside/c.md").write_text("The stork waits.")
    memory.look_again([vault / "link/c.md"])
    assert sources(memory, "stork") == ["link/c.md"]
    (tmp_path / "outside").rename(tmp_path / "away")
    memory.look_again([vault / "link"])
    assert sources(memory, "stork") == ["link/c.md"]


@pytest.mark.usefixtures("plain_user")
def test_a_closed_folder_hides_and_deletes_nothing(memory: SageMemory, vault: Path) -> None:
    (vault / "deep").chmod(0)
    try:
        (report,) = memory.look_again([vault / "deep/b.md", vault / "deep"])
    finally:
        (vault / "deep").chmod(0o700)
    assert (report.removed, report.waiting) == (0, ())
    assert report.troubles
    assert sources(memory, "seal") == ["deep/b.md"]


def test_a_root_that_is_another_folder_now_is_looked_through_and_keeps_what_it_had(
    memory: SageMemory, vault: Path
) -> None:
    vault.rename(vault.with_name("away"))
    vault.mkdir()
    (vault / "READ ME.md").write_text("This disk is not mounted.")
    (report,) = memory.look_again([vault / "a.md"])
    assert (report.removed, report.added) == (0, 0)
    assert "not the folder" in report.troubles[0].what
    assert sources(memory, "walrus") == ["a.md"]


def test_a_note_that_was_emptied_just_now_waits(memory: SageMemory, vault: Path) -> None:
    (vault / "a.md").write_text("")
    (report,) = memory.look_again([vault / "a.md"])
    assert report.waiting == ("a.md",)
    assert sources(memory, "walrus") == ["a.md"]
    os.utime(vault / "a.md", (1, 1))
    (report,) = memory.look_again([vault / "a.md"])
    assert report.changed == 1
    assert sources(memory, "walrus") == []


def test_what_is_touched_while_an_import_runs_is_looked_at_meanwhile(memory: SageMemory, vault: Path) -> None:
    other = vault.with_name("other")
    other.mkdir()
    for number in range(3):
        (other / f"{number}.md").write_text(f"Thing {number}.")
    looking = threading.Thread(target=lambda: memory.look_again([vault / "a.md"]))
    found: list[list[str]] = []

    def look(step: ImportProgress) -> None:
        if step.done == 1:
            (vault / "a.md").write_text("The otter swims.")
            looking.start()
            while not memory._imports._touched:
                pass
        else:
            found.append(sources(memory, "otter"))

    memory.import_path(other, progress=look)
    looking.join()
    assert found == [["a.md"], ["a.md"]]


def test_while_notes_are_read_for_the_first_time_it_is_said(memory: SageMemory, vault: Path) -> None:
    assert memory.unread() == ""
    other = vault.with_name("other")
    other.mkdir()
    for number in range(3):
        (other / f"{number}.md").write_text(f"Thing {number}.")
    said: list[str] = []
    memory.import_path(other, progress=lambda step: said.append(memory.unread()))
    assert "2 of 3" in said[1]
    assert memory.unread() == ""
    memory.import_path(other, progress=lambda step: said.append(memory.unread()))
    assert said[3:] == ["", "", ""]


def test_after_a_loss_of_the_index_it_is_said_until_all_is_read(tmp_path: Path, vault: Path) -> None:
    texts = FakeTexts()
    texts.add_root(str(vault))
    (tmp_path / "lost").mkdir()
    with SageMemory(tmp_path / "lost", texts, FakeEmbedder(), settle=False) as memory:
        assert "still reading" in memory.unread()
        memory.settle()
        assert memory.unread() == ""
        assert sources(memory, "walrus") == ["a.md"]


def test_what_is_touched_while_another_embedder_takes_over_is_looked_at_between_its_batches(
    tmp_path: Path, vault: Path
) -> None:
    found: list[list[str]] = []

    class Slow(FakeEmbedder):
        def embed(self, texts: Sequence[str]) -> Any:
            if len(texts) > 1:  # a batch of the change
                if not looking.is_alive() and not found:
                    (vault / "a.md").write_text("The otter swims.")
                    looking.start()
                    while not memory._imports._touched:
                        pass
                found.append([passage.source for passage in memory.file_passages() if "otter" in passage.text])
            return super().embed(texts)

    texts = FakeTexts()
    (tmp_path / "home").mkdir()
    with SageMemory(tmp_path / "home", texts, FakeEmbedder("old")) as memory:
        memory.import_path(vault)
        memory.remember_many([{"text": f"Text {number}.", "source": "chat"} for number in range(300)])
    former = {"old": FakeEmbedder("old")}
    with SageMemory(tmp_path / "home", texts, Slow("new"), former=former.get, settle=False) as memory:
        looking = threading.Thread(target=lambda: memory.look_again([vault / "a.md"]))
        memory.settle()
        looking.join()
        assert found[0] == [] and found[2] == ["a.md"]
        assert memory.state().embedder == "new"
