"""Renamed and moved notes keep what they are: ids, labels and vectors. On real files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sage.adapters.memory.memory import SageMemory
from sage.testing.texts import FakeTexts
from sage.testing.vectors import FakeEmbedder

WALRUS = "# Diet\n\nThe walrus eats clams and sleeps on the ice for days.\n"
SEAL = "# Song\n\nEvery evening a seal sings below the pier, near boats.\n"


@pytest.fixture
def texts() -> FakeTexts:
    return FakeTexts()


@pytest.fixture
def embedder() -> FakeEmbedder:
    return FakeEmbedder()


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "a.md").write_text(WALRUS)
    (vault / "b.md").write_text(SEAL)
    return vault


@pytest.fixture
def memory(tmp_path: Path, vault: Path, texts: FakeTexts, embedder: FakeEmbedder) -> Iterator[SageMemory]:
    (tmp_path / "index").mkdir()
    with SageMemory(tmp_path / "index", texts, embedder) as memory:
        memory.import_path(vault)
        yield memory


def ids(memory: SageMemory) -> dict[str, list[str]]:
    """The ids of each note's passages, by where it is."""
    found: dict[str, list[str]] = {}
    for hit in memory.file_passages():
        found.setdefault(f"{Path(hit.root).name}/{hit.source}", []).append(hit.id)
    return found


def look(memory: SageMemory, *paths: Path) -> None:
    """As the watch does: what is gone is taken out at the second look."""
    memory.look_again(paths, remove=False)
    memory.look_again(paths)


def test_a_renamed_note_keeps_its_ids(memory: SageMemory, vault: Path) -> None:
    before = ids(memory)
    (vault / "a.md").rename(vault / "Walrus.md")
    (report,) = memory.look_again([vault / "a.md", vault / "Walrus.md"], remove=False)
    assert (report.moved, report.added, report.removed, report.waiting) == (1, 0, 0, ())
    assert ids(memory) == {"vault/Walrus.md": before["vault/a.md"], "vault/b.md": before["vault/b.md"]}
    assert memory.recall("walrus clams", k=1)[0].citation.startswith("Walrus.md#")


def test_a_note_that_is_renamed_again_and_back_keeps_them(memory: SageMemory, vault: Path, texts: FakeTexts) -> None:
    before = ids(memory)
    for old, new in (("a.md", "c.md"), ("c.md", "deep/d.md"), ("deep/d.md", "a.md")):
        (vault / new).parent.mkdir(exist_ok=True)
        (vault / old).rename(vault / new)
        look(memory, vault / old, vault / new)
        assert ids(memory)[f"vault/{new}"] == before["vault/a.md"]
    assert ids(memory) == before
    assert texts.renames() == {}


def test_a_new_note_at_the_old_name_is_another_one(memory: SageMemory, vault: Path) -> None:
    before = ids(memory)
    (vault / "a.md").rename(vault / "c.md")
    look(memory, vault / "a.md", vault / "c.md")
    (vault / "a.md").write_text(WALRUS)
    look(memory, vault / "a.md")
    assert ids(memory)["vault/c.md"] == before["vault/a.md"]
    assert not set(ids(memory)["vault/a.md"]) & set(before["vault/a.md"])


def test_a_note_that_comes_back_to_a_name_that_nobody_has_gets_it_back(memory: SageMemory, vault: Path) -> None:
    before = ids(memory)
    (vault / "a.md").rename(vault / "c.md")
    look(memory, vault / "c.md", vault / "a.md")
    (vault / "c.md").unlink()
    look(memory, vault / "c.md")
    (vault / "a.md").write_text(WALRUS)
    look(memory, vault / "a.md")
    assert ids(memory) == before


@pytest.mark.parametrize("atomically", [False, True])
def test_a_renamed_and_edited_note_is_still_the_same(memory: SageMemory, vault: Path, atomically: bool) -> None:
    (vault / "a.md").write_text(f"{WALRUS}\n# Sleep\n\nIt floats.\n")
    look(memory, vault / "a.md")
    before = ids(memory)["vault/a.md"]
    (vault / "a.md").rename(vault / "c.md")
    if atomically:
        look(memory, vault / "a.md", vault / "c.md")
        (vault / "new").write_text(f"{WALRUS}\n# Sleep\n\nIt floats upright.\n")
        (vault / "new").rename(vault / "c.md")
    else:
        (vault / "c.md").write_text(f"{WALRUS}\n# Sleep\n\nIt floats upright.\n")
    look(memory, vault / "a.md", vault / "c.md")
    after = ids(memory)["vault/c.md"]
    assert after[0] == before[0]
    assert after[1] != before[1]


