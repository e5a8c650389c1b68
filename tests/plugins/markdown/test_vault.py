"""A vault as people have them: other programs write in it, notes are renamed, copied and linked, settings differ."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from sage_plugins.markdown.config import Config
from sage_plugins.markdown.source import MarkdownNotes

from sage.plugin_api import BadConfig, Change, Context, Gone, NewTask, Refused, Stale, Task, Unreachable
from sage.plugin_files.reading import TaskLine
from sage.plugin_files.writing import FilesWritten
from tests.plugins.markdown.vaults import configure, opened

AT = datetime(2026, 11, 27, 10, tzinfo=UTC)


class Vault:
    """A vault and the source over it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._private = folder / "vault", folder / "private"
        self.folder.mkdir()
        self.source: MarkdownNotes

    def write(self, note: str, text: str) -> None:
        path = self.folder / note
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())

    def read(self, note: str) -> str:
        return (self.folder / note).read_bytes().decode()

    async def open(self) -> None:
        self.source = await opened(self.folder, self._private)

    async def reopen(self) -> None:
        await self.source.close()
        await self.open()

    async def tasks(self) -> dict[str, Task]:
        return {task.text: task async for task in self.source.list()}


@pytest_asyncio.fixture
async def vault(tmp_path: Path) -> AsyncIterator[Vault]:
    made = Vault(tmp_path)
    await made.open()
    yield made
    await made.source.close()


async def test_a_tick_is_as_obsidian_writes_it(vault: Vault) -> None:
    vault.write("a.md", "- [ ] Pay ⏫ 📅 2026-11-27 ^b\n")
    task = (await vault.tasks())["Pay"]
    await vault.source.complete(task.id, task.revision, AT)
    assert vault.read("a.md") == "- [x] Pay ⏫ 📅 2026-11-27 ✅ 2026-11-27 ^b\n"


@pytest.mark.parametrize("below", [False, True])
async def test_the_next_one_stands_where_the_vaults_settings_say(vault: Vault, below: bool) -> None:
    configure(vault.folder, {"recurrenceOnNextLine": below})
    vault.write("a.md", "- [ ] Bins 🔁 every week ⏳ 2026-11-26 📅 2026-11-27 🆔 x ➕ 2026-11-01 ^b\r\n")
    task = (await vault.tasks())["Bins"]
    done = await vault.source.complete(task.id, task.revision, AT)
    was = "- [x] Bins 🔁 every week ⏳ 2026-11-26 📅 2026-11-27 🆔 x ➕ 2026-11-01 ✅ 2026-11-27 ^b\r\n"
    following = "- [ ] Bins 🔁 every week ⏳ 2026-12-03 📅 2026-12-04\r\n"
    assert vault.read("a.md") == (was + following if below else following + was)
    assert done.task.id == task.id == "x" and done.following and done.following.id != "x"


async def test_what_stands_below_stays_with_the_one_that_is_done(vault: Vault) -> None:
    configure(vault.folder, {"recurrenceOnNextLine": True})
    vault.write("a.md", "- [ ] Bins 🔁 every week 📅 2026-11-27\n\t- [ ] blue one\n")
    task = (await vault.tasks())["Bins"]
    done = await vault.source.complete(task.id, task.revision, AT)
    assert vault.read("a.md").endswith("✅ 2026-11-27\n\t- [ ] blue one\n")
    assert (await vault.tasks())["blue one"].parent == done.task.id


async def test_one_that_was_unticked_elsewhere_returns_no_second_time(vault: Vault) -> None:
    vault.write("a.md", "- [ ] Bins 🔁 every week 📅 2026-12-04\n- [ ] Bins 🔁 every week 📅 2026-11-27\n")
    (task,) = [task async for task in vault.source.list() if task.due == "2026-11-27"]
    done = await vault.source.complete(task.id, task.revision, AT)
    assert done.following and done.following.due == "2026-12-04"
    assert vault.read("a.md").count("- [ ]") == 1


async def test_a_rule_that_is_not_known_is_refused(vault: Vault) -> None:
    vault.write("a.md", "- [ ] Bins 🔁 every blue moon 📅 2026-11-27\n")
    task = (await vault.tasks())["Bins"]
    with pytest.raises(Refused):
        await vault.source.complete(task.id, task.revision, AT)
    assert vault.read("a.md") == "- [ ] Bins 🔁 every blue moon 📅 2026-11-27\n"


