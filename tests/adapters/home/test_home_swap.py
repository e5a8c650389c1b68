"""Restores: what comes back, what is kept, and that a crash at any step leaves the old home or the new one."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw
import pytest

from sage.adapters.home import backups, kept_backups
from sage.adapters.home.home_lock import HomeLock
from sage.adapters.home.home_swap import Disk, finish_restore, restore_home
from sage.adapters.journal.journal import Journal, open_journal
from sage.adapters.journal.journal_schema import MIGRATIONS
from sage.core.errors import BadInput, DiskFull, HomeTrouble, NewerHome, SageError, TornFile
from sage.locations import Home

THEN = datetime(2026, 11, 20, 9, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
PERSONAL = ("notes", "goals", "profiles", "skills", "tasks.md", "settings.toml")


def say(home: Home, *words: str) -> None:
    with closing(open_journal(home.journal)) as database:
        for word in words:
            Journal(database).begin_turn(f"t-{word}", "c1", word, NOW)


def said(home: Home) -> list[str]:
    with closing(apsw.Connection(str(home.journal))) as journal:
        return [row[0] for row in journal.execute("SELECT said FROM turns ORDER BY seq")]


def tree(home: Home) -> dict[str, str]:
    """Everything of the person's below a home, by name: what a file says, where a link leads, what was said in the journal."""
    found = {}
    for top in PERSONAL:
        for path in [home.path / top, *(home.path / top).rglob("*")]:
            name = str(path.relative_to(home.path))
            if path.is_symlink():
                found[name] = f"-> {path.readlink()}"
            elif path.is_dir():
                found[name] = "folder"
            elif path.exists():
                found[name] = path.read_text()
    return found | ({"journal": " ".join(said(home))} if home.journal.exists() else {})


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with a backup of what it was (old words), which has changed in every way since."""
    home = Home(tmp_path / "home")
    home.prepare()
    (home.notes / "Tea.md").write_text("green")
    (home.notes / "gone.md").write_text("deleted since")
    (home.notes / "deep").mkdir()
    (home.notes / "deep" / "er.md").write_text("deep")
    (home.goals / "Rest.md").write_text("rest")
    home.settings.write_text('[person]\nname = "Demo"\n')
    (home.path / "skills" / "brew").mkdir(parents=True)
    (home.path / "skills" / "brew" / "run.sh").write_text("#!/bin/sh\n")
    (home.path / "skills" / "brew" / "run.sh").chmod(0o755)
    say(home, "one", "two")
    with closing(open_journal(home.journal)) as database:
        backups.make(home, database, tmp_path / "b.zip", THEN)
    (home.notes / "Tea.md").write_text("black")
    (home.notes / "gone.md").unlink()
    (home.notes / "new.md").write_text("written since")
    home.tasks.write_text("- [ ] a task made since\n")
    shutil.rmtree(home.path / "skills")
    home.profiles.mkdir()
    (home.profiles / "mine.toml").write_text("")
    (home.index / "memory.db").write_text("an index of what is there now")
    (home.models / "m.gguf").write_text("a model")
    say(home, "three")
    return home


@pytest.fixture
def backup(tmp_path: Path, home: Home) -> Path:
    return tmp_path / "b.zip"


def test_a_restore_brings_everything_back(home: Home, backup: Path) -> None:
    before = tree(home)
    done = restore_home(home, backup, NOW)
    assert tree(home) == {
        "notes": "folder",
        "notes/Tea.md": "green",
        "notes/gone.md": "deleted since",
        "notes/deep": "folder",
        "notes/deep/er.md": "deep",
        "goals": "folder",
        "goals/Rest.md": "rest",
        "skills": "folder",
        "skills/brew": "folder",
        "skills/brew/run.sh": "#!/bin/sh\n",
        "settings.toml": '[person]\nname = "Demo"\n',
        "journal": "one two",
    }
    assert list(home.index.iterdir()) == []
    assert (home.models / "m.gguf").read_text() == "a model"
    assert not (home.path / ".restore-new").exists()
    assert stat.S_IMODE((home.path / "skills/brew/run.sh").stat().st_mode) == 0o700
    assert stat.S_IMODE((home.notes / "Tea.md").stat().st_mode) == 0o600
    assert (done.made_at, done.files, done.trash, done.remarks) == ("2026-11-20T09:00:00+00:00", 7, "", ())
    restore_home(home, Path(done.kept), NOW)
    assert tree(home) == before


def test_times_of_files_come_back(home: Home, tmp_path: Path) -> None:
    os.utime(home.notes / "Tea.md", ns=(10**18, 10**18))
    with closing(open_journal(home.journal)) as database:
        backups.make(home, database, tmp_path / "times.zip", NOW)
    (home.notes / "Tea.md").write_text("other")
    restore_home(home, tmp_path / "times.zip", NOW)
    assert (home.notes / "Tea.md").stat().st_mtime_ns == 10**18


def test_a_backup_comes_to_an_empty_home(tmp_path: Path, home: Home, backup: Path) -> None:
    fresh = Home(tmp_path / "fresh")
    fresh.prepare()
    done = restore_home(fresh, backup, NOW)
    assert done.kept == ""
    assert tree(fresh)["notes/Tea.md"] == "green"
    assert list(fresh.backups.iterdir()) == []


def test_a_copy_of_the_journal_replaces_the_journal_alone(home: Home) -> None:
    backups.keeper(home, lambda: THEN)(home.journal, 1)
    (copy,) = home.backups.iterdir()
    say(home, "four")
    before = tree(home)
    done = restore_home(home, copy, NOW)
    assert said(home) == ["one", "two", "three"]
    assert tree(home) == before | {"journal": "one two three"}
    assert list(home.index.iterdir()) == []
    restore_home(home, Path(done.kept), NOW)
    assert tree(home) == before


def test_a_log_that_was_not_folded_is_in_the_backup_made_before(home: Home, backup: Path) -> None:
    saved = home.path.parent / "saved"
    database = open_journal(home.journal)
    Journal(database).begin_turn("t-late", "c1", "late", NOW)
    shutil.copytree(home.path, saved)
    database.close()
    killed = Home(saved)
    assert (saved / "journal.db-wal").stat().st_size
    done = restore_home(killed, backup, NOW)
    assert said(killed) == ["one", "two"]
    restore_home(killed, Path(done.kept), NOW)
    assert said(killed) == ["one", "two", "three", "late"]


def test_a_torn_journal_goes_to_the_trash_as_it_is(home: Home, backup: Path) -> None:
    home.journal.write_bytes(b"SQLite format 3\0" + b"torn" * 2000)
    torn = home.journal.read_bytes()
    done = restore_home(home, backup, NOW)
    assert said(home) == ["one", "two"]
    assert (Path(done.trash) / "journal.db").read_bytes() == torn
    assert kept_backups.verify(Path(done.kept)).schema == 0


def test_what_no_backup_can_hold_goes_to_the_trash(home: Home, backup: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(home.notes) + b"/caf\xe9.md"))
    odd.write_text("precious")
    done = restore_home(home, backup, NOW)
    assert not odd.exists()
    (kept,) = (path for path in (Path(done.trash) / "notes").iterdir() if os.fsencode(path).endswith(b"caf\xe9.md"))
    assert kept.read_text() == "precious"


def test_links_stay_where_nothing_takes_their_place(home: Home, backup: Path, tmp_path: Path) -> None:
    (tmp_path / "vault").mkdir()
    (tmp_path / "vault" / "v.md").write_text("elsewhere")
    (home.notes / "vault").symlink_to(tmp_path / "vault")
    done = restore_home(home, backup, NOW)
    assert (home.notes / "vault" / "v.md").read_text() == "elsewhere"
    assert done.trash == ""


def test_a_link_whose_place_is_taken_is_kept_and_never_written_through(
    home: Home, backup: Path, tmp_path: Path
) -> None:
    (tmp_path / "outside.md").write_text("belongs elsewhere")
    (home.notes / "Tea.md").unlink()
    (home.notes / "Tea.md").symlink_to(tmp_path / "outside.md")
    home.settings.unlink()
    home.settings.symlink_to(tmp_path / "outside.md")
    done = restore_home(home, backup, NOW)
    assert (tmp_path / "outside.md").read_text() == "belongs elsewhere"
    assert (home.notes / "Tea.md").read_text() == "green"
    assert (Path(done.trash) / "settings.toml").is_symlink()
    assert (Path(done.trash) / "notes" / "Tea.md").is_symlink()


def test_a_link_that_the_backup_left_out_stays(home: Home, tmp_path: Path) -> None:
    (tmp_path / "dotfiles.toml").write_text('[person]\nname = "Demo"\n')
    home.settings.unlink()
    home.settings.symlink_to(tmp_path / "dotfiles.toml")
    with closing(open_journal(home.journal)) as database:
        made = backups.make(home, database, None, NOW)
    done = restore_home(home, made, NOW)
    assert home.settings.is_symlink()
    assert (done.trash, done.remarks) == ("", ())
    home.settings.unlink()
    assert [remark.name for remark in restore_home(home, made, NOW).remarks] == ["settings.toml"]


@pytest.mark.parametrize("damage", ["cut", "flip", "newer", "not a journal", "nothing of ours"])
def test_a_bad_backup_changes_nothing(home: Home, backup: Path, damage: str) -> None:
    data = backup.read_bytes()
    if damage == "cut":
        backup.write_bytes(data[:-50])
    elif damage == "flip":
        backup.write_bytes(data[:200] + bytes([data[200] ^ 1]) + data[201:])
    elif damage == "nothing of ours":
        backup.write_text("a letter")
    else:
        with closing(open_journal(home.journal)) as database:
            database.connection.execute("PRAGMA user_version = 99" if damage == "newer" else "DROP TABLE turns")
            backup.unlink()
            backups.make(home, database, backup, NOW)
        shutil.copy(home.journal, home.path.parent / "left.db")
    before = {path: path.read_bytes() for path in home.path.rglob("*") if path.is_file()}
    with pytest.raises((TornFile, NewerHome, BadInput)):
        restore_home(home, backup, NOW)
    assert {path: path.read_bytes() for path in home.path.rglob("*") if path.is_file()} == before
    assert not (home.path / ".restore-new").exists()


# --- crashes ------------------------------------------------------------------------------------------------------


class Crash(BaseException):
    """The process is gone: nothing in it catches this."""


class CountingDisk(Disk):
    """Stops before the nth step; `halfway` does a step's first half before it stops."""

    def __init__(self, last: int, trouble: Callable[[], BaseException] = Crash) -> None:
        self.left, self.steps, self.trouble = last, 0, trouble

    def _step(self) -> None:
        self.steps += 1
        if self.steps > self.left:
            raise self.trouble()

    def make_folder(self, path: Path) -> None:
        self._step()
        super().make_folder(path)

    def write(self, path: Path, pieces: Any, mode: int, modified_ns: int) -> None:
        def interrupted() -> Any:
            for piece in pieces:
                yield piece[: len(piece) // 2]
                self._step()
                yield piece[len(piece) // 2 :]

        self._step()
        super().write(path, interrupted(), mode, modified_ns)

    def link(self, path: Path, target: str) -> None:
        self._step()
        super().link(path, target)

    def sync(self, path: Path) -> None:
        self._step()

    def record(self, path: Path, content: bytes) -> None:
        self._step()
        path.with_name(".plan.json.0123abcd.tmp").write_bytes(content[:9])
        self._step()
        path.with_name(".plan.json.0123abcd.tmp").unlink()
        super().record(path, content)

    def rename(self, path: Path, target: Path) -> None:
        self._step()
        super().rename(path, target)

    def unlink(self, path: Path) -> None:
        self._step()
        super().unlink(path)

    def remove_folder(self, path: Path) -> None:
        self._step()
        super().remove_folder(path)


def steps_of(work: Callable[[CountingDisk], object]) -> int:
    disk = CountingDisk(10**9)
    work(disk)
    return disk.steps


@pytest.fixture
def worlds(home: Home, backup: Path, tmp_path: Path) -> tuple[dict[str, str], dict[str, str], Callable[[], Home]]:
    """The old home, the new one, and a maker of fresh copies of the old one."""
    (tmp_path / "vault").mkdir()
    (home.notes / "vault").symlink_to(tmp_path / "vault")
    pristine = tmp_path / "pristine"
    home.path.rename(pristine)

    def fresh() -> Home:
        shutil.rmtree(home.path, ignore_errors=True)
        shutil.copytree(pristine, home.path, symlinks=True)
        return home

    old = tree(fresh())
    restore_home(home, backup, NOW)
    return old, tree(home), fresh


def start(home: Home, disk: Disk | None = None) -> str:
    """What an engine's start does first."""
    home.prepare()
    return finish_restore(home, disk)


def whole(home: Home) -> bool:
    return not (home.path / ".restore-new").exists() and not list(home.backups.glob(".*"))


def test_a_crash_at_every_step_leaves_the_old_home_or_the_new(worlds: Any, backup: Path) -> None:
    old, new, fresh = worlds
    count = steps_of(lambda disk: restore_home(fresh(), backup, NOW, disk))
    assert count > 60
    seen = set()
    for last in range(count):
        home = fresh()
        with pytest.raises(Crash):
            restore_home(home, backup, NOW, CountingDisk(last))
        outcome = start(home)
        found = tree(home)
        assert found in (old, new), f"after step {last}"
        assert whole(home)
        assert (found == new) == (outcome == "finished") or outcome in ("", "cleared"), f"after step {last}"
        if found == new:
            (kept,) = home.backups.glob("before-restore-*.zip")
            assert kept_backups.verify(kept).schema == len(MIGRATIONS)
            assert not (home.index / "memory.db").exists()
        seen.add((outcome, found == new))
    assert {("cleared", False), ("finished", True), ("cleared", True)} <= seen


def test_a_second_crash_while_the_first_is_mended_changes_nothing(worlds: Any, backup: Path) -> None:
    old, new, fresh = worlds
    count = steps_of(lambda disk: restore_home(fresh(), backup, NOW, disk))
    for last in range(5, count, 7):
        for again in range(0, 45, 4):
            home = fresh()
            with pytest.raises(Crash):
                restore_home(home, backup, NOW, CountingDisk(last))
            try:
                start(home, CountingDisk(again))
            except Crash:
                start(home)
            assert tree(home) in (old, new), f"after steps {last} and {again}"
            assert whole(home)


def test_a_failing_disk_leaves_the_old_home_or_the_new(worlds: Any, backup: Path) -> None:
    """One step fails, then the disk works again: the error is told and the home is the old one, or all was done."""
    old, new, fresh = worlds

    class Once(CountingDisk):
        def _step(self) -> None:
            self.steps += 1
            if self.steps == self.left + 1:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    count = steps_of(lambda disk: restore_home(fresh(), backup, NOW, disk))
    told = 0
    for last in range(count):
        home = fresh()
        try:
            restore_home(home, backup, NOW, Once(last))
            assert tree(home) == new, f"at step {last}"
        except DiskFull:
            told += 1
            if tree(home) == new:
                assert start(home) == "finished", f"at step {last}"
            assert tree(home) in (old, new), f"at step {last}"
        start(home)
        assert whole(home)
    assert told > 60


def test_a_crash_while_a_failed_restore_is_undone_leaves_the_old_home(worlds: Any, backup: Path) -> None:
    old, _, fresh = worlds

    class Stuck(CountingDisk):
        """Cannot put the settings in their place, and crashes so many steps later."""

        def __init__(self, after: int) -> None:
            super().__init__(10**9)
            self.after = after

        def rename(self, path: Path, target: Path) -> None:
            if path.parent.name == "new" and path.name == "goals":
                self.steps, self.left = 0, self.after
                raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
            super().rename(path, target)

    home = fresh()
    with pytest.raises(HomeTrouble) as told:
        restore_home(home, backup, NOW, Stuck(10**9))
    assert told.value.safe == "The restore was undone; the home is as it was."
    assert tree(home) == old
    assert (home.index / "memory.db").exists()
    crashes = 0
    for after in range(60):
        home = fresh()
        try:
            restore_home(home, backup, NOW, Stuck(after))
        except Crash:
            crashes += 1
        except HomeTrouble:
            pass
        try:
            start(home, Stuck(10**9))
        except SageError as error:
            pytest.fail(f"after step {after}: {error}")
        assert tree(home) == old, f"after step {after}"
        assert whole(home)
    assert crashes > 20


def test_a_note_written_between_crash_and_start_is_kept(worlds: Any, backup: Path) -> None:
    _, new, fresh = worlds

    class Cut(Disk):
        def rename(self, path: Path, target: Path) -> None:
            if path.parent.name == "new" and path.name == "notes":
                raise Crash
            super().rename(path, target)

    home = fresh()
    with pytest.raises(Crash):
        restore_home(home, backup, NOW, Cut())
    home.notes.mkdir()
    (home.notes / "between.md").write_text("words")
    assert start(home) == "finished"
    assert tree(home) == new
    assert (home.trash / "aside-20261122-093000" / "notes" / "between.md").read_text() == "words"


def test_nothing_to_finish_is_nothing_done(home: Home) -> None:
    before = tree(home)
    assert start(home) == ""
    assert tree(home) == before


def test_a_damaged_plan_is_told_and_nothing_moves(home: Home) -> None:
    (home.path / ".restore-new").mkdir()
    (home.path / ".restore-new" / "plan.json").write_text("{")
    before = tree(home)
    with pytest.raises(TornFile, match="plan"):
        start(home)
    assert tree(home) == before


RESTORE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from sage.adapters.home.home_lock import HomeLock
from sage.adapters.home.home_swap import restore_home
from sage.locations import Home
home = Home(Path(sys.argv[1]))
lock = HomeLock(home)
lock.take()
print("ready", flush=True)
restore_home(home, Path(sys.argv[2]), datetime(2026, 11, 22, tzinfo=UTC))
"""


@pytest.mark.slow
def test_real_kills_leave_the_old_home_or_the_new(worlds: Any, backup: Path) -> None:
    old, new, fresh = worlds
    for attempt in range(20):
        home = fresh()
        child = subprocess.Popen([sys.executable, "-c", RESTORE, str(home.path), str(backup)], stdout=subprocess.PIPE)
        assert child.stdout
        child.stdout.readline()
        try:
            child.wait(attempt * 0.004)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        lock = HomeLock(home)
        lock.take()
        finish_restore(home)
        lock.release()
        assert tree(home) in (old, new)
        assert whole(home)