def test_a_folder_of_many_notes_is_renamed_without_embedding_them_again(
    memory: SageMemory, vault: Path, embedder: FakeEmbedder
) -> None:
    (vault / "old").mkdir()
    for number in range(500):
        (vault / f"old/{number}.md").write_text(f"Thing {number} is about word{number}.")
    look(memory, vault / "old")
    before, embedded = ids(memory), len(embedder.embedded)
    (vault / "old").rename(vault / "new")
    (report,) = memory.look_again([vault / "old", vault / "new"], remove=False)
    assert (report.moved, report.waiting) == (500, ())
    assert ids(memory) == {place.replace("/old/", "/new/"): names for place, names in before.items()}
    assert len(embedder.embedded) == embedded
    assert memory.counts().vectors == memory.counts().passages


def test_a_renamed_note_is_followed_before_its_new_vectors_are_made(
    memory: SageMemory, vault: Path, embedder: FakeEmbedder, tmp_path: Path
) -> None:
    embedded = len(embedder.embedded)
    (vault / "a.md").rename(vault / "Morning.md")
    look(memory, vault / "a.md", vault / "Morning.md")
    assert len(embedder.embedded) == embedded
    assert memory.recall("walrus")[0].source == "Morning.md"
    memory.make_vectors()
    assert embedder.embedded[embedded:] == ["walrus", *(text for text in embedder.embedded if text[:7] == "Morning")]
    assert len(embedder.embedded) > embedded + 1
    name = memory.recall("walrus")[0].id
    (tmp_path / "fresh").mkdir()
    with SageMemory(tmp_path / "fresh", FakeTexts(), embedder) as fresh:
        fresh.import_path(vault)
        (found,) = {hit.id for hit in fresh.file_passages() if "walrus" in hit.text}
        assert fresh.vectors_of([found]) == memory.vectors_of([name])


@pytest.mark.parametrize("edited", [False, True])
def test_two_notes_that_swap_their_names_keep_their_ids(memory: SageMemory, vault: Path, edited: bool) -> None:
    before = ids(memory)
    (vault / "a.md").rename(vault / "tmp")
    (vault / "b.md").rename(vault / "a.md")
    (vault / "tmp").rename(vault / "b.md")
    if edited:
        with (vault / "a.md").open("a") as file:
            file.write("\n# More\n\nAnd dives.\n")
    look(memory, vault / "a.md", vault / "b.md", vault / "tmp")
    after = ids(memory)
    assert after["vault/b.md"] == before["vault/a.md"]
    assert after["vault/a.md"][0] == before["vault/b.md"][0]
    assert memory.recall("walrus", k=1)[0].source == "b.md"


def test_a_note_renamed_over_another_takes_its_place(memory: SageMemory, vault: Path) -> None:
    before = ids(memory)
    (vault / "a.md").rename(vault / "b.md")
    look(memory, vault / "a.md", vault / "b.md")
    assert ids(memory) == {"vault/b.md": before["vault/a.md"]}


def test_a_copy_is_another_note_and_the_original_stays(memory: SageMemory, vault: Path) -> None:
    before = ids(memory)
    shutil.copy2(vault / "a.md", vault / "copy.md")
    look(memory, vault / "copy.md")
    after = ids(memory)
    assert after["vault/a.md"] == before["vault/a.md"]
    assert not set(after["vault/copy.md"]) & set(after["vault/a.md"])


def test_a_copy_whose_original_is_edited_at_once_is_another_note(memory: SageMemory, vault: Path) -> None:
    before = ids(memory)
    shutil.copy2(vault / "a.md", vault / "copy.md")
    (vault / "new").write_text(f"{WALRUS}\n# More\n\nAnd dives.\n")
    (vault / "new").rename(vault / "a.md")
    look(memory, vault / "copy.md", vault / "a.md")
    assert ids(memory)["vault/a.md"][0] == before["vault/a.md"][0]


def test_an_editor_that_saves_by_renaming_changes_no_identity(memory: SageMemory, vault: Path) -> None:
    before = ids(memory)
    for number in range(4):  # file systems give the numbers of deleted files to new ones
        (vault / "new").write_text(f"{WALRUS}\n# More\n\nAnd dives {number} times.\n")
        (vault / "new").rename(vault / "a.md")
        (vault / "new").write_text(f"{SEAL}\n# More\n\nAnd dives {number} times.\n")
        (vault / "new").rename(vault / "b.md")
        look(memory, vault / "a.md", vault / "b.md")
        assert [ids(memory)[f"vault/{name}"][0] for name in ("a.md", "b.md")] == [
            before["vault/a.md"][0],
            before["vault/b.md"][0],
        ]


