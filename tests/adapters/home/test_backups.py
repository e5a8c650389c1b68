"""Backups: what is in one, what is not, and that nothing half-written stays."""

from __future__ import annotations

import errno
import io
import json
import os
import stat
import threading
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw
import pytest

from sage.adapters.database import Database
from sage.adapters.home import backups, kept_backups
from sage.adapters.journal.journal import Journal, open_journal
from sage.adapters.journal.journal_schema import MIGRATIONS
from sage.core.errors import BadInput, DiskFull, HomeReadOnly, HomeTrouble, NewerHome, NotFound, SageError, TornFile
from sage.locations import Home

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    (home.notes / "Tea.md").write_text("# Tea\nGreen, 70 degrees.\n")
    (home.notes / "deep" / "er").mkdir(parents=True)
    (home.notes / "deep" / "er" / "Ünïcode – name.md").write_text("deep")
    (home.notes / "empty").mkdir()
    (home.goals / "Rest.md").write_text("# Rest\n")
    home.tasks.write_text("- [ ] Water the plants ^k1\n")
    home.settings.write_text('[person]\nname = "Demo"\n')
    home.profiles.mkdir()
    (home.profiles / "mine.toml").write_text("")
    (home.path / "skills" / "brew").mkdir(parents=True)
    (home.path / "skills" / "brew" / "run.sh").write_text("#!/bin/sh\n")
    (home.path / "skills" / "brew" / "run.sh").chmod(0o755)
    for name in ("secrets/SOME_KEY", "models/big.gguf", "index/memory.db", "logs/engine.log", "trash/old.md", "run/x"):
        (home.path / name).parent.mkdir(exist_ok=True)
        (home.path / name).write_text("never copied")
    return home


@pytest.fixture
def database(home: Home) -> Any:
    database = open_journal(home.journal)
    Journal(database).begin_turn("t1", "c1", "Which tea?", NOW)
    yield database
    database.close()


def names(path: Path) -> set[str]:
    return {kept.name for kept in kept_backups.verify(path).files}


def test_a_backup_holds_what_is_the_persons_and_nothing_else(home: Home, database: Database) -> None:
    made = backups.make(home, database, None, NOW)
    assert made == home.backups / "sage-20261122-093000.zip"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert names(made) == {
        "journal.db",
        "tasks.md",
        "settings.toml",
        "notes/Tea.md",
        "notes/deep/er/Ünïcode – name.md",
        "goals/Rest.md",
        "profiles/mine.toml",
        "skills/brew/run.sh",
    }
    manifest = kept_backups.verify(made)
    assert (manifest.format, manifest.schema, manifest.made_at) == (1, database.schema, "2026-11-22T09:30:00+00:00")
    assert "notes/empty" in manifest.folders
    assert not manifest.remarks
    assert sorted(path.name for path in home.backups.iterdir()) == [made.name]


def test_the_journal_in_it_has_what_was_not_folded_into_the_file_yet(
    home: Home, database: Database, tmp_path: Path
) -> None:
    assert home.journal.with_name("journal.db-wal").stat().st_size > 0
    made = backups.make(home, database, None, NOW)
    with zipfile.ZipFile(made) as archive:
        archive.extract("journal.db", tmp_path)
    copy = apsw.Connection(str(tmp_path / "journal.db"))
    assert copy.execute("SELECT said FROM turns").fetchall() == [("Which tea?",)]
    assert copy.pragma("journal_mode") == "delete"
    copy.close()


def test_two_backups_in_one_second_are_two_files(home: Home, database: Database) -> None:
    first, second = (backups.make(home, database, None, NOW) for _ in range(2))
    assert first != second
    assert names(first) == names(second)


def test_links_are_listed_and_not_followed(home: Home, database: Database, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "private.md").write_text("belongs elsewhere")
    (home.notes / "vault").symlink_to(outside)
    (home.notes / "one.md").symlink_to(outside / "private.md")
    (home.notes / "loop").symlink_to(home.notes)
    made = backups.make(home, database, None, NOW)
    assert not any("vault" in name or "one.md" in name or "loop" in name for name in names(made))
    links = {remark.name: remark.link for remark in kept_backups.verify(made).remarks}
    assert links == {
        "notes/vault": str(outside),
        "notes/one.md": str(outside / "private.md"),
        "notes/loop": str(home.notes),
    }