async def test_statuses_mean_what_the_vault_says(vault: Vault) -> None:
    custom = [{"symbol": "!", "type": "TODO"}, {"symbol": "i", "type": "NON_TASK"}, {"symbol": "D", "type": "DONE"}]
    configure(vault.folder, {"statusSettings": {"customStatuses": custom, "coreStatuses": "broken"}})
    vault.write(
        "a.md", "".join(f"- [{sign}] {name}\n" for name, sign in zip("abcdefg", " x/-!iD", strict=True)) + "- [?] h\n"
    )
    found = {text: (task.done, task.read_only) for text, task in (await vault.tasks()).items()}
    assert found == {
        "a": (False, False),
        "b": (True, False),
        "c": (False, False),
        "d": (True, True),
        "e": (False, False),
        "g": (True, False),
        "h": (False, True),
    }


async def test_a_tag_makes_a_task_and_is_not_shown(vault: Vault) -> None:
    vault.write("a.md", "- [ ] groceries\n- [ ] #task Pay\n")
    assert set(await vault.tasks()) == {"groceries", "#task Pay"}
    configure(vault.folder, {"globalFilter": "#task"})
    assert set(await vault.tasks()) == {"Pay"}


async def test_templates_hidden_folders_and_skipped_ones_have_no_tasks(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    (vault.folder / ".obsidian").mkdir()
    (vault.folder / ".obsidian/templates.json").write_text('{"folder": "Templates"}')
    for note in ("Templates/a.md", ".trash/b.md", "Archive/c.md", "Archived/d.md", "e.txt"):
        vault.write(note, f"- [ ] {note}\n")
    source = await opened(vault.folder, tmp_path / "private", skip=("Archive/",))
    assert [task.text async for task in source.list()] == ["Archived/d.md"]
    await source.close()


async def test_conflict_copies_are_told_and_have_no_tasks(vault: Vault) -> None:
    vault.write("a.md", "- [ ] Pay\n")
    vault.write("a.sync-conflict-20261123-101010-ABCDEFG.md", "- [ ] Pay\n")
    assert len([task async for task in vault.source.list()]) == 1
    health = await vault.source.health()
    assert health.state == "stuck" and "a.sync-conflict" in health.words


async def test_links_are_followed_once_and_stay_links(vault: Vault, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "b.md").write_text("- [ ] Far\n")
    vault.write("a.md", "- [ ] Near\n")
    (vault.folder / "also a.md").symlink_to("a.md")
    (vault.folder / "b.md").symlink_to(elsewhere / "b.md")
    (vault.folder / "loop").symlink_to(vault.folder)
    (vault.folder / "broken.md").symlink_to("nowhere.md")
    found = [task async for task in vault.source.list()]
    assert sorted(task.text for task in found) == ["Far", "Near"]
    far = next(task for task in found if task.text == "Far")
    await vault.source.update(far.id, Change(text="Farther"), far.revision)
    assert (elsewhere / "b.md").read_text() == "- [ ] Farther\n" and (vault.folder / "b.md").is_symlink()


async def test_two_tasks_with_one_id_are_not_written(vault: Vault) -> None:
    vault.write("a.md", "- [ ] Pay 🆔 x\n")
    vault.write("b.md", "- [ ] Pay 🆔 x\n")
    found = [task async for task in vault.source.list()]
    assert len({task.id for task in found}) == 2 and all(task.read_only for task in found)
    with pytest.raises(Refused):
        await vault.source.complete(found[0].id, found[0].revision, AT)
    vault.write("b.md", "")
    assert [task.read_only async for task in vault.source.list()] == [False]


@pytest.mark.parametrize("running", [True, False])
async def test_ids_survive_what_people_do_to_notes(vault: Vault, running: bool) -> None:
    vault.write("a.md", "- [ ] one\n- [ ] two 📅 2026-11-27\n- [ ] three\n")
    before = {text: task.id for text, task in (await vault.tasks()).items()}

    async def after(note: str, text: str) -> dict[str, str]:
        if not running:
            await vault.source.close()
        vault.write(note, text)
        if not running:
            await vault.open()
        return {text: task.id for text, task in (await vault.tasks()).items()}

    moved = "# Head\n\n- [ ] three\n- [ ] one\n- [ ] two 📅 2026-11-28\n"
    assert await after("a.md", moved) == before
    ticked = moved.replace("- [ ] two 📅 2026-11-28", "- [x] two 📅 2026-11-28 ✅ 2026-11-27")
    assert await after("a.md", ticked) == before
    edited = await after("a.md", ticked.replace("three", "the third"))
    assert edited == {"the third": before["three"], "one": before["one"], "two": before["two"]}
    (vault.folder / "a.md").rename(vault.folder / "renamed.md")
    assert {text: task.id for text, task in (await vault.tasks()).items()} == edited
    vault.write("renamed.md", "- [ ] one\n")
    assert await after("other.md", "- [ ] the third\n") == {"one": before["one"], "the third": before["three"]}


async def test_a_vault_that_is_not_mounted_loses_no_task(vault: Vault) -> None:
    vault.write("a.md", "- [ ] one\n")
    await vault.tasks()
    (vault.folder / "a.md").unlink()
    for _ in range(2):
        with pytest.raises(Unreachable):
            await vault.tasks()
        await vault.reopen()


async def test_a_note_that_is_gone_takes_its_tasks_with_it(vault: Vault) -> None:
    vault.write("a.md", "- [ ] one\n")
    vault.write("b.md", "- [ ] two\n")
    task = (await vault.tasks())["one"]
    (vault.folder / "a.md").unlink()
    with pytest.raises(Gone):
        await vault.source.update(task.id, Change(text="x"), task.revision)
    assert set(await vault.tasks()) == {"two"}


async def test_new_tasks_get_a_note_and_go_where_they_are_told(vault: Vault) -> None:
    vault.write("b.md", "- [ ] two")
    await vault.source.create(NewTask("one"), "k1")
    await vault.source.create(NewTask("three", where="b.md"), "k2")
    assert (vault.read("Tasks.md"), vault.read("b.md")) == ("- [ ] one\n", "- [ ] two\n- [ ] three")
    for where in ("c.md", "../x.md", "/etc/passwd"):
        with pytest.raises(Refused):
            await vault.source.create(NewTask("four", where=where), "k3")
    with pytest.raises(Refused):
        vault.write("Tasks.md", "```\nan open fence\n")
        await vault.source.create(NewTask("five"), "k4")
    assert vault.read("Tasks.md") == "```\nan open fence\n"


async def test_settings_that_cannot_be_are_told(tmp_path: Path) -> None:
    for config in (Config(folder=tmp_path / "none"), Config(folder=tmp_path, new_tasks="../x.md")):
        with pytest.raises(BadConfig):
            await MarkdownNotes(Context("markdown/test", config, tmp_path)).open()


class Meddled(MarkdownNotes):
    """Somebody else writes while Sage works out what to write: `writes` are the note's contents, one a time."""

    writes: list[str]

    def opened(self) -> FilesWritten:
        files, note, writes = super().opened(), self.ctx.config.folder / "a.md", self.writes
        changed = files.changed

        def meddled(body: str, line: TaskLine, change: Change) -> str:
            if writes:
                note.write_text(writes.pop(0))
            return changed(body, line, change)

        files.changed = meddled  # type: ignore[method-assign]
        return files


@pytest.mark.parametrize(
    ("writes", "error", "text"),
    [
        (["- [ ] one\n- [ ] two\n"], None, "- [ ] uno\n- [ ] two\n"),
        (["two\n\n- [ ] one\n", "- [ ] one\n- [ ] three\n"], None, "- [ ] uno\n- [ ] three\n"),
        (["- [ ] one, elsewhere\n"], Stale, "- [ ] one, elsewhere\n"),
        (["words\n"], Gone, "words\n"),
        ([f"{number}\n\n- [ ] one\n" for number in range(3)], Unreachable, "2\n\n- [ ] one\n"),
    ],
)
async def test_what_is_written_in_the_moment_of_writing_stays(
    tmp_path: Path, writes: list[str], error: type[Exception] | None, text: str
) -> None:
    note = tmp_path / "a.md"
    note.write_text("- [ ] one\n")
    (tmp_path / "private").mkdir()
    source = Meddled(Context("markdown/test", Config(folder=tmp_path), tmp_path / "private"))
    source.writes = [*writes]
    await source.open()
    (task,) = [task async for task in source.list()]
    with pytest.raises(error) if error else nullcontext():
        await source.update(task.id, Change(text="uno"), task.revision)
    assert note.read_text() == text
    await source.close()


def test_what_a_killed_process_left_is_removed_when_it_is_old(tmp_path: Path) -> None:
    from sage_plugins.markdown.vault import notes_of

    for name, age in ((".sage-partial-old", 4000), (".sage-partial-new", 0)):
        (tmp_path / name).write_text("- [ ] half")
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    notes_of(tmp_path, frozenset())
    assert [path.name for path in tmp_path.iterdir()] == [".sage-partial-new"]
