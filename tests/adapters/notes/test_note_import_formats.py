"""Files that hold many documents, through `SageMemory`: what is found, what is read again, what goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sage.adapters.memory.memory import SageMemory
from sage.core.passages import FormatRead
from sage.core.reading.documents import Person
from sage.testing.texts import FakeTexts
from sage.testing.vectors import FakeEmbedder

ANN = Person("Ann Example", ("ann@example.org",))


@pytest.fixture
def embedder() -> FakeEmbedder:
    return FakeEmbedder()


@pytest.fixture
def memory(tmp_path: Path, embedder: FakeEmbedder) -> Iterator[SageMemory]:
    (tmp_path / "index").mkdir()
    with SageMemory(tmp_path / "index", FakeTexts(), embedder, person=ANN) as memory:
        yield memory


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder"


def letter(own: str, body: str, refers: str = "") -> str:
    return (
        f"Message-ID: <{own}>\nFrom: Demo Aunt <aunt@example.org>\nSubject: Tea\n"
        f"Date: Mon, 01 Jan 2024 10:00:00 +0100\nReferences: {refers}\n\n{body}\n"
    )


def box(*letters: str) -> str:
    return "".join(f"From aunt@example.org Mon Jan  1 10:00:00 2024\n{each}\n" for each in letters)


def test_a_mail_is_found_with_its_writer_its_time_and_its_thread(memory: SageMemory, folder: Path) -> None:
    (folder / "in.mbox").write_text(box(letter("a@x", "The walrus sleeps."), letter("b@x", "Does it?", "<a@x>")))
    report = memory.import_path(folder)
    assert (report.added, report.passages, report.formats) == (1, 2, (FormatRead("mbox", 1, 2),))
    (hit, *_) = memory.recall("walrus")
    assert (hit.citation, hit.speaker, hit.when) == ("in.mbox#Tea:1", "Demo Aunt", "2024-01-01T10:00:00+01:00")
    assert (hit.thread, hit.origin, hit.audience) == ("in.mbox/a@x", "contact", ("private",))
    assert memory.hit(hit.id) is not None
    assert memory.counts().notes == 1
    assert memory.recall("walrus", recipients=["bob"]) == []


def test_a_message_is_found_by_its_neighbours_words(memory: SageMemory, folder: Path) -> None:
    others = [letter(f"o{n}@x", f"How was work, number {n}?") for n in range(30)]
    (folder / "in.mbox").write_text(
        box(*others, letter("a@x", "Where did you stay in Lisbon?"), letter("b@x", "At the yellow house.", "<a@x>"))
    )
    memory.import_path(folder)
    found = {hit.text: hit for hit in memory.recall("stay in Lisbon", k=3)}
    assert found["At the yellow house."].why["words"] > 0


def test_messages_of_one_file_have_no_limit_in_an_answer(memory: SageMemory, folder: Path) -> None:
    (folder / "in.mbox").write_text(box(*(letter(f"{n}@x", f"walrus {n}", "<a@x>") for n in range(8))))
    for n in range(5):
        (folder / f"note{n}.md").write_text("Of bread and roses and much else that is long, and once a walrus.\n" * 3)
    memory.import_path(folder)
    assert {hit.source for hit in memory.recall("walrus", k=8)} == {"in.mbox"}


def test_a_grown_mailbox_embeds_only_what_is_new(memory: SageMemory, folder: Path, embedder: FakeEmbedder) -> None:
    first = [letter("a@x", "The walrus sleeps."), letter("c@x", "The rent is due.")]
    (folder / "in.mbox").write_text(box(*first))
    memory.import_path(folder)
    embedder.embedded.clear()
    (folder / "in.mbox").write_text(box(*first, letter("b@x", "It snores.", "<a@x>"), letter("d@x", "Bread!")))
    report = memory.import_path(folder)
    assert (report.changed, report.formats) == (1, (FormatRead("mbox", 2, 3),))
    assert sorted(text.split("\n")[1] for text in embedder.embedded) == ["Bread!", "It snores."]
    assert "It snores." in [hit.text for hit in memory.recall("snores", k=2)]


def test_a_mail_that_was_deleted_goes(memory: SageMemory, folder: Path) -> None:
    (folder / "in.mbox").write_text(box(letter("a@x", "walrus"), letter("c@x", "rent")))
    memory.import_path(folder)
    (folder / "in.mbox").write_text(box(letter("c@x", "rent")))
    memory.import_path(folder)
    assert [hit.text for hit in memory.recall("walrus rent")] == ["rent"]
    (folder / "in.mbox").unlink()
    assert memory.import_path(folder).removed == 1
    assert memory.counts().passages == memory.counts().vectors == 0


@pytest.fixture
def maildir(folder: Path) -> Path:
    for box_name in ("Mail", "Mail/.Sent"):
        for name in ("cur", "new", "tmp"):
            (folder / box_name / name).mkdir(parents=True)
    (folder / "Mail/new/1.host").write_text(letter("a@x", "The walrus sleeps."))
    (folder / "Mail/.Sent/cur/2.host:2,S").write_text(letter("s@x", "I sent bread."))
    return folder / "Mail"


def test_a_maildir_is_one_mailbox_and_so_is_each_in_it(memory: SageMemory, folder: Path, maildir: Path) -> None:
    assert memory.import_path(folder).added == 2
    assert memory.recall("walrus")[0].source == "Mail/1.host"
    assert memory.recall("bread")[0].source == "Mail/.Sent/2.host"


def test_a_flag_is_no_new_mail(memory: SageMemory, maildir: Path, embedder: FakeEmbedder) -> None:
    memory.import_path(maildir)
    embedder.embedded.clear()
    (maildir / "new/1.host").rename(maildir / "cur/1.host:2,S")
    assert memory.import_path(maildir).unchanged == 2
    (maildir / "new/3.host").write_text(letter("c@x", "Rent."))
    assert memory.import_path(maildir).changed == 1
    assert len(embedder.embedded) == 1
    assert memory.recall("walrus")[0].source == "Mail/1.host"


def test_what_changed_in_a_maildir_is_read_as_part_of_it(memory: SageMemory, folder: Path, maildir: Path) -> None:
    memory.import_path(folder)
    (maildir / "new/3.host").write_text(letter("c@x", "Rent."))
    report = memory.import_path(maildir / "new/3.host")
    assert (report.changed, report.removed) == (1, 0)
    assert memory.recall("rent")[0].source == "Mail/3.host"
    (maildir / "new/3.host").unlink()
    memory.import_path(maildir / "new")
    assert not any(hit.text == "Rent." for hit in memory.recall("rent"))


def test_thunderbirds_mailboxes_have_no_suffix(memory: SageMemory, folder: Path) -> None:
    (folder / "Inbox").write_text(box(letter("a@x", "The walrus sleeps.")))
    (folder / "Other").write_text(box(letter("b@x", "bread")))
    (folder / "Inbox.msf").write_text("")
    report = memory.import_path(folder)
    assert (report.added, report.others) == (1, 2)
    (folder.parent / "Other").write_text(box(letter("b@x", "bread")))
    assert memory.import_path(folder.parent / "Other").added == 1


def test_an_import_that_was_stopped_goes_on_where_it_was(
    tmp_path: Path, memory: SageMemory, folder: Path, embedder: FakeEmbedder
) -> None:
    (folder / "in.mbox").write_text(box(*(letter(f"{n}@x", f"walrus {n}") for n in range(200))))

    def stop(step: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        memory.import_path(folder, stop)
    done = memory.counts().passages
    assert 0 < done < 200
    embedder.embedded.clear()
    memory.import_path(folder)
    assert memory.counts().passages == 200
    assert len(embedder.embedded) == 200 - done