def test_what_cannot_be_copied_is_listed(home: Home, database: Database) -> None:
    os.mkfifo(home.notes / "pipe")
    Path(os.fsdecode(os.fsencode(home.notes) + b"/caf\xe9.md")).write_text("a name that is not UTF-8")
    remarks = {
        remark.name: remark.what for remark in kept_backups.verify(backups.make(home, database, None, NOW)).remarks
    }
    assert remarks == {
        "notes/pipe": "It is neither a file nor a folder.",
        "notes/caf?.md": "Its name is not valid text.",
    }


@pytest.mark.usefixtures("plain_user")
def test_a_closed_file_is_listed(home: Home, database: Database) -> None:
    (home.notes / "Tea.md").chmod(0)
    (home.notes / "deep").chmod(0)
    try:
        made = backups.make(home, database, None, NOW)
    finally:
        (home.notes / "deep").chmod(0o700)
    assert {remark.name for remark in kept_backups.verify(made).remarks} == {"notes/Tea.md", "notes/deep"}


def test_temporary_files_of_writers_are_left_out(home: Home, database: Database) -> None:
    (home.notes / ".Tea.md.0123abcd.tmp").write_text("half")
    (home.notes / ".hidden.md").write_text("whole")
    assert {"notes/.hidden.md"} == {name for name in names(backups.make(home, database, None, NOW)) if "/." in name}


def test_files_may_change_while_they_are_copied(home: Home, database: Database) -> None:
    busy, over = home.notes / "busy.md", threading.Event()

    def scribble() -> None:
        while not over.is_set():
            busy.write_text("word " * 5000)
            Journal(database).begin_turn(f"t{os.urandom(6).hex()}", "c1", "more", NOW)

    writer = threading.Thread(target=scribble)
    writer.start()
    try:
        for _ in range(5):
            kept_backups.verify(backups.make(home, database, None, NOW))
    finally:
        over.set()
        writer.join()


def test_an_existing_file_is_never_written_over(home: Home, database: Database, tmp_path: Path) -> None:
    target = tmp_path / "mine.zip"
    target.write_text("precious")
    with pytest.raises(BadInput, match="there already"):
        backups.make(home, database, target, NOW)
    assert target.read_text() == "precious"


@pytest.mark.parametrize(
    ("target", "error"),
    [("folder", BadInput), ("nowhere/b.zip", NotFound), ("home/notes/b.zip", BadInput), ("dangling", BadInput)],
)
def test_bad_targets_are_told(
    home: Home, database: Database, tmp_path: Path, target: str, error: type[SageError]
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "dangling").symlink_to(tmp_path / "gone")
    with pytest.raises(error) as told:
        backups.make(home, database, tmp_path / target, NOW)
    assert told.value.safe == "Nothing was written." or told.value.safe == "It was not written over."
    assert told.value.do


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a place that nobody can write")
def test_a_target_that_cannot_be_written_is_told(home: Home, database: Database) -> None:
    with pytest.raises(HomeTrouble) as told:
        backups.make(home, database, Path("/proc/self/b.zip"), NOW)
    assert "/proc/self/b.zip" in told.value.what