def test_a_new_note_that_gets_a_deleted_ones_number_is_another(memory: SageMemory, vault: Path) -> None:
    before = ids(memory)["vault/a.md"]
    inode = (vault / "a.md").stat().st_ino
    (vault / "a.md").unlink()
    (vault / "c.md").write_text("Something else entirely was written here, on another day.")
    if (vault / "c.md").stat().st_ino != inode:
        pytest.skip("this file system does not use numbers again at once")
    look(memory, vault / "a.md", vault / "c.md")
    assert not set(ids(memory)["vault/c.md"]) & set(before)


def test_a_note_that_moves_to_another_root_keeps_its_ids_and_labels(
    memory: SageMemory, vault: Path, tmp_path: Path, texts: FakeTexts
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.md").write_text("This one was here before.")
    memory.import_path(other)
    before = ids(memory)
    memory.set_label("note", str(vault / "a.md"), ("ann",), datetime(2026, 1, 1, tzinfo=UTC))
    assert [hit.source for hit in memory.recall("walrus", recipients=["ann"])] == ["a.md"]
    (vault / "a.md").rename(other / "moved.md")
    look(memory, vault / "a.md", other / "moved.md")
    assert ids(memory)["other/moved.md"] == before["vault/a.md"]
    assert ids(memory)["other/a.md"] == before["other/a.md"]
    assert [hit.source for hit in memory.recall("walrus", recipients=["ann"])] == ["moved.md"]
    (vault / "a.md").write_text(WALRUS)  # another one, which nobody labelled
    look(memory, vault / "a.md")
    assert [hit.source for hit in memory.recall("walrus", recipients=["ann"])] == ["moved.md"]


@pytest.mark.parametrize("by_copy", [False, True])
def test_what_was_renamed_while_nobody_looked_is_found_by_all_roots_at_the_next_start(
    memory: SageMemory, vault: Path, tmp_path: Path, by_copy: bool
) -> None:
    other = tmp_path / "another"  # looked through before `vault` is
    other.mkdir()
    memory.import_path(other)
    before = ids(memory)
    if by_copy:  # as between two disks
        shutil.copy(vault / "a.md", other / "a.md")
        (vault / "a.md").unlink()
        (vault / "b.md").write_text("Nothing of the old is left in this note, not a word.")
    else:
        (vault / "a.md").rename(other / "a.md")
    memory.rescan(remove=False)
    memory.rescan()
    assert ids(memory)["another/a.md"] == before["vault/a.md"]
    assert "vault/a.md" not in ids(memory)


def test_only_the_letters_case_changes(memory: SageMemory, vault: Path) -> None:
    before = ids(memory)
    (vault / "a.md").rename(vault / "A.md")
    look(memory, vault / "a.md", vault / "A.md")
    assert ids(memory) == {"vault/A.md": before["vault/a.md"], "vault/b.md": before["vault/b.md"]}


def test_an_index_that_is_made_anew_gives_the_same_ids(memory: SageMemory, vault: Path) -> None:
    (vault / "a.md").rename(vault / "c.md")
    look(memory, vault / "a.md", vault / "c.md")
    (vault / "a.md").write_text("A new one at the old name.")
    look(memory, vault / "a.md")
    before = ids(memory)
    memory.rebuild()
    assert ids(memory) == before


def test_what_is_seen_elsewhere_while_its_disk_is_away_is_a_copy(
    memory: SageMemory, vault: Path, tmp_path: Path
) -> None:
    before = ids(memory)
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy2(vault / "a.md", other / "a copy.md")
    vault.rename(tmp_path / "away")
    memory.import_path(other)
    (tmp_path / "away").rename(vault)
    memory.rescan()
    after = ids(memory)
    assert after["vault/a.md"] == before["vault/a.md"]
    assert not set(after["other/a copy.md"]) & set(before["vault/a.md"])


def test_a_note_that_was_changed_beyond_recognition_keeps_its_name(memory: SageMemory, vault: Path) -> None:
    (vault / "a.md").write_text("Nothing of the old is left.")
    look(memory, vault / "a.md")
    (vault / "a.md").write_text(WALRUS)
    look(memory, vault / "a.md")
    assert len(ids(memory)["vault/a.md"]) == 1
    os.utime(vault / "a.md", (1, 1))
    before = ids(memory)
    look(memory, vault / "a.md")
    assert ids(memory) == before
