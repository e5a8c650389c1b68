"""Importing through `SageMemory`, on real files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sage.adapters.memory.memory import SageMemory
from sage.core.errors import HomeTrouble, NotFound, Unreadable
from sage.core.passages import ImportProgress
from sage.testing.texts import FakeTexts
from sage.testing.vectors import FakeEmbedder


@pytest.fixture
def texts() -> FakeTexts:
    return FakeTexts()


@pytest.fixture
def embedder() -> FakeEmbedder:
    return FakeEmbedder()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "index").mkdir()
    return tmp_path / "index"


@pytest.fixture
def memory(home: Path, texts: FakeTexts, embedder: FakeEmbedder) -> Iterator[SageMemory]:
    with SageMemory(home, texts, embedder, largest_file=5000) as memory:
        yield memory


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    vault = tmp_path / "vault"
    (vault / "Animals").mkdir(parents=True)
    (vault / "Animals/Walrus.md").write_text(
        "---\ntags: [mammal]\naliases: [Tusker]\ndate: 2024-05-01\n---\nIntro to the walrus.\n\n# Diet\nIt eats clams.\n"
    )
    (vault / "Seal.md").write_text("# Seal\n\nThe seal sings. #music\n")
    (vault / "plain.txt").write_text("# not a heading\nA plain bear.\n")
    return vault


def test_a_hit_names_its_note_heading_and_line(memory: SageMemory, vault: Path) -> None:
    memory.import_path(vault)
    (hit, *_) = memory.recall("what does it eat? clams")
    assert hit.citation == "Animals/Walrus.md#Diet:8"
    text = (vault / "Animals/Walrus.md").read_text()
    assert text[hit.start : hit.end] == hit.text == "# Diet\nIt eats clams."
    assert (hit.root, hit.thread, hit.when) == (str(vault), "Animals/Walrus.md", "2024-05-01")
    assert (hit.origin, hit.audience, hit.speaker) == ("user", ("private",), None)


def test_above_the_first_heading_the_title_stands_for_one(memory: SageMemory, vault: Path) -> None:
    memory.import_path(vault)
    assert memory.recall("intro")[0].citation == "Animals/Walrus.md#Walrus:6"
    assert memory.recall("bear")[0].citation == "plain.txt#plain:1"


@pytest.mark.parametrize(
    ("name", "when"),
    [
        ("2026-04-10", "2026-04-10"),
        ("2026-04-10 Friday", "2026-04-10"),
        ("2026-04-31", None),
        ("2026-04-10-2", None),
        ("Since 2026-04-10", None),
        ("12026-04-10", None),
    ],
)
def test_a_daily_note_is_of_the_day_that_it_is_named_by(
    memory: SageMemory, vault: Path, name: str, when: str | None
) -> None:
    (vault / "some day.md").write_text("Otters all day.")
    memory.import_path(vault)
    assert memory.recall("otters")[0].when is None
    (vault / "some day.md").rename(vault / f"{name}.md")
    memory.import_path(vault)
    assert memory.recall("otters")[0].when == when
    (vault / f"{name}.md").write_text("---\ndate: 2020-02-02\n---\nOtters all day.")
    memory.import_path(vault)
    assert memory.recall("otters")[0].when == "2020-02-02"


@pytest.mark.parametrize("query", ["walrus", "WALRUS", "mammals", "tusker", "wälrus"])
def test_title_tags_aliases_and_word_forms_find_a_note(memory: SageMemory, vault: Path, query: str) -> None:
    memory.import_path(vault)
    assert memory.recall(query, k=1)[0].source == "Animals/Walrus.md"


def test_an_unchanged_folder_is_not_read_again(memory: SageMemory, vault: Path, embedder: FakeEmbedder) -> None:
    first = memory.import_path(vault)
    assert (first.added, first.unchanged, first.passages) == (3, 0, 4)
    embedded = len(embedder.embedded)
    # With the same time and size, other bytes are not seen: so the file was not read.
    path = vault / "Seal.md"
    found = path.stat()
    path.write_text("# SEAL\n\nThe seal sings. #music\n")
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    again = memory.import_path(vault)
    assert (again.added, again.changed, again.removed, again.unchanged) == (0, 0, 0, 3)
    assert len(embedder.embedded) == embedded


def test_a_touched_file_is_not_embedded_again(memory: SageMemory, vault: Path, embedder: FakeEmbedder) -> None:
    memory.import_path(vault)
    embedded = len(embedder.embedded)
    os.utime(vault / "Seal.md", ns=(1, 1))
    assert memory.import_path(vault).unchanged == 3
    assert len(embedder.embedded) == embedded


def test_an_edit_embeds_only_what_it_changed(memory: SageMemory, vault: Path, embedder: FakeEmbedder) -> None:
    memory.import_path(vault)
    embedder.embedded.clear()
    path = vault / "Animals/Walrus.md"
    path.write_text(path.read_text().replace("clams", "mussels"))
    report = memory.import_path(vault)
    assert (report.changed, report.unchanged, report.passages) == (1, 2, 2)
    assert len(embedder.embedded) == 1
    assert memory.recall("mussels", k=1)[0].heading == "Diet"
    assert not any("clams" in hit.text for hit in memory.recall("clams"))


def test_a_deleted_file_goes_at_the_next_import(memory: SageMemory, vault: Path) -> None:
    memory.import_path(vault)
    (vault / "Seal.md").unlink()
    assert memory.import_path(vault).removed == 1
    assert not any(hit.source == "Seal.md" for hit in memory.recall("seal sings"))
    shutil.rmtree(vault / "Animals")
    (vault / "plain.txt").unlink()
    assert memory.import_path(vault).removed == 2
    assert memory.counts().passages == memory.counts().vectors == 0


def test_a_renamed_file_is_found_under_its_new_name(memory: SageMemory, vault: Path) -> None:
    memory.import_path(vault)
    (vault / "Seal.md").rename(vault / "Sea lion.md")
    report = memory.import_path(vault)
    assert (report.added, report.moved, report.removed) == (0, 1, 0)
    assert memory.recall("sings", k=1)[0].source == "Sea lion.md"


def test_a_root_that_vanished_is_told_and_stays_in_memory(memory: SageMemory, vault: Path) -> None:
    memory.import_path(vault)
    vault.rename(vault.with_name("elsewhere"))
    with pytest.raises(NotFound):
        memory.import_path(vault)
    (report,) = memory.rescan()
    assert (report.removed, [trouble.source for trouble in report.troubles]) == (0, [str(vault)])
    assert memory.counts().notes == 3


def test_an_empty_folder_in_the_place_of_the_root_is_no_deletion(memory: SageMemory, vault: Path) -> None:
    memory.import_path(vault)
    vault.rename(vault.with_name("elsewhere"))
    vault.mkdir()
    with pytest.raises(Unreadable, match="not the folder that was imported"):
        memory.import_path(vault)
    assert memory.counts().notes == 3


@pytest.mark.usefixtures("plain_user")
def test_a_closed_folder_is_no_deletion(memory: SageMemory, vault: Path) -> None:
    memory.import_path(vault)
    (vault / "Animals").chmod(0)
    try:
        report = memory.import_path(vault)
    finally:
        (vault / "Animals").chmod(0o700)
    assert (report.removed, [trouble.source for trouble in report.troubles]) == (0, ["Animals"])
    assert memory.counts().notes == 3


def test_a_link_that_points_nowhere_for_now_is_no_deletion(memory: SageMemory, vault: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    (disk / "far.md").write_text("far away")
    (vault / "linked").symlink_to(disk)
    assert memory.import_path(vault).added == 4
    disk.rename(tmp_path / "unmounted")
    assert memory.import_path(vault).removed == 0
    assert memory.recall("far away", k=1)[0].source == "linked/far.md"


def test_every_file_that_cannot_be_read_is_listed_each_time(memory: SageMemory, vault: Path) -> None:
    (vault / "binary.md").write_bytes(b"\0\1\2")
    (vault / "latin.md").write_bytes("naïve".encode("latin-1"))
    (vault / "large.md").write_text("x" * 6000)
    (vault / "broken.md").write_text("---\ntags: [a\n---\nstill readable\n")
    for _ in range(2):
        report = memory.import_path(vault)
        assert [trouble.source for trouble in report.troubles] == ["binary.md", "broken.md", "large.md", "latin.md"]
    assert "line 3" in report.troubles[1].what
    assert all(trouble.what and trouble.do for trouble in report.troubles)
    assert memory.recall("readable", k=1)[0].source == "broken.md"


def test_a_file_that_can_no_longer_be_read_stays_as_it_was(memory: SageMemory, vault: Path) -> None:
    memory.import_path(vault)
    (vault / "Seal.md").write_bytes(b"\0 garbage of a half-written file")
    report = memory.import_path(vault)
    assert (report.removed, len(report.troubles)) == (0, 1)
    assert memory.recall("sings", k=1)[0].source == "Seal.md"


def test_a_single_file_is_a_root(memory: SageMemory, vault: Path, texts: FakeTexts) -> None:
    report = memory.import_path(vault / "Seal.md")
    assert (report.added, texts.roots()) == (1, [str(vault / "Seal.md")])
    hit = memory.recall("sings")[0]
    assert (hit.source, hit.root) == ("Seal.md", str(vault))
    assert memory.import_path(vault / "Seal.md").unchanged == 1


def test_a_path_inside_a_root_brings_only_that_part_up_to_date(
    memory: SageMemory, vault: Path, texts: FakeTexts
) -> None:
    memory.import_path(vault)
    (vault / "Seal.md").unlink()
    (vault / "Animals/Bear.md").write_text("The bear hums.")
    report = memory.import_path(vault / "Animals")
    assert (report.root, report.added, report.removed, report.unchanged) == (str(vault), 1, 0, 1)
    assert memory.recall("hums", k=1)[0].source == "Animals/Bear.md"
    (vault / "Animals/Bear.md").write_text("The bear snores.")
    assert memory.import_path(vault / "Animals/Bear.md").changed == 1
    assert texts.roots() == [str(vault)]


def test_a_folder_around_a_root_takes_its_place(memory: SageMemory, vault: Path, texts: FakeTexts) -> None:
    memory.import_path(vault / "Animals")
    memory.import_path(vault)
    assert texts.roots() == [str(vault)]
    assert [hit.source for hit in memory.recall("clams", k=1)] == ["Animals/Walrus.md"]
    assert memory.counts().notes == 3


def test_the_same_note_in_two_roots_is_one_hit(memory: SageMemory, vault: Path, tmp_path: Path) -> None:
    shutil.copytree(vault, tmp_path / "copy")
    memory.import_path(vault)
    memory.import_path(tmp_path / "copy")
    assert len([hit for hit in memory.recall("clams") if "clams" in hit.text]) == 1
    memory.forget_root(vault)
    (hit,) = [hit for hit in memory.recall("clams") if "clams" in hit.text]
    assert hit.root == str(tmp_path / "copy")
    assert hit.why["meaning"] > 0


def test_a_forgotten_root_is_gone_and_its_files_are_not(memory: SageMemory, vault: Path, texts: FakeTexts) -> None:
    memory.import_path(vault)
    memory.forget_root(vault)
    assert memory.recall("walrus") == []
    assert (texts.roots(), memory.counts().notes, (vault / "Seal.md").exists()) == ([], 0, True)
    with pytest.raises(NotFound):
        memory.forget_root(vault)


def test_a_missing_path_is_told_and_leaves_no_root(memory: SageMemory, tmp_path: Path, texts: FakeTexts) -> None:
    with pytest.raises(NotFound, match="no file or folder"):
        memory.import_path(tmp_path / "gone")
    assert texts.roots() == []


def test_progress_tells_every_file(memory: SageMemory, vault: Path) -> None:
    steps: list[ImportProgress] = []
    memory.import_path(vault, steps.append)
    assert [(step.done, step.total) for step in steps] == [(1, 3), (2, 3), (3, 3)]
    assert [step.source for step in steps] == ["Animals/Walrus.md", "Seal.md", "plain.txt"]


class Stopped(Exception):
    pass


def test_an_import_that_was_cut_short_goes_on_where_it_was(
    home: Path, texts: FakeTexts, embedder: FakeEmbedder, tmp_path: Path
) -> None:
    vault = tmp_path / "many"
    vault.mkdir()
    for n in range(200):
        (vault / f"{n:03}.md").write_text(f"walrus {n}")

    def stop(step: ImportProgress) -> None:
        if step.done == 150:
            raise Stopped

    memory = SageMemory(home, texts, embedder)
    with pytest.raises(Stopped):
        memory.import_path(vault, stop)
    kept = memory.counts().notes
    assert 64 <= kept < 150
    memory.close()
    embedder.embedded.clear()
    with SageMemory(home, texts, embedder, settle=False) as memory:
        assert memory.counts().notes == kept
        memory.settle()
        assert memory.counts().notes == 200
    assert len(embedder.embedded) == 200 - kept


IMPORT = """
import sys
from pathlib import Path
from sage.adapters.memory.memory import SageMemory
from sage.testing.texts import FakeTexts
from sage.testing.vectors import FakeEmbedder
memory = SageMemory(Path(sys.argv[1]), FakeTexts(), FakeEmbedder())
memory.import_path(sys.argv[2], lambda step: print(step.done, flush=True))
"""


def test_a_killed_import_has_kept_its_batches(
    home: Path, texts: FakeTexts, embedder: FakeEmbedder, tmp_path: Path
) -> None:
    vault = tmp_path / "many"
    vault.mkdir()
    for n in range(400):
        (vault / f"{n:03}.md").write_text(f"walrus {n}")
    with subprocess.Popen([sys.executable, "-c", IMPORT, str(home), str(vault)], stdout=subprocess.PIPE) as importing:
        assert importing.stdout is not None
        while (line := importing.stdout.readline()) and int(line) < 200:
            pass
        importing.kill()
    texts.add_root(str(vault))  # as the journal has it before anything is imported
    with SageMemory(home, texts, embedder, settle=False) as memory:
        kept = memory.counts().notes
        assert kept >= 128
        report = memory.import_path(vault)
        assert (report.added, report.unchanged) == (400 - kept, kept)
        assert len(memory.recall("walrus", k=500)) == 400


def test_a_root_that_was_being_forgotten_is_gone_at_the_next_start(
    home: Path, texts: FakeTexts, embedder: FakeEmbedder, vault: Path
) -> None:
    with SageMemory(home, texts, embedder) as memory:
        memory.import_path(vault)
    texts.remove_root(str(vault))  # and it ended before the index followed
    with SageMemory(home, texts, embedder, settle=False) as memory:
        assert memory.counts().notes == 0
        assert memory.recall("walrus") == []


def test_a_root_around_another_takes_its_place_even_when_that_was_cut_short(
    home: Path, texts: FakeTexts, embedder: FakeEmbedder, vault: Path
) -> None:
    with SageMemory(home, texts, embedder) as memory:
        memory.import_path(vault / "Animals")
    texts.add_root(str(vault))  # and it ended there
    with SageMemory(home, texts, embedder) as memory:
        assert texts.roots() == [str(vault)]
        assert memory.counts().notes == 3


def test_closing_stops_an_import(home: Path, texts: FakeTexts, vault: Path) -> None:
    memory = SageMemory(home, texts, FakeEmbedder())

    def close(step: ImportProgress) -> None:
        memory._index.closing.set()

    with pytest.raises(HomeTrouble, match="stopped"):
        memory.import_path(vault, close)
    memory.close()


def test_a_rebuilt_index_answers_the_same(memory: SageMemory, vault: Path) -> None:
    memory.import_path(vault)
    memory.remember("the walrus is called Otto", source="chat")
    before = memory.recall("walrus")
    assert {hit.source for hit in before} >= {"chat", "Animals/Walrus.md"}
    (report,) = memory.rebuild()
    assert report.added == 3
    assert memory.recall("walrus") == before


def test_a_deleted_index_takes_the_files_up_again(
    home: Path, texts: FakeTexts, embedder: FakeEmbedder, vault: Path
) -> None:
    with SageMemory(home, texts, embedder) as memory:
        memory.import_path(vault)
        before = memory.recall("walrus")
    shutil.rmtree(home)
    home.mkdir()
    with SageMemory(home, texts, embedder) as memory:
        assert memory.recall("walrus") == before


def test_only_what_is_shared_is_seen_by_others(memory: SageMemory, vault: Path) -> None:
    (vault / "Shared.md").write_text("---\naudience: [work]\n---\nwalrus for work\n")
    (vault / "Tagged.md").write_text("walrus for ann #share/ann\n")
    memory.import_path(vault)

    def seen(*recipients: str) -> list[str]:
        return [hit.source for hit in memory.recall("walrus", recipients=recipients)]

    assert (seen("work"), seen("ann"), seen("ann", "work"), seen()) == (["Shared.md"], ["Tagged.md"], [], [])
    (vault / "Shared.md").write_text("walrus no more for work\n")
    memory.import_path(vault)
    assert seen("work") == []


def test_at_most_three_hits_are_of_one_note_while_others_match(memory: SageMemory, vault: Path) -> None:
    (vault / "Many.md").write_text("\n".join(f"# Part {n}\nwalrus walrus walrus\n" for n in range(8)))
    memory.import_path(vault)
    sources = [hit.source for hit in memory.recall("walrus", k=5)]
    assert sources.count("Many.md") == 3
    assert sources.count("Animals/Walrus.md") == 2
    assert len(memory.recall("walrus", k=10)) == 10