@pytest.mark.usefixtures("plain_user")
def test_a_read_only_folder_is_told(home: Home, database: Database, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    with pytest.raises(HomeReadOnly):
        backups.make(home, database, closed / "b.zip", NOW)


class FullDisk(io.FileIO):
    """A file on a disk with so many bytes left."""

    def __init__(self, path: Path, room: int) -> None:
        super().__init__(path, "x+")
        self.room = room

    def write(self, data: Any, /) -> int:
        self.room -= len(bytes(data))
        if self.room < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(data)


@pytest.mark.parametrize("room", [0, 100, 2000, 4000])
def test_a_full_disk_is_told_and_leaves_nothing(home: Home, database: Database, tmp_path: Path, room: int) -> None:
    (home.notes / "noise.md").write_bytes(os.urandom(6000))
    target = tmp_path / "out" / "b.zip"
    target.parent.mkdir()

    def copy_journal(path: Path) -> int:
        database.copy_to(path)
        return database.schema

    with pytest.raises(DiskFull) as told:
        backups.write(home, copy_journal, target, NOW, create=lambda path: FullDisk(path, room))
    assert "full" in told.value.what
    assert list(target.parent.iterdir()) == []
    assert list(home.backups.iterdir()) == []


def test_a_full_disk_at_home_does_not_prevent_a_backup_to_another_disk(home: Home, database: Database) -> None:
    elsewhere = Path("/dev/shm")
    if not elsewhere.is_dir() or elsewhere.stat().st_dev == home.path.stat().st_dev:
        pytest.skip("needs a second disk")
    target = elsewhere / f"sage-test-{os.getpid()}.zip"

    def copy_journal(path: Path) -> int:
        if path.parent == home.backups:
            raise DiskFull("The disk is full.")
        database.copy_to(path)
        return database.schema

    try:
        backups.write(home, copy_journal, target, NOW)
        assert "journal.db" in names(target)
        assert [path.name for path in elsewhere.glob(f".sage-test-{os.getpid()}*")] == []
    finally:
        target.unlink(missing_ok=True)


def test_what_a_killed_backup_left_is_swept(home: Home) -> None:
    for name in (".sage-20261122.zip.0123abcd.tmp", ".journal.db.0123abcd.tmp", ".journal.db.0123abcd.tmp-wal"):
        (home.backups / name).write_text("half")
    (home.backups / "sage-1.zip").write_text("the person's")
    backups.sweep(home)
    assert [path.name for path in home.backups.iterdir()] == ["sage-1.zip"]


def test_the_copy_before_a_migration_is_whole_and_private(home: Home, database: Database) -> None:
    keep = backups.keeper(home, lambda: NOW)
    keep(home.journal, 1)
    keep(home.journal, 1)
    copies = sorted(home.backups.iterdir())
    assert [path.name for path in copies] == [
        "journal-schema1-20261122-093000-2.db",
        "journal-schema1-20261122-093000.db",
    ]
    for path in copies:
        assert kept_backups.check_journal(path, path.name) == len(MIGRATIONS)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


# --- looking at backups -------------------------------------------------------------------------------------------


def test_backups_are_found_newest_first(home: Home, database: Database) -> None:
    old = backups.make(home, database, None, NOW.replace(year=2025))
    new = backups.make(home, database, None, NOW)
    broken = home.backups / "sage-broken.zip"
    broken.write_bytes(new.read_bytes()[:-100])
    os.utime(broken, (0, 0))
    found = kept_backups.find(home)
    assert [Path(backup.path).name for backup in found] == [new.name, old.name, broken.name]
    assert [bool(backup.trouble) for backup in found] == [False, False, True]
    assert found[0].files == 8
    assert kept_backups.find(Home(home.path / "nowhere")) == []


def change(path: Path, **changes: bytes | None) -> Path:
    """A copy of a zip with some members changed, added or (None) left out."""
    changed = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(changed, "w") as target:
        members = {name: source.read(name) for name in source.namelist()} | changes
        for name, content in members.items():
            if content is not None:
                target.writestr(name, content)
    return changed


def with_manifest(path: Path, **changes: Any) -> Path:
    with zipfile.ZipFile(path) as source:
        manifest = json.loads(source.read("manifest.json"))
    return change(path, **{"manifest.json": json.dumps(manifest | changes).encode()})


def smuggle(path: Path, name: str) -> Path:
    """A zip that holds one more file, consistently listed, under a name of the attacker's choice."""
    with zipfile.ZipFile(path) as source:
        manifest = json.loads(source.read("manifest.json"))
    digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"  # of "x"
    manifest["files"].append({"name": name, "size": 1, "sha256": digest})
    return change(path, **{"manifest.json": json.dumps(manifest).encode(), name: b"x"})


def test_a_smuggled_file_with_a_plain_name_would_pass(home: Home, database: Database) -> None:
    made = backups.make(home, database, None, NOW)
    assert "notes/x.md" in names(smuggle(made, "notes/x.md"))


@pytest.mark.parametrize(
    "name",
    ["/etc/x", "../x", "notes/../../x", "notes//x", "./notes/x", "notes/./x", "secrets/KEY", "x", "models/m", "notes",
     "notes/Tea.md/x", "nowhere-listed/x", "notes/unlisted-folder/x"],
)  # fmt: skip
def test_names_that_leave_the_persons_places_are_refused(home: Home, database: Database, name: str) -> None:
    with pytest.raises(TornFile):
        kept_backups.verify(smuggle(backups.make(home, database, None, NOW), name))


@pytest.mark.parametrize(
    "changes",
    [{"notes/Tea.md": b"# Tea\nBlack, 99 degrees.\n"}, {"notes/Tea.md": None}, {"notes/more.md": b"x"}, {"tasks.md": b""},
     {"manifest.json": b"{"}, {"manifest.json": b'{"format": 1}'}],
)  # fmt: skip
def test_a_changed_zip_is_refused(home: Home, database: Database, changes: dict[str, bytes | None]) -> None:
    made = change(backups.make(home, database, None, NOW), **changes)
    with pytest.raises(TornFile):
        kept_backups.verify(made)


def test_every_flipped_byte_and_every_cut_is_told_or_harmless(home: Home, database: Database) -> None:
    made = backups.make(home, database, None, NOW)
    whole = kept_backups.verify(made)
    data = made.read_bytes()
    torn = home.backups / "torn.zip"
    told = 0
    for place in range(0, len(data), 37):
        torn.write_bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
        try:
            assert kept_backups.verify(torn) == whole  # a byte that no content hangs on, such as a date
        except (TornFile, BadInput, NewerHome):
            told += 1
        torn.write_bytes(data[:place])
        with pytest.raises(SageError):
            kept_backups.verify(torn)
    assert told > 10


def test_a_zip_bomb_is_refused_before_it_is_unpacked(home: Home, database: Database) -> None:
    made = backups.make(home, database, None, NOW)
    with zipfile.ZipFile(made) as source:
        manifest = json.loads(source.read("manifest.json"))
    for entry in manifest["files"]:
        entry["size"] = 5 if entry["name"] == "tasks.md" else entry["size"]
    bomb = change(made, **{"manifest.json": json.dumps(manifest).encode(), "tasks.md": bytes(5_000_000)})
    with pytest.raises(TornFile):
        kept_backups.verify(bomb)


@pytest.mark.parametrize("changes", [{"format": 2}, {"schema": 99}, {"format": 9, "files": "in another way"}])
def test_a_backup_of_a_later_version_says_so(home: Home, database: Database, changes: dict[str, Any]) -> None:
    made = with_manifest(backups.make(home, database, None, NOW), **changes, sage="9.0")
    with pytest.raises(NewerHome, match=r"9\.0"):
        kept_backups.verify(made)


def test_what_is_no_backup_is_told(home: Home, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_text("PK but no zip")
    (tmp_path / "b.txt").write_text("words")
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("notes/x.md", "x")
    with pytest.raises(TornFile):
        kept_backups.verify(tmp_path / "a.zip")
    with pytest.raises(BadInput):
        kept_backups.kind_of(tmp_path / "b.txt")
    with pytest.raises(BadInput, match="not a backup of Sage"):
        kept_backups.verify(tmp_path / "c.zip")
    with pytest.raises(NotFound, match=r"nothing\.zip"):
        kept_backups.pick(home, "nothing.zip")


def test_a_backup_is_picked_by_name_or_path(home: Home, database: Database, tmp_path: Path) -> None:
    made = backups.make(home, database, None, NOW)
    assert kept_backups.pick(home, made.name) == kept_backups.pick(home, str(made)) == made
    with pytest.raises(NotFound):
        kept_backups.pick(home, str(tmp_path / "elsewhere" / made.name))


def test_a_database_that_is_no_journal_is_refused(tmp_path: Path) -> None:
    other = apsw.Connection(str(tmp_path / "other.db"))
    other.execute("CREATE TABLE things (x); PRAGMA user_version = 1")
    other.close()
    with pytest.raises(BadInput, match="no journal of Sage"):
        kept_backups.check_journal(tmp_path / "other.db", "other.db")


def test_a_journal_whose_log_is_beside_it_is_refused(home: Home, database: Database) -> None:
    with pytest.raises(BadInput, match="not whole"):
        kept_backups.check_journal(home.journal, "journal.db")
