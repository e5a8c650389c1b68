"""What is saved is found while the engine runs: the real watch over real files, and memory with fakes below it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from sage.adapters.memory.memory import SageMemory
from sage.engine import looking as module
from sage.engine.looking import Looking
from sage.testing.texts import FakeTexts
from sage.testing.vectors import FakeEmbedder


class Desk:
    """A memory whose folders are looked after."""

    def __init__(self, folder: Path) -> None:
        self.notes, self.settings = folder / "notes", folder / "settings.toml"
        self.vaults: list[str] = []
        for name in ("notes", "index"):
            (folder / name).mkdir()
        self.memory = SageMemory(folder / "index", FakeTexts(), FakeEmbedder(), settle=False)
        self.looking = Looking(self.memory, [self.notes], self.settings, lambda: self.vaults)
        self.told = 0

    async def tell(self) -> None:
        self.told += 1

    def finds(self, word: str) -> bool:
        return any(word in hit.text for hit in self.memory.recall(word))

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not await asyncio.to_thread(is_so):  # noqa: ASYNC110 - the file system has no event for it
                await asyncio.sleep(0.02)


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr(module, "AGAIN", (0.3, 0.6))
    monkeypatch.setattr(module, "FOLLOW_EVERY", 0.2)
    monkeypatch.setattr(module, "LOOK_UNWATCHED_EVERY", 3600.0)
    desk = Desk(tmp_path)
    task = asyncio.create_task(desk.looking.run(desk.tell))
    await desk.until(lambda: desk.looking.watched == 1)
    yield desk
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    desk.memory.close()


async def test_a_save_is_found_and_what_was_deleted_is_not(desk: Desk) -> None:
    note = desk.notes / "Sea.md"
    note.write_text("The walrus sleeps.")
    await desk.until(lambda: desk.finds("walrus"))
    note.write_text("The seal sings.")
    await desk.until(lambda: desk.finds("seal") and not desk.finds("walrus"))
    note.unlink()
    await desk.until(lambda: not desk.finds("seal"))


async def test_other_notes_are_told_and_other_words_are_not(desk: Desk) -> None:
    note = desk.notes / "Sea.md"
    note.write_text("The walrus sleeps.")
    await desk.until(lambda: desk.finds("walrus"))
    await desk.until(lambda: desk.told > 0)
    await asyncio.sleep(2 * module.FOLLOW_EVERY)  # what the start found is told as well
    before = desk.told
    note.write_text("The seal sings.")
    await desk.until(lambda: desk.finds("seal"))
    assert desk.told == before
    note.unlink()
    await desk.until(lambda: desk.told > before)
    before = desk.told
    desk.looking.wake()
    await desk.until(lambda: desk.told > before)


async def test_a_renamed_note_gets_the_vectors_of_its_new_name(desk: Desk) -> None:
    (desk.notes / "Sea.md").write_text("The walrus sleeps on the ice for days.")
    await desk.until(lambda: desk.finds("walrus"))
    (desk.notes / "Sea.md").rename(desk.notes / "Shore.md")

    def follows() -> bool:
        hits = desk.memory.recall("walrus")
        return [hit.source for hit in hits] == ["Shore.md"] and len(desk.memory.vectors_of([hits[0].id])) == 1

    await desk.until(follows)


async def test_a_vault_that_the_settings_name_later_is_read_and_watched(desk: Desk, tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "a.md").write_text("The otter swims.")
    desk.vaults.append(str(vault))
    desk.settings.write_text("changed")
    await desk.until(lambda: desk.finds("otter") and desk.looking.watched == 2)
    (vault / "b.md").write_text("The heron waits.")
    await desk.until(lambda: desk.finds("heron"))


async def test_a_vault_that_is_not_there_yet_is_read_once_it_is(desk: Desk, tmp_path: Path) -> None:
    desk.vaults.append(str(tmp_path / "disk"))
    desk.settings.write_text("changed")
    await asyncio.sleep(0.5)
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk/a.md").write_text("The otter swims.")
    await desk.until(lambda: desk.finds("otter"))


async def test_a_root_that_goes_away_stays_in_memory_and_is_watched_when_it_is_back(desk: Desk, tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "a.md").write_text("The otter swims.")
    desk.memory.import_path(vault)
    desk.looking.wake()
    await desk.until(lambda: desk.looking.watched == 2)
    vault.rename(tmp_path / "elsewhere")
    await desk.until(lambda: desk.looking.watched == 1)
    await asyncio.sleep(1)
    assert desk.finds("otter")
    (tmp_path / "elsewhere").rename(vault)
    await desk.until(lambda: desk.looking.watched == 2)
    (vault / "b.md").write_text("The heron waits.")
    await desk.until(lambda: desk.finds("heron"))
    assert desk.finds("otter")


async def test_a_forgotten_root_is_watched_no_more(desk: Desk, tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    desk.memory.import_path(vault)
    desk.looking.wake()
    await desk.until(lambda: desk.looking.watched == 2)
    await asyncio.to_thread(desk.memory.forget_root, vault)
    desk.looking.wake()
    await desk.until(lambda: desk.looking.watched == 1)


async def test_a_file_that_is_not_whole_yet_is_read_when_it_is(desk: Desk) -> None:
    note = desk.notes / "Sea.md"
    note.write_text("The walrus sleeps.")
    await desk.until(lambda: desk.finds("walrus"))
    note.write_bytes(b"The walrus sleeps. The caf\xc3")
    await asyncio.sleep(0.8)
    assert desk.finds("walrus")
    with note.open("ab") as file:
        file.write(b"\xa9 opens.")
    await desk.until(lambda: desk.finds("café"))


async def test_a_note_that_is_emptied_for_a_moment_keeps_its_words(desk: Desk) -> None:
    note = desk.notes / "Sea.md"
    note.write_text("The walrus sleeps.")
    await desk.until(lambda: desk.finds("walrus"))
    note.write_text("")
    await asyncio.sleep(1.2)
    assert desk.finds("walrus")
    os.utime(note, (1, 1))
    await desk.until(lambda: not desk.finds("walrus"))


async def test_a_storm_while_a_large_import_runs_is_taken_in(desk: Desk, tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    for number in range(300):
        (vault / f"{number}.md").write_text(f"# Note {number}\n\nAbout thing{number}.\n")
    importing = asyncio.create_task(asyncio.to_thread(desk.memory.import_path, vault))
    for number in range(300):
        (desk.notes / f"storm {number}.md").write_text(f"The word is storm{number}q.")
    await desk.until(lambda: desk.finds("storm0q") and desk.finds("storm299q") and desk.finds("storm150q"))
    await importing
    assert desk.finds("thing299")
