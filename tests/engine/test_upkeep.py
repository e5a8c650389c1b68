"""Doctor and restore as commands: what they find, what they advise, what they never touch."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import apsw
import pytest

from sage import wire
from sage.adapters.home import backups
from sage.adapters.home.home_lock import HomeLock
from sage.adapters.home.home_place import Mount
from sage.adapters.journal.journal import Journal, open_journal
from sage.adapters.journal.journal_schema import MIGRATIONS
from sage.adapters.journal.journal_texts import TextPages
from sage.client import Client
from sage.core.model_catalogue import find_model
from sage.engine import upkeep
from sage.engine.patient import Finding, Patient
from sage.locations import Home
from tests.homes import engine_of, make_home

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
LOCAL = (Mount("/dev/none", Path("/"), "ext4"),)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    (home.notes / "Tea.md").write_text("green")
    (home.notes / "Tea.md").chmod(0o600)
    with closing(open_journal(home.journal)) as database:
        Journal(database).begin_turn("t1", "c1", "one", NOW)
        backups.make(home, database, None, NOW)
    return home


def examine(home: Home, **changes: Any) -> dict[str, list[Finding]]:
    facts: dict[str, Any] = {"mounts": LOCAL, "blocks": Path("/nowhere"), "free": lambda _: 10**12, "sqlite": "3.51.3"}
    found: dict[str, list[Finding]] = {}
    for finding in upkeep.examine(Patient(home, NOW, **(facts | changes))):
        found.setdefault(finding.check, []).append(finding)
    return found


def only(found: dict[str, list[Finding]], check: str) -> Finding:
    (finding,) = found[check]
    return finding


def states(found: dict[str, list[Finding]]) -> set[str]:
    return {finding.state for findings in found.values() for finding in findings}


def snapshot(folder: Path) -> dict[str, Any]:
    """Every name below a folder with content, mode and time of change."""
    return {
        str(path): (path.lstat().st_mode, path.lstat().st_mtime_ns, path.read_bytes() if path.is_file() else None)
        for path in [folder, *folder.rglob("*")]
    }


def test_a_well_home_is_well(home: Home) -> None:
    found = examine(home)
    assert states(found) == {"ok", "note"}
    assert [check for check, findings in found.items() if any(each.state == "note" for each in findings)] == [
        "encryption"
    ]
    assert "Sage itself does not encrypt" in only(found, "encryption").what


def test_more_folders_than_the_system_watches_are_told(home: Home, tmp_path: Path) -> None:
    limit = tmp_path / "max_user_watches"
    limit.write_text("100\n")
    assert only(examine(home, watches=limit), "watching").state == "ok"
    for number in range(90):
        (home.notes / f"folder {number}").mkdir()
    told = only(examine(home, watches=limit), "watching")
    assert (told.state, "every half minute" in told.what, "max_user_watches=" in told.mend) == ("note", True, True)
    assert "watching" not in examine(home, watches=tmp_path / "none")


def test_every_finding_that_is_wrong_says_what_mends_it(home: Home) -> None:
    home.path.chmod(0o755)
    home.settings.write_text("[caps]\nper_day_us = 2\n")
    (home.notes / "bad.md").write_bytes(b"caf\xe9")
    home.journal.write_bytes(b"torn" * 3000)
    wrong = [
        each for findings in examine(home, free=lambda _: 5).values() for each in findings if each.state == "wrong"
    ]
    assert {each.check for each in wrong} == {"permissions", "room", "journal", "settings", "notes"}
    assert all(each.what and each.mend for each in wrong)


def test_a_home_that_is_not_there_is_no_fault(tmp_path: Path) -> None:
    found = examine(Home(tmp_path / "nowhere"))
    assert set(found) == {"python", "sqlite", "home"}
    assert only(found, "home").state == "note"
    assert not (tmp_path / "nowhere").exists()


def test_a_file_in_the_place_of_the_home_is(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert only(examine(Home(tmp_path / "file")), "home").state == "wrong"


def test_an_empty_folder_is_a_home_to_be(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir(mode=0o700)
    found = examine(Home(tmp_path / "empty"))
    assert "wrong" not in states(found)
    assert list((tmp_path / "empty").iterdir()) == []


@pytest.mark.parametrize("state", ["well", "killed", "torn", "no log", "restoring", "older", "newer"])
def test_nothing_is_changed(home: Home, tmp_path: Path, state: str) -> None:
    if state == "killed":
        database = open_journal(home.journal)
        Journal(database).begin_turn("t2", "c1", "two", NOW)
        shutil.copytree(home.path, tmp_path / "killed")
        database.close()
        home = Home(tmp_path / "killed")
        assert (home.path / "journal.db-wal").exists()
    elif state == "torn":
        home.journal.write_bytes(home.journal.read_bytes()[:5000])
    elif state == "restoring":
        (home.path / ".restore-new").mkdir()
        (home.path / ".restore-new" / "plan.json").write_text("{}")
    elif state in ("older", "newer"):
        with closing(apsw.Connection(str(home.journal))) as journal:
            journal.execute(f"PRAGMA user_version = {0 if state == 'older' else 99}")
    before = snapshot(home.path)
    examine(home)
    assert snapshot(home.path) == before


def test_a_read_only_home_can_be_examined(home: Home) -> None:
    closed = [home.path, *(path for path in home.path.rglob("*") if path.is_dir())]
    for folder in closed:
        folder.chmod(0o500)
    try:
        found = examine(home)
    finally:
        for folder in closed:
            folder.chmod(0o700)
    assert only(found, "journal").state == "ok"
    if os.getuid() != 0:
        assert only(found, "owner").state == "wrong"


@pytest.mark.usefixtures("plain_user")
def test_what_cannot_be_read_is_told(home: Home) -> None:
    (home.notes / "Tea.md").chmod(0)
    home.backups.chmod(0)
    try:
        found = examine(home)
    finally:
        home.backups.chmod(0o700)
    assert only(found, "notes").state == "wrong"
    assert only(found, "backups").state == "wrong"


def test_a_home_open_to_others_is_wrong_and_the_command_mends_it(home: Home) -> None:
    home.path.chmod(0o755)
    found = only(examine(home), "permissions")
    assert found.state == "wrong"
    subprocess.run(found.mend, shell=True, check=True)
    assert only(examine(home), "permissions").state == "ok"


def test_open_files_in_a_closed_home_are_a_note_and_the_command_mends_them(home: Home) -> None:
    (home.notes / "two words.md").write_text("written with an editor")
    (home.notes / "two words.md").chmod(0o644)
    found = only(examine(home), "permissions")
    assert found.state == "note"
    subprocess.run(found.mend, shell=True, check=True)
    assert only(examine(home), "permissions").state == "ok"


def test_an_open_key_is_wrong_even_in_a_closed_home(home: Home) -> None:
    home.secrets.mkdir(mode=0o700)
    (home.secrets / "SOME_KEY").write_text("x")
    (home.secrets / "SOME_KEY").chmod(0o644)
    found = only(examine(home), "permissions")
    assert found.state == "wrong"
    assert "SOME_KEY" in found.what
    subprocess.run(found.mend, shell=True, check=True)
    assert stat.S_IMODE((home.secrets / "SOME_KEY").stat().st_mode) == 0o600


@pytest.mark.parametrize(("free", "state"), [(10**6, "wrong"), (2 * 10**8, "note"), (10**12, "ok")])
def test_room(home: Home, free: int, state: str) -> None:
    assert only(examine(home, free=lambda _: free), "room").state == state


@pytest.mark.parametrize(
    ("version", "state"),
    [("3.40.1", "wrong"), ("3.44.5", "wrong"), ("3.44.6", "ok"), ("3.45.0", "wrong"), ("3.50.6", "wrong"), ("3.50.7", "ok"),
     ("3.51.2", "wrong"), ("3.51.3", "ok"), ("3.53.0", "ok"), ("4.0.0", "ok")],
)  # fmt: skip
def test_sqlite_with_the_fault_of_its_log_is_wrong(home: Home, version: str, state: str) -> None:
    assert only(examine(home, sqlite=version), "sqlite").state == state


def test_an_old_python_is_wrong(home: Home) -> None:
    assert only(examine(home, python=(3, 10)), "python").state == "wrong"


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs", "9p"])
def test_a_network_file_system_is_wrong(home: Home, kind: str) -> None:
    found = only(examine(home, mounts=(*LOCAL, Mount("far", home.path.parent, kind))), "place")
    assert found.state == "wrong"
    assert "SQLite" in found.what
    assert "SAGE_HOME" in found.mend


def test_a_synced_folder_is_wrong(tmp_path: Path) -> None:
    home = Home(tmp_path / "Dropbox" / "sage")
    home.prepare()
    found = only(examine(home), "place")
    assert found.state == "wrong"
    assert "Dropbox" in found.what


def test_a_torn_journal_names_the_backup_that_brings_it_back(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    home.journal.write_bytes(home.journal.read_bytes()[:9000])
    found = only(examine(home), "journal")
    assert found.state == "wrong"
    command = shlex.split(found.mend.split(" (made")[0])
    assert command[:2] == ["sage", "restore"]
    assert upkeep.restore(home, command[2], listing=False, as_json=False) == 0
    assert only(examine(home), "journal").state == "ok"
    assert "Restored 2 files" in capsys.readouterr().out


def test_a_torn_journal_without_a_backup_is_put_aside(home: Home) -> None:
    shutil.rmtree(home.backups)
    home.journal.write_bytes(b"torn" * 3000)
    found = only(examine(home), "journal")
    assert found.state == "wrong"
    assert "no backup" in found.mend
    assert "safe" in found.mend


def test_a_missing_journal_is_wrong_where_there_was_one(home: Home) -> None:
    home.journal.unlink()
    assert only(examine(home), "journal").state == "wrong"


@pytest.mark.parametrize(("schema", "state"), [(0, "ok"), (99, "wrong")])
def test_a_schema_of_another_version_is_told(home: Home, schema: int, state: str) -> None:
    with closing(apsw.Connection(str(home.journal))) as journal:
        journal.execute(f"PRAGMA user_version = {schema}")
    found = only(examine(home), "journal")
    assert found.state == state
    assert "schema" in found.what


def test_what_a_killed_engine_left_in_its_log_is_seen(home: Home, tmp_path: Path) -> None:
    database = open_journal(home.journal)
    TextPages(database).add_root(str(tmp_path / "vault"))
    shutil.copytree(home.path, tmp_path / "killed")
    database.close()
    found = examine(Home(tmp_path / "killed"))
    assert only(found, "journal").state == "ok"
    assert "vault" in only(found, "notes").what


def test_a_running_engine_is_not_disturbed(home: Home) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(home.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout and holder.stdin
        assert holder.stdout.readline() == "ready\n"
        found = examine(home)
        assert only(found, "engine").state == "ok"
        assert only(found, "journal").state == "ok"
        holder.stdin.write("go on\n")
        holder.stdin.flush()
        assert holder.stdout.readline() == "written\n"
        assert "2026-11-22" in only(found, "clock").what
        assert upkeep.restore(home, "x.zip", listing=False, as_json=False) == 1
    finally:
        holder.communicate("end\n", timeout=10)
    assert holder.returncode == 0


HOLD = """
import socket, sys
from datetime import UTC, datetime
from pathlib import Path
from sage.adapters.home.home_lock import HomeLock
from sage.adapters.journal.journal import Journal, open_journal
from sage.locations import Home
home = Home(Path(sys.argv[1]))
lock = HomeLock(home)
lock.take()
door = socket.socket(socket.AF_UNIX)
door.bind(str(home.socket))
door.listen()
database = open_journal(home.journal)
Journal(database).begin_turn("t8", "c1", "before", datetime(2026, 11, 22, tzinfo=UTC))
print("ready", flush=True)
sys.stdin.readline()
Journal(database).begin_turn("t9", "c1", "after", datetime(2026, 11, 22, tzinfo=UTC))
print("written", flush=True)
sys.stdin.readline()
database.close()
door.close()
"""


def test_an_engine_that_does_not_answer_is_wrong(home: Home) -> None:
    lock = HomeLock(home)
    lock.take()
    try:
        found = only(examine(home), "engine")
    finally:
        lock.release()
    assert found.state == "wrong"
    assert str(os.getpid()) in found.what
    assert "engine stop" in found.mend


def test_a_door_left_behind_is_a_note(home: Home) -> None:
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(os.fspath(home.socket))
    assert only(examine(home), "engine").state == "note"


def test_a_journal_ahead_of_the_clock_is_wrong(home: Home) -> None:
    with closing(open_journal(home.journal)) as database:
        Journal(database).begin_turn("t2", "c1", "two", NOW + timedelta(days=400))
    found = only(examine(home), "clock")
    assert found.state == "wrong"
    assert "400 days" in found.what


def test_a_torn_index_is_a_note(home: Home) -> None:
    (home.index / "memory.db").write_bytes(b"torn" * 2000)
    (home.index / "memory.db").chmod(0o600)
    found = only(examine(home), "index")
    assert found.state == "note"
    assert str(home.index) in found.mend


def test_leftovers_are_named_unless_they_are_young(home: Home) -> None:
    half = home.notes / ".Tea.md.0123abcd.tmp"
    half.write_text("half")
    half.chmod(0o600)
    os.utime(half, (NOW.timestamp() - 5, NOW.timestamp() - 5))
    assert "leftovers" not in examine(home)
    os.utime(half, (NOW.timestamp() - 500, NOW.timestamp() - 500))
    found = only(examine(home), "leftovers")
    assert found.state == "note"
    subprocess.run(found.mend, shell=True, check=True)
    assert "leftovers" not in examine(home)


def test_a_restore_that_was_cut_off_is_a_note(home: Home) -> None:
    (home.path / ".restore-new").mkdir(mode=0o700)
    assert only(examine(home), "restore").mend == f"rm -r {home.path / '.restore-new'}"
    (home.path / ".restore-new" / "plan.json").touch(mode=0o600)
    assert "next start" in only(examine(home), "restore").what


def test_settings_name_the_line(home: Home) -> None:
    home.settings.write_text("[caps]\nper_day_usd = 2\nper_day_us = 2\n")
    home.settings.chmod(0o600)
    found = only(examine(home), "settings")
    assert found.state == "wrong"
    assert "line 3" in found.what
    assert "per_day_usd" in found.mend


def test_a_profile_of_the_home_is_checked_too(home: Home) -> None:
    home.profiles.mkdir(mode=0o700)
    (home.profiles / "mine.toml").write_text("[modell]\n")
    (home.profiles / "mine.toml").chmod(0o600)
    assert "mine.toml" in only(examine(home), "settings").what


def test_many_unreadable_notes_are_counted(home: Home) -> None:
    for number in range(30):
        (home.notes / f"{number}.md").write_bytes(b"caf\xe9")
    assert len(examine(home)["notes"]) == 11
    assert "20 more" in examine(home)["notes"][-1].what


def test_a_task_list_that_is_no_text_is_wrong(home: Home) -> None:
    home.tasks.write_bytes(b"- [ ] caf\xe9")
    home.tasks.chmod(0o600)
    assert str(home.tasks) in only(examine(home), "notes").what


def test_a_damaged_backup_is_wrong(home: Home) -> None:
    (made,) = home.backups.iterdir()
    (home.backups / "sage-half.zip").write_bytes(made.read_bytes()[:-9])
    (home.backups / "sage-half.zip").chmod(0o600)
    found = examine(home)["backups"]
    assert [each.state for each in found] == ["wrong", "ok"]


def test_a_model_of_the_wrong_length_is_wrong(home: Home) -> None:
    model = find_model("smollm2-135m")
    (home.models / model.file).write_bytes(b"short")
    (home.models / model.file).chmod(0o600)
    found = examine(home)["models"][0]
    assert found.state == "wrong"
    assert f"models install {model.name}" in found.mend


def test_a_model_of_the_right_length_and_wrong_content_is_wrong(home: Home) -> None:
    model = find_model("smollm2-135m")
    with (home.models / model.file).open("wb") as file:
        file.truncate(model.size)
    (home.models / model.file).chmod(0o600)
    assert "checksum" in examine(home)["models"][0].what


def test_commands_name_a_home_that_is_not_the_usual_one(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SAGE_HOME", raising=False)
    assert Patient(home, NOW).sage("doctor") == f"sage doctor --home {home.path}"
    monkeypatch.setenv("SAGE_HOME", str(home.path))
    assert Patient(home, NOW).sage("doctor") == "sage doctor"


# --- as commands --------------------------------------------------------------------------------------------------


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    yield capsys


def test_doctor_prints_json_that_says_the_same(home: Home, printed: pytest.CaptureFixture[str]) -> None:
    home.path.chmod(0o755)
    code = upkeep.doctor(home, as_json=True)
    rows = json.loads(printed.readouterr().out)
    assert code == 1
    assert {"check", "state", "what", "mend"} == set(rows[0])
    assert any(row["check"] == "permissions" and row["state"] == "wrong" for row in rows)


def test_doctor_prints_lines(home: Home, printed: pytest.CaptureFixture[str]) -> None:
    home.settings.write_text("broken = \n")
    assert upkeep.doctor(home, as_json=False) == 1
    out = printed.readouterr().out
    assert "wrong settings    settings.toml line 1" in out
    assert "mend: " in out
    assert "to mend." in out


def test_doctor_shows_no_control_codes_of_file_names(home: Home, printed: pytest.CaptureFixture[str]) -> None:
    (home.notes / "\x1b[31mred\x1b]0;title\x07.md").write_bytes(b"caf\xe9")
    upkeep.doctor(home, as_json=False)
    assert "\x1b" not in printed.readouterr().out


def test_restore_lists_backups(home: Home, printed: pytest.CaptureFixture[str]) -> None:
    (home.backups / "sage-half.zip").write_bytes(b"PK half")
    os.utime(home.backups / "sage-half.zip", (0, 0))
    assert upkeep.restore(home, "", listing=True, as_json=False) == 0
    first, second = printed.readouterr().out.splitlines()
    assert f"sage-20261122-093000.zip: whole, schema {len(MIGRATIONS)}, 2 files" in first
    assert "sage-half.zip: The backup sage-half.zip is damaged" in second
    upkeep.restore(home, "", listing=True, as_json=True)
    rows = json.loads(printed.readouterr().out)
    assert [bool(row["trouble"]) for row in rows] == [False, True]


def test_restore_tells_what_it_needs(home: Home, printed: pytest.CaptureFixture[str]) -> None:
    assert upkeep.restore(home, "", listing=False, as_json=False) == 1
    assert upkeep.restore(home, "nothing.zip", listing=False, as_json=True) == 1
    told = printed.readouterr()
    assert told.out == ""
    first, *_, last = told.err.splitlines()
    assert first == "Which backup shall come back?"
    assert json.loads(last)["error"] == "NotFound"


def test_restore_is_refused_while_an_engine_runs(home: Home, printed: pytest.CaptureFixture[str]) -> None:
    lock = HomeLock(home)
    lock.take()
    (home.notes / "Tea.md").write_text("black")
    try:
        assert upkeep.restore(home, "sage-20261122-093000.zip", listing=False, as_json=False) == 1
    finally:
        lock.release()
    assert "sage engine stop" in printed.readouterr().err
    assert (home.notes / "Tea.md").read_text() == "black"


def test_restore_prints_what_it_did(home: Home, printed: pytest.CaptureFixture[str]) -> None:
    (home.notes / "Tea.md").write_text("black")
    assert upkeep.restore(home, "sage-20261122-093000.zip", listing=False, as_json=True) == 0
    done = json.loads(printed.readouterr().out)
    assert (home.notes / "Tea.md").read_text() == "green"
    assert upkeep.restore(home, done["kept"], listing=False, as_json=False) == 0
    assert (home.notes / "Tea.md").read_text() == "black"


def test_a_torn_backup_makes_no_home(home: Home, tmp_path: Path, printed: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "half.zip").write_bytes(next(home.backups.iterdir()).read_bytes()[:-9])
    fresh = Home(tmp_path / "fresh")
    assert upkeep.restore(fresh, str(tmp_path / "half.zip"), listing=False, as_json=False) == 1
    assert not fresh.path.exists()
    assert "damaged" in printed.readouterr().err


def test_a_backup_of_a_running_home_is_listed_and_comes_back(
    tmp_path: Path, printed: pytest.CaptureFixture[str]
) -> None:
    home = make_home(tmp_path)
    (tmp_path / "elsewhere.md").write_text("elsewhere")
    (home.notes / "link.md").symlink_to(tmp_path / "elsewhere.md")
    with engine_of(home):
        with Client(home) as client:
            client.call(wire.AddNote("Green tea at 70 degrees"))
            made = client.call(wire.MakeBackup(""))
            client.call(wire.AddNote("written since"))
        assert upkeep.restore(home, made.path, listing=False, as_json=False) == 1
        assert "sage engine stop" in printed.readouterr().err
    assert made.left_out == ("notes/link.md: A link; what it leads to is not in the backup.",)
    assert upkeep.restore(home, made.path, listing=False, as_json=False) == 0
    assert sorted(path.name for path in home.notes.iterdir()) == ["Green tea at 70 degrees.md", "link.md"]
    with engine_of(home), Client(home) as client:
        until = time.monotonic() + 20
        while not (hits := client.call(wire.Recall("tea", 5)).hits) and time.monotonic() < until:
            time.sleep(0.02)  # the index is being built again
        found = {hit.heading for hit in (*hits, *client.call(wire.Recall("written since", 5)).hits)}
        assert "Green tea at 70 degrees" in found
        assert "written since" not in found
